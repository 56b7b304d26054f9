"""Mix: exact shares of groups of rows, chosen by rank of a digest, in an order whose every prefix is on ratio."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from pipeline.errors import did_you_mean
from pipeline.fingerprint import file_digest, literal
from pipeline.lists import as_lists
from pipeline.row import FORMS, ranks
from pipeline.stage import Assets, ParameterError, Stage
from stages.mixing.counts import Tree, resolve, whole_counts
from stages.mixing.grant import Shortage
from stages.mixing.marginals import Targets
from stages.mixing.order import Whole
from stages.mixing.places import named_values, placed, raw_columns
from stages.mixing.pool import Granted, Lines, Pool, granted, make_pool, positions, within_budget
from stages.mixing.sizes import Size, read_size, row_tokens, tokenizer_file
from stages.mixing.tree import Group, read_shares, read_targets, with_scores

SPLITS = ("train", "validation")
# Why rows go; the first is said of those that were there to choose from.
OVER, UNABLE, NO_SHARE = "over its share", "cannot be asked in this form", "no share for it"
_REASON = pl.Enum([OVER, UNABLE, NO_SHARE])


@dataclass(frozen=True)
class Mix(Stage):
    """Chooses the rows of a blend and their order. docs/blends.md tells all of it.

    shares: source -> share of the output (they sum to 1), or groups: {by: column, parts: {value: share or group}} or
    {by: column, rule: equal | proportional | {temperature: T} | {capped: K} | {sizes: {...}} | {scores: FILE}}.
    marginals: column -> value -> share, across all groups.
    size: rows, "max" (the largest feasible), {tokens: N} or {rollout_tokens: N, completion_tokens: M}.
    shortage: where a leaf has less than its share: fail | shrink to the largest size at these shares | redistribute
    what is missing over the siblings, then over the other groups | repeat rows, `max_epochs` times at most.
    max_epochs: for all sources, or by source (1 for those not named). form: the form that a row takes when it may be
    asked in both; `either` gives half of those rows each, by their digest. allows: only rows that may be asked in this
    form. folders: where files named here are looked for.
    """

    shares: Any
    marginals: Any = None
    size: Any = "max"
    shortage: Shortage = "fail"
    form: Literal["mcq", "open", "either"] = "mcq"
    allows: Literal["any", "mcq", "open"] = "any"
    max_epochs: int | dict[str, int] = 4
    seed: int = 0
    folders: tuple[Path, ...] = ()

    version = 2
    scope = "whole"
    reads = ("source", "forms", "split")
    adds = {"form": pl.String(), "positions": pl.List(pl.Int64())}  # noqa: RUF012
    leaves = ("drop", "rank", "granted")

    def __post_init__(self) -> None:
        _ = self.group, self.asked, self.targets
        if self.asked.tokenizer:
            tokenizer_file(self.asked, self.folders)
        epochs = self.max_epochs.values() if isinstance(self.max_epochs, dict) else [self.max_epochs]
        if min(epochs, default=1) < 1:
            raise ParameterError(f"max_epochs {self.max_epochs} must be at least 1", "max_epochs")
        if self.asked == Size() and self.shortage == "redistribute":
            raise ParameterError("shortage 'redistribute' needs a size; 'max' never falls short", "shortage")

    @cached_property
    def group(self) -> Group:
        return read_shares(self.shares, self.folders)

    @cached_property
    def asked(self) -> Size:
        return read_size(self.size)

    @cached_property
    def targets(self) -> Targets:
        return read_targets(self.marginals)

    @property
    def columns(self) -> tuple[str, ...]:
        names = [*(group.by for group in self.group.groups()), *self.targets]
        counted = {"question", "options"} if self.asked.tokens else set()
        return tuple(sorted({*super().columns, *raw_columns(names), *counted}))

    def written(self) -> Any:
        """Return the parameters; a file of scores as the sizes that it comes to, so that they alone make the blend."""
        own = {name: value for name, value in vars(self).items() if name in self.__dataclass_fields__}
        own = {name: literal(value) for name, value in own.items() if name != "folders"}
        return own | {"shares": with_scores(own["shares"], self.folders)}

    def identity(self) -> Any:
        """Return the parameters; of files that they name the content, and not where it was found."""
        own = self.written()
        if self.asked.tokenizer:
            own["size"] = {**own["size"], "tokenizer": file_digest(tokenizer_file(self.asked, self.folders))}
        return own

    def check(self, sources: Sequence[str]) -> None:
        epochs = self.max_epochs if isinstance(self.max_epochs, dict) else {}
        for source in epochs:
            if source not in sources:
                raise ParameterError(f"no source {source!r}; {did_you_mean(source, sources)}", "max_epochs", source)
        named, takes_others = named_values(self.group, "source")
        for source in named:
            if source not in sources:
                raise ParameterError(
                    f"{source!r} has a share and is not in 'sources'; add it there or remove the share", "shares"
                )
        for source in () if takes_others else sources:
            if source not in named:
                raise ParameterError(f"{source!r} has no share; give it one (0 keeps it out)", "shares")

    def wants(self, source: str) -> bool:
        named, takes_others = named_values(self.group, "source")
        return takes_others or named.get(source, False)

    def prepare(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return what the choice needs of a row and no more: its place, its rank, how often it may be taken."""
        rank = ranks(self.seed, rows.get_column("key"))
        by_chance = (rank % 2 == 0) if self.form == "either" else pl.Series([self.form == "mcq"])
        found = placed(rows, self.group, list(self.targets), pl.lit(by_chance))
        if self.allows != "any":
            able = rows.get_column("forms").list.contains(self.allows)
            found = found.with_columns(leaf=pl.when(able).then("leaf"), unable=~able)
        else:
            found = found.with_columns(unable=pl.lit(False))
        repeats = self.max_epochs if self.shortage == "repeat" else 1
        epochs = pl.lit(repeats, pl.Int32)
        if isinstance(repeats, dict):
            epochs = pl.col("source").replace_strict(repeats, default=1, return_dtype=pl.Int32)
        made = rows.select("id", "split", epochs=epochs, rank=rank)
        if self.asked.tokens:
            made = made.with_columns(tokens=row_tokens(rows, self.asked, self.folders))
        # Numbers in place of names: the union of all shards is in memory at once.
        names = [pl.col("leaf", "cell").cast(pl.Categorical), pl.col("split").cast(pl.Enum(SPLITS))]
        return pl.concat([made, found], how="horizontal").with_columns(*names, pl.col("form").cast(pl.Enum(FORMS)))

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        rows = rows.with_row_index("line")
        tree, chosen, tables, targets = None, [], [], []
        told = np.zeros(rows.height, np.uint32), np.zeros(rows.height, np.uint32)
        for split in SPLITS:
            pool = make_pool(rows, split)
            # Validation is mixed at the shares of training, which rules make of its rows.
            tree = tree or resolve(self.group, pool.by_leaf(pool.eligible))
            made = self._granted(split, tree, pool, rows)
            tables.append(_table(split, tree, pool, made, self._wanted(split, tree)))
            if made.fitted:
                targets += [(split, name, value, float(off)) for (name, value), off in made.fitted.off.items()]
            for cell, num in pool.eligible.items():
                told[0][pool.turns[cell][:num]] = np.arange(1, num + 1)
                told[1][pool.turns[cell][:num]] = made.cells.get(cell, 0)
            chosen.append(positions(made, pool))
        assets.outputs["shares"] = pl.concat(tables)
        if self.targets:
            schema = {"split": pl.String, "column": pl.String, "value": pl.String, "off": pl.Float64}
            assets.outputs["marginals"] = pl.DataFrame(targets, schema=schema, orient="row")
        lines, places = (np.concatenate(parts) for parts in zip(*chosen, strict=True))
        return _marked(rows, _by_row(lines, places, rows.height), told)

    def in_words(self, marked: pl.DataFrame) -> pl.DataFrame:
        evidence = pl.when(pl.col("drop") == OVER).then(pl.struct("rank", "granted").struct.json_encode())
        return marked.select("id", pl.col("form", "drop").cast(pl.String), "positions", evidence=evidence)

    def _granted(self, split: str, tree: Tree, pool: Pool, rows: pl.DataFrame) -> Granted:
        if split == "validation":
            return granted(tree, pool, None, "shrink", self.targets)
        if self.asked.tokens is None:
            return granted(tree, pool, self.asked.rows, self.shortage, self.targets)
        tokens = rows.get_column("tokens").to_numpy()
        return within_budget(tree, pool, self.asked, self.shortage, self.targets, tokens)

    def _wanted(self, split: str, tree: Tree) -> Mapping[str, int]:
        """Return the rows that each leaf was asked for, where a number of rows was asked for."""
        return whole_counts(tree, self.asked.rows) if split == "train" and self.asked.rows else {}


def _by_row(lines: Lines, places: Whole, num_rows: int) -> pl.Series:
    """Return the places of each row, rising; null for a row without one.

    lines [2, 0, 2], places [5, 0, 3], of 3 rows -> [[0], null, [3, 5]]
    """
    times = np.bincount(lines, minlength=num_rows)
    offsets = np.concatenate([[0], np.cumsum(times)])
    both = np.sort(lines.astype(np.uint64) << np.uint64(32) | places.astype(np.uint64))  # a blend has under 2**32 rows
    in_order = (both & np.uint64(0xFFFFFFFF)).astype(np.int64)
    # A group-by and a join would cost ten times as much.
    return as_lists(in_order, offsets, times == 0).alias("positions")


def _marked(rows: pl.DataFrame, places: pl.Series, told: tuple[Lines, Lines]) -> pl.DataFrame:
    """Return `rows` with their positions; a row without one goes, with its rank and how many such rows were granted."""
    placeless = pl.when("unable").then(pl.lit(UNABLE, _REASON)).otherwise(pl.lit(NO_SHARE, _REASON))
    over = pl.when(pl.col("leaf").is_not_null()).then(pl.lit(OVER, _REASON))
    drop = pl.when(pl.col("positions").is_null()).then(over.otherwise(placeless))
    rows = rows.with_columns(places, rank=told[0], granted=told[1])
    return rows.select("id", "form", "positions", "rank", "granted", drop=drop)


def _table(split: str, tree: Tree, pool: Pool, made: Granted, wanted: Mapping[str, int]) -> pl.DataFrame:
    """Return a line for each leaf: share, rows wanted (null: none said), eligible, granted, does it bind."""
    leaves, feasible = tree.leaves(), made.feasible
    room, eligible = pool.by_leaf(pool.room), pool.by_leaf(pool.eligible)
    at_next = whole_counts(tree, feasible + 1)
    binds = sum(made.leaves.values()) >= feasible  # a smaller size was asked for: no leaf binds it
    return pl.DataFrame(
        {
            "split": [split] * len(leaves),
            "source": [leaf.name for leaf in leaves],
            "share": [float(tree.share(leaf)) for leaf in leaves],
            "wanted": [wanted.get(leaf.name) for leaf in leaves],
            "eligible": [eligible.get(leaf.name, 0) for leaf in leaves],
            "granted": [made.leaves[leaf.name] for leaf in leaves],
            "binding": [binds and at_next[leaf.name] > room.get(leaf.name, 0) for leaf in leaves],
            "feasible": [feasible] * len(leaves),
            "tokens": [made.tokens] * len(leaves),
            "held": [made.held] * len(leaves),
        },
        schema_overrides={"wanted": pl.Int64, "tokens": pl.Int64},
    )
