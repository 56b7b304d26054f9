"""Propose pairs of questions that may be copies: same figures and options, and words that overlap."""

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.match.lexicon import Hashes, mixed

Rows = npt.NDArray[np.int64]

_ALL_PAIRS = 24  # groups up to this size are compared each with each; larger ones by MinHash
_WINDOW = 8  # in a bucket that is still too large, a row is compared with this many that follow it
_NUM_BANDS = 16  # two minima each: of pairs at Jaccard .6, one in 1,300 is not proposed
_SALTS = mixed(np.arange(1, 4 * _NUM_BANDS + 1, dtype=np.uint64)).astype(np.uint32).reshape(2, 2 * _NUM_BANDS)


def proposed_pairs(sketches: pl.DataFrame) -> tuple[Rows, Rows]:
    """Return pairs of rows (the earlier, the later) of `sketches`, no pair twice, in one order."""
    keys = group_keys(sketches)
    rows, sizes = _grouped(keys, np.arange(len(keys)))
    small = _pairs_in_groups(rows, sizes, _ALL_PAIRS)
    ends = np.cumsum(sizes)
    in_large = np.repeat(sizes > _ALL_PAIRS, sizes)
    members, group = rows[in_large], np.repeat(ends, sizes)[in_large]
    pairs = [small]
    if len(members):
        words = sketches["words"].gather(members)
        minima = _minima(words)
        for band in range(_NUM_BANDS):
            one, two = minima[2 * band].astype(np.uint64), minima[2 * band + 1].astype(np.uint64)
            bucket_keys = mixed(mixed(group.astype(np.uint64)) + (one << np.uint64(32) | two))
            bucket_rows, bucket_sizes = _grouped(bucket_keys, members)
            pairs.append(_pairs_in_groups(bucket_rows, bucket_sizes, _WINDOW))
    both = np.unique(np.concatenate(pairs))
    return (both >> np.uint64(32)).astype(np.int64), (both & np.uint64(0xFFFFFFFF)).astype(np.int64)


def group_keys(sketches: pl.DataFrame) -> Hashes:
    """Return a hash a row of its figures and options: copies agree in it, the exact and the near ones."""
    return mixed(sketches["figures"].to_numpy() + mixed(sketches["choices"].to_numpy()))


def _grouped(keys: Hashes, rows: Rows) -> tuple[Rows, Rows]:
    """Return the rows whose key others have too, group after group and ascending in each, and the groups' sizes."""
    order = np.lexsort((rows, keys)) if len(keys) else np.zeros(0, np.int64)
    keys = keys[order]
    edges = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else order
    sizes = np.diff(edges, append=len(keys))
    return rows[order[np.repeat(sizes > 1, sizes)]], sizes[sizes > 1]


def _pairs_in_groups(rows: Rows, sizes: Rows, widest: int) -> Hashes:
    """Return each row with up to `widest` rows that follow it in its group, as earlier << 32 | later."""
    left = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(rows)) - 1  # rows that follow in the group
    if widest == _ALL_PAIRS:
        left = np.where(np.repeat(sizes, sizes) > widest, 0, left)
    pairs = [np.zeros(0, np.uint64)]
    for step in range(1, min(widest, int(left.max(initial=0))) + 1):
        first = np.flatnonzero(left >= step)
        one, two = rows[first].astype(np.uint64), rows[first + step].astype(np.uint64)
        pairs.append(np.minimum(one, two) << np.uint64(32) | np.maximum(one, two))
    return np.concatenate(pairs)


def _minima(words: pl.Series) -> list[npt.NDArray[np.uint32]]:
    """Return the least of the words of each row under each of the permutations; all ones without words."""
    sizes = words.list.len().to_numpy().astype(np.int64)
    stems = words.explode().drop_nulls().to_numpy()
    filled = np.flatnonzero(sizes)
    begins = (np.cumsum(sizes) - sizes)[filled]
    minima = []
    for nr in range(2 * _NUM_BANDS):
        least = np.full(len(words), 0xFFFFFFFF, np.uint32)
        if len(filled):
            shuffled = (stems ^ _SALTS[0, nr]) * (_SALTS[1, nr] | np.uint32(1))
            shuffled ^= shuffled >> np.uint32(15)
            least[filled] = np.minimum.reduceat(shuffled * np.uint32(0x9E3779B1), begins)
        minima.append(least)
    return minima
