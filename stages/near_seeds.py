"""Near seeds: a synthesized problem that is a seed problem in other words or with other numbers in it goes."""

import re
from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from pipeline.match.leak_index import leak_index
from pipeline.match.leaks import found_leaks
from pipeline.match.verdict import LeakThresholds
from pipeline.stage import Assets, Stage

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ANY = "2"  # stands for every number: on both sides, so that numbers decide nothing


@dataclass(frozen=True)
class NearSeeds(Stage):
    """Drops problems that hold a seed problem, by the search that finds leaks of benchmarks, numbers left aside.

    covered: the share of a seed's words, weighted by rarity, that a problem must have.
    """

    version: ClassVar[int] = 2
    needs: ClassVar[tuple[str, ...]] = ("problems",)

    covered: float = LeakThresholds.covered

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        seeds = assets.inputs["problems"].select("id", "problem").sort("id")
        items = _asked(seeds["problem"]).with_columns(benchmark=pl.lit("seeds"), item=seeds["id"])
        limits = LeakThresholds(covered=self.covered)
        found = found_leaks(_asked(rows["question"]), leak_index(items), thresholds=limits)
        found = found.filter(pl.col("reason").is_not_null())
        proof = pl.struct("seed", "problem", "score").struct.json_encode()
        copies = found.select(
            "row", "score", seed=seeds["id"].gather(found["nr"]), problem=seeds["problem"].gather(found["nr"])
        ).select("row", drop=pl.lit("near copy of a seed problem"), evidence=proof)
        marked = rows.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))
        return marked.join(copies, on="row", how="left", maintain_order="left").drop("row")


def _asked(problems: pl.Series) -> pl.DataFrame:
    """Return problems as questions without options, every number the same."""
    masked = [_NUMBER.sub(_ANY, text or "") for text in problems]
    return pl.DataFrame(
        {"question": masked, "options": [None] * len(masked)},
        schema={"question": pl.String, "options": pl.List(pl.String)},
    )
