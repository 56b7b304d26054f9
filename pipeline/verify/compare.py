"""Decides whether two shapes are the same answer: True, False, or None where no rule below the last tier can tell."""

from collections.abc import Iterable
from typing import Final

from pipeline.verify.family import same_congruence, same_family
from pipeline.verify.fingerprint import Fingerprint
from pipeline.verify.limits import MAX_ITEMS
from pipeline.verify.moment import same_clock
from pipeline.verify.quantity import same_quantity
from pipeline.verify.ratio import all_same, same_ratio
from pipeline.verify.regions import same_region, unnamed
from pipeline.verify.relation import same_relation
from pipeline.verify.shapes import (
    Answer,
    Assignment,
    Boolean,
    Clock,
    Congruence,
    Date,
    Expression,
    Family,
    Group,
    Matrix,
    Number,
    Numeral,
    Opaque,
    Quantity,
    Ratio,
    Region,
    Relation,
    Shape,
    Text,
)
from pipeline.verify.value import same_number, same_value
from pipeline.verify.whole import substituted

_FREE_ORDER: Final = ("", "{}")
_TUPLES: Final = ("()", "[]", "<>")


def same(gold: Shape, answer: Shape, tolerance: float | None = None) -> Answer:
    """Compare two shapes; `tolerance` is relative and holds for numbers only."""
    if isinstance(gold, Number) and isinstance(answer, Number):
        return same_number(gold, answer, tolerance)
    if isinstance(gold, Family) or isinstance(answer, Family):
        return same_family(gold, answer, same)
    if isinstance(gold, Assignment) or isinstance(answer, Assignment):
        return _assignments(gold, answer, tolerance)
    if isinstance(gold, Quantity) or isinstance(answer, Quantity):
        return same_quantity(gold, answer, tolerance)
    if isinstance(gold, Number | Expression) and isinstance(answer, Number | Expression):
        return same_value(gold, answer, tolerance)
    if isinstance(gold, Group) and isinstance(answer, Group):
        return _groups(gold, answer, tolerance)
    if isinstance(gold, Region) or isinstance(answer, Region):
        return same_region(gold, answer)
    if isinstance(gold, Matrix) or isinstance(answer, Matrix):
        return _matrices(gold, answer, tolerance)
    if isinstance(gold, Relation) and isinstance(answer, Relation):
        return same_relation(gold, answer)
    if isinstance(gold, Opaque) or isinstance(answer, Opaque):
        return None if not isinstance(gold, Text) and not isinstance(answer, Text) else False
    return _of_one_kind(gold, answer, tolerance)


def _of_one_kind(gold: Shape, answer: Shape, tolerance: float | None) -> Answer:
    if isinstance(gold, Clock) and isinstance(answer, Clock):
        return same_clock((gold.parts, gold.half), (answer.parts, answer.half))
    if isinstance(gold, Congruence) or isinstance(answer, Congruence):
        return same_congruence(gold, answer)
    if isinstance(gold, Ratio) or isinstance(answer, Ratio):
        return same_ratio(gold, answer)
    if isinstance(gold, Date | Numeral | Boolean | Text) and type(gold) is type(answer):
        return gold == answer
    if isinstance(gold, Group) and len(gold.items) == 1 and not isinstance(answer, Group):
        return gold.brackets in ("{}", "") and same(gold.items[0], answer, tolerance)
    if isinstance(answer, Group) and len(answer.items) == 1 and not isinstance(gold, Group):
        return answer.brackets in ("{}", "") and same(gold, answer.items[0], tolerance)
    return False


def _assignments(gold: Shape, answer: Shape, tolerance: float | None) -> Answer:
    if isinstance(gold, Assignment) and isinstance(answer, Assignment):
        answer = _renamed(gold, answer)
        if same_name(gold.name, answer.name, gold.value):
            return same(gold.value, answer.value, tolerance)
        first, second = _as_relation(gold), _as_relation(answer)
        return same_relation(first, second) if first is not None and second is not None else False
    assignment, other = (gold, answer) if isinstance(gold, Assignment) else (answer, gold)
    if isinstance(other, Relation):
        relation = _as_relation(assignment) if isinstance(assignment, Assignment) else None
        return same_relation(relation, other) if relation is not None else False
    if isinstance(gold, Assignment):
        return same(gold.value, answer, tolerance)
    return same(gold, answer.value, tolerance) if isinstance(answer, Assignment) else False


def _renamed(gold: Assignment, answer: Assignment) -> Assignment:
    """Give the answer's function the gold's argument: f(y) = 2y is f(x) = 2x."""
    function, _, argument = gold.name.rstrip(")").partition("(")
    other_function, _, other = answer.name.rstrip(")").partition("(")
    if function != other_function or argument == other or not argument.isalpha() or not other.isalpha():
        return answer
    if not isinstance(answer.value, Expression) or argument in answer.value.fingerprint.symbols:
        return answer
    node = substituted(answer.value.fingerprint.node, {other: ("sym", argument)})
    return Assignment(gold.name, Expression(Fingerprint(node)), None, None)


def same_name(gold: str, answer: str, value: Shape) -> bool:
    """Compare what is assigned to: the same name, a function with and without its argument, or y for a function."""
    if gold == answer:
        return True
    left, right = gold.partition("(")[0], answer.partition("(")[0]
    if left == right != "":
        return "(" not in gold or "(" not in answer
    functional = ("(" in gold) != ("(" in answer) and "y" in (gold.rstrip("'"), answer.rstrip("'"))
    functional = functional and gold.count("'") == answer.count("'")
    return functional and isinstance(value, Expression) and bool(value.fingerprint.symbols)


def _as_relation(assignment: Assignment) -> Relation | None:
    if assignment.left is None or assignment.right is None:
        return None
    return Relation("=", assignment.left, assignment.right)


def _groups(gold: Group, answer: Group, tolerance: float | None) -> Answer:
    named = _by_name(gold), _by_name(answer)
    if named[0] is not None or named[1] is not None:
        return _named_groups(gold, answer, named, tolerance)
    if _num_percents(gold) != _num_percents(answer) and _num_percents(gold) * _num_percents(answer) == 0:
        group = answer if _num_percents(answer) else gold
        if _num_percents(group) != len(group.items):
            return False  # 20%, 30% is 20, 30; [-1, 1%] is not [-1, 1]
    if _num_sets(gold) != _num_sets(answer):
        return False  # {{1}, {2}} is not {1, 2}
    if gold.brackets in _FREE_ORDER and answer.brackets in _FREE_ORDER:
        if "{}" in (gold.brackets, answer.brackets):
            return _unordered(_distinct(gold.items), _distinct(answer.items), tolerance)
        return _unordered(gold.items, answer.items, tolerance)
    if "{}" in (gold.brackets, answer.brackets):
        return False
    if gold.brackets and answer.brackets and gold.brackets != answer.brackets:
        if len(gold.items) == 2 and "<>" not in (gold.brackets, answer.brackets):
            return False
        if not {gold.brackets, answer.brackets} <= set(_TUPLES):
            return False
    return _ordered(gold.items, answer.items, tolerance)


def _num_percents(group: Group) -> int:
    return sum(isinstance(item, Number) and item.percent for item in group.items)


def _num_sets(group: Group) -> int:
    return sum(isinstance(item, Group) and item.brackets == "{}" for item in group.items)


def _stems(names: Iterable[str]) -> set[str]:
    return {name.partition("_")[0] for name in names}


def _by_name(group: Group) -> dict[str, Shape] | None:
    """Index a list of assignments to different names; None where it is no such list."""
    if not group.items or not all(isinstance(item, Assignment) for item in group.items):
        return None
    return {item.name: item.value for item in group.items if isinstance(item, Assignment)}


def _named_groups(
    gold: Group, answer: Group, named: tuple[dict[str, Shape] | None, dict[str, Shape] | None], tolerance: float | None
) -> Answer:
    left, right = named
    bare = Group(gold.brackets, tuple(unnamed(item) for item in gold.items))
    bare_answer = Group(answer.brackets, tuple(unnamed(item) for item in answer.items))
    if left is not None and right is not None:
        if len(left) == len(gold.items) and len(right) == len(answer.items) and len(left) > 1:
            if left.keys() != right.keys():
                return False
            return all_same(same(value, right[name], tolerance) for name, value in left.items())
        if left.keys() != right.keys() and not (_stems(left) == _stems(right) and 1 in (len(left), len(right))):
            return False  # x_1 = 3, x_2 = 5 is x = 3, x = 5
        return _unordered(bare.items, bare_answer.items, tolerance)
    names = left if left is not None else right
    indexed = names is not None and len(_stems(names)) == 1
    if indexed:  # x_1 = -1, x_2 = 3 are the solutions, in any order
        free = gold.brackets in _FREE_ORDER and answer.brackets in _FREE_ORDER
        return (_unordered if free else _ordered)(bare.items, bare_answer.items, tolerance)
    return _ordered(bare.items, bare_answer.items, tolerance)


def _ordered(gold: tuple[Shape, ...], answer: tuple[Shape, ...], tolerance: float | None) -> Answer:
    if len(gold) != len(answer):
        return False
    return all_same(same(first, second, tolerance) for first, second in zip(gold, answer, strict=True))


def _unordered(gold: tuple[Shape, ...], answer: tuple[Shape, ...], tolerance: float | None) -> Answer:
    """Match items in any order, each once."""
    if len(gold) != len(answer) or len(gold) > MAX_ITEMS:
        return False
    rest = list(answer)
    unsure = False
    for item in gold:
        verdicts = [same(item, other, tolerance) for other in rest]
        if True not in verdicts:
            if None not in verdicts:
                return False
            unsure = True
            continue
        rest.pop(verdicts.index(True))
    return None if unsure else True


def _distinct(items: tuple[Shape, ...]) -> tuple[Shape, ...]:
    kept: list[Shape] = []
    for item in items[:MAX_ITEMS]:
        if not any(same(item, other) for other in kept):
            kept.append(item)
    return tuple(kept)


def _matrices(gold: Shape, answer: Shape, tolerance: float | None) -> Answer:
    if isinstance(gold, Matrix) and isinstance(answer, Matrix):
        if [len(row) for row in gold.rows] != [len(row) for row in answer.rows]:
            return False
        return all_same(_ordered(left, right, tolerance) for left, right in zip(gold.rows, answer.rows, strict=True))
    left, right = _vector(gold), _vector(answer)
    return False if left is None or right is None else _ordered(left, right, tolerance)


def _vector(shape: Shape) -> tuple[Shape, ...] | None:
    """Read a column, a row or a tuple as a vector; a matrix of one cell is none."""
    if isinstance(shape, Matrix):
        if len(shape.rows) == 1:
            return shape.rows[0]
        return tuple(row[0] for row in shape.rows) if all(len(row) == 1 for row in shape.rows) else None
    return shape.items if isinstance(shape, Group) and shape.brackets in ("", *_TUPLES) else None
