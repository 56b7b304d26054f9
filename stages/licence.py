"""Licence: only rows whose licence allows commercial use; one that is not known allows nothing."""

from dataclasses import dataclass

import polars as pl

from pipeline.licences import NON_COMMERCIAL, UNKNOWN
from pipeline.stage import Assets, Stage, keep_all


@dataclass(frozen=True)
class Licence(Stage):
    """Drops rows whose licence forbids commercial use, and those without one."""

    version = 1
    reads = ("licence",)

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        named = pl.col("licence").fill_null("").str.to_lowercase().str.strip_chars()
        drop = (
            pl.when(named.is_in(UNKNOWN))
            .then(pl.lit("licence not known"))
            .when(named.str.contains(NON_COMMERCIAL))
            .then(pl.lit("non-commercial licence"))
        )
        evidence = pl.when(drop.is_not_null()).then(pl.struct("licence").struct.json_encode())
        return keep_all(rows).with_columns(drop=drop, evidence=evidence)
