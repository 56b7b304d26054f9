"""Drop rows that ask a benchmark's question in other words or another language, by sentence embeddings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import orjson
import polars as pl

from pipeline.fingerprint import literal
from pipeline.match.embedding import Vectors, embedded, model_digest, model_fault, nearest
from pipeline.match.outline import outlined
from pipeline.stage import Assets, Stage
from stages.decontaminate import checked_benchmarks

_SHOWN_CHARS = 300
_FEWEST_WORDS = 6  # `Which of these is true?` without its options is nobody's question

GREY = pl.Schema(
    {"id": pl.String(), "benchmark": pl.String(), "item": pl.String(), "step": pl.String(), "score": pl.Float64(),
     "row_span": pl.String(), "item_span": pl.String()}
)  # fmt: skip


@dataclass(frozen=True)
class Paraphrase(Stage):
    """Compares every row with every benchmark item by the cosine of their embeddings; stands after `decontaminate`.

    model: folder of a sentence-transformers model. sure: cosine from which a row with the item's numbers goes; the
        field finds hits sure from .95 up. grey: cosine from which a row is marked, for a person or `judge` to settle.
    Where both have options they are compared with them, else by the question alone.
    """

    needs: ClassVar[tuple[str, ...]] = ("benchmarks",)

    model: str
    sure: float = 0.95
    grey: float = 0.85

    def check(self, sources: Sequence[str]) -> None:
        if not 0 < self.grey <= self.sure <= 1:
            raise ValueError(f"grey {self.grey} and sure {self.sure} must be 0 < grey <= sure <= 1")
        if fault := model_fault(self.model):
            raise ValueError(f"model: {fault}")

    def identity(self) -> Any:
        return {**literal(self), "model": model_digest(self.model)}

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return `rows` with drop and evidence: benchmark, item, step, score, both texts. Leaves `grey_zone`."""
        items = checked_benchmarks(assets.inputs["benchmarks"])
        best, score = self._nearest(rows, items)
        near = np.flatnonzero(score >= self.grey)
        found = rows[near].select("id", row_span=pl.col("question").str.slice(0, _SHOWN_CHARS))
        found = pl.concat(
            [
                found,
                items[best[near]].select("benchmark", "item", item_span=pl.col("question").str.slice(0, _SHOWN_CHARS)),
                pl.DataFrame({"score": score[near], "same_numbers": _same_numbers(rows[near], items[best[near]])}),
            ],
            how="horizontal",
        ).with_columns(step=pl.lit("embedding"), sure=pl.col("same_numbers") & (pl.col("score") >= self.sure))
        assets.outputs["grey_zone"] = found.filter(~pl.col("sure")).select(GREY.names()).cast(GREY).sort("id")
        proof = found.select("benchmark", "item", "step", "score", row="row_span", benchmark_item="item_span")
        evidence = [orjson.dumps(one).decode() for one in proof.iter_rows(named=True)]
        drop = pl.when(found["sure"]).then(pl.lit("paraphrased benchmark question"))
        found = found.select("id", drop=drop, evidence=pl.Series(evidence, dtype=pl.String))
        return rows.join(found, on="id", how="left", maintain_order="left")

    def _nearest(
        self, rows: pl.DataFrame, items: pl.DataFrame
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return the nearest item of each row and its cosine: with options where both have them, else without."""
        stems, whole = _item_vectors(_Items(items), self.model)
        with_options = np.array(_has_options(items), np.bool_)
        texts, has = _stems(rows), np.array(_has_options(rows), np.bool_)
        best, score = np.full(rows.height, -1), np.full(rows.height, -1.0)
        told = np.array([len(text.split()) >= _FEWEST_WORDS or not text.isascii() for text in texts], np.bool_)
        for wanted, candidates, vectors in (
            (has, with_options, whole),
            (has & told, ~with_options, stems),
            (~has & told, np.ones(items.height, np.bool_), stems),
        ):
            number, known = np.flatnonzero(wanted), np.flatnonzero(candidates)
            asked = _whole(rows[number]) if vectors is whole else [texts[nr] for nr in number]
            if len(number) and len(known):
                at, cosine = nearest(embedded(asked, self.model), vectors[known])
                better = cosine > score[number]
                best[number[better]], score[number[better]] = known[at[better]], cosine[better]
        return best, score


@dataclass(frozen=True, eq=False)
class _Items:
    """Benchmark items as a key to what is remembered of them."""

    frame: pl.DataFrame

    def __hash__(self) -> int:
        return hash((self.frame.height, int((self.frame.hash_rows() // 2).sum())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Items) and self.frame.equals(other.frame)


@lru_cache(maxsize=1)
def _item_vectors(items: _Items, model: str) -> tuple[Vectors, Vectors]:
    """Return the vectors of all items without and with their options, made once a process."""
    return embedded(_stems(items.frame), model), embedded(_whole(items.frame), model)


def _stems(frame: pl.DataFrame) -> list[str]:
    return frame["question"].fill_null("").to_list()


def _whole(frame: pl.DataFrame) -> list[str]:
    """Return questions with their options in sorted order, for a leak has them in another one."""
    options = frame["options"].list.sort().list.join("\n").fill_null("")
    return [f"{stem}\n{text}" if text else stem for stem, text in zip(_stems(frame), options, strict=True)]


def _has_options(frame: pl.DataFrame) -> list[bool]:
    return (frame["options"].list.len().fill_null(0) > 0).to_list()


def _same_numbers(rows: pl.DataFrame, items: pl.DataFrame) -> pl.Series:
    """Return which questions have their item's numbers, in any order: with others it is another problem."""
    ours, theirs = (outlined(frame["question"].fill_null("")).numbers for frame in (rows, items))
    same = [sorted(ours.list_at(nr)) == sorted(theirs.list_at(nr)) for nr in range(rows.height)]
    return pl.Series(same, dtype=pl.Boolean)
