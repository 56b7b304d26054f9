"""Reads equations: assignments, chains that end in a value, an exact value with its decimal."""

from collections.abc import Callable

from pipeline.verify.exact import rational
from pipeline.verify.expression import same_nodes
from pipeline.verify.fingerprint import Fingerprint
from pipeline.verify.limits import NotMathematics
from pipeline.verify.nodes import Node, contains, symbols_of
from pipeline.verify.region import NO_NUMBER, name_of, with_sign
from pipeline.verify.shapes import Assignment, Expression, Group, Number, Relation, Shape


def equation(operators: tuple[str, ...], operands: tuple[Node, ...], shape_of: Callable[[Node], Shape]) -> Shape:
    r"""Read `x = 5`, `f(x) = x^2`, `x^2 + y^2 = 1`, `\frac{10}{24} = \frac{5}{12} \approx 0.4167`."""
    operators, operands = _without_decimal(operators, operands)
    if not operators:
        return shape_of(operands[0])
    left, right = operands[0], operands[-1]
    if right[0] == "sym" and len(operands) == 2 and not symbols_of(left) and not contains(left, *NO_NUMBER):
        left, right = right, left  # 40/3 = a
    if len(operands) > 2 and not symbols_of(right) and all(operand[0] == "sym" for operand in operands[:-1]):
        value = shape_of(right)  # a = b = 0
        return Group("", tuple(Assignment(str(operand[1]), value, None, None) for operand in operands[:-1]))
    name = name_of(left)
    if name is not None and not (_bare_names(left) & symbols_of(right)):
        value = shape_of(right)
        if left[0] == "seq" and isinstance(value, Group) and len(value.items) == len(left[2]):
            parts = zip(left[2], value.items, strict=True)
            return Group("()", tuple(Assignment(name_of(part) or "", item, None, None) for part, item in parts))
        if len(operands) > 2:
            _check_chain(operands[1:])
        return Assignment(name, value, left, right if isinstance(value, Expression | Number) else None)
    if not any(symbols_of(operand) for operand in operands):
        return _numeric(operands)
    if len(operands) > 2:
        raise NotMathematics("a chain of equations")
    if contains(node := ("list", (left, right)), "pm", "mp"):
        both = [with_sign(node, upper=upper)[1] for upper in (True, False)]
        return Group("", tuple(equation(("=",), sides, shape_of) for sides in both), "or")
    for side in (left, right):
        if contains(side, *NO_NUMBER):
            raise NotMathematics("a list in an equation")
    return Relation("=", left, right)


def _without_decimal(
    operators: tuple[str, ...], operands: tuple[Node, ...]
) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    r"""Drop the decimal behind an exact value where it is that value, rounded: `\sqrt{2} \approx 1.41`."""
    if operators[-1] != "approx":
        return operators, operands
    decimal, exact = operands[-1], operands[-2]
    if not contains(decimal, "dec"):
        raise NotMathematics("about a whole number")
    if exact[0] == "sym" or symbols_of(exact) or contains(exact, "dec", *NO_NUMBER):
        return operators, operands
    value, rounded = Fingerprint(exact).samples[0], rational(decimal)
    places = _places(decimal)
    if value is None or rounded is None or isinstance(value, complex) or places is None:
        raise NotMathematics("about a value that is not known")
    short_by = abs(value) - abs(float(rounded))  # rounded: within a half; cut off: below one
    if value * float(rounded) < 0 or not -0.5 <= short_by * 10.0**places < 1:
        raise NotMathematics("about another value")
    return operators[:-1], operands[:-1]


def _places(decimal: Node) -> int | None:
    inner = decimal[1] if decimal[0] in ("neg", "pct") else decimal
    return int(inner[2]) + (2 if decimal[0] == "pct" else 0) if inner[0] == "dec" else None


def _check_chain(values: tuple[Node, ...]) -> None:
    """Let a chain stand for its last value: formulas may lead to a number, numbers must all be that number."""
    last = values[-1]
    for value in values[:-1]:
        if symbols_of(value):
            if value[0] == "sym" or symbols_of(last):
                raise NotMathematics("a chain of equations")
        elif symbols_of(last) or same_nodes(value, last) is not True:
            raise NotMathematics("a chain of different values")


def _numeric(operands: tuple[Node, ...]) -> Shape:
    r"""Read `0.56 = 56\%` as the number all sides are; two sides written alike say nothing."""
    left, right = operands[0], operands[-1]
    first, second = rational(left), rational(right)
    alike = all(same_nodes(left, other) is True for other in operands[1:-1])
    if first is not None and first == second and left != right and alike:
        return Number(first)
    if first is None and left != right and alike and not contains(left, *NO_NUMBER) and same_nodes(left, right):
        return Expression(Fingerprint(right))
    if len(operands) > 2:
        raise NotMathematics("a chain of equations")
    return Relation("=", left, right)


def _bare_names(node: Node) -> set[str]:
    if node[0] == "app":
        return {node[1]}
    return symbols_of(node[1] if node[0] == "div" else node)  # of dy/dx the function alone
