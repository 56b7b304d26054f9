"""The order of a blend: every prefix within one row of its ratio, leaf by leaf."""

from collections.abc import Sequence
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def on_ratio(counts: Sequence[int]) -> Whole:
    """Return an order of `counts[i]` items of each kind i whose every prefix is within one of its ratio.

    Tijdeman's quota rule (The chairman assignment problem, 1980): among the kinds that may give their next item
    without running ahead, the one whose next item is due first. Each item is a unit of work with a release and a due
    place, in whole numbers: sorted by the due places, and mended where an item would come before its release.

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
    return kind[urgency[_released(release[urgency])]]


def _released(release: Whole) -> Whole:
    """Return the order of items in which none comes before its release, the first of those released at each place.

    [1, 3, 1, 1] -> [0, 2, 1, 3]: the second waits for the third place
    """
    order, released_at = np.arange(len(release)), release.tolist()
    done = 0
    for place in np.flatnonzero(release > order + 1).tolist():
        if place < done:
            continue
        following = place  # the first item that nobody has looked at
        waiting: list[tuple[int, int]] = []  # release, item
        ready: list[int] = []  # items that have waited
        while True:
            while waiting and waiting[0][0] <= place + 1:
                heappush(ready, heappop(waiting)[1])
            while not ready and released_at[following] > place + 1:
                heappush(waiting, (released_at[following], following))
                following += 1
            if ready:
                order[place] = heappop(ready)
            else:
                order[place] = following
                following += 1
            place += 1
            if not waiting and not ready:
                break
        done = place  # from here on as if nobody had waited
    return order
