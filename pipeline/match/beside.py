"""Lay texts beside each other by their hashed words, all pairs at once, so that few pairs need reading word by word."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from pipeline.match.outline import Lists, Outlines
from pipeline.match.tokens import Places
from pipeline.match.weights import Weights

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]

_FIGURE_WEIGHT, _MOST_FIGURES = 1.5, 13.0  # of a number or a sign, and of all of them: many items share them
_SLIPS_PER_WORD = 0.25  # more are no slips
_LONGER = 1.5  # times as many words as the item has
_SLIP_IS_RARE = 2.5  # in weight below the rarest


@dataclass(frozen=True)
class Beside:
    """What is known of pairs without reading, a value a pair; shares of words are by weight, in any order."""

    weight: Floats  # how much the item says
    covered: Floats  # at most: share of the item's words that the place has, were every rare word a slip of the pen
    alike: Floats  # at most: the same over the words of both
    figures: Floats  # share of the item's numbers, variables and signs that the place has
    same_words: Flags  # in the same order

    def at(self, numbers: Places) -> "Beside":
        """Return what is known of the pairs of these numbers, in their order."""
        return Beside(*(getattr(self, field.name)[numbers] for field in fields(self)))


def beside(places: Outlines, items: Outlines, weights: Weights) -> Beside:
    """Return what places of rows and items have in common, pair by pair."""
    keys, counts = _counted(items.words)
    place_keys, place_counts = _counted(places.words)
    lacking = counts - np.minimum(counts, _looked_up(keys, place_keys, place_counts))
    pair, weight = _pair_of(keys), _weight_of(keys, weights)
    num_pairs = len(items.words.offsets) - 1

    def summed(values: Floats | Counts) -> Floats:
        return np.bincount(pair, values, minlength=num_pairs).astype(np.float64)

    total, missing = summed(counts * weight), summed(lacking * weight)
    place_total = np.bincount(_pair_of(place_keys), place_counts * _weight_of(place_keys, weights), minlength=num_pairs)
    # A slip of the pen is a rare word on one side: each such word may mend one word that is missing.
    rare = weights.max(initial=0.0) - _SLIP_IS_RARE
    strange = np.setdiff1d(place_keys, keys, assume_unique=True)
    num_slips = np.bincount(_pair_of(strange), _weight_of(strange, weights) >= rare, minlength=num_pairs)
    num_slips[places.words.sizes() > _LONGER * items.words.sizes() + 3] = 0  # a long text has rare words of its own
    own_slips = np.bincount(pair, (lacking > 0) & (weight >= rare), minlength=num_pairs)
    num_slips = np.minimum(num_slips + own_slips, 1 + _SLIPS_PER_WORD * items.words.sizes())
    missing *= 1 - np.minimum(num_slips / np.maximum(summed(lacking), 1), 1.0)
    numbers, signs = _num_shared(places.numbers, items.numbers), _num_shared(places.signs, items.signs)
    num_figures = items.numbers.sizes() + items.signs.sizes()
    return Beside(
        _with_figures(summed(weight), num_figures),
        1 - _share(missing, total, otherwise=0.0),
        _share(2 * (total - missing), total + place_total, otherwise=1.0),
        _share(numbers + signs, num_figures, otherwise=1.0),
        places.words.ordered() == items.words.ordered(),
    )


def shared_options(rows: Lists, items: Lists) -> Floats:
    """Return for each pair the share of the item's options that the row has; not a number where a side has none."""
    both = (rows.sizes() > 0) & (items.sizes() > 0)
    shares = _share(_num_shared(rows, items), items.sizes(), otherwise=0.0)
    return np.where(both, shares, np.nan)


def _counted(lists: Lists) -> tuple[Keys, Counts]:
    """Return pair << 32 | value of the values of each pair, ascending, none twice, and how often each is there."""
    pair = np.repeat(np.arange(len(lists.offsets) - 1, dtype=np.uint64), lists.sizes())
    return np.unique(pair << np.uint64(32) | lists.values >> np.uint64(32), return_counts=True)


def _looked_up(keys: Keys, known: Keys, counts: Counts) -> Counts:
    """Return the count of each key among the `known` ones, ascending; 0 for others."""
    if not len(known):
        return np.zeros(len(keys), np.int64)
    where = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[where] == keys, counts[where], 0)


def _num_shared(places: Lists, items: Lists) -> Floats:
    """Return how many of the item's values each place has."""
    keys, counts = _counted(items)
    shared = np.minimum(counts, _looked_up(keys, *_counted(places)))
    return np.bincount(_pair_of(keys), shared, minlength=len(items.offsets) - 1).astype(np.float64)


def _share(part: Floats, whole: npt.NDArray[np.float64 | np.int64], *, otherwise: float) -> Floats:
    """Return part / whole; `otherwise` where the whole is nothing."""
    shares: Floats = np.divide(part, whole, out=np.full(len(whole), otherwise), where=whole > 0)
    return shares


def _pair_of(keys: Keys) -> Counts:
    return (keys >> np.uint64(32)).astype(np.int64)


def _weight_of(keys: Keys, weights: Weights) -> Floats:
    """Return the weight of the word in each key."""
    return Lists(keys << np.uint64(32), np.zeros(1, np.int64)).weighed(weights)


def _with_figures(words: Floats, num_figures: Counts) -> Floats:
    """Return how much items say by their distinct words and their numbers and signs."""
    weights: Floats = words + np.minimum(_FIGURE_WEIGHT * num_figures, _MOST_FIGURES)
    return weights
