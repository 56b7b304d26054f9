"""Weigh words by how rare they are: a rare word says most about what is asked."""

import numpy as np
import numpy.typing as npt
import polars as pl

Weights = npt.NDArray[np.float64]  # by the top TABLE_BITS of a stem

TABLE_BITS = 20  # two words share a line of the table once in a million

_COUNTS = {"line": pl.Int64, "count": pl.Int64}


def word_weights(words: pl.Series) -> Weights:
    """Return the table of weights for texts given as lists of the upper 32 bits of their words' stems."""
    return weights_of(word_counts(words))


def word_counts(words: pl.Series) -> pl.DataFrame:
    """Return how often the words of each `line` of the table are there; the line after the last counts the texts."""
    stems = words.explode().drop_nulls().to_numpy() >> np.uint32(32 - TABLE_BITS)
    counts = np.bincount(stems, minlength=1 << TABLE_BITS)
    lines = np.flatnonzero(counts)
    with_texts = np.append(lines, 1 << TABLE_BITS), np.append(counts[lines], len(words))
    return pl.DataFrame(dict(zip(_COUNTS, with_texts, strict=True)), schema=_COUNTS)


def weights_of(counts: pl.DataFrame) -> Weights:
    """Return the table of weights of words that were counted, in one part or in several."""
    lines, numbers = counts["line"].to_numpy(), counts["count"].to_numpy()
    totals = np.bincount(lines, numbers, minlength=(1 << TABLE_BITS) + 1)
    num_texts = max(float(totals[-1]), 1000.0)  # in a tiny set every word would weigh alike
    weights, seen = np.full(1 << TABLE_BITS, np.log1p(num_texts)), np.flatnonzero(totals[:-1])
    weights[seen] = np.log1p(num_texts / totals[seen])
    return weights
