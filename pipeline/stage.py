"""The contract of a stage: a pure function of a frame of rows that marks which stay, which go, and why."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

import polars as pl

from pipeline.fingerprint import literal
from pipeline.read import RawBatch, read_batches


@dataclass
class Assets:
    """What a stage is given beside the rows, and what it leaves beside them.

    inputs:  named frames, part of the step's identity (`benchmarks`: the benchmark items).
    outputs: named frames that the stage leaves beside its rows (clusters, grey zone); each becomes a file of the step.
    """

    inputs: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    outputs: dict[str, pl.DataFrame] = field(default_factory=dict)


class ParameterError(ValueError):
    """A parameter that cannot be. keys: where in the parameters it stands, as deep as is known."""

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.keys = keys


@dataclass(frozen=True)
class Stage(ABC):
    """Fields are the recipe's parameters: they, `version` and the parents are its identity."""

    version: ClassVar[int] = 1  # raise when the same rows would come out differently
    scope: ClassVar[Literal["shard", "whole"]] = "shard"  # whole: sees all rows, but only `id`, `key` and `reads`
    reads: ClassVar[tuple[str, ...]] = ()  # columns that it needs; the recipe is refused where nothing has made them
    adds: ClassVar[dict[str, pl.DataType]] = {}
    fills: ClassVar[tuple[str, ...]] = ()  # columns of the row that it fills or changes
    needs: ClassVar[tuple[str, ...]] = ()  # names of the assets in `Assets.inputs`
    loads: ClassVar[tuple[str, ...]] = ()  # modules that it imports at work and that take long: all workers share them
    # Of a whole stage: `prepare` adds a column `bucket`, whole numbers, and `mark` may see the rows bucket by bucket.
    buckets: ClassVar[bool] = False
    # Of a whole stage: what `mark` leaves for `in_words`, beside `id`, `adds` and `fills`.
    leaves: ClassVar[tuple[str, ...]] = ("drop", "evidence")

    def check(self, sources: Sequence[str]) -> None:  # noqa: B027  (most stages have nothing to check)
        """Raise ValueError when the parameters do not fit the recipe's sources."""

    def written(self) -> Any:
        """Return the parameters as literals, as a recipe may say them: all of them, and nothing of this machine."""
        return literal(self)

    def identity(self) -> Any:
        """Return, as literals, what the stage is beside its name and version: its parameters."""
        return self.written()

    def wants(self, source: str) -> bool:
        """Tell whether the stage must have this source; a source that a stage does not want may be missing."""
        return True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read for a whole stage; more than `reads` where the parameters name some."""
        return tuple(dict.fromkeys(("id", "key", *self.reads)))

    def prepare(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return what a whole stage needs of one shard: `id` and columns of its own, a line a row.

        rows: `columns` of the shard. Runs shard by shard, in parallel; `mark` then sees the union. By default the
        columns in `reads`.
        """
        return rows.select("id", "key", *self.reads)

    def summarize(self, prepared: pl.DataFrame) -> pl.DataFrame:
        """Return what `mark` must know of rows in other buckets: it finds the shards' joined in `inputs["summary"]`."""
        return pl.DataFrame()

    @property
    def settles(self) -> bool:
        """Whether `settle` has something to say, where rows are marked bucket by bucket."""
        return False

    def settle(self, marked: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return `marked`, of all buckets and in the order of the rows, with what only all rows together can tell.

        assets: as inputs the side outputs of the buckets, joined.
        """
        return marked

    def conclude(self, assets: Assets) -> None:
        """Leave as outputs what the step has beside its rows.

        assets: as inputs the side outputs of the buckets, joined.
        """
        assets.outputs.update(assets.inputs)

    def in_words(self, marked: pl.DataFrame) -> pl.DataFrame:
        """Return what `mark` of a whole stage left of one shard's rows, `drop` and `evidence` in words.

        Runs shard by shard, in parallel: a stage that says something of every row leaves numbers, so that no process
        holds the words of all rows. By default `mark` has said them.
        """
        return marked

    @abstractmethod
    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return `rows`, columns changed or added, with `drop` and `evidence`.

        drop: null stays; a reason, in short English without digits, goes.
        evidence: JSON text or null. On a dropped row the proof; on a kept one a finding, kept as a mark.
        The rows returned are those given, in their order. A whole stage may return only `id`, the columns it changes
        or adds, `drop` and `evidence`, or what `in_words` makes these of.
        """


def keep_all(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` with null `drop` and `evidence`: where a stage begins."""
    return rows.with_columns(drop=pl.lit(None, pl.String), evidence=pl.lit(None, pl.String))


def check_rows(stage: Stage, before: pl.DataFrame, after: pl.DataFrame) -> None:
    """Hold what a stage returned to the rows that it was given: all of them, in their order."""
    name = type(stage).__name__
    assert after.height == before.height, f"{name}: {before.height} rows went in, {after.height} came out"
    assert after.get_column("id").equals(before.get_column("id")), f"{name}: ids or their order changed"


def check_promise(stage: Stage, before: pl.DataFrame, after: pl.DataFrame) -> None:
    """Hold a stage to its contract; a breach is our own fault, so it raises AssertionError.

    before: the rows handed to `mark` (for a whole stage, those of one shard). after: what it returned, in words.
    """
    name = type(stage).__name__
    check_rows(stage, before, after)
    for column in ("drop", "evidence"):
        assert after.schema.get(column) == pl.String, f"{name}: column {column!r} is missing or no text"
    for column, dtype in stage.adds.items():
        assert after.schema.get(column) == dtype, f"{name}: promised {column}: {dtype}, gave {after.schema.get(column)}"
    digits = after.get_column("drop").unique().drop_nulls().str.contains(r"\d").any()
    assert not digits, f"{name}: a drop reason holds a digit"
    if stage.scope == "shard":
        unknown = set(after.columns) - set(before.columns) - set(stage.adds) - {"drop", "evidence"}
        assert not unknown, f"{name}: columns nobody promised: {sorted(unknown)}"


class Birth(ABC):
    """What turns raw rows of one source into rows; rows are born here once and never multiply."""

    version: ClassVar[int] = 1

    @property
    @abstractmethod
    def columns(self) -> Mapping[str, pl.DataType]:
        """The raw columns that it needs, with the types they must have or be convertible to."""

    def batches(self, path: Path, *, shown: str) -> Iterator[RawBatch]:
        """Yield the raw rows of one file, in order, in batches that become a shard each. Raises DataError."""
        return read_batches(path, self.columns, shown=shown)

    @abstractmethod
    def born(self, raw: pl.DataFrame, *, uri: str, revision: str) -> pl.DataFrame:
        """Return the rows of `raw`, a line each, in the row's schema with `drop` and `evidence`.

        raw: `columns` and `row`, the number in the file. uri, revision: where the file comes from, for `origin`.
        The id is `source-digest` of the raw row; the runner numbers the repeats.
        """

    @abstractmethod
    def stillborn(self, unreadable: list[tuple[int, str, str]], *, uri: str, revision: str) -> pl.DataFrame:
        """Return a dropped row for each raw row that could not be read: (row number, why, what could be read of it)."""
