"""Gives a parsed tree its shape: number, expression, group, relation, region, matrix, ratio."""

from typing import Final

from pipeline.verify.equation import equation
from pipeline.verify.exact import rational
from pipeline.verify.fingerprint import Fingerprint
from pipeline.verify.interval import RealSet, intersection, interval, union
from pipeline.verify.limits import NotMathematics
from pipeline.verify.nodes import Node, contains
from pipeline.verify.region import COMPARISONS, NO_NUMBER, inequality, region_of, side_of, with_sign
from pipeline.verify.shapes import (
    Assignment,
    Expression,
    Family,
    Group,
    Matrix,
    Number,
    Quantity,
    Ratio,
    Region,
    Relation,
    Shape,
)
from pipeline.verify.units import parse_unit
from pipeline.verify.vector import imaginary, transposed, vector

_DEGREES: Final = parse_unit("degree")


def shape_of(node: Node) -> Shape:
    """Name the shape of a whole answer; raises NotMathematics where the tree makes no sense as one."""
    head = node[0]
    if head == "list":
        return _list(node)
    if head == "seq":
        return _sequence(node)
    if head == "rel":
        return _relation(node)
    if head == "add" and node[2][0] == "neg" and contains(node, "seq") and _is_set(node[1]):
        return Region(None, region_of(("join", "setminus", node[1], node[2][1])))
    if head == "join" or node in (("const", "reals"), ("const", "emptyset")):
        return Region(None, region_of(node))
    if head in ("mul", "div", "neg") and contains(node, "matrix"):
        node = _scaled_matrix(node)
        head = node[0]
    if head == "pow" and node[2] == ("sym", "T") and node[1][0] in ("matrix", "seq"):
        return Matrix(tuple(tuple(shape_of(cell) for cell in row) for row in transposed(node[1])))
    if head == "matrix":
        return Matrix(tuple(tuple(shape_of(cell) for cell in row) for row in node[1]))
    if head in ("pm", "mp") or contains(node, "pm", "mp"):
        return _alternatives(node)
    return _value(node)


def _scaled_matrix(node: Node) -> Node:
    """Multiply a matrix by what stands beside it: `\\frac{1}{2} A` has halves of A's cells."""
    operator, *sides = node
    matrix = next((side for side in sides if contains(side, "matrix")), None)
    if (
        matrix is None
        or sum(contains(side, "matrix") for side in sides) != 1
        or (operator == "div" and matrix is sides[1])
    ):
        raise NotMathematics("a product of matrices")
    inner = matrix if matrix[0] == "matrix" else _scaled_matrix(matrix)
    if operator == "neg":
        return ("matrix", tuple(tuple(("neg", cell) for cell in row) for row in inner[1]))
    factor = sides[1] if matrix is sides[0] else sides[0]
    return ("matrix", tuple(tuple((operator, cell, factor) for cell in row) for row in inner[1]))


def _is_set(node: Node) -> bool:
    return node == ("const", "reals") or node[0] in ("seq", "join")


def _value(node: Node) -> Shape:
    if node[0] == "deg":
        inner = _value(node[1])
        if isinstance(inner, Number | Expression) and _DEGREES is not None:
            return Quantity(inner, _DEGREES)
    if node[0] == "neg" and node[1][0] == "deg":
        return _value(("deg", ("neg", node[1][1])))
    if contains(node, *NO_NUMBER):
        raise NotMathematics("a list or relation inside an expression")
    percent = node[0] == "pct" or (node[0] == "neg" and node[1][0] == "pct")
    value = rational(node)
    if value is None:
        return vector(node, _value) or Expression(Fingerprint(imaginary(node)))
    inner_node = node[1] if node[0] == "neg" else node
    if percent:
        return Number(value, None, True)
    return Number(value, inner_node[2] if inner_node[0] == "dec" else None)


def _alternatives(node: Node) -> Shape:
    """Expand plus-minus into its two values; a second sign follows the first, minus-plus opposes it."""
    both = tuple(_value(with_sign(node, upper=upper)) for upper in (True, False))
    return Group("", both, "or")


def _list(node: Node) -> Shape:
    items, join = node[1], node[2]
    relations = [item for item in items if item[0] == "rel" and item[1][0] in (*COMPARISONS, "!=", "in")]
    if len(relations) == len(items):
        try:
            regions = [inequality(item) for item in items]
            names = {name for name, _ in regions}
            if len(names) == 1:
                return Region(regions[0][0], _joined([numbers for _, numbers in regions], join))
        except NotMathematics:
            pass  # two variables, or ends that cannot be ordered: compared item by item
    excluded = _excluded(items)
    return excluded if excluded is not None else Group("", _flattened(items), join)


def _joined(regions: list[RealSet], join: str) -> RealSet:
    """Join the conditions of a list: a comma means and, unless no number could meet them all: x < 1, x > 5."""
    together, either = regions[0], regions[0]
    for other in regions[1:]:
        if join != "or":
            together = intersection(together, other)
        either = union(either, other)
    return either if join == "or" or (join not in ("and",) and not together) else together


def _excluded(items: tuple[Node, ...]) -> Shape | None:
    """Read `x \\ne -8, -2` as all numbers but two."""
    first = items[0]
    if first[0] != "rel" or first[1] != ("!=",) or any(item[0] in ("rel", "seq") for item in items[1:]):
        return None
    name, _ = inequality(first)
    return Region(name, side_of("!=", ("list", (first[2][1], *items[1:]), ",")))


def _flattened(items: tuple[Node, ...]) -> tuple[Shape, ...]:
    """Give each item its shape; 1, \\pm 2 has three items."""
    found: list[Shape] = []
    for item in items:
        shape = shape_of(item)
        if isinstance(shape, Group) and shape.brackets == "" and contains(item, "pm", "mp") and item[0] != "list":
            found.extend(shape.items)
        elif isinstance(shape, Assignment) and isinstance(shape.value, Group) and contains(item, "pm", "mp"):
            found.extend(Assignment(shape.name, value, None, None) for value in shape.value.items)
        else:
            found.append(shape)
    return tuple(found)


def _sequence(node: Node) -> Shape:
    brackets, items = node[1], node[2]
    if brackets == "{}" and len(items) == 1 and items[0][0] == "such":
        return _set_builder(items[0])
    infinite = any(item in (("const", "inf"), ("neg", ("const", "inf"))) for item in items)
    if len(items) == 2 and (brackets in ("[)", "(]") or (infinite and brackets in ("()", "[]"))):
        return Region(None, interval(items[0], items[1], brackets))
    if brackets[0] == "[" and items and all(item[0] == "seq" and item[1] == "[]" for item in items) and len(items) > 1:
        return Matrix(tuple(tuple(shape_of(cell) for cell in item[2]) for item in items))
    return Group(brackets, _flattened(items) if brackets == "{}" else tuple(shape_of(item) for item in items))


def _set_builder(node: Node) -> Shape:
    name, condition, domain = node[1], node[2], ("const", "reals")
    if name[0] == "rel" and name[1] == ("in",):
        domain, name = name[2][1], name[2][0]
    shape = shape_of(condition)
    if isinstance(shape, Region) and name[0] == "sym" and shape.variable in (None, name[1]):
        if domain == ("const", "reals"):
            return Region(None, shape.numbers)
        if domain[0] == "sym":  # of C, Z or N
            return Family(Region(None, shape.numbers), str(name[1]), f"in {domain[1]}")
    raise NotMathematics("a set by a condition")


def _relation(node: Node) -> Shape:
    operators, operands = node[1], node[2]
    if operators[0] in (":", "to:"):
        if len(operands) == 2 and rational(operands[1]) == 0:
            raise NotMathematics("a ratio to nothing")
        return Ratio(tuple(shape_of(operand) for operand in operands), "to:" in operators)
    if all(operator in ("=", "approx") for operator in operators):
        return equation(operators, operands, shape_of)
    try:
        name, numbers = inequality(node)
        return Region(name, numbers)
    except NotMathematics:
        if len(operators) > 1 and set(operators) in ({"<"}, {">"}):
            ordered = operands if operators[0] == "<" else operands[::-1]
            return Group("order", tuple(shape_of(operand) for operand in ordered))
        if len(operators) == 1 and operators[0] in (*COMPARISONS, "!="):
            for operand in operands:
                _value(operand)
            return Relation(operators[0], operands[0], operands[1])
        raise
