"""Quality: documents that read like prose a person wrote, by the rules of Gopher (arXiv 2112.11446, section A.1)."""

import re
from collections import Counter
from dataclasses import dataclass

import orjson
import polars as pl

from pipeline.stage import Assets, Stage, keep_all

# A word, or a run of one sign.
_WORD = re.compile(r"[^\W_]+(?:[’'.,:/@-]+[^\W_]+)*|([^\w\s])\1*|_+")
_FUNCTION_WORDS = frozenset(("the", "be", "to", "of", "and", "that", "have", "with"))


@dataclass(frozen=True)
class Quality(Stage):
    """Drops documents by length, word length, signs, lists, cut lines, letters, function words and repetition.

    Words are words and signs; a sign counts where Gopher counts symbols. Ratios are of all words or of all lines.
    """

    min_words: int = 50
    max_words: int = 100_000
    min_word_length: float = 3.0
    max_word_length: float = 10.0
    max_symbol_ratio: float = 0.1
    max_list_lines: float = 0.9
    max_cut_lines: float = 0.3
    min_words_with_letters: float = 0.8
    min_function_words: int = 2
    max_repeated_lines: float = 0.3

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        judged = [self.judged(text or "") for text in rows.get_column("text")]
        return keep_all(rows).with_columns(
            drop=pl.Series([reason for reason, _ in judged], dtype=pl.String),
            evidence=pl.Series(
                [orjson.dumps({"measured": value}).decode() if reason else None for reason, value in judged],
                dtype=pl.String,
            ),
        )

    def judged(self, text: str) -> tuple[str | None, float]:
        """Return why a text goes and what was measured, or (None, 0)."""
        words = [found.group() for found in _WORD.finditer(text)]
        real = [word for word in words if any(sign.isalnum() for sign in word)]
        if len(real) < self.min_words:
            return "too short", len(real)
        if len(real) > self.max_words:
            return "too long", len(real)
        length = sum(map(len, real)) / len(real)
        if not self.min_word_length <= length <= self.max_word_length:
            return "words too short or long", round(length, 2)
        symbols = max(text.count("#"), text.count("...") + text.count("…")) / len(words)
        if symbols > self.max_symbol_ratio:
            return "too many symbols", round(symbols, 3)
        letters = sum(any(map(str.isalpha, word)) for word in words) / len(words)
        if letters < self.min_words_with_letters:
            return "too few letters", round(letters, 3)
        if len(_FUNCTION_WORDS.intersection(words)) < self.min_function_words:
            return "too few function words", len(_FUNCTION_WORDS.intersection(words))
        return self._lines_judged(text)

    def _lines_judged(self, text: str) -> tuple[str | None, float]:
        lines = [line.strip() for line in text.splitlines()]
        listed = sum(line.startswith(("•", "-")) for line in lines) / len(lines)
        if listed > self.max_list_lines:
            return "mostly lists", round(listed, 3)
        cut = sum(line.endswith(("...", "…")) for line in lines) / len(lines)
        if cut > self.max_cut_lines:
            return "lines cut off", round(cut, 3)
        counted = Counter(line for line in lines if line)
        repeated = sum(num - 1 for num in counted.values()) / max(1, counted.total())
        if repeated > self.max_repeated_lines:
            return "repeats itself", round(repeated, 3)
        return None, 0
