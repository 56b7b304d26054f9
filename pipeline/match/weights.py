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
    return pl.DataFrame({"line": [*lines, 1 << TABLE_BITS], "count": [*counts[lines], len(words)]}, schema=_COUNTS)


def weights_of(counts: pl.DataFrame) -> Weights:
    """Return the table of weights of words that were counted, in one part or in several."""
    lines, numbers = counts["line"].to_numpy(), counts["count"].to_numpy()
    totals = np.bincount(lines, numbers, minlength=(1 << TABLE_BITS) + 1)
    # In a tiny set every word would weigh alike.
    weights: Weights = np.log1p(max(float(totals[-1]), 1000.0) / np.maximum(totals[:-1], 1))
    return weights


def covered_weights(words: pl.Series, others: pl.Series, weights: Weights) -> tuple[Weights, Weights]:
    """Return for each pair of texts the weight of the second's words that the first has, and of all of them."""
    bags = [_bag(side) for side in (words, others)]
    common = np.intersect1d(bags[0], bags[1], assume_unique=True)
    return _summed(common, len(words), weights), _summed(bags[1], len(words), weights)


def _summed(bag: npt.NDArray[np.uint64], num_pairs: int, weights: Weights) -> Weights:
    """Return the weight of each pair's words in `bag`."""
    pair, stem = bag >> np.uint64(32), bag & np.uint64(0xFFFFFFFF)
    line = (stem >> np.uint64(32 - TABLE_BITS)).astype(np.int64)
    return np.bincount(pair.astype(np.int64), weights[line], minlength=num_pairs).astype(np.float64)


def _bag(words: pl.Series) -> npt.NDArray[np.uint64]:
    """Return pair << 32 | stem of the words of each pair, none twice, ascending."""
    pair = np.repeat(np.arange(len(words), dtype=np.uint64), words.list.len().to_numpy())
    keys = np.sort(pair << np.uint64(32) | words.explode().drop_nulls().to_numpy().astype(np.uint64))
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if len(keys) else keys
