"""Reads a parsed tree as a set of real numbers, and the name that stands left of a relation."""

from typing import Final

from pipeline.verify.interval import (
    REALS,
    RealSet,
    complement,
    end_value,
    flipped,
    half_line,
    intersection,
    interval,
    union,
)
from pipeline.verify.limits import NotMathematics
from pipeline.verify.nodes import Node, contains, symbols_of

NO_NUMBER: Final = ("seq", "list", "rel", "join", "such", "matrix", "text")
COMPARISONS: Final = frozenset(["<", ">", "<=", ">="])


def inequality(node: Node) -> tuple[str, RealSet]:
    """Read a chain in one variable as a set: `1 < x \\le 2`, `x \\in (1, 2]`, `x \\ne 3`."""
    if node[0] != "rel":
        raise NotMathematics("no relation")
    operators, operands = node[1], node[2]
    if len(operators) == 1:
        operator, left, right = operators[0], operands[0], operands[1]
        if left[0] == "sym" and left[1] not in symbols_of(right):
            return left[1], side_of(operator, right)
        if right[0] == "sym" and right[1] not in symbols_of(left) and operator in (*COMPARISONS, "!=", "="):
            return right[1], half_line(flipped(operator), left)
        if operator in COMPARISONS and (left[:2] == ("fn", "abs") or right[:2] == ("fn", "abs")):
            return _within(operator, left, right) if left[0] == "fn" else _within(flipped(operator), right, left)
    if (
        len(operators) == 2
        and operands[1][0] in ("sym", "app")
        and all(operator in COMPARISONS for operator in operators)
    ):
        low, high = half_line(flipped(operators[0]), operands[0]), half_line(operators[1], operands[2])
        return name_of(operands[1]) or "", intersection(low, high)
    if len(operators) == 2 and operands[1][:2] == ("fn", "abs") and COMPARISONS.issuperset(operators):
        name, low = _within(flipped(operators[0]), operands[1], operands[0])
        return name, intersection(low, _within(operators[1], operands[1], operands[2])[1])  # 1 < |x| < 3
    raise NotMathematics("no inequality in one variable")


def _within(operator: str, distance: Node, bound: Node) -> tuple[str, RealSet]:
    """Read |x - a| < b as the numbers between a - b and a + b, |x - a| > b as those beyond."""
    inner, centre = distance[2], ("num", 0)
    if inner[0] == "add" and inner[1][0] == "sym":
        inner, centre = inner[1], inner[2][1] if inner[2][0] == "neg" else ("neg", inner[2])
    if inner[0] != "sym" or symbols_of(centre) or symbols_of(bound) or not end_value(bound) > 0:
        raise NotMathematics("a distance of something else")
    low, high = ("add", centre, ("neg", bound)), ("add", centre, bound)
    if operator in ("<", "<="):
        return inner[1], intersection(half_line(flipped(operator), low), half_line(operator, high))
    return inner[1], union(half_line(flipped(operator), low), half_line(operator, high))


def side_of(operator: str, right: Node) -> RealSet:
    if operator == "in":
        return region_of(right)
    if operator == "notin":
        return complement(region_of(right))
    if operator == "!=" and right[0] in ("list", "seq"):
        points: RealSet = ()
        for item in right[1] if right[0] == "list" else right[2]:
            points = union(points, half_line("=", item))
        return complement(points)
    if operator in (*COMPARISONS, "!="):
        if right[0] in ("pm", "mp") and operator == "!=":
            first, second = (with_sign(right, upper=upper) for upper in (True, False))
            return complement(union(half_line("=", first), half_line("=", second)))
        if contains(right, *NO_NUMBER, "pm", "mp"):
            raise NotMathematics("a list behind an inequality")
        return half_line(operator, right)
    raise NotMathematics(operator)


def region_of(node: Node) -> RealSet:
    """Read a tree as a set of real numbers: intervals, points in braces, joins of them."""
    if node == ("const", "reals"):
        return REALS
    if node == ("const", "emptyset"):
        return ()
    if node[0] == "seq" and node[1] == "{}" and all(item[0] not in ("such", "rel") for item in node[2]):
        points: RealSet = ()
        for item in node[2]:
            if item in (("const", "emptyset"), ("const", "reals")) or item[0] in ("seq", "join"):
                raise NotMathematics("a set of sets")
            points = union(points, half_line("=", item))
        return points
    if node[0] == "seq" and len(node[2]) == 2 and node[1][0] in "([" and node[1][1] in ")]":
        return interval(node[2][0], node[2][1], node[1])
    if node[0] == "join":
        left, right = region_of(node[2]), region_of(node[3])
        if node[1] == "cup":
            return union(left, right)
        return intersection(left, right if node[1] == "cap" else complement(right))
    raise NotMathematics("no set of real numbers")


def with_sign(node: Node, *, upper: bool) -> Node:
    if node[0] in ("pm", "mp"):
        left, right = with_sign(node[1], upper=upper), with_sign(node[2], upper=upper)
        minus = (node[0] == "pm") != upper
        signed: Node = ("neg", right) if minus else right
        return signed if left == ("num", 0) else ("add", left, signed)
    return tuple(with_sign(child, upper=upper) if isinstance(child, tuple) else child for child in node)


def name_of(node: Node) -> str | None:
    """Name what an equation assigns to: x, x_1, f(x), (x, y), AB; None where the left side is an expression."""
    if node[0] == "sym":
        return str(node[1])
    if node[0] == "app":
        arguments = [name_of(argument) for argument in node[2:]]
        inside = [
            str(argument[1]) if argument[0] == "num" else name
            for argument, name in zip(node[2:], arguments, strict=True)
        ]
        return None if None in inside else f"{node[1]}({','.join(str(name) for name in inside)})"
    if node[0] == "seq" and node[1] == "()":
        names = [name_of(item) for item in node[2]]
        return None if None in names else f"({','.join(str(name) for name in names)})"
    if node[0] == "div" and node[1][:2] == node[2][:2] == ("mul", ("sym", "d")):
        of, by = name_of(node[1][2]), name_of(node[2][2])
        return None if of is None or by is None else f"{of}'"  # dy/dx
    if node[0] == "mul":
        first, second = name_of(node[1]), name_of(node[2])
        if first is not None and second is not None and ("angle" in first or "angle" in second):
            return first + second
        if first is not None and second is not None and (first + second).isupper():
            return first + second
    return None
