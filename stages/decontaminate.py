"""Drop rows that ask what a benchmark asks: verbatim, re-dressed, embedded, renumbered, or by its options."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from pipeline.errors import DataError
from pipeline.match.leak_index import LeakIndex, leak_index
from pipeline.match.leaks import LEAKS, found_leaks
from pipeline.match.verdict import LeakThresholds
from pipeline.stage import Assets, Stage

_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "benchmark": pl.String,
    "item": pl.String,
    "question": pl.String,
    "options": pl.List(pl.String),
}
_SLICE = 50_000  # rows looked up at a time, so that a shard of any size needs little memory
_MOST_INDEXES = 2  # kept in a worker: one stage has one set of benchmarks
_indexes: OrderedDict[tuple[int, int], LeakIndex] = OrderedDict()


@dataclass(frozen=True)
class Decontaminate(Stage):
    """Look for every benchmark item in every row, in the question and in its options, so in every form it may take.

    covered: the share of an item's words, weighted by rarity, that a row must have to be dropped; what has less and is
        still alike stays, with a mark.
    """

    version: ClassVar[int] = 4
    loads: ClassVar[tuple[str, ...]] = ("pipeline.match.compiled",)
    needs: ClassVar[tuple[str, ...]] = ("benchmarks",)

    covered: float = LeakThresholds.covered

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return `rows` with drop and evidence: benchmark, item, step, score and the spans that match.

        Leaves `grey_zone`: what is alike and stays.
        """
        index = _index(checked_benchmarks(assets.inputs["benchmarks"]))
        thresholds = LeakThresholds(covered=self.covered)
        parts = [
            found_leaks(part, index, thresholds=thresholds).with_columns(pl.col("row") + nr * _SLICE)
            for nr, part in enumerate(rows.select("question", "options").iter_slices(_SLICE))
        ]
        leaks = pl.concat([LEAKS.to_frame(), *parts]).join(index.items.select("nr", "benchmark", "item"), on="nr")
        proof = pl.struct(
            "benchmark", "item", "step", "score", row=pl.col("row_span"), benchmark_item=pl.col("item_span")
        )
        leaks = leaks.with_columns(evidence=proof.struct.json_encode())
        marked = rows.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
        marked = marked.join(
            leaks.select("row", "evidence", drop="reason"), on="row", how="left", maintain_order="left"
        )
        grey = leaks.filter(pl.col("reason").is_null())
        assets.outputs["grey_zone"] = grey.select(
            pl.Series("id", rows["id"].gather(grey["row"])),
            "benchmark",
            "item",
            "step",
            "score",
            "row_span",
            "item_span",
        ).sort("id")
        return marked.select(*rows.columns, "drop", "evidence")


def checked_benchmarks(benchmarks: pl.DataFrame) -> pl.DataFrame:
    """Return the benchmark items that ask something; a missing column is an error that names it."""
    missing = [name for name in _COLUMNS if name not in benchmarks.columns]
    if missing:
        raise DataError(f"benchmarks: no column {missing[0]!r}; a benchmark has {', '.join(_COLUMNS)}")
    frame = benchmarks.select(pl.col(name).cast(dtype) for name, dtype in _COLUMNS.items())
    return frame.filter(pl.col("question").fill_null("").str.strip_chars() != "")


def _index(benchmarks: pl.DataFrame) -> LeakIndex:
    """Return the index of `benchmarks`, built once a process."""
    hashes = benchmarks.hash_rows()
    mark = (benchmarks.height, int((hashes // 2).sum()))
    if mark not in _indexes:
        _indexes[mark] = leak_index(benchmarks)
        while len(_indexes) > _MOST_INDEXES:
            _indexes.popitem(last=False)
    return _indexes[mark]
