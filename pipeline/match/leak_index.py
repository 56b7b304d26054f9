"""Index benchmark items by what a leak of them keeps: runs of words, numbers masked, and sets of options."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.match.lexicon import MEASURE, NUMBER, STOPPED, WORD, Hashes, hash_of, mixed
from pipeline.match.sketch import bag_words, text_hashes
from pipeline.match.tokens import Places, Tokens, ordered_hashes, summed, tokenized
from pipeline.match.undress import unnumbered
from pipeline.match.weights import Weights, word_weights

_FILTER_BITS = 24  # 16 MB: a run of words that no item has passes once in twenty
_COMMONEST = 16  # a run that more items share says nothing about which of them leaked
_SHORT_ITEM, _SHORT_ROW = 7, 24  # items of so many words are found by two words in a row too, in rows of so many
PAIRS, TRIPLES, FIVES, WHOLE, CHOICES, CHOICE = range(6)  # kinds of features

_MASK = np.uint64(hash_of("#number"))


@dataclass(frozen=True)
class LeakIndex:
    """Features of all items, and a filter that most features of clean rows do not pass."""

    items: pl.DataFrame  # nr, benchmark, item, question, options (list or null)
    features: pl.DataFrame  # feature, item (nr), kind; sorted by feature
    num_features: pl.DataFrame  # item, kind, total: features of the kind that the item has
    passes: npt.NDArray[np.bool_]
    words: pl.Series  # of each item: the stems of the words that carry it
    weights: Weights  # of stems, by how rare they are among the items

    def hits(self, features: Hashes, rows: Places) -> pl.DataFrame:
        """Return row, item, kind, found, total: how many features of each kind a row shares with an item."""
        maybe = np.flatnonzero(self.passes.take((features >> np.uint64(64 - _FILTER_BITS)).astype(np.intp)))
        found = pl.DataFrame({"feature": features[maybe], "row": rows[maybe]})
        joined = found.join(self.features, on="feature", how="inner")
        counted = joined.group_by("row", "item", "kind").agg(found=pl.len())
        return counted.join(self.num_features, on=["item", "kind"])


def leak_index(benchmarks: pl.DataFrame) -> LeakIndex:
    """Return the index of `benchmarks`: benchmark, item, question, options."""
    items = benchmarks.select("benchmark", "item", "question", "options").with_row_index("nr")
    features, owners, kinds = leak_features(items["question"], items["options"], of_items=True)
    frame = pl.DataFrame({"feature": features, "item": owners.astype(np.uint32), "kind": kinds}).unique()
    common = frame.group_by("feature").agg(pl.len()).filter(pl.col("len") > _COMMONEST)
    rare = frame.join(common, on="feature", how="anti")
    frame = pl.concat([rare, frame.filter(pl.col("kind") == WHOLE)]).unique()
    passes = np.zeros(1 << _FILTER_BITS, np.bool_)
    passes[(frame["feature"].to_numpy() >> np.uint64(64 - _FILTER_BITS)).astype(np.intp)] = True
    totals = frame.group_by("item", "kind").agg(total=pl.len())
    words = bag_words(items["question"])
    return LeakIndex(items, frame, totals, passes, words, word_weights(words))


def leak_features(
    question: pl.Series, options: pl.Series, *, of_items: bool
) -> tuple[Hashes, Places, npt.NDArray[np.uint8]]:
    """Return features, the rows that they are of, and their kinds. of_items: pairs only where an item is short."""
    tokens = tokenized(unnumbered(question))
    whole = ordered_hashes(tokens.hashes, tokens.offsets, salts=(1,))[0]
    stream = tokens.only(tokens.kinds != STOPPED)
    masked = np.where(stream.kinds == NUMBER, _MASK, stream.stems)
    sizes = np.diff(stream.offsets)
    parts: list[tuple[Hashes, Places, int]] = [
        (mixed(whole[whole != 0] + np.uint64(WHOLE)), np.flatnonzero(whole), WHOLE)
    ]
    parts.append((*_runs(masked, stream, 3, sizes > 0), TRIPLES))
    words = stream.only((stream.kinds == WORD) | (stream.kinds >= MEASURE))
    num_words = np.diff(words.offsets)
    parts.append((*_runs(words.stems, words, 2, num_words <= (_SHORT_ITEM if of_items else _SHORT_ROW)), PAIRS))
    parts.append((*_runs(stream.stems, stream, 5, 2 * num_words <= sizes), FIVES))
    parts += _option_features(options)
    features, owners = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    kinds = np.repeat(np.array([part[2] for part in parts], np.uint8), [len(part[0]) for part in parts])
    return features, owners, kinds


def _runs(values: Hashes, stream: Tokens, length: int, wanted: npt.NDArray[np.bool_]) -> tuple[Hashes, Places]:
    """Return a hash for each run of `length` tokens inside one of the `wanted` texts, and the text's number."""
    sizes = np.diff(stream.offsets)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    if len(values) < length:
        return values[:0], owners[:0]
    inside = np.flatnonzero((owners[: len(values) - length + 1] == owners[length - 1 :]) & wanted[owners[length - 1 :]])
    run = np.full(len(inside), length, np.uint64)
    for step in range(length):
        run = run * np.uint64(0x9E3779B97F4A7C15) + values[inside + step]
    return mixed(run), owners[inside]


def _option_features(options: pl.Series) -> list[tuple[Hashes, Places, int]]:
    """Return the features of sets of options, and of single options."""
    sizes = options.list.len().fill_null(0).to_numpy().astype(np.int64)
    if not sizes.sum():
        return []
    hashes = mixed(text_hashes(options.filter(pl.Series(sizes > 0)).explode().cast(pl.String)))
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    sets = mixed(summed(hashes, offsets) + np.uint64(CHOICES))
    have = np.flatnonzero(sizes)
    return [
        (sets[have], have, CHOICES),
        (mixed(hashes + np.uint64(CHOICE)), np.repeat(np.arange(len(sizes)), sizes), CHOICE),
    ]
