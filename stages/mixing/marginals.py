"""Cross-cutting targets of a blend: how many rows each leaf gives of each form, difficulty or answer type.

Proportional fitting with upper bounds says how many rows of each cell (leaf and values) meet all targets with the least
change to the mixture there is; whole numbers follow. Guaranteed: leaf counts exact, no cell above its room, the same on
every machine. One column: its targets are met to within one row whenever any choice of rows meets them. Several: what
came of it is measured, and a size at which it was not met is not called feasible.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Cell = tuple[str, tuple[str, ...]]  # leaf, and the value of each target's column
Targets = Mapping[str, Mapping[str, Fraction]]  # column -> value -> share of the output

_SWEEPS = 500  # of the fitting; it gains a digit in a few, fewer than needed only where the targets can hardly be met
_CLOSE = 1e-9  # of a row
_FINITE = (1e-100, 1e100)


@dataclass
class Fit:
    """Rows of each cell, and by how many rows the values of each column miss their targets."""

    counts: dict[Cell, int]
    off: dict[tuple[str, str], Fraction] = field(default_factory=dict)  # (column, value) -> had less wanted

    @property
    def is_met(self) -> bool:
        return all(abs(off) < 1 for off in self.off.values())


def fit(room: Mapping[Cell, int], leaf_counts: Mapping[str, int], targets: Targets) -> Fit | None:
    """Return how many rows each cell gives, or None when the leaves cannot be filled from rows that have a target.

    room: cell -> rows that it may give. leaf_counts: leaf -> rows, kept exactly.
    """
    cells = sorted(
        cell for cell, rows in room.items() if rows and cell[0] in leaf_counts and _has_target(cell, targets)
    )
    size = sum(leaf_counts.values())
    at_most = np.array([room[cell] for cell in cells], dtype=np.float64)
    families = []
    for nr, shares in enumerate(targets.values()):
        wanted = {value: share * size for value, share in shares.items()}
        families.append(_family([values[nr] for _, values in cells], wanted))
    families.append(_family([leaf for leaf, _ in cells], leaf_counts))  # the last, so that it holds in any case
    ideal = _fitted(at_most, families)
    counts = _whole(cells, ideal, room, leaf_counts)
    if counts is None:
        return None
    for nr, shares in enumerate(targets.values()):
        _repair(counts, room, nr, _wanted(shares, size))
    off: dict[tuple[str, str], Fraction] = {}
    for nr, (column, shares) in enumerate(targets.items()):
        had = _sums(counts, nr)
        off |= {(column, value): had.get(value, 0) - share * size for value, share in shares.items()}
    return Fit(counts, off)


def _has_target(cell: Cell, targets: Targets) -> bool:
    return all(shares.get(value, 0) > 0 for value, shares in zip(cell[1], targets.values(), strict=True))


def _family(
    names: Sequence[str], wanted: Mapping[str, Fraction | int]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each cell the number of its constraint, and the sum that each constraint asks for."""
    known = list(wanted)
    numbers = np.array([known.index(name) for name in names], dtype=np.int64)
    return numbers, np.array([float(wanted[name]) for name in known])


def _fitted(
    at_most: NDArray[np.float64], families: Sequence[tuple[NDArray[np.int64], NDArray[np.float64]]]
) -> NDArray[np.float64]:
    """Return the real-valued cells: scaled family by family, none above its bound, until nothing moves."""
    scaled = at_most.copy()
    for _ in range(_SWEEPS):
        before = np.minimum(scaled, at_most)
        for numbers, wanted in families:
            scaled = _scale(scaled, at_most, numbers, wanted)
        if np.abs(np.minimum(scaled, at_most) - before).max(initial=0.0) < _CLOSE:
            break
    return np.minimum(scaled, at_most)


def _scale(
    scaled: NDArray[np.float64], at_most: NDArray[np.float64], numbers: NDArray[np.int64], wanted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the cells times one factor for each constraint, so that with the bounds they sum to what it wants."""
    base, factor = scaled, np.ones(len(wanted))
    full = np.zeros(len(scaled), dtype=bool)
    for _ in range(len(scaled) + 1):
        # bincount adds in order, so that the sums are the same on every machine.
        held = np.bincount(numbers, np.where(full, at_most, 0.0), len(wanted))
        free = np.bincount(numbers, np.where(full, 0.0, base), len(wanted))
        factor = np.where(free > 0, np.maximum(wanted - held, 0.0) / np.where(free > 0, free, 1.0), factor)
        now_full = full | (base * factor[numbers] > at_most)
        if (now_full == full).all():
            break
        full = now_full
    return np.clip(base * factor[numbers], *_FINITE)  # a cell that is 0 could never grow again


def _whole(
    cells: Sequence[Cell], ideal: NDArray[np.float64], room: Mapping[Cell, int], leaf_counts: Mapping[str, int]
) -> dict[Cell, int] | None:
    """Return whole cells that fill each leaf exactly: floors, then largest remainders, then wherever there is room."""
    counts = {cell: min(room[cell], int(value + _CLOSE)) for cell, value in zip(cells, ideal, strict=True)}
    # To nine digits: what differs from machine to machine lies beyond them.
    remainder = {cell: round(value - counts[cell], 9) for cell, value in zip(cells, ideal.tolist(), strict=True)}
    for leaf, wanted in leaf_counts.items():
        own = [cell for cell in cells if cell[0] == leaf]
        if sum(room[cell] for cell in own) < wanted:
            return None
        missing = wanted - sum(counts[cell] for cell in own)
        while missing:
            by_remainder = sorted(own, key=lambda cell: (-remainder[cell], cell))
            for cell in by_remainder if missing > 0 else by_remainder[::-1]:
                moved = min(1, room[cell] - counts[cell]) if missing > 0 else -min(1, counts[cell])
                counts[cell] += moved
                missing -= moved
                if not missing:
                    break
    return counts


def _wanted(shares: Mapping[str, Fraction], size: int) -> dict[str, int]:
    """Return whole targets by largest remainders."""
    ideal = {value: share * size for value, share in shares.items()}
    wanted = {value: int(rows) for value, rows in ideal.items()}
    for value in sorted(ideal, key=lambda value: wanted[value] - ideal[value])[: size - sum(wanted.values())]:
        wanted[value] += 1
    return wanted


def _sums(counts: Mapping[Cell, int], nr: int) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (_, values), rows in counts.items():
        sums[values[nr]] = sums.get(values[nr], 0) + rows
    return sums


def _repair(counts: dict[Cell, int], room: Mapping[Cell, int], nr: int, wanted: Mapping[str, int]) -> None:
    """Move rows from values of column `nr` that have too many to those that lack some, as far as that is possible.

    A move takes a row from one cell to another that differs in this column alone: leaves and other columns keep their
    sums. A chain of moves may lead through other values, so a row is found wherever there is one (shortest paths).
    """
    groups: dict[tuple[str, tuple[str, ...]], list[Cell]] = {}
    for cell in counts:
        rest = (*cell[1][:nr], *cell[1][nr + 1 :])
        groups.setdefault((cell[0], rest), []).append(cell)
    while True:
        had = _sums(counts, nr)
        start = [value for value in wanted if had.get(value, 0) > wanted[value]]
        path = _path(counts, room, nr, list(groups.values()), start, {v for v in wanted if had.get(v, 0) < wanted[v]})
        if path is None:
            return
        for source, target in path:
            counts[source] -= 1
            counts[target] += 1


def _path(
    counts: Mapping[Cell, int],
    room: Mapping[Cell, int],
    nr: int,
    groups: Sequence[Sequence[Cell]],
    start: Sequence[str],
    ends: set[str],
) -> list[tuple[Cell, Cell]] | None:
    """Return the moves of one row from a value in `start` to one in `ends`, or None."""
    came: dict[str, tuple[Cell, Cell] | None] = dict.fromkeys(start)
    queue = deque(start)
    while queue:
        value = queue.popleft()
        if value in ends:
            moves = []
            while (step := came[value]) is not None:
                moves.append(step)
                value = step[0][1][nr]
            return moves[::-1]
        for group in groups:
            sources = [cell for cell in group if cell[1][nr] == value and counts[cell]]
            for cell in group if sources else ():
                if cell[1][nr] not in came and counts[cell] < room[cell]:
                    came[cell[1][nr]] = (sources[0], cell)
                    queue.append(cell[1][nr])
    return None
