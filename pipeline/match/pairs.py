"""Read pairs of questions word by word: are they copies, or does a word that differs make another question?"""

import numpy as np
import numpy.typing as npt

from pipeline.match.align import differing
from pipeline.match.compiled import U, compiled
from pipeline.match.lexicon import MEASURE, OPPOSITE, STOPPED, WORD, Hashes
from pipeline.match.scan import Table, cut, new_buffer
from pipeline.match.slips import is_slip
from pipeline.match.spans import Bytes, Places
from pipeline.match.weights import TABLE_BITS, Weights

NO, YES, LETTERS_DECIDE = range(3)

_SURE = 0.9  # with so many words in common, in order, the letters are not looked at
_HOPELESS = 0.3  # share of common words below which no slips of the pen can explain the difference
_FEW_WORDS = 6  # in a question of so few words each may be a slip of the pen
_FRAME_WORDS, _RICH_FIGURES = 2, 3  # two words more, `answer briefly`, around a formula of three numbers are a frame
_LABEL_LETTERS = 5
_SLIPS_PER_WORD = 0.25  # more slips than in every fourth word are no slips
_SLIP_IS_RARE = 2.5  # in weight: a slip is twelve times rarer than its word, or nearly as rare as the rarest
_MOST_PAIRS = 1 << 22  # of words that are looked at for slips; longer texts are taken as they are written

Stems = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]
Pairs = npt.NDArray[np.int64]
# The words of texts: keys, stems, kinds, begins, lengths of all; offsets of each text's; whether a text has lower case,
# and its runs of digits.
Words = tuple[Hashes, Hashes, Bytes, Places, Places, Places, Flags, Places]


@compiled
def hopeful(stems: Stems, offsets: Places, one: Pairs, two: Pairs, weights: Weights) -> Flags:
    """Return which pairs are worth reading: enough common words, wherever they stand, or few words at all.

    stems: the upper halves of the stems of the words that carry each text.
    """
    worth = np.ones(len(one), np.bool_)
    for pair in range(len(one)):
        ours = stems[offsets[one[pair]] : offsets[one[pair] + 1]]
        theirs = stems[offsets[two[pair]] : offsets[two[pair] + 1]]
        if (len(ours) <= _FEW_WORDS and len(theirs) <= _FEW_WORDS) or len(ours) * len(theirs) > _MOST_PAIRS:
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
def words_of_texts(data: Bytes, offsets: Places, words: Table, commands: Table) -> Words:
    """Return the words of texts, those that say nothing too; no numbers, signs or single letters."""
    most, num_texts = offsets[-1] - offsets[0], len(offsets) - 1
    keys, stems, kinds = np.empty(most, np.uint64), np.empty(most, np.uint64), np.empty(most, np.uint8)
    begins, lengths, places = np.empty(most, np.int64), np.empty(most, np.int64), np.zeros(num_texts + 1, np.int64)
    has_lower, num_figures = np.zeros(num_texts, np.bool_), np.zeros(num_texts, np.int64)
    buffer, total = new_buffer(offsets), 0
    for text in range(num_texts):
        start, end = offsets[text], offsets[text + 1]
        for place in range(start, end):
            has_lower[text] |= ord("a") <= data[place] <= ord("z")
            starts = place == start or not ord("0") <= data[place - 1] <= ord("9")
            num_figures[text] += starts and ord("0") <= data[place] <= ord("9")
        for token in range(cut(data, start, end, buffer, words, commands)):
            kind = buffer[4][token]
            if kind in (STOPPED, WORD) or kind >= MEASURE:
                begins[total], lengths[total] = buffer[0][token], buffer[1][token]
                keys[total], stems[total], kinds[total] = buffer[2][token], buffer[3][token], kind
                total += 1
        places[text + 1] = total
    return (
        keys[:total].copy(), stems[:total].copy(), kinds[:total].copy(), begins[:total].copy(), lengths[:total].copy(),
        places, has_lower, num_figures,
    )  # fmt: skip


@compiled
def read_pairs(
    data: Bytes, texts: Words, unspaced: Flags, one: Pairs, two: Pairs, weights: Weights, added: float, changed: float
) -> tuple[Bytes, Weights]:
    """Return for each pair of texts with the same figures a verdict and how similar their words are, in order.

    unspaced: whether a text is in a script without spaces. added, changed: the share of common words, by weight, from
    which on two texts are copies when words were only added or left out, and when words stand for others.
    """
    keys, stems, kinds, begins, lengths, offsets, has_lower, num_figures = texts
    verdicts, similarities = np.zeros(len(one), np.uint8), np.zeros(len(one), np.float64)
    rarest = weights.max() - _SLIP_IS_RARE
    word_weights = np.zeros(len(stems), np.float64)
    for word in range(len(stems)):
        if kinds[word] != STOPPED:
            word_weights[word] = weights[int(stems[word] >> U(64 - TABLE_BITS))]
    for pair in range(len(one)):
        ours = _carrying(kinds, offsets[one[pair]], offsets[one[pair] + 1])
        theirs = _carrying(kinds, offsets[two[pair]], offsets[two[pair] + 1])
        left, right = differing(stems[ours], stems[theirs])
        left, right = ours[left], theirs[right]
        named = _any_label(data, begins, lengths, left) or _any_label(data, begins, lengths, right)
        if named and has_lower[one[pair]] and has_lower[two[pair]]:
            continue
        whole = word_weights[ours].sum(), word_weights[theirs].sum()
        apart = word_weights[left].sum(), word_weights[right].sum()
        if len(left) and len(right):
            left, right = _without_slips(
                data, keys, begins, lengths, word_weights, rarest, left, right,
                np.arange(offsets[one[pair]], offsets[one[pair] + 1]),
                np.arange(offsets[two[pair]], offsets[two[pair] + 1]),
            )  # fmt: skip
            apart = word_weights[left].sum(), word_weights[right].sum()
        total = whole[0] + whole[1]
        similarity = 1.0 - (apart[0] + apart[1]) / total if total else 1.0
        similarities[pair] = similarity
        if _turned_round(stems, kinds, left, right) or _any_command(data, begins, left, right):
            continue
        exchanged = len(left) > 0 and len(right) > 0
        if exchanged and unspaced[one[pair]]:  # a character of Chinese is half a word: one changed is another word
            continue
        enough = similarity >= (changed if exchanged else added)
        framed = (
            not exchanged and len(left) + len(right) <= _FRAME_WORDS and num_figures[one[pair]] >= _RICH_FIGURES
        )  # fmt: skip
        if enough or framed:
            verdicts[pair] = YES if similarity >= _SURE else LETTERS_DECIDE
    return verdicts, similarities


@compiled
def _carrying(kinds: Bytes, first: int, last: int) -> Places:
    """Return the places of the words that carry a question."""
    return np.flatnonzero(kinds[first:last] != STOPPED) + first


@compiled
def _any_label(data: Bytes, begins: Places, lengths: Places, words: Places) -> bool:
    """Return whether one of `words` stands for points of a figure: angle HAC is not angle GAC."""
    for word in words:
        is_label = 2 <= lengths[word] <= _LABEL_LETTERS
        for place in range(begins[word], begins[word] + lengths[word]):
            is_label = is_label and ord("A") <= data[place] <= ord("Z")
        if is_label:
            return True
    return False


@compiled
def _any_command(data: Bytes, begins: Places, left: Places, right: Places) -> bool:
    r"""Return whether a LaTeX command is among the words that differ: \sin is not \cos."""
    for side in (left, right):
        for word in side:
            if begins[word] > 0 and data[begins[word] - 1] == ord("\\"):
                return True
    return False


@compiled
def _turned_round(stems: Hashes, kinds: Bytes, left: Places, right: Places) -> bool:
    """Return whether the words that differ turn the question round; a word that was only moved turns nothing."""
    measures = [False, False]
    any_opposite = False
    for side, words in enumerate((left, right)):
        for word in words:
            measures[side] |= kinds[word] == MEASURE
            if kinds[word] == OPPOSITE:
                any_opposite = True
                if _count(stems, left, stems[word]) != _count(stems, right, stems[word]):
                    return True
    return measures[0] and measures[1] and not any_opposite


@compiled
def _count(values: Hashes, places: Places, value: np.uint64) -> int:
    """Return at how many of the places `value` stands."""
    num = 0
    for place in places:
        num += values[place] == value
    return num


@compiled
def _without_slips(
    data: Bytes, keys: Hashes, begins: Places, lengths: Places, weights: Weights, rarest: float, left: Places,
    right: Places, ours: Places, theirs: Places,
) -> tuple[Places, Places]:  # fmt: skip
    """Return the words that differ without those that are slips of the pen.

    A slip is rare, or much rarer than its word; two words as frequent as each other are two words. left, right: the
    words that differ; ours, theirs: all words of the two texts.
    """
    if len(ours) * len(theirs) > _MOST_PAIRS:
        return left, right
    only_ours, only_theirs = _only(keys, ours, theirs), _only(keys, theirs, ours)
    gone_left, gone_right = np.zeros(len(left), np.bool_), np.zeros(len(right), np.bool_)
    for at, word in enumerate(left):
        shared = not _has(only_ours, word)
        for other_at, other in enumerate(right):
            both_shared = shared and not _has(only_theirs, other)
            if gone_right[other_at] or both_shared:
                continue
            if _slipped(data, begins, lengths, weights, rarest, word, other):
                gone_left[at] = gone_right[other_at] = True
                break
        if not gone_left[at] and not shared:
            gone_left[at] = _slipped_any(data, begins, lengths, weights, rarest, word, only_theirs)
    for at, word in enumerate(right):
        if not gone_right[at] and _has(only_theirs, word):
            gone_right[at] = _slipped_any(data, begins, lengths, weights, rarest, word, only_ours)
    most = 1 + _SLIPS_PER_WORD * min(_num_different(keys, ours), _num_different(keys, theirs))
    if max(gone_left.sum(), gone_right.sum()) > most:
        return left, right
    return left[~gone_left], right[~gone_right]


@compiled
def _only(keys: Hashes, words: Places, others: Places) -> Places:
    """Return those of `words` that are not among `others`."""
    only = np.ones(len(words), np.bool_)
    for at, word in enumerate(words):
        for other in others:
            if keys[word] == keys[other]:
                only[at] = False
                break
    return words[only]


@compiled
def _has(places: Places, place: int) -> bool:
    for one in places:
        if one == place:
            return True
    return False


@compiled
def _num_different(keys: Hashes, words: Places) -> int:
    """Return how many different words there are."""
    num = 0
    for at, word in enumerate(words):
        num += _count(keys, words[:at], keys[word]) == 0
    return num


@compiled
def _slipped(
    data: Bytes, begins: Places, lengths: Places, weights: Weights, rarest: float, word: int, other: int
) -> bool:
    """Return whether one word is the other misspelt, by how rare they are and by their letters."""
    one, two = weights[word], weights[other]
    rare = max(one, two) >= rarest or abs(one - two) >= _SLIP_IS_RARE
    return rare and is_slip(data, begins[word], lengths[word], begins[other], lengths[other])


@compiled
def _slipped_any(
    data: Bytes, begins: Places, lengths: Places, weights: Weights, rarest: float, word: int, others: Places
) -> bool:
    for other in others:
        if _slipped(data, begins, lengths, weights, rarest, word, other):
            return True
    return False
