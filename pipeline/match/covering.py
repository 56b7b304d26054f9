"""Read places of rows beside benchmark items, word by word: what of an item a place says, and what it turns round."""

import numpy as np
import numpy.typing as npt

from pipeline.match.align import differing
from pipeline.match.compiled import compiled
from pipeline.match.lexicon import MEASURE, Hashes
from pipeline.match.reading import (
    Flags,
    Words,
    carrying,
    rare_from,
    turned_round,
    weights_of_words,
    without_slips,
)  # fmt: skip
from pipeline.match.spans import Bytes, Places
from pipeline.match.weights import Weights

_SLIPS_MAY_BE = 0.6  # of the words, by weight, at most
_CLEARLY_COVERED, _CLEARLY_ALIKE = 0.9, 0.85  # from here on slips change no verdict

Shares = npt.NDArray[np.float64]  # from 0 to 1


@compiled
def read_places(
    data: Bytes, texts: Words, places: Places, items: Places, weights: Weights
) -> tuple[Shares, Shares, Shares, Flags, Flags, Flags]:
    """Return what `verdict.Reading` holds of each pair of texts, a place and an item, slips of the pen forgiven."""
    _, stems, kinds, begins, lengths, offsets = texts
    num = len(places)
    covered, covered_anyhow, alike = np.ones(num), np.ones(num), np.ones(num)
    turned, measured, replaced = np.zeros(num, np.bool_), np.zeros(num, np.bool_), np.zeros(num, np.bool_)
    word_weights, rare = weights_of_words(stems, kinds, weights), rare_from(weights)
    for pair in range(num):
        place, item = places[pair], items[pair]
        ours = carrying(kinds, offsets[item], offsets[item + 1])
        theirs = carrying(kinds, offsets[place], offsets[place + 1])
        left, right = differing(stems[ours], stems[theirs])
        left, right = ours[left], theirs[right]
        total, place_total = word_weights[ours].sum(), word_weights[theirs].sum()
        covered_anyhow[pair] = _weight_of_shared(stems, word_weights, ours, theirs) / total if total else 0.0
        for with_slips in (True, False):
            missing, added = word_weights[left].sum(), word_weights[right].sum()
            covered[pair] = 1.0 - missing / total if total else 1.0
            alike[pair] = 1.0 - (missing + added) / (total + place_total) if total + place_total else 1.0
            replaced[pair] = len(left) > 0 and len(right) > 0
            measured[pair] = _any_measure(kinds, left) or _any_measure(kinds, right)
            turned[pair] = turned_round(stems, kinds, left, right) or (
                replaced[pair]
                and (_any_character(data, begins, lengths, left) or _any_character(data, begins, lengths, right))
            )
            said = covered[pair] >= _CLEARLY_COVERED and alike[pair] >= _CLEARLY_ALIKE
            clear = said and not (turned[pair] or measured[pair])
            if clear or covered[pair] < 1 - _SLIPS_MAY_BE:  # no slips could change it, or bring it together
                break
            if with_slips:
                left, right = without_slips(data, texts, word_weights, rare, item, place, left, right)
    return covered, covered_anyhow, alike, turned, measured, replaced


@compiled
def _weight_of_shared(stems: Hashes, weights: Weights, ours: Places, theirs: Places) -> float:
    """Return the weight of those of our words that they have too, wherever they stand."""
    shared = 0.0
    for word in ours:
        for other in theirs:
            if stems[word] == stems[other]:
                shared += weights[word]
                break
    return shared


@compiled
def _any_measure(kinds: Bytes, words: Places) -> bool:
    for word in words:
        if kinds[word] == MEASURE:
            return True
    return False


@compiled
def _any_character(data: Bytes, begins: Places, lengths: Places, words: Places) -> bool:
    """Return whether one of `words` is a character of a script without spaces: half a word, so another one is another
    word."""
    for word in words:
        first = int(data[begins[word]])
        size = 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        if size > 1 and lengths[word] == size:
            return True
    return False


@compiled
def alike_lists(values: Hashes, offsets: Places, other_values: Hashes, other_offsets: Places, wanted: Flags) -> Shares:
    """Return how alike the lists of the `wanted` pairs are: twice what they share in order, over the length of both."""
    alike = np.ones(len(wanted))
    for pair in np.flatnonzero(wanted):
        ours = values[offsets[pair] : offsets[pair + 1]]
        theirs = other_values[other_offsets[pair] : other_offsets[pair + 1]]
        if len(ours) + len(theirs):
            left, right = differing(ours, theirs)
            alike[pair] = 1.0 - (len(left) + len(right)) / (len(ours) + len(theirs))
    return alike
