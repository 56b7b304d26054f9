"""The order of a blend: every prefix within one row of its ratio, the same on every machine."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.mixing.order import on_ratio


@pytest.mark.parametrize(("counts", "order"), [([2, 1], [0, 1, 0]), ([], []), ([0, 0], []), ([0, 3], [1, 1, 1])])
def test_small_orders(counts: list[int], order: list[int]) -> None:
    assert on_ratio(counts).tolist() == order


def off(counts: list[int]) -> Fraction:
    """Return the largest distance of a kind from its ratio over all prefixes."""
    total, given_so_far, worst = sum(counts), [0] * len(counts), Fraction(0)
    for place, kind in enumerate(on_ratio(counts).tolist(), start=1):
        given_so_far[kind] += 1
        for have, count in zip(given_so_far, counts, strict=True):
            worst = max(worst, abs(Fraction(count * place, total) - have))
    assert given_so_far == counts
    return worst


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_every_prefix_is_within_one_of_its_ratio(counts: list[int]) -> None:
    assert off(counts) < 1


@pytest.mark.parametrize("counts", [[997, 3, 1, 1, 2003, 17], [1] * 40 + [500], [61] * 7 + [59] * 9, list(range(60))])
def test_every_prefix_of_many_kinds_is_within_one_of_its_ratio(counts: list[int]) -> None:
    assert off(counts) < 1


def quota_rule(counts: list[int]) -> list[int]:
    """Return the order by Tijdeman's rule as it is told: at each place, of those not ahead, the one due first."""
    total, given_so_far, order = sum(counts), [0] * len(counts), []
    slack = 2 * sum(1 for count in counts if count) - 2 or 1
    for place in range(1, total + 1):
        behind = [
            kind
            for kind, count in enumerate(counts)
            if given_so_far[kind] < count and slack * (count * place - given_so_far[kind] * total) >= total
        ]
        order.append(min(behind, key=lambda kind: Fraction(slack * (given_so_far[kind] + 1) - 1, counts[kind])))
        given_so_far[order[-1]] += 1
    return order


@given(st.lists(st.integers(0, 40), min_size=1, max_size=7))
def test_sorting_and_mending_gives_the_rule_s_own_order(counts: list[int]) -> None:
    assert on_ratio(counts).tolist() == quota_rule(counts)
