"""Cross-cutting targets: met to within one row whenever they can be, and never at the cost of a leaf's count."""

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from stages.mixing.marginals import Cell, fit

HALVES = {"form": {"mcq": Fraction(1, 2), "open": Fraction(1, 2)}}


def cells(rows: dict[tuple[str, ...], int]) -> dict[Cell, int]:
    return {(leaf, tuple(values)): num for (leaf, *values), num in rows.items()}


def test_targets_are_met_with_the_rows_that_there_are() -> None:
    room = cells({("a", "mcq"): 30, ("a", "open"): 10, ("b", "open"): 40})
    found = fit(room, {"a": 20, "b": 10}, HALVES)
    assert found is not None and found.is_met
    assert found.counts == cells({("a", "mcq"): 15, ("a", "open"): 5, ("b", "open"): 10})


def test_what_cannot_be_met_is_told_in_rows() -> None:
    found = fit(cells({("a", "mcq"): 30, ("b", "open"): 40}), {"a": 20, "b": 10}, HALVES)
    assert found is not None and not found.is_met
    assert found.off == {("form", "mcq"): 5, ("form", "open"): -5}


def test_rows_without_a_target_are_not_taken() -> None:
    room = cells({("a", "mcq"): 5, ("a", "other"): 30, ("b", "open"): 40})
    assert fit(room, {"a": 10, "b": 10}, HALVES) is None


def test_two_targets_are_met_together() -> None:
    room = cells(dict.fromkeys(product("ab", ("mcq", "open"), ("hard", "easy")), 20))
    bands = {"difficulty": {"hard": Fraction(3, 4), "easy": Fraction(1, 4)}}
    found = fit(room, {"a": 30, "b": 10}, HALVES | bands)
    assert found is not None and found.is_met
    assert sum(rows for cell, rows in found.counts.items() if cell[0] == "a") == 30


def best_off(room: dict[Cell, int], leaves: dict[str, int], mcq: Fraction) -> Fraction | None:
    """Return, by trying every choice, how near the rows of form mcq can come to a target; None: no choice at all."""
    ways = [
        [n for n in range(room.get((leaf, ("mcq",)), 0) + 1) if 0 <= rows - n <= room.get((leaf, ("open",)), 0)]
        for leaf, rows in leaves.items()
    ]
    size = sum(leaves.values())
    return min((abs(sum(way) - mcq * size) for way in product(*ways)), default=None)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=6, max_size=6),
    st.lists(st.integers(0, 6), min_size=3, max_size=3),
    st.integers(1, 9),
)
def test_one_target_is_met_whenever_any_choice_meets_it(rows: list[int], counts: list[int], tenths: int) -> None:
    room = dict(zip(((leaf, (form,)) for leaf, form in product("abc", ("mcq", "open"))), rows, strict=True))
    leaves, mcq = dict(zip("abc", counts, strict=True)), Fraction(tenths, 10)
    found = fit(room, leaves, {"form": {"mcq": mcq, "open": 1 - mcq}})
    best = best_off(room, leaves, mcq)
    assert (found is None) == (best is None)
    if found is not None and best is not None:
        assert found.is_met == (best < 1)
        assert all(0 <= num <= room[cell] for cell, num in found.counts.items())
        sums = {leaf: sum(num for cell, num in found.counts.items() if cell[0] == leaf) for leaf in leaves}
        assert sums == leaves


def test_a_leaf_that_has_no_share_is_left_alone() -> None:  # a domain that validation alone has
    room = cells({("a", "mcq"): 30, ("a", "open"): 30, ("other", "open"): 40})
    found = fit(room, {"a": 20}, HALVES)
    assert found is not None and found.is_met
    assert set(found.counts) == {("a", ("mcq",)), ("a", ("open",))}
