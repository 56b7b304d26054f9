"""Outline texts for a comparison: the words that carry, the numbers and the signs, as flat arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.lists import as_lists
from pipeline.match.lexicon import LETTER, MEASURE, NUMBER, SIGN, WORD, Hashes
from pipeline.match.tokens import Places, ordered_hashes, tokenized
from pipeline.match.weights import TABLE_BITS, Weights

_DRAWING = r"(?s)\[asy\].*?(?:\[/asy\]|$)"  # its code is alike in all drawings


@dataclass(frozen=True)
class Lists:
    """Lists of hashes, one after another: list nr is values[offsets[nr] : offsets[nr + 1]]."""

    values: Hashes
    offsets: Places

    def at(self, numbers: Places) -> "Lists":
        """Return the lists of these numbers, in their order."""
        sizes = np.diff(self.offsets)[numbers]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        places = np.arange(offsets[-1]) + np.repeat(self.offsets[numbers] - offsets[:-1], sizes)
        return Lists(self.values[places], offsets)

    def list_at(self, nr: int) -> list[int]:
        """Return one list."""
        values: list[int] = self.values[self.offsets[nr] : self.offsets[nr + 1]].tolist()
        return values

    def sizes(self) -> Places:
        """Return how long each list is."""
        return np.diff(self.offsets)

    def ordered(self) -> Hashes:
        """Return one hash a list of its values in their order."""
        return ordered_hashes(self.values, self.offsets, salts=(7,))[0]

    def lists(self) -> pl.Series:
        """Return the upper 32 bits of the values as a column of lists."""
        return as_lists((self.values >> np.uint64(32)).astype(np.uint32), self.offsets)

    def weighed(self, weights: Weights) -> npt.NDArray[np.float64]:
        """Return the weight of each value."""
        return weights[(self.values >> np.uint64(64 - TABLE_BITS)).astype(np.int64)]


@dataclass(frozen=True)
class Outlines:
    """Of each text: stems of the words that carry it; its numbers; its variables and signs."""

    words: Lists
    numbers: Lists
    signs: Lists

    def at(self, numbers: Places) -> "Outlines":
        """Return the outlines of the texts of these numbers, in their order."""
        return Outlines(self.words.at(numbers), self.numbers.at(numbers), self.signs.at(numbers))


def outlined(text: pl.Series) -> Outlines:
    """Return the outlines of `text`."""
    tokens = tokenized(text)
    words = tokens.only((tokens.kinds == WORD) | (tokens.kinds >= MEASURE))
    numbers = tokens.only(tokens.kinds == NUMBER)
    signs = tokens.only((tokens.kinds == LETTER) | (tokens.kinds == SIGN))
    return Outlines(
        Lists(words.stems, words.offsets), Lists(numbers.hashes, numbers.offsets), Lists(signs.hashes, signs.offsets)
    )


def undrawn(text: pl.Series) -> pl.Series:
    """Return `text` without the code of drawings."""
    drawn = text.str.contains("[asy]", literal=True).fill_null(False).arg_true()
    return text.scatter(drawn, text.gather(drawn).str.replace_all(_DRAWING, " ")) if len(drawn) else text
