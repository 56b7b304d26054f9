"""The order of a blend: every prefix within one row of its ratio, leaf by leaf."""

from collections.abc import Sequence
from heapq import heappop, heappush, heappushpop

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def on_ratio(counts: Sequence[int]) -> Whole:
    """Return an order of `counts[i]` items of each kind i whose every prefix is within one of its ratio.

    Tijdeman's quota rule (The chairman assignment problem, 1980): among the kinds that may give their next item
    without running ahead, the one whose next item is due first. Each item is a unit of work with a release and a due
    place, and a heap holds those that are released: O(total * log kinds), in whole numbers.

    [2, 1] -> [0, 1, 0]
    """
    given = np.asarray(counts, dtype=np.int64)
    total, slack = int(given.sum()), 2 * int((given > 0).sum()) - 2 or 1
    if (given > 0).sum() <= 1:
        return np.repeat(np.arange(len(given)), given)
    assert slack * total * int(given.max()) < 2**62, "whole numbers of 64 bits hold the places"
    kind = np.repeat(np.arange(len(given)), given)
    count = given[kind]
    nth = np.arange(total) - np.repeat(np.cumsum(given) - given, given)  # of its kind, from 0
    # Released when behind by 1 / slack of an item: slack * (count * place - nth * total) >= total.
    release = -(-(total * (slack * nth + 1)) // (slack * count))
    numerator = slack * (nth + 1) - 1
    # Due at numerator / count; by whole places first, which no rounding of the quotient can turn round.
    urgency = np.lexsort((kind, numerator / count, numerator * total // (slack * count)))
    rank = np.empty(total, dtype=np.int64)
    rank[urgency] = np.arange(total)
    by_release = np.argsort(release, kind="stable")
    waiting = rank[by_release].tolist()
    released = np.searchsorted(release[by_release], np.arange(1, total + 1), side="right").tolist()
    heap: list[int] = []
    order, seen = [], 0
    for upto in released:
        if upto == seen + 1:  # most often one is released and one given
            order.append(heappushpop(heap, waiting[seen]))
        else:
            for item in waiting[seen:upto]:
                heappush(heap, item)
            order.append(heappop(heap))
        seen = upto
    return kind[urgency[order]]
