"""Cut the bytes of texts into hashed tokens, in one pass and one text at a time: the compiled half of `tokens`.

A text that is being cut is a buffer of tokens: where each begins, its length, hash, stem and kind. What a byte is and
what a token means depends on its neighbours in the same text only.
"""

import numpy as np

from pipeline.match.compiled import U, compiled, inlined, lent
from pipeline.match.eight import FIRST, lowered_eight
from pipeline.match.hashing import hash_bytes, hash_of_eight, hash_of_number, hash_without_commas
from pipeline.match.lexicon import (
    COMMAND,
    LETTER,
    NOTHING,
    NUMBER,
    SIGN,
    SLOT_BITS,
    STOPPED,
    WORD,
    Hashes,
    hash_of,
    lexicon,
)  # fmt: skip
from pipeline.match.spans import Bytes, Places, find_spans, is_fraction
from pipeline.match.words import NUMBERS

# Of the tokens of one text: begins, lengths, hashes, stems, kinds, numbers said in words.
Buffer = tuple[Places, Places, Hashes, Hashes, Bytes, Places]

# What words and LaTeX commands mean: constants of the machine code.
_SLOTS, _ENTRIES = lexicon().slots, lexicon().hashes
_MEANT, _MEANT_KINDS = lexicon().new_hashes, lexicon().kinds
_COMMAND, _SLOT, _LAST_SLOT = U(COMMAND), U(64 - SLOT_BITS), (1 << SLOT_BITS) - 1
_ONE, _POWER, _DEGREE = U(hash_of("one")), U(hash_of("^")), U(hash_of("degree"))
_FRACTIONS = tuple(U(hash_of(command)) for command in ("frac", "dfrac", "tfrac", "cfrac"))
_A, _I = U(hash_of("a")), U(hash_of("i"))
_SAID_HASHES = np.array([hash_of(number) for number in NUMBERS.values()], np.uint64)
_SAID_VALUES = np.array([int(number) for number in NUMBERS.values()], np.int64)


@compiled
def new_buffer(offsets: Places) -> Buffer:
    """Return a buffer for the tokens of one text after another; a text has no more tokens than bytes."""
    size = 1
    for text in range(len(offsets) - 1):
        size = max(size, offsets[text + 1] - offsets[text])
    return (
        np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.uint64), np.empty(size, np.uint64),
        np.empty(size, np.uint8), np.empty(size, np.int64),
    )  # fmt: skip


@lent
def cut(data: Bytes, start: int, end: int, buffer: Buffer) -> int:
    """Fill `buffer` with the tokens of the text data[start:end]; return how many there are."""
    if start == end:
        return 0
    begins, lengths, hashes, stems, kinds, said = buffer
    num = find_spans(data, start, end, begins, lengths, kinds)
    _give_meaning(data, start, begins, lengths, hashes, stems, kinds, said, num)
    num = _without_nothing(begins, lengths, hashes, stems, kinds, num)
    _settle(data, begins, hashes, kinds, num)
    return _without_nothing(begins, lengths, hashes, stems, kinds, num)


@compiled
def cut_texts(data: Bytes, offsets: Places) -> tuple[Hashes, Hashes, Bytes, Places]:
    """Return hashes, stems and kinds of all tokens, and the offsets of each text's.

    data: the texts' bytes, one after another; offsets: where each begins, and the end of the last.
    """
    most = offsets[-1] - offsets[0]
    hashes, stems, kinds = np.empty(most, np.uint64), np.empty(most, np.uint64), np.empty(most, np.uint8)
    places, total = np.zeros(len(offsets), np.int64), 0
    buffer = new_buffer(offsets)
    for text in range(len(offsets) - 1):
        num = cut(data, offsets[text], offsets[text + 1], buffer)
        hashes[total : total + num], stems[total : total + num] = buffer[2][:num], buffer[3][:num]
        kinds[total : total + num] = buffer[4][:num]
        total += num
        places[text + 1] = total
    return hashes[:total].copy(), stems[:total].copy(), kinds[:total].copy(), places


@inlined
def _stem_length(last_eight: np.uint64, size: int) -> int:
    """Return the length of a word without 's, s, ing, ed, e: `makes`, `making`, `cat's` -> `mak`, `mak`, `cat`.

    last_eight: its last bytes in lower case, what stands before them, too, where it is shorter.
    """
    last, before = last_eight >> U(56), last_eight >> U(48) & U(255)
    if last == ord("s") and before != ord("s") and before != ord("u") and before != ord("i"):
        size, last_eight = size - 1, last_eight << U(8)
    if last_eight >> U(56) == ord("'"):
        size, last_eight = size - 1, last_eight << U(8)
    last, before = last_eight >> U(56), last_eight >> U(48) & U(255)
    if last == ord("g") and before == ord("n") and size > 5 and last_eight >> U(40) & U(255) == ord("i"):
        size, last_eight = size - 3, last_eight << U(24)
    elif last == ord("d") and before == ord("e") and size > 4:
        size, last_eight = size - 2, last_eight << U(16)
    if size > 3 and last_eight >> U(56) == ord("e"):
        size -= 1
    return size


@lent
def _give_meaning(
    data: Bytes, start: int, begins: Places, lengths: Places, hashes: Hashes, stems: Hashes, kinds: Bytes, said: Places,
    num: int,
) -> None:  # fmt: skip
    """Hash the tokens, look up what words and LaTeX commands mean, join numbers that are said in words.

    said: the value of a number that a word says, -1 for every other token.
    """
    any_fraction = False
    for token in range(num):
        begin, size = begins[token], lengths[token]
        said[token] = -1
        if kinds[token] == WORD and size == 1:
            kinds[token] = LETTER
        eight = lowered_eight(data, begin)
        if size <= 4 or (size <= 8 and kinds[token] != NUMBER):
            key = hash_of_eight(eight & FIRST[size])
        elif kinds[token] == NUMBER:
            key = hash_without_commas(data, begin, size)
        else:
            key = hash_bytes(data, begin, size)
        stem, is_command, line = key, begin > start and data[begin - 1] == ord("\\"), -1
        if is_command or kinds[token] == WORD:
            asked = key ^ _COMMAND if is_command else key
            slot = np.int64(asked >> _SLOT)
            while _SLOTS[slot] > 0 and line < 0:
                if _ENTRIES[int(_SLOTS[slot]) - 1] == asked:
                    line = int(_SLOTS[slot]) - 1
                slot = (slot + 1) & _LAST_SLOT
        if line >= 0:
            kinds[token], stem = _MEANT_KINDS[line], _MEANT[line]
            if is_command:
                any_fraction = any_fraction or key in _FRACTIONS
            elif kinds[token] == NUMBER:
                said[token] = _said_value(stem)
            if is_command or kinds[token] == NUMBER or kinds[token] == SIGN:
                key = stem
        elif kinds[token] == WORD and size > 3:
            size = _stem_length(lowered_eight(data, begin + size - 8), size)
            stem = hash_of_eight(eight & FIRST[size]) if size <= 8 else hash_bytes(data, begin, size)
        hashes[token], stems[token] = key, stem
        if token > 0:
            if said[token] >= 0 or key == _ONE:
                _join_number(data, begins, lengths, hashes, stems, kinds, said, token)
            if is_command and key == _DEGREE and hashes[token - 1] == _POWER:
                kinds[token - 1] = NOTHING  # ^\circ is a degree, not a power
    token = 0
    while any_fraction and token < num - 1:
        if is_fraction(data, start, begins[token], lengths[token]):  # 1 / 2, as it is written without LaTeX
            begins[token], begins[token + 1] = begins[token + 1], begins[token]
            lengths[token], lengths[token + 1] = lengths[token + 1], lengths[token]
            hashes[token], hashes[token + 1] = hashes[token + 1], hashes[token]
            stems[token], stems[token + 1] = stems[token + 1], stems[token]
            kinds[token], kinds[token + 1] = kinds[token + 1], kinds[token]
            token += 1
        token += 1


@inlined
def _said_value(key: np.uint64) -> int:
    """Return the value of the number whose word has this hash."""
    for nr in range(len(_SAID_HASHES)):
        if _SAID_HASHES[nr] == key:
            return int(_SAID_VALUES[nr])
    return -1


@lent
def _join_number(
    data: Bytes, begins: Places, lengths: Places, hashes: Hashes, stems: Hashes, kinds: Bytes, said: Places, token: int
) -> None:
    """Join a number said in words with what stands before it: `twenty-five` -> 25, `two hundred` -> 200."""
    before = token - 1
    if kinds[before] != NUMBER:
        return
    right = 1 if said[token] < 0 else said[token]
    value = said[before]
    if 20 <= value <= 90 and right < 10:
        value += right
    elif right >= 100:
        if value < 0:
            value = _short_number(data, begins[before], lengths[before])
        if not 0 <= value < 1000:
            return
        value *= right
    else:
        return
    hashes[token] = stems[token] = hash_of_number(value)
    kinds[before], kinds[token], said[token] = NOTHING, NUMBER, -1


@lent
def _short_number(data: Bytes, begin: int, size: int) -> int:
    """Return a number of up to three digits, or -1."""
    value = 0
    for place in range(begin, begin + size):
        digit = int(data[place]) - ord("0")
        if size > 3 or not 0 <= digit <= 9:
            return -1
        value = 10 * value + digit
    return value


@inlined
def _without_nothing(begins: Places, lengths: Places, hashes: Hashes, stems: Hashes, kinds: Bytes, num: int) -> int:
    """Close the buffer over tokens that mean nothing; return how many are left."""
    kept = 0
    while kept < num and kinds[kept] != NOTHING:  # most texts stay as they are
        kept += 1
    for token in range(kept, num):
        if kinds[token] != NOTHING:
            begins[kept], lengths[kept] = begins[token], lengths[token]
            hashes[kept], stems[kept], kinds[kept] = hashes[token], stems[token], kinds[token]
            kept += 1
    return kept


@inlined
def _settle(data: Bytes, begins: Places, hashes: Hashes, kinds: Bytes, num: int) -> None:
    """Drop brackets around words, which are punctuation; tell the article a and the pronoun I from variables."""
    mathematical = False  # the token before: its kind may be dropped by now
    for token in range(num):
        before, kind = mathematical, kinds[token]
        mathematical = NUMBER <= kind <= SIGN
        if kind == SIGN:
            sign = data[begins[token]]
            if sign == ord("(") or sign == ord("["):
                if token + 1 == num or not NUMBER <= kinds[token + 1] <= SIGN:
                    kinds[token] = NOTHING
            elif (sign == ord(")") or sign == ord("]")) and not before:
                kinds[token] = NOTHING
    for token in range(num):
        if kinds[token] == LETTER and (hashes[token] == _A or hashes[token] == _I):
            before = token > 0 and kinds[token - 1] == SIGN
            if not before and not (token + 1 < num and kinds[token + 1] == SIGN):
                kinds[token] = STOPPED
