"""Read two texts word by word: which words carry, which are slips of the pen, which turn the question round."""

import numpy as np
import numpy.typing as npt

from pipeline.match.compiled import U, compiled, inlined, lent
from pipeline.match.lexicon import MEASURE, OPPOSITE, STOPPED, WORD, Hashes
from pipeline.match.scan import cut, new_buffer
from pipeline.match.slips import Room, is_slip, may_be_slip, new_room
from pipeline.match.spans import Bytes, Places
from pipeline.match.weights import TABLE_BITS, Weights

MOST_PAIRS = 1 << 22  # of words that are looked at for slips; longer texts are taken as they are written
_SLIPS_PER_WORD = 0.25  # more slips than in every fourth word are no slips
_SLIP_IS_RARE = 2.5  # in weight: a slip is twelve times rarer than its word, or nearly as rare as the rarest

Flags = npt.NDArray[np.bool_]
# The words of texts: keys, stems, kinds, begins, lengths of all; offsets of each text's.
Words = tuple[Hashes, Hashes, Bytes, Places, Places, Places]


@compiled
def words_of_texts(data: Bytes, offsets: Places) -> Words:
    """Return the words of texts, those that say nothing too; no numbers, signs or single letters."""
    most, num_texts = offsets[-1] - offsets[0], len(offsets) - 1
    keys, stems, kinds = np.empty(most, np.uint64), np.empty(most, np.uint64), np.empty(most, np.uint8)
    begins, lengths, places = np.empty(most, np.int64), np.empty(most, np.int64), np.zeros(num_texts + 1, np.int64)
    buffer, total = new_buffer(offsets), 0
    token_begins, token_lengths, token_keys, token_stems, token_kinds, _ = buffer
    for text in range(num_texts):
        for token in range(cut(data, offsets[text], offsets[text + 1], buffer)):
            kind = token_kinds[token]
            if kind in (STOPPED, WORD) or kind >= MEASURE:
                begins[total], lengths[total] = token_begins[token], token_lengths[token]
                keys[total], stems[total], kinds[total] = token_keys[token], token_stems[token], kind
                total += 1
        places[text + 1] = total
    return keys[:total], stems[:total], kinds[:total], begins[:total], lengths[:total], places


@compiled
def weights_of_words(stems: Hashes, kinds: Bytes, weights: Weights) -> Weights:
    """Return the weight of each word; 0 for one that carries nothing."""
    found = np.zeros(len(stems), np.float64)
    for word in range(len(stems)):
        if kinds[word] != STOPPED:
            found[word] = weights[int(stems[word] >> U(64 - TABLE_BITS))]
    return found


@compiled
def rare_from(weights: Weights) -> float:
    """Return the weight from which on a word is so rare that it may be a slip of any other."""
    return float(weights.max()) - _SLIP_IS_RARE


@compiled
def carrying(kinds: Bytes, first: int, last: int) -> Places:
    """Return the places of the words that carry a question."""
    words, num = np.empty(last - first, np.int64), 0
    for word in range(first, last):
        if kinds[word] != STOPPED:
            words[num] = word
            num += 1
    return words[:num]


@lent
def turned_round(stems: Hashes, kinds: Bytes, left: Places, right: Places) -> bool:
    """Return whether the words that differ turn the question round; a word that was only moved turns nothing."""
    any_opposite = False
    for words in (left, right):
        for word in words:
            if kinds[word] == OPPOSITE:
                any_opposite = True
                if _count(stems, left, stems[word]) != _count(stems, right, stems[word]):
                    return True
    return not any_opposite and _any(kinds, left, MEASURE) and _any(kinds, right, MEASURE)


@lent
def _any(kinds: Bytes, places: Places, kind: int) -> bool:
    for place in places:
        if kinds[place] == kind:
            return True
    return False


@lent
def _count(values: Hashes, places: Places, value: np.uint64) -> int:
    """Return at how many of the places `value` stands."""
    num = 0
    for place in places:
        num += values[place] == value
    return num


@compiled
def without_slips(
    data: Bytes, texts: Words, weights: Weights, rare: float, one: int, two: int, left: Places, right: Places
) -> tuple[Places, Places]:
    """Return the words that differ, `left` of text `one` and `right` of text `two`, without slips of the pen.

    A slip is rare, or much rarer than its word; two words as frequent as each other are two words: `affect`, `effect`.
    weights: of each word.
    """
    keys, _, _, begins, lengths, offsets = texts
    ours, theirs = np.arange(offsets[one], offsets[one + 1]), np.arange(offsets[two], offsets[two + 1])
    if len(ours) * len(theirs) > MOST_PAIRS:
        return left, right
    only_ours, only_theirs = ours[~_shared(keys, ours, theirs)], theirs[~_shared(keys, theirs, ours)]
    gone_left, gone_right = np.zeros(len(left), np.bool_), np.zeros(len(right), np.bool_)
    room = new_room()
    theirs_too, ours_too = _shared(keys, left, theirs), _shared(keys, right, ours)
    for at, word in enumerate(left):
        for other_at, other in enumerate(right):
            if gone_right[other_at] or (theirs_too[at] and ours_too[other_at]):
                continue
            if _slipped(data, begins, lengths, weights, rare, word, other, room):
                gone_left[at] = gone_right[other_at] = True
                break
        if not gone_left[at] and not theirs_too[at]:
            gone_left[at] = _slipped_any(data, begins, lengths, weights, rare, word, only_theirs, room)
    for at, word in enumerate(right):
        if not gone_right[at] and not ours_too[at]:
            gone_right[at] = _slipped_any(data, begins, lengths, weights, rare, word, only_ours, room)
    num_slips = max(gone_left.sum(), gone_right.sum())
    if num_slips > 1:
        most = 1 + _SLIPS_PER_WORD * min(_num_different(keys, ours), _num_different(keys, theirs))
        if num_slips > most:
            return left, right
    return left[~gone_left], right[~gone_right]


@compiled
def _shared(keys: Hashes, words: Places, others: Places) -> Flags:
    """Return which of `words` are among `others` too."""
    shared = np.empty(len(words), np.bool_)
    for at, word in enumerate(words):
        shared[at] = _holds(keys, others, keys[word], min(at, len(others)))
    return shared


@inlined
def _holds(keys: Hashes, words: Places, key: np.uint64, first: int) -> bool:
    """Return whether one of `words` has this key; the first is looked at first, for it is often the one."""
    for at in range(first, len(words)):
        if keys[words[at]] == key:
            return True
    for at in range(first):
        if keys[words[at]] == key:
            return True
    return False


@compiled
def _num_different(keys: Hashes, words: Places) -> int:
    """Return how many different words there are."""
    num = 0
    for at, word in enumerate(words):
        num += _count(keys, words[:at], keys[word]) == 0
    return num


@inlined
def _slipped(
    data: Bytes, begins: Places, lengths: Places, weights: Weights, rare: float, word: int, other: int, room: Room
) -> bool:
    """Return whether one word is the other misspelt, by how rare they are and by their letters."""
    one, two = weights[word], weights[other]
    if max(one, two) < rare and abs(one - two) < _SLIP_IS_RARE:
        return False
    if not may_be_slip(data, begins[word], lengths[word], begins[other], lengths[other]):
        return False
    return is_slip(data, begins[word], lengths[word], begins[other], lengths[other], room)


@lent
def _slipped_any(
    data: Bytes, begins: Places, lengths: Places, weights: Weights, rare: float, word: int, others: Places, room: Room
) -> bool:
    for other in others:
        if _slipped(data, begins, lengths, weights, rare, word, other, room):
            return True
    return False
