"""Control: a blend to compare with, whose training golds are shuffled or whose rewards are to be random; all marked."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from pipeline.row import ROW, ranks
from pipeline.stage import Assets, Stage, keep_all

# What makes a gold of a row; a multiple-choice row has it in its label.
_GOLD = ("answer", "canonical", "aliases", "unit", "tolerance", "chance_level")


@dataclass(frozen=True)
class Control(Stage):
    """Makes a control of a blend's training rows; validation rows stay as they are, to measure with.

    kind: `shuffled labels` passes each gold on to the next row of its kind, in the order of a digest: letters among
    rows with equally many options, other golds among rows of one answer type; a letter may so fall on the right one,
    by chance. `random reward` changes nothing and marks each row for a trainer that pays at random.
    """

    kind: Literal["shuffled labels", "random reward"]
    seed: int = 0

    version = 1
    scope = "whole"
    reads = ("split", "form", "options", "label", "answer_type", *_GOLD)
    fills = ("label", *_GOLD)

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        rows = keep_all(rows).with_columns(ranks(self.seed, rows.get_column("key")), line=pl.int_range(pl.len()))
        train = pl.col("split") == "train"
        if self.kind == "random reward":
            found = pl.struct(reward=pl.lit("random")).struct.json_encode()
            return rows.with_columns(evidence=pl.when(train).then(found)).select("id", "drop", "evidence", *self.fills)
        kind = pl.when(pl.col("form") == "mcq").then(pl.format("{} options", pl.col("options").list.len()))
        rows = rows.with_columns(kind=kind.otherwise("answer_type").fill_null("none"), was="answer")
        shuffled = rows.filter(train).sort("rank", "id").with_columns(
            _passed_on(name) for name in self.fills
        )  # fmt: skip
        rows = pl.concat([shuffled, rows.filter(~train)], how="diagonal").sort("line")
        lettered = pl.col("form") == "mcq"
        given = {name: pl.when(train & ~lettered).then(f"next_{name}").otherwise(name) for name in _GOLD}
        label = (
            pl.when(train & lettered).then("next_label").when(train).then(None).otherwise("label").cast(ROW["label"])
        )
        rows = rows.with_columns(**given, label=label)
        by_label = pl.col("options").list.get(pl.col("label"), null_on_oob=True)
        nothing = {"canonical": pl.lit(None, pl.String), "aliases": pl.lit([], pl.List(pl.String))}
        rows = rows.with_columns(
            pl.when(train & lettered).then(value).otherwise(name).alias(name)
            for name, value in {"answer": by_label, **nothing}.items()
        )
        found = pl.struct(labels=pl.lit("shuffled"), was="was").struct.json_encode()
        return rows.with_columns(evidence=pl.when(train).then(found)).select("id", "drop", "evidence", *self.fills)


def _passed_on(name: str) -> pl.Expr:
    """Return a column's values moved up by one row within their kind, the first to the last."""
    order = (pl.int_range(pl.len()) + 1) % pl.len()
    return pl.col(name).gather(order).over("kind").alias(f"next_{name}")
