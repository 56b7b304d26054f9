"""Read two texts word by word, in Python: the few pairs of a row and an item that arrays cannot tell."""

import re
from collections.abc import Iterable

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, LCSseq

from pipeline.match.lexicon import MEASURE, OPPOSITE, WORD
from pipeline.match.tokens import summed, tokenized
from pipeline.match.weights import TABLE_BITS, Weights

_SHORT_WORD, _LONG_WORD = 4, 8  # a slip in three letters is another word; in eight letters, two slips may be
_ALONE = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # scripts without spaces
_LETTERS = bytes(
    byte if chr(byte) in "abcdefghijklmnopqrstuvwxyz'\\" else byte + 32 if 65 <= byte <= 90 else 32
    for byte in range(256)
)
_ALL_WORDS = re.compile(rf"[{_ALONE}]|\\?(?:(?![{_ALONE}])[^\W\d_])+(?:'[^\W\d_]+)*")
_SLIPS_PER_WORD = 0.25  # more slips than in every fourth word are no slips
_SLIP_IS_RARE = 2.5  # in weight: a slip is twelve times rarer than its word, or nearly as rare as the rarest

_CARRYING = (WORD, MEASURE, OPPOSITE)
RAREST = ""  # among meanings, the weight of a word that is found once
Meanings = dict[str, tuple[int, int, float]]  # word -> kind, stem, weight


def words_of(text: str) -> list[str]:
    """Return the words of a text, LaTeX's commands with their backslash; without spaces a character is a word."""
    if not text.isascii():
        return _ALL_WORDS.findall(text.lower())
    letters = text.encode().translate(_LETTERS)
    words = (letters.replace(b"\\", b" \\") if b"\\" in letters else letters).decode().split()
    if "'" not in text:
        return words
    return [bare for word in words if (bare := word.strip("'"))]  # quotes go, don't stays


def word_meanings(texts: Iterable[list[str]], weights: Weights) -> Meanings:
    """Return what each word of `texts`, lists of words, means; words that carry nothing have no meaning."""
    words = pl.Series(sorted(set().union(*texts)), dtype=pl.String)
    tokens = tokenized(words)
    filled = np.flatnonzero(np.diff(tokens.offsets))
    first = tokens.offsets[filled]
    carry = np.isin(tokens.kinds[first], _CARRYING)
    filled, first = filled[carry], first[carry]
    stems = summed(tokens.stems, tokens.offsets)[filled]
    lines = (tokens.stems[first] >> np.uint64(64 - TABLE_BITS)).astype(np.int64)
    values = zip(tokens.kinds[first].tolist(), stems.tolist(), weights[lines].tolist(), strict=True)
    found = dict(zip(words.gather(filled).to_list(), values, strict=True))
    return found | {RAREST: (WORD, 0, float(weights.max(initial=0.0)))}


def weight_of(words: Iterable[str], meanings: Meanings) -> float:
    """Return the sum of the weights of words that carry."""
    return sum([meanings[word][2] for word in words])


def carrying(words: list[str], meanings: Meanings) -> list[str]:
    """Return the words that carry a question, without those that say nothing."""
    return [word for word in words if word in meanings]


def differing(words: list[str], other: list[str], meanings: Meanings) -> tuple[list[str], list[str]]:
    """Return the words that only one side has, in the alignment that keeps most words."""
    left, right = [], []
    for edit in LCSseq.editops([meanings[word][1] for word in words], [meanings[word][1] for word in other]):
        if edit.tag == "delete":
            left.append(words[edit.src_pos])
        else:
            right.append(other[edit.dest_pos])
    return left, right


def turned_round(left: list[str], right: list[str], meanings: Meanings) -> bool:
    """Return whether the words that differ turn the question round."""
    kinds = [{meanings[word][0] for word in side} for side in (left, right)]
    if OPPOSITE in kinds[0] | kinds[1]:
        moved = sorted(meanings[word][1] for word in left if meanings[word][0] == OPPOSITE)
        return moved != sorted(meanings[word][1] for word in right if meanings[word][0] == OPPOSITE)
    return MEASURE in kinds[0] and MEASURE in kinds[1]


def without_slips(
    left: list[str], right: list[str], ours: set[str], theirs: set[str], meanings: Meanings
) -> tuple[list[str], list[str]]:
    """Return the words that differ without those that are slips of the pen: `recieve` and `receive` are one word.

    A slip is rare, or much rarer than its word; two words as frequent as each other are two words: `affect`, `effect`.
    """
    rarest = meanings[RAREST][2] - _SLIP_IS_RARE

    def slipped(word: str, other: str) -> bool:
        weights = [meanings[one][2] if one in meanings else 0.0 for one in (word, other)]
        rare = max(weights) >= rarest or abs(weights[0] - weights[1]) >= _SLIP_IS_RARE
        return rare and _is_slip(word, other)

    differ = (left, right)
    kept, right = [], list(right)
    only_ours, only_theirs = ours - theirs, theirs - ours
    for word in left:
        twin = next((other for other in right if not (word in theirs and other in ours) and slipped(word, other)), None)
        if twin is not None:
            right.remove(twin)
        elif word in theirs or not any(slipped(word, other) for other in only_theirs):
            kept.append(word)
    right = [word for word in right if word in ours or not any(slipped(word, other) for other in only_ours)]
    num_slips = max(len(differ[0]) - len(kept), len(differ[1]) - len(right))
    return (kept, right) if num_slips <= 1 + _SLIPS_PER_WORD * min(len(ours), len(theirs)) else differ


def _is_slip(word: str, other: str) -> bool:
    """Return whether one word is the other misspelt: one letter off, two in a long word that begins and ends alike."""
    shorter = min(len(word), len(other))
    if shorter < _SHORT_WORD or abs(len(word) - len(other)) > 2:
        return False
    distance = OSA.distance(word, other, score_cutoff=2)
    return distance == 1 or (distance == 2 and shorter >= _LONG_WORD and word[0] == other[0] and word[-1] == other[-1])
