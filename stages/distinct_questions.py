"""Distinct questions: one question a passage, no two alike from one document, and at most so many of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import orjson
import polars as pl
from rapidfuzz import fuzz

from pipeline.stage import Assets, Stage


@dataclass(frozen=True)
class DistinctQuestions(Stage):
    """Drops a document's questions that resemble an earlier one of it, and those beyond `per_document`.

    likeness: from which two questions are one (0..100, rapidfuzz, words in any order).
    """

    scope: ClassVar[Literal["shard", "whole"]] = "whole"
    reads: ClassVar[tuple[str, ...]] = ("seed_document", "span_start", "question")

    per_document: int = 3
    likeness: float = 88.0

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        ordered = rows.sort("seed_document", "span_start", "id")
        for _, questions in ordered.group_by("seed_document", maintain_order=True):
            found.update(self._judged(questions))
        ids = rows.get_column("id")
        none: tuple[None, None] = (None, None)
        return rows.select(
            "id",
            drop=pl.Series([found.get(name, none)[0] for name in ids], dtype=pl.String),
            evidence=pl.Series(
                [orjson.dumps(found[name][1]).decode() if name in found else None for name in ids], dtype=pl.String
            ),
        )

    def _judged(self, questions: pl.DataFrame) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
        kept: list[tuple[str, int, str]] = []
        for name, start, question in questions.select("id", "span_start", "question").iter_rows():
            same_span = next((one for one, other, _ in kept if other == start), None)
            alike = next((one for one, _, text in kept if fuzz.token_sort_ratio(text, question) >= self.likeness), None)
            if same_span is not None:
                yield name, ("passage asked already", {"survivor": same_span})
            elif alike is not None:
                yield name, ("same question of a page", {"survivor": alike})
            elif len(kept) >= self.per_document:
                yield name, ("too many of one page", {"most": self.per_document})
            else:
                kept.append((name, start, question))
