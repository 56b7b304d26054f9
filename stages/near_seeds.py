"""Near seeds: a synthesized problem that is a seed problem in other words or with another name in it goes."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import orjson
import polars as pl
from rapidfuzz import fuzz

from pipeline.stage import Assets, Stage, keep_all

_WORD = re.compile(r"[^\W_]+")
_PROPOSED = 8  # seeds compared with a problem: those that share most of its words, the rarest counting most


@dataclass(frozen=True)
class NearSeeds(Stage):
    """Drops near copies of the seed problems, numbers left aside: a seed with other numbers is one too.

    likeness: from which a problem is a copy (0..100, rapidfuzz, words in any order).
    """

    needs: ClassVar[tuple[str, ...]] = ("problems",)

    likeness: float = 85.0

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        seeds = assets.inputs["problems"].select("id", "problem").sort("id").rows()
        words = [_words(problem) for _, problem in seeds]
        holders: dict[str, list[int]] = {}
        for at, found in enumerate(words):
            for word in set(found):
                holders.setdefault(word, []).append(at)
        nearest = [self._nearest(_words(question or ""), words, holders) for question in rows.get_column("question")]
        proofs = [
            orjson.dumps({"seed": seeds[at][0], "problem": seeds[at][1], "likeness": round(score, 1)}).decode()
            if score >= self.likeness
            else None
            for at, score in nearest
        ]
        return keep_all(rows).with_columns(
            drop=pl.Series(["near copy of a seed problem" if proof else None for proof in proofs], dtype=pl.String),
            evidence=pl.Series(proofs, dtype=pl.String),
        )

    def _nearest(self, words: list[str], seeds: list[list[str]], holders: dict[str, list[int]]) -> tuple[int, float]:
        """Return the seed that is most like a problem, and how much."""
        weight: Counter[int] = Counter()
        for word in set(words):
            held = holders.get(word, ())
            if len(held) <= max(50, len(seeds) // 10):  # a word of every tenth seed proposes nothing
                for at in held:
                    weight[at] += round(1_000 / (1 + len(held)))
        proposed = sorted(weight, key=lambda at: (-weight[at], at))[:_PROPOSED]
        text = _sorted(words)
        return max(
            ((at, fuzz.ratio(text, _sorted(seeds[at]))) for at in proposed), key=lambda p: p[1], default=(0, 0.0)
        )


def _words(text: str) -> list[str]:
    """Return the words of a problem in lower case, a number as `#`."""
    return ["#" if word[0].isdigit() else word for word in _WORD.findall(text.lower())]


def _sorted(words: Iterable[str]) -> str:
    return " ".join(sorted(words))
