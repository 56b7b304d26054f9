"""Index benchmark items by what a leak of them keeps: runs of words, numbers masked, and sets of options."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.match.inline import with_options_apart
from pipeline.match.lexicon import Hashes, mixed
from pipeline.match.outline import Lists, Outlines, outlined, undrawn
from pipeline.match.sketch import text_hashes
from pipeline.match.tokens import Places, summed, text_bytes
from pipeline.match.undress import squeezed, unnumbered
from pipeline.match.weights import Weights, word_weights

FILTER_BITS = 24  # 2 MB: a run of words that no item has passes once in thirty
SHORT_ITEM, SHORT_ROW = 7, 24  # items of so many words are found by two words in a row too, in rows of so many
PAIRS, TRIPLES, FIVES, WHOLE, CHOICES, CHOICE = range(6)  # kinds of features
_COMMONEST = 16  # a run that more items share says nothing about which of them leaked
_SAMPLED = 12  # runs of an item that are looked for, the rarest: a leak keeps enough of them

# Features, the number of the text that each is of, and the kind of each or of all.
Features = tuple[Hashes, npt.NDArray[np.integer], npt.NDArray[np.uint8] | np.uint8]


@dataclass(frozen=True)
class LeakIndex:
    """Features of all items, and a filter that most features of clean rows do not pass."""

    items: pl.DataFrame  # nr, benchmark, item, question, options (list or null); options in the text set apart
    keys: Hashes  # the features, ascending
    starts: Places  # the holders of keys[n] are holders[starts[n] : starts[n + 1]]
    holders: npt.NDArray[np.uint32]  # item << 3 | kind
    totals: npt.NDArray[np.uint16]  # (item << 3 | kind) -> features of the kind that the item has
    filled: npt.NDArray[np.uint8]  # the filter: a bit for each value of a key's top bits
    questions: pl.Series  # of the items, squeezed, without numbers and points of a sheet of exercises
    outlines: Outlines  # of the questions, drawings left out
    options: Lists  # hashes of the items' options
    weights: Weights  # of words, by how rare they are among the items

    def hits(self, questions: pl.Series, options: Lists) -> pl.DataFrame:
        """Return row, item, kind, found, total: how many features of each kind a row shares with an item."""
        features = [_text_features(questions, self.filled, of_items=False), *_option_features(options)]
        found = [self._found(values, rows) for values, rows, _ in features]
        pairs, counts = np.unique(np.concatenate(found), return_counts=True)
        holder = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
        columns = {"row": (pairs >> np.uint64(32)).astype(np.int64), "item": (holder >> 3).astype(np.uint32)}
        told = {"kind": (holder & 7).astype(np.uint8), "found": counts, "total": self.totals[holder]}
        return pl.DataFrame(columns | told)

    def _found(self, features: Hashes, rows: npt.NDArray[np.integer]) -> Hashes:
        """Return row << 32 | holder for each feature that an item has too."""
        place = np.minimum(np.searchsorted(self.keys, features), max(len(self.keys) - 1, 0))
        right = np.flatnonzero(self.keys[place] == features) if len(self.keys) else place[:0]
        place, owner = place[right], rows[right].astype(np.uint64)
        sizes = self.starts[place + 1] - self.starts[place]
        nth = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        holders = self.holders[np.repeat(self.starts[place], sizes) + nth].astype(np.uint64)
        pairs: Hashes = np.repeat(owner, sizes) << np.uint64(32) | holders
        return pairs


def leak_index(benchmarks: pl.DataFrame) -> LeakIndex:
    """Return the index of `benchmarks`: benchmark, item, question, options."""
    named = benchmarks.select("benchmark", "item").with_row_index("nr")
    items = pl.concat([named, with_options_apart(benchmarks)], how="horizontal")
    questions, options = squeezed(unnumbered(items["question"].fill_null(""))), option_lists(items["options"])
    bare = undrawn(questions)
    everything = np.full(1 << FILTER_BITS >> 3, 0xFF, np.uint8)
    parts = [_text_features(bare, everything, of_items=True), *_option_features(options)]
    features = np.concatenate([part[0] for part in parts])
    holders = np.concatenate([part[1] << 3 | part[2] for part in parts]).astype(np.uint32)
    order = np.argsort(features, kind="stable")  # the holders of one feature stay in order, so that repeats are next
    features, holders = features[order], holders[order]
    distinct = np.ones(len(features), np.bool_)
    distinct[1:] = (features[1:] != features[:-1]) | (holders[1:] != holders[:-1])
    features, holders = _sampled(features[distinct], holders[distinct])
    starts = np.flatnonzero(np.concatenate([[True], features[1:] != features[:-1], [True]]))
    keys = features[starts[:-1]] if len(features) else features
    filled = np.zeros(1 << FILTER_BITS, np.bool_)
    filled[(keys >> np.uint64(64 - FILTER_BITS)).astype(np.intp)] = True
    totals = np.bincount(holders, minlength=max(items.height, 1) << 3).astype(np.uint16)
    outlines = outlined(bare)
    weights = word_weights(outlines.words.lists())
    return LeakIndex(
        items,
        keys,
        starts,
        holders,
        totals,
        np.packbits(filled, bitorder="little"),
        questions,
        outlines,
        options,
        weights,
    )


def _sampled(features: Hashes, holders: npt.NDArray[np.uint32]) -> tuple[Hashes, npt.NDArray[np.uint32]]:
    """Return the rarest runs of each item, of the features, ascending, that not too many items share."""
    first = np.flatnonzero(np.concatenate([[True], features[1:] != features[:-1]]))
    sizes = np.diff(np.append(first, len(features)))
    shared = np.repeat(sizes, sizes)
    kinds = holders & np.uint32(7)
    kept = np.flatnonzero((shared <= _COMMONEST) | (kinds == WHOLE))
    features, holders, kinds, shared = features[kept], holders[kept], kinds[kept], shared[kept]
    # One key to sort by: the holder, then how many share the feature, then chance.
    rarity = np.minimum(shared, _COMMONEST + 1).astype(np.uint64) << np.uint64(36) | features >> np.uint64(28)
    order = np.argsort(holders.astype(np.uint64) << np.uint64(41) | rarity, kind="stable")
    begins = np.flatnonzero(np.concatenate([[True], np.diff(holders[order]) != 0]))
    nth = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    wanted = np.sort(order[(nth < _SAMPLED) | (kinds[order] >= WHOLE)])
    return features[wanted], holders[wanted]


def _text_features(text: pl.Series, filled: npt.NDArray[np.uint8], *, of_items: bool) -> Features:
    """Return the features of texts that pass the filter."""
    from pipeline.match.features import leak_features
    from pipeline.match.scan import table

    return leak_features(*text_bytes(text), table(), filled, of_items)


def option_lists(options: pl.Series) -> Lists:
    """Return the hashes of each row's options; none for a row without."""
    sizes = options.list.len().fill_null(0).to_numpy().astype(np.int64)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    texts = options.filter(pl.Series(sizes > 0, dtype=pl.Boolean)).explode().cast(pl.String)
    return Lists(mixed(text_hashes(texts)) if len(texts) else np.zeros(0, np.uint64), offsets)


def _option_features(options: Lists) -> Iterator[Features]:
    """Yield the features of sets of options, and of single options."""
    sizes = options.sizes()
    sets = mixed(summed(options.values, options.offsets) + np.uint64(CHOICES))
    have = np.flatnonzero(sizes)
    yield sets[have], have, np.uint8(CHOICES)
    yield mixed(options.values + np.uint64(CHOICE)), np.repeat(np.arange(len(sizes)), sizes), np.uint8(CHOICE)
