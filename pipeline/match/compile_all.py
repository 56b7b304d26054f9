"""Compile what `pipeline/match` compiles and keep the code: `make setup` runs this, so that no build waits for it."""

import polars as pl

from pipeline.match.leak_index import leak_index
from pipeline.match.leaks import found_leaks
from pipeline.match.near import Thresholds, near_copies
from pipeline.match.sketch import sketched
from pipeline.match.verdict import LeakThresholds
from pipeline.match.weights import word_weights


def main() -> None:
    texts = pl.Series(["How many red dogs run in the park?", "How many red dogs swim in the park?"])
    options = pl.Series([["1", "2"], ["2", "1"]])
    sketches = sketched(texts, options)
    weights = word_weights(sketches["words"])
    near_copies(sketches.with_columns(question=texts, gold=pl.lit(0)), weights=weights, thresholds=Thresholds())
    rows = pl.DataFrame({"question": texts, "options": options})
    found_leaks(
        rows, leak_index(rows.with_columns(benchmark=pl.lit("b"), item=pl.lit("i"))), thresholds=LeakThresholds()
    )


if __name__ == "__main__":
    main()
