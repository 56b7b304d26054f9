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
from pipeline.match.undress import squeezed, undressed, unnumbered
from pipeline.match.weights import Weights, word_weights

FILTER_BITS = 22  # half a MB: a run of words that no item of 35,000 has passes once in ten
BUCKET_BITS = 19  # of the keys: a bucket has one or two of them
SHORT_ITEM, SHORT_ROW = 7, 24  # items of so many words are found by two words in a row too, in rows of so many
PAIRS, TRIPLES, FIVES, WHOLE, CHOICES, CHOICE = range(6)  # kinds of features
_COMMONEST = 16  # a run that more items share says nothing about which of them leaked
_SAMPLED = 12  # runs of an item that are looked for, the rarest: a leak keeps enough of them

Holders = npt.NDArray[np.uint32]
# Features, the number of the text that each is of, and the kind of each or of all.
Features = tuple[Hashes, npt.NDArray[np.integer], npt.NDArray[np.uint8] | np.uint8]


@dataclass(frozen=True)
class LeakIndex:
    """Features of all items, and a filter that most features of clean rows do not pass."""

    items: pl.DataFrame  # nr, benchmark, item, question, options (list or null); options in the text set apart
    keys: Hashes  # the features >> shift, ascending
    shift: int  # the lower bits that no key has: the upper ones, some 40, agree by chance once in 2**40
    filled: npt.NDArray[np.uint8]  # the filter: a bit for each value of a key's top bits
    buckets: npt.NDArray[np.int32]  # the keys of the same top bits are keys[buckets[top] : buckets[top + 1]]
    starts: Places  # the holders of keys[n] are holders[starts[n] : starts[n + 1]]
    holders: Holders  # item << 3 | kind
    totals: npt.NDArray[np.uint16]  # (item << 3 | kind) -> features of the kind that the item has
    questions: pl.Series  # of the items, squeezed, without numbers and points of a sheet of exercises
    outlines: Outlines  # of the questions, drawings left out
    options: Lists  # hashes of the items' options
    weights: Weights  # of words, by how rare they are among the items

    def hits(self, questions: pl.Series, options: Lists) -> pl.DataFrame:
        """Return row, item, kind, found, total: how many features of each kind a row shares with an item."""
        from pipeline.match.features import places_of, row_hits

        index = self.filled, self.keys, self.buckets, self.shift
        found = [self._holders(*row_hits(*text_bytes(questions), index))]
        for features, rows, _ in _option_features(options):
            places = places_of(features, index)
            found.append(self._holders(places[places >= 0], rows[places >= 0]))
        pairs, counts = np.unique(np.concatenate(found), return_counts=True)
        holder = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
        columns = {"row": (pairs >> np.uint64(32)).astype(np.int64), "item": (holder >> 3).astype(np.uint32)}
        told = {"kind": (holder & 7).astype(np.uint8), "found": counts, "total": self.totals[holder]}
        return pl.DataFrame(columns | told)

    def _holders(self, places: npt.NDArray[np.int32], rows: npt.NDArray[np.integer]) -> Hashes:
        """Return row << 32 | holder for each key that a row has and each of its holders."""
        sizes = self.starts[places + 1] - self.starts[places]
        nth = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        holders = self.holders[np.repeat(self.starts[places], sizes) + nth].astype(np.uint64)
        pairs: Hashes = np.repeat(rows.astype(np.uint64), sizes) << np.uint64(32) | holders
        return pairs


def leak_index(benchmarks: pl.DataFrame) -> LeakIndex:
    """Return the index of `benchmarks`: benchmark, item, question, options."""
    from pipeline.match.features import item_features

    named = benchmarks.select("benchmark", "item").with_row_index("nr")
    items = pl.concat([named, with_options_apart(benchmarks)], how="horizontal")
    questions, options = squeezed(unnumbered(items["question"].fill_null(""))), option_lists(items["options"])
    bare = undressed(undrawn(questions))  # once for both: what is in one spelling stays as it is
    parts = [item_features(*text_bytes(bare)), *_option_features(options)]
    features = np.concatenate([part[0] for part in parts])
    holders = np.concatenate([part[1] << 3 | part[2] for part in parts]).astype(np.uint32)
    shift = max(1, len(features).bit_length())
    features, holders = _sampled(features, holders, shift)
    starts = np.flatnonzero(np.concatenate([[True], features[1:] != features[:-1], [True]]))
    keys = features[starts[:-1]] if len(features) else features
    filled = np.zeros(1 << FILTER_BITS, np.bool_)
    filled[(keys >> np.uint64(64 - shift - FILTER_BITS)).astype(np.intp)] = True
    tops = (keys >> np.uint64(64 - shift - BUCKET_BITS)).astype(np.int64)
    buckets = np.searchsorted(tops, np.arange((1 << BUCKET_BITS) + 1)).astype(np.int32)
    totals = np.bincount(holders, minlength=max(items.height, 1) << 3).astype(np.uint16)
    outlines = outlined(bare)
    weights = word_weights(outlines.words.lists())
    bits = np.packbits(filled, bitorder="little")
    found = keys, shift, bits, buckets, starts, holders, totals
    return LeakIndex(items, *found, questions, outlines, options, weights)


def _sampled(features: Hashes, holders: Holders, shift: int) -> tuple[Hashes, Holders]:
    """Return the features >> shift, ascending: of each item the rarest runs that not too many items share.

    Twice one number is sorted that holds a key and a place, for sorting numbers is ten times as fast as ordering them.
    """
    places = np.arange(len(features), dtype=np.uint64)
    both = np.sort(features >> np.uint64(shift) << np.uint64(shift) | places)
    keys, holders = both >> np.uint64(shift), holders[(both & np.uint64((1 << shift) - 1)).astype(np.intp)]
    distinct = np.ones(len(keys), np.bool_)  # the holders of a key are in order, so repeats are next to each other
    distinct[1:] = (keys[1:] != keys[:-1]) | (holders[1:] != holders[:-1])
    keys, holders = keys[distinct], holders[distinct]
    sizes = np.diff(np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1], [True]])))
    shared = np.repeat(sizes, sizes)
    kept = np.flatnonzero((shared <= _COMMONEST) | (holders & np.uint32(7) == WHOLE))
    keys, holders, shared = keys[kept], holders[kept], shared[kept]
    rarity = np.minimum(shared, _COMMONEST + 1).astype(np.uint64) << np.uint64(shift)
    both = np.sort(holders.astype(np.uint64) << np.uint64(shift + 5) | rarity | places[: len(keys)])
    order = (both & np.uint64((1 << shift) - 1)).astype(np.intp)
    begins = np.flatnonzero(np.concatenate([[True], np.diff(holders[order]) != 0]))
    nth = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    wanted = np.sort(order[(nth < _SAMPLED) | (holders[order] & np.uint32(7) >= WHOLE)])
    return keys[wanted], holders[wanted]


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
