"""Counts of a blend: exact, within one row of the ideal in leaves and groups; four policies on shortage."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ShortageError
from stages.mixing.counts import Node, Tree, largest_feasible, whole_counts
from stages.mixing.grant import Shortage, grant
from tests.stages.mixing.trees import HALF, PAPER, SHARES, any_tree, tree_of


@pytest.mark.parametrize(
    ("shares", "size", "counts"),
    [
        (HALF, 4, {"a": 2, "b": 2}),
        (HALF, 5, {"a": 3, "b": 2}),  # a tie goes to the first named
        ({"a": 0.2, "b": 0.3, "c": 0.5}, 3, {"a": 1, "b": 1, "c": 1}),
        ({"a": 0.6, "b": 0.4, "c": 0.0}, 7, {"a": 4, "b": 3, "c": 0}),
        (HALF, 0, {"a": 0, "b": 0}),
        ({"a": 0.1, "b": 0.2, "c": 0.7}, 10, {"a": 1, "b": 2, "c": 7}),  # 0.1 is a tenth and not 0.1000000000000000055
        ({"a": "1/3", "b": "2/3"}, 9, {"a": 3, "b": 6}),
    ],
)
def test_largest_remainders(shares: dict[str, float], size: int, counts: dict[str, int]) -> None:
    assert whole_counts(tree_of(shares), size) == counts


def nodes(node: Node, counts: dict[str, int]) -> Iterator[tuple[Node, int]]:
    """Yield each node below `node` and its rows."""
    for child in node.inside:
        below = list(nodes(child, counts))
        yield child, sum(rows for leaf, rows in below if not leaf.inside) if child.inside else counts[child.name]
        yield from below


@given(any_tree(), st.integers(0, 500), st.lists(st.integers(1, 90), min_size=5, max_size=5))
def test_leaves_and_groups_are_within_one_row_of_their_share(shares: Any, size: int, have: list[int]) -> None:
    tree = tree_of(shares, named(shares, have))
    counts = whole_counts(tree, size)
    assert sum(counts.values()) == size
    for node, rows in nodes(tree.root, counts):
        assert abs(rows - Fraction(node.part * size, tree.whole)) < 1


def named(shares: Any, have: list[int]) -> dict[str, int]:
    """Return rows for the leaves of a tree of `any_tree`."""
    if "by" not in shares:
        return dict(zip(shares, have, strict=False))
    names = ["gpr / a", "gpr / b", "gpr / c", "mr / d", "mr / e"]
    return dict(zip(names, have, strict=True))


@pytest.mark.parametrize("shares", [shares for shares in SHARES if len(shares) <= 3])
def test_the_largest_feasible_size_is_the_largest(shares: dict[str, float]) -> None:
    tree = tree_of(shares)
    for eligible in product(range(0, 14, 2), repeat=len(shares)):
        have = dict(zip(shares, eligible, strict=True))
        fits = [
            size
            for size in range(sum(eligible) + 1)
            if all(count <= have[source] for source, count in whole_counts(tree, size).items())
        ]
        assert largest_feasible(tree, have) == max(fits)
        assert largest_feasible(tree, have, 5) == max(size for size in fits if size <= 5)


@given(any_tree(), st.lists(st.integers(0, 12), min_size=5, max_size=5))
def test_the_largest_feasible_size_of_any_tree_is_the_largest(shares: Any, rows: list[int]) -> None:
    have = named(shares, rows)
    tree = tree_of(shares, have)
    feasible = largest_feasible(tree, have)
    fits = [all(n <= have.get(leaf, 0) for leaf, n in whole_counts(tree, size).items()) for size in range(80)]
    assert fits[feasible]
    assert not any(fits[feasible + 1 :])


def test_the_paper_s_pool_at_the_paper_s_shares() -> None:
    pool, tree = {"a": 99_842, "b": 192_930, "c": 100_000, "d": 87_350, "e": 100_000, "f": 8_523}, tree_of(PAPER)
    size = largest_feasible(tree, pool)
    assert all(count <= pool[source] for source, count in whole_counts(tree, size).items())
    assert any(count > pool[source] for source, count in whole_counts(tree, size + 1).items())


# --- shortage --------------------------------------------------------------------------------------------------------


def given_to(shares: Any, eligible: dict[str, int], size: int, shortage: Shortage, epochs: int = 1) -> dict[str, int]:
    room = {leaf: epochs * rows for leaf, rows in eligible.items()}
    return grant(tree_of(shares, eligible), eligible, room, size, shortage)


def test_fail_says_who_is_short_by_how_much_and_what_can_be_had() -> None:
    with pytest.raises(ShortageError) as said:
        given_to(HALF, {"a": 3, "b": 10}, 10, "fail")
    assert str(said.value) == (
        "mix.size: 10 rows cannot be had: a has 3 of 5, 2 more would do; "
        "the largest size at these shares is 6; or set 'shortage'"
    )
    assert said.value.leaves == ("a",)


def test_the_mend_that_is_named_mends() -> None:
    assert given_to(HALF, {"a": 3 + 2, "b": 10}, 10, "fail") == {"a": 5, "b": 5}


def test_shrink_takes_the_largest_size_at_the_shares() -> None:
    assert given_to(HALF, {"a": 3, "b": 10}, 10, "shrink") == {"a": 3, "b": 3}


def test_redistribute_fills_the_size_from_the_others_by_their_shares() -> None:
    shares = {"a": 0.2, "b": 0.3, "c": 0.5}
    assert given_to(shares, {"a": 100, "b": 100, "c": 10}, 50, "redistribute") == {"a": 16, "b": 24, "c": 10}
    assert given_to(shares, {"a": 12, "b": 100, "c": 10}, 50, "redistribute") == {"a": 12, "b": 28, "c": 10}
    with pytest.raises(ShortageError, match=r"50 rows wanted, 22 there are .*largest size at these shares is 20"):
        given_to(shares, {"a": 6, "b": 6, "c": 10}, 50, "redistribute")


NESTED = {
    "by": "category",
    "parts": {
        "gpr": {"share": "2/3", "by": "source", "parts": {"a": 0.5, "b": 0.5}},
        "mr": {"share": "1/3", "by": "source", "rule": "proportional"},
    },
}


def test_what_a_source_lacks_goes_to_its_own_group_first() -> None:
    have = {"gpr / a": 5, "gpr / b": 100, "mr / c": 30, "mr / d": 60}
    assert given_to(NESTED, have, 60, "redistribute") == {"gpr / a": 5, "gpr / b": 35, "mr / c": 7, "mr / d": 13}


def test_what_a_group_lacks_goes_to_the_other_groups() -> None:
    have = {"gpr / a": 5, "gpr / b": 10, "mr / c": 30, "mr / d": 60}
    assert given_to(NESTED, have, 60, "redistribute") == {"gpr / a": 5, "gpr / b": 10, "mr / c": 15, "mr / d": 30}


def test_a_source_without_a_share_never_fills_in() -> None:
    with pytest.raises(ShortageError, match="10 rows wanted, 5 there are"):
        given_to({"a": 1.0, "b": 0.0}, {"a": 5, "b": 100}, 10, "redistribute")


def test_repeat_keeps_the_shares_up_to_its_limit() -> None:
    assert given_to(HALF, {"a": 3, "b": 10}, 20, "repeat", epochs=4) == {"a": 10, "b": 10}
    for eligible in ({"a": 2, "b": 10}, {"a": 0, "b": 10}):
        with pytest.raises(ShortageError, match=r"max_epochs: too few: a has \d of 10, \d+ more would do"):
            given_to(HALF, eligible, 20, "repeat", epochs=4)
    assert given_to(HALF, {"a": 2 + 1, "b": 10}, 20, "repeat", epochs=4) == {"a": 10, "b": 10}  # 1 more, four times


@pytest.mark.parametrize("policy", ["fail", "shrink", "redistribute", "repeat"])
def test_a_size_that_can_be_had_is_had_under_every_policy(policy: Shortage) -> None:
    assert given_to(HALF, {"a": 3, "b": 10}, 6, policy) == {"a": 3, "b": 3}


def test_a_size_below_the_largest_may_be_short_too() -> None:
    # The Alabama paradox: at 27 rows b is due none (0.54 loses to larger remainders), at 21 and 22 it is due one.
    shares = {"a": 0.15, "b": 0.02, "c": 0.29, "d": 0.33, "e": 0.21}
    have = {"a": 5, "b": 0, "c": 13, "d": 18, "e": 12}
    assert (largest_feasible(tree_of(shares), have), largest_feasible(tree_of(shares), have, 22)) == (27, 20)
    assert sum(given_to(shares, have, 22, "shrink").values()) == 20
    assert given_to(shares, have, 22, "redistribute")["b"] == 0
    with pytest.raises(ShortageError, match="b has 0 of 1, 1 more would do; the largest size at these shares is 20"):
        given_to(shares, have, 22, "fail")


@given(
    shares=any_tree(),
    rows=st.lists(st.integers(0, 30), min_size=5, max_size=5),
    size=st.integers(1, 120),
    policy=st.sampled_from(["fail", "shrink", "redistribute", "repeat"]),
    epochs=st.integers(1, 3),
)
def test_totals_are_right_and_no_leaf_gives_more_than_it_may(
    shares: Any, rows: list[int], size: int, policy: Shortage, epochs: int
) -> None:
    have, tree = named(shares, rows), tree_of(shares, named(shares, rows))
    most = epochs if policy == "repeat" else 1
    room = {leaf: most * count for leaf, count in have.items()}
    feasible = largest_feasible(tree, room, size)
    try:
        granted = grant(tree, have, room, size, policy)
    except ShortageError:
        assert feasible < size and policy != "shrink"
        return
    assert all(count <= room.get(leaf, 0) for leaf, count in granted.items())
    assert sum(granted.values()) == (feasible if policy == "shrink" else size)
    if policy != "redistribute" or feasible == size:
        assert granted == whole_counts(tree, sum(granted.values()))


def test_a_tree_of_one_part_gives_it_all() -> None:
    assert whole_counts(Tree(Node("", 1, (Node("a", 1),)), 1), 7) == {"a": 7}
