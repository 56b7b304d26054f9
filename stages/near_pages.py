"""Near pages: of documents that are copies of one another but for a few words, one stays."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import orjson
import polars as pl

from pipeline.documents.minhash import minima_of, near_copies
from pipeline.stage import Assets, Stage

_MINIMA = pl.Array(pl.UInt32, 112)


@dataclass(frozen=True)
class NearPages(Stage):
    """Drops near copies by MinHash of five-word shingles; the longest stays, of equal ones the least id.

    similarity: least share of common shingles (Jaccard, estimated from 112 minima).
    """

    scope: ClassVar[Literal["shard", "whole"]] = "whole"
    reads: ClassVar[tuple[str, ...]] = ("text",)

    similarity: float = 0.7

    def prepare(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        minima = [minima_of(text or "").tolist() for text in rows.get_column("text")]
        return rows.select(
            "id",
            "key",
            length=pl.col("text").str.len_chars().fill_null(0),
            minima=pl.Series(minima, dtype=_MINIMA),
        )

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        ids = rows.get_column("id").to_list()
        ranked = rows.with_row_index("at").sort("length", "id", descending=[True, False])
        minima = rows.get_column("minima").to_numpy() if rows.height else np.zeros((0, 112), np.uint32)
        copies = near_copies(minima, ranked.get_column("at").to_list(), self.similarity)
        proofs = {at: {"survivor": ids[first], "similarity": round(alike, 3)} for at, (first, alike) in copies.items()}
        return rows.select(
            "id",
            drop=pl.Series(
                ["near copy of a page" if at in copies else None for at in range(len(ids))], dtype=pl.String
            ),
            evidence=pl.Series(
                [orjson.dumps(proofs[at]).decode() if at in proofs else None for at in range(len(ids))], dtype=pl.String
            ),
        )
