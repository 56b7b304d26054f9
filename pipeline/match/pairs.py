"""Read pairs of questions word by word: are they copies, or does a word that differs make another question?"""

import numpy as np
import numpy.typing as npt

from pipeline.match.align import differing
from pipeline.match.compiled import compiled, lent
from pipeline.match.reading import (
    MOST_PAIRS,
    Flags,
    Words,
    carrying,
    rare_from,
    turned_round,
    weights_of_words,
    without_slips,
)  # fmt: skip
from pipeline.match.spans import Bytes, Places
from pipeline.match.weights import TABLE_BITS, Weights

NO, YES, LETTERS_DECIDE = range(3)

_SURE = 0.9  # with so many words in common, in order, the letters are not looked at
_HOPELESS = 0.3  # share of common words below which no slips of the pen can explain the difference
_FEW_WORDS = 6  # in a question of so few words each may be a slip of the pen
_FRAME_WORDS, _RICH_FIGURES = 2, 3  # two words more, `answer briefly`, around a formula of three numbers are a frame
_LABEL_LETTERS = 5

Stems = npt.NDArray[np.uint32]
Pairs = npt.NDArray[np.int64]


@compiled
def hopeful(stems: Stems, offsets: Places, one: Pairs, two: Pairs, weights: Weights) -> Flags:
    """Return which pairs are worth reading: enough common words, wherever they stand, or few words at all.

    stems: the upper halves of the stems of the words that carry each text.
    """
    worth = np.ones(len(one), np.bool_)
    for pair in range(len(one)):
        ours = stems[offsets[one[pair]] : offsets[one[pair] + 1]]
        theirs = stems[offsets[two[pair]] : offsets[two[pair] + 1]]
        if (len(ours) <= _FEW_WORDS and len(theirs) <= _FEW_WORDS) or len(ours) * len(theirs) > MOST_PAIRS:
            continue
        shared = total = 0.0
        for word in theirs:
            weight = weights[word >> (32 - TABLE_BITS)]
            total += weight
            for other in ours:
                if word == other:
                    shared += weight
                    break
        worth[pair] = shared >= _HOPELESS * total
    return worth


@compiled
def pairs_that_count(one: Pairs, two: Pairs, num_rows: int) -> Pairs:
    """Return for each row the pair by which it goes, -1 where it stays: the first whose other row has not gone.

    one, two: the earlier and the later row of pairs of copies, in the order of the first.
    """
    pair_of = np.full(num_rows, -1)
    for pair in range(len(one)):
        if pair_of[one[pair]] < 0 and pair_of[two[pair]] < 0:
            pair_of[two[pair]] = pair
    return pair_of


@compiled
def read_pairs(
    data: Bytes,
    places: Places,
    texts: Words,
    unspaced: Flags,
    one: Pairs,
    two: Pairs,
    weights: Weights,
    added: float,
    changed: float,
) -> tuple[Bytes, Weights]:
    """Return for each pair of texts with the same figures a verdict and how similar their words are, in order.

    places: where each text begins in `data`, and the end of the last. unspaced: whether a text is in a script without
    spaces. added, changed: the share of common words, by weight, from which on two texts are copies when words were
    only added or left out, and when words stand for others.
    """
    _, stems, kinds, begins, lengths, offsets = texts
    verdicts, similarities = np.zeros(len(one), np.uint8), np.zeros(len(one), np.float64)
    word_weights, rare = weights_of_words(stems, kinds, weights), rare_from(weights)
    for pair in range(len(one)):
        ours = carrying(kinds, offsets[one[pair]], offsets[one[pair] + 1])
        theirs = carrying(kinds, offsets[two[pair]], offsets[two[pair] + 1])
        left, right = differing(stems[ours], stems[theirs])
        left, right = ours[left], theirs[right]
        named = _any_label(data, begins, lengths, left) or _any_label(data, begins, lengths, right)
        if named and _has_lower(data, places, one[pair]) and _has_lower(data, places, two[pair]):
            continue
        if len(left) and len(right):
            left, right = without_slips(data, texts, word_weights, rare, one[pair], two[pair], left, right)
        total = _sum(word_weights, ours) + _sum(word_weights, theirs)
        similarity = 1.0 - (_sum(word_weights, left) + _sum(word_weights, right)) / total if total else 1.0
        similarities[pair] = similarity
        if turned_round(stems, kinds, left, right) or _any_command(data, begins, left, right):
            continue
        exchanged = len(left) > 0 and len(right) > 0
        if exchanged and unspaced[one[pair]]:  # a character of Chinese is half a word: one changed is another word
            continue
        enough = similarity >= (changed if exchanged else added)
        framed = not exchanged and len(left) + len(right) <= _FRAME_WORDS
        framed = framed and _num_figures(data, places, one[pair]) >= _RICH_FIGURES
        if enough or framed:
            verdicts[pair] = YES if similarity >= _SURE else LETTERS_DECIDE
    return verdicts, similarities


@lent
def _sum(weights: Weights, words: Places) -> float:
    total = 0.0
    for word in words:
        total += weights[word]
    return total


@lent
def _has_lower(data: Bytes, places: Places, text: int) -> bool:
    for place in range(places[text], places[text + 1]):
        if ord("a") <= data[place] <= ord("z"):
            return True
    return False


@lent
def _num_figures(data: Bytes, places: Places, text: int) -> int:
    """Return how many runs of digits a text has."""
    num, before = 0, False
    for place in range(places[text], places[text + 1]):
        is_digit = ord("0") <= data[place] <= ord("9")
        num += is_digit and not before
        before = is_digit
    return num


@lent
def _any_label(data: Bytes, begins: Places, lengths: Places, words: Places) -> bool:
    """Return whether one of `words` stands for points of a figure: angle HAC is not angle GAC."""
    for word in words:
        is_label = 2 <= lengths[word] <= _LABEL_LETTERS
        for place in range(begins[word], begins[word] + lengths[word]):
            is_label = is_label and ord("A") <= data[place] <= ord("Z")
        if is_label:
            return True
    return False


@lent
def _any_command(data: Bytes, begins: Places, left: Places, right: Places) -> bool:
    r"""Return whether a LaTeX command is among the words that differ: \sin is not \cos."""
    for side in (left, right):
        for word in side:
            if begins[word] > 0 and data[begins[word] - 1] == ord("\\"):
                return True
    return False
