"""The rows that may be chosen, each leaf's in the order of their ranks; how many of each make a size or a budget."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.errors import ShortageError
from stages.mixing.counts import Tree, largest_feasible, whole_counts
from stages.mixing.grant import Shortage, grant
from stages.mixing.marginals import Cell, Fit, Targets, fit
from stages.mixing.order import Whole, on_ratio
from stages.mixing.places import BETWEEN
from stages.mixing.sizes import Size

Lines = NDArray[np.uint32]  # which rows of a frame, as polars counts them


@dataclass(frozen=True)
class Pool:
    """Rows of one split by cell. turns: cell -> lines of rows in the order they are taken, repeats after all firsts."""

    turns: Mapping[Cell, Lines]
    eligible: Mapping[Cell, int]  # different rows

    @cached_property
    def room(self) -> dict[Cell, int]:
        return {cell: len(lines) for cell, lines in self.turns.items()}

    def by_leaf(self, counts: Mapping[Cell, int]) -> dict[str, int]:
        sums: dict[str, int] = {}
        for (leaf, _), rows in counts.items():
            sums[leaf] = sums.get(leaf, 0) + rows
        return sums


def make_pool(rows: pl.DataFrame, split: str) -> Pool:
    """Return the pool of one split of rows that have `line` and what `Mix.prepare` gives them.

    A row may be taken `epochs` times, in validation once. Ties of the rank are settled by the id.
    """
    own = pl.col("leaf").is_not_null() & (pl.col("split") == split)
    grouped = rows.lazy().filter(own).group_by("leaf", "cell").agg("line", "rank", "epochs").collect()
    turns, eligible = {}, {}
    for nr, (leaf, values) in enumerate(grouped.select("leaf", "cell").iter_rows()):
        lines, rank, epochs = (grouped.get_column(name)[nr].to_numpy() for name in ("line", "rank", "epochs"))
        by_rank = np.argsort(rank)
        if (np.diff(rank[by_rank]) == 0).any():
            by_rank = np.lexsort((rows.get_column("id").gather(lines).rank("dense").to_numpy(), rank))
        lines, epochs = lines[by_rank], epochs[by_rank]
        most = int(epochs.max(initial=1)) if split == "train" else 1
        cell = (leaf, tuple(values.split(BETWEEN)) if values else ())
        turns[cell] = np.concatenate([lines[epochs >= epoch] for epoch in range(1, most + 1)])
        eligible[cell] = len(lines)
    return Pool(turns, eligible)


@dataclass(frozen=True)
class Granted:
    """What each leaf and cell gives. feasible: the largest size at the shares. fitted: how near the targets came, where
    there are some; held: what keeps the feasible size below what the shares alone allow. tokens: what it costs, where
    it has a budget.
    """

    leaves: dict[str, int]
    cells: dict[Cell, int]
    feasible: int
    fitted: Fit | None = None
    held: str = ""
    tokens: int | None = None


def granted(tree: Tree, pool: Pool, size: int | None, shortage: Shortage, targets: Targets) -> Granted:
    """Return how many rows each leaf and cell gives at a size (None: the largest). Raises ShortageError."""
    eligible, room = pool.by_leaf(pool.eligible), pool.by_leaf(pool.room)
    feasible = largest_feasible(tree, room)
    if not targets:
        leaves = whole_counts(tree, feasible) if size is None else grant(tree, eligible, room, size, shortage)
        return Granted(leaves, {(leaf, ()): rows for leaf, rows in leaves.items()}, feasible)
    by_shares, feasible = feasible, _largest_fit(tree, pool, feasible, targets)
    unmet = _unmet(fit(pool.room, whole_counts(tree, by_shares), targets)) if feasible < by_shares else ""
    held = f"at the {by_shares:,} rows that the shares allow, {unmet}" if unmet else ""
    if size is None or (shortage == "shrink" and size > feasible):
        size = feasible
    leaves = grant(tree, eligible, room, size, shortage)
    found = fit(pool.room, leaves, targets)
    if found is None or (not found.is_met and shortage != "redistribute"):
        raise ShortageError(f"mix.marginals: {_unmet(found)}; the largest size at these shares is {feasible:,}")
    return Granted(leaves, found.counts, feasible, found, held)


def _largest_fit(tree: Tree, pool: Pool, most: int, targets: Targets) -> int:
    """Return the largest size at which leaves and targets are met, found by halving."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        found = fit(pool.room, whole_counts(tree, middle), targets)
        low, high = (middle, high) if found is not None and found.is_met else (low, middle - 1)
    return low


def _unmet(found: Fit | None) -> str:
    if found is None:
        return "a leaf has too few rows whose values have a target"
    (name, value), off = min(found.off.items(), key=lambda pair: pair[1])
    return f"{name} {value} lacks {float(-off):,.0f} rows of its target"


def within_budget(tree: Tree, pool: Pool, size: Size, shortage: Shortage, targets: Targets, tokens: Whole) -> Granted:
    """Return the largest blend whose tokens are at most the budget; one row more would pass it.

    Raises ShortageError under `fail` when all rows together do not reach it.
    """
    assert size.tokens is not None
    spent = {cell: np.concatenate([[0], np.cumsum(tokens[lines])]) for cell, lines in pool.turns.items()}

    def cost(made: Granted) -> int:
        return sum(int(spent[cell][rows]) for cell, rows in made.cells.items() if rows)

    most = granted(tree, pool, None, shortage, targets)
    if shortage == "redistribute":
        most = granted(tree, pool, sum(pool.by_leaf(pool.room).values()), shortage, targets)
    if cost(most) <= size.tokens:
        if shortage == "fail" and cost(most) < size.tokens:
            rows = sum(most.leaves.values())
            raise ShortageError(
                f"mix.size: {size.tokens:,} tokens cannot be had: the largest {rows:,} rows at these shares have "
                f"{cost(most):,}; ask for fewer, or set 'shortage'"
            )
        return replace(most, tokens=cost(most))
    low, high = 0, sum(most.leaves.values())  # low fits the budget, high does not
    while high - low > 1:
        middle = (low + high) // 2
        fits = cost(granted(tree, pool, middle, shortage, targets)) <= size.tokens
        low, high = (middle, high) if fits else (low, middle)
    made = granted(tree, pool, low, shortage, targets)
    return replace(made, tokens=cost(made))


def positions(made: Granted, pool: Pool) -> tuple[Lines, Whole]:
    """Return the line of each chosen row and its place in the output; a row that repeats stands in it more than once.

    Leaves alternate so that every prefix is within one row of their ratio; within a leaf its cells do the same.
    """
    names = list(made.leaves)
    order = on_ratio([made.leaves[name] for name in names])
    by_leaf = np.split(np.argsort(order, kind="stable"), np.cumsum(list(made.leaves.values()))[:-1])
    lines: list[Lines] = [np.empty(0, dtype=np.uint32)]
    places: list[Whole] = [np.empty(0, dtype=np.int64)]
    cells: dict[str, list[Cell]] = {}
    for cell in sorted(cell for cell, rows in made.cells.items() if rows):
        cells.setdefault(cell[0], []).append(cell)
    for name, own_places in zip(names, by_leaf, strict=True):
        own = cells.get(name, [])
        turn = on_ratio([made.cells[cell] for cell in own]) if len(own) > 1 else np.zeros(len(own_places), np.int64)
        for nr, cell in enumerate(own):
            places.append(own_places[turn == nr])
            lines.append(pool.turns[cell][: made.cells[cell]])
    return np.concatenate(lines), np.concatenate(places)
