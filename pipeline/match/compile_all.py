"""Compile what `pipeline/match` compiles and keep the code: `make setup` runs this, so that no build waits for it."""

import polars as pl

from pipeline.match.near import Thresholds, near_copies
from pipeline.match.sketch import sketched, text_hashes
from pipeline.match.tokens import tokenized


def main() -> None:
    texts = pl.Series(["How many red dogs run in the park?", "How many red dogs swim in the park?"])
    tokenized(texts)
    text_hashes(texts)
    sketches = sketched(texts, pl.Series([None, None], dtype=pl.List(pl.String)))
    near_copies(sketches.with_columns(question=texts, gold=pl.lit(0)), thresholds=Thresholds())


if __name__ == "__main__":
    main()
