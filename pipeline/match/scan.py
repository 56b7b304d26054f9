"""Cut the bytes of texts into hashed tokens, in one pass and one text at a time: the compiled half of `tokens`.

A text that is being cut is a buffer of tokens: where each begins, its length, hash, stem and kind. What a byte is and
what a token means depends on its neighbours in the same text only.
"""

import numpy as np
import numpy.typing as npt

from pipeline.match.compiled import U, compiled, mixed
from pipeline.match.letters import (
    BANG,
    CLASSES,
    COLON,
    COMMA,
    DASH,
    DIGIT,
    LOWER,
    POINT,
    QUOTE,
    SIGNED,
    SPACE,
    STAR,
    WORDY,
)  # fmt: skip
from pipeline.match.lexicon import (
    LETTER,
    NOTHING,
    NUM_SLOTS,
    NUMBER,
    SIGN,
    STOPPED,
    WORD,
    Hashes,
    command_lexicon,
    hash_of,
    word_lexicon,
)  # fmt: skip
from pipeline.match.words import NUMBERS

Places = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Lines = npt.NDArray[np.uint16]
# Of the tokens of one text: begins, lengths, hashes, stems, kinds, numbers said in words.
Buffer = tuple[Places, Places, Hashes, Hashes, Bytes, Places]
Table = tuple[np.uint64, Lines, Hashes, Hashes, Bytes]  # a Lexicon as arrays

_CLASS, _LOWER = np.frombuffer(CLASSES, np.uint8), np.frombuffer(LOWER, np.uint8)
_KIND = np.array([NOTHING, WORD, NUMBER, SIGN], np.uint8)  # of a run of bytes of one class
_FRAC = np.frombuffer(b"frac", np.uint8)
_SLOTS = U(NUM_SLOTS - 1)
_ONE, _POWER, _DEGREE = U(hash_of("one")), U(hash_of("^")), U(hash_of("degree"))
_A, _I = U(hash_of("a")), U(hash_of("i"))
_SAID_HASHES = np.array([hash_of(number) for number in NUMBERS.values()], np.uint64)
_SAID_VALUES = np.array([int(number) for number in NUMBERS.values()], np.int64)


def tables() -> tuple[Table, Table]:
    """Return what `cut_texts` looks words and LaTeX commands up in."""
    words, commands = word_lexicon(), command_lexicon()
    return (
        (words.shift, words.slots, words.hashes, words.new_hashes, words.kinds),
        (commands.shift, commands.slots, commands.hashes, commands.new_hashes, commands.kinds),
    )


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


@compiled
def cut(data: Bytes, start: int, end: int, buffer: Buffer, words: Table, commands: Table) -> int:
    """Fill `buffer` with the tokens of the text data[start:end]; return how many there are."""
    begins, lengths, hashes, stems, kinds, said = buffer
    num = _spans(data, start, end, begins, lengths, kinds)
    _give_meaning(data, start, begins, lengths, hashes, stems, kinds, said, num, words, commands)
    num = _without_nothing(begins, lengths, hashes, stems, kinds, num)
    _settle(data, begins, hashes, kinds, num)
    return _without_nothing(begins, lengths, hashes, stems, kinds, num)


@compiled
def cut_texts(data: Bytes, offsets: Places, words: Table, commands: Table) -> tuple[Hashes, Hashes, Bytes, Places]:
    """Return hashes, stems and kinds of all tokens, and the offsets of each text's.

    data: the texts' bytes, one after another; offsets: where each begins, and the end of the last.
    """
    most = offsets[-1] - offsets[0]
    hashes, stems, kinds = np.empty(most, np.uint64), np.empty(most, np.uint64), np.empty(most, np.uint8)
    places, total = np.zeros(len(offsets), np.int64), 0
    buffer = new_buffer(offsets)
    for text in range(len(offsets) - 1):
        num = cut(data, offsets[text], offsets[text + 1], buffer, words, commands)
        hashes[total : total + num], stems[total : total + num] = buffer[2][:num], buffer[3][:num]
        kinds[total : total + num] = buffer[4][:num]
        total += num
        places[text + 1] = total
    return hashes[:total].copy(), stems[:total].copy(), kinds[:total].copy(), places


@compiled
def lowered(byte: int) -> int:
    """Return a byte in lower case."""
    return int(_LOWER[byte])


@compiled
def _class_at(data: Bytes, place: int, begin: int, end: int) -> int:
    """Return what the byte is by itself; outside of the text is space."""
    return _CLASS[data[place]] if begin <= place < end else SPACE


@compiled
def _byte_at(data: Bytes, place: int, begin: int, end: int) -> int:
    return data[place] if begin <= place < end else 10


@compiled
def _settled(data: Bytes, place: int, begin: int, end: int, kind: int) -> int:
    """Return what a byte is by its neighbours: 1.5 and 1,000 are numbers, `well-known` two words."""
    before, after = _class_at(data, place - 1, begin, end), _class_at(data, place + 1, begin, end)
    byte_before, byte_after = _byte_at(data, place - 1, begin, end), _byte_at(data, place + 1, begin, end)
    if kind == QUOTE:
        if before == WORDY and after == WORDY:
            return WORDY
        return SIGNED if before == WORDY and byte_after == ord("(") else SPACE  # f'(x)
    if kind == DASH:
        before_that, after_that = _class_at(data, place - 2, begin, end), _class_at(data, place + 2, begin, end)
        in_word = before == WORDY and before_that == WORDY and after == WORDY
        joins = (before in (WORDY, DIGIT)) and after == WORDY and after_that == WORDY
        return SPACE if in_word or joins else SIGNED
    if kind == POINT:
        number = after == DIGIT and (before == DIGIT or before != WORDY) and byte_before != ord(".")
        return DIGIT if number else SPACE
    if kind == COMMA:
        group = before == DIGIT and after == DIGIT
        for step in (2, 3):
            group = group and _class_at(data, place + step, begin, end) == DIGIT
        return DIGIT if group and _class_at(data, place + 4, begin, end) != DIGIT else SPACE
    if kind == BANG:  # 5! and !=
        return SIGNED if before == DIGIT or byte_before == ord(")") or byte_after == ord("=") else SPACE
    if kind == COLON:
        return SIGNED if before == DIGIT and after == DIGIT else SPACE
    if kind == STAR:  # **bold**
        return SPACE if byte_before == ord("*") or byte_after == ord("*") else SIGNED
    return SPACE if byte_before == ord("\\") else SIGNED  # \( begins mathematics


@compiled
def _spans(data: Bytes, start: int, end: int, begins: Places, lengths: Places, kinds: Bytes) -> int:
    r"""Find where the tokens of a text stand; return how many there are. `\frac12` has 1 and 2."""
    num, previous, place = 0, SPACE, start
    while place < end:
        kind = int(_CLASS[data[place]])
        if kind >= QUOTE:
            kind = _settled(data, place, start, end, kind)
        if kind == previous and (kind in (WORDY, DIGIT)):
            lengths[num - 1] += 1
            if kind == DIGIT and lengths[num - 1] == 2 and _after_fraction(data, start, begins, lengths, num - 1):
                lengths[num - 1] = 1
                begins[num], lengths[num], kinds[num] = place, 1, NUMBER
                num += 1
        elif kind == SIGNED and data[place] == ord("=") and _makes_unequal(data, place, start):
            lengths[num - 1] = 2
        elif kind != SPACE:
            begins[num] = place
            if kind == WORDY:
                while place + 1 < end and _CLASS[data[place + 1]] == WORDY:
                    place += 1
            lengths[num], kinds[num] = place + 1 - begins[num], _KIND[kind]
            num += 1
        previous = kind
        place += 1
    return num


@compiled
def _makes_unequal(data: Bytes, place: int, start: int) -> bool:
    """Return whether the byte before makes one sign of `<=`, `>=` or `!=`."""
    if place == start:
        return False
    before = int(data[place - 1])
    return before in (ord("<"), ord(">"), ord("!"))


@compiled
def _after_fraction(data: Bytes, start: int, begins: Places, lengths: Places, token: int) -> bool:
    r"""Return whether the token stands straight after `\frac`, `\dfrac` or `\tfrac`."""
    if token == 0:
        return False
    name, size = begins[token - 1], lengths[token - 1]
    if name + size != begins[token] or data[name] == ord("c"):
        return False
    return _is_fraction(data, start, name, size)


@compiled
def _is_fraction(data: Bytes, start: int, name: int, size: int) -> bool:
    r"""Return whether the token is the command `\frac`, `\dfrac`, `\tfrac` or `\cfrac`."""
    if name == start or data[name - 1] != ord("\\") or not 4 <= size <= 5:
        return False
    if size == 5 and data[name] != ord("d") and data[name] != ord("t") and data[name] != ord("c"):
        return False
    name += size - 4
    for nth in range(4):
        if data[name + nth] != _FRAC[nth]:
            return False
    return True


@compiled
def _hash(data: Bytes, begin: int, size: int, commas: bool) -> np.uint64:
    """Return the hash of lower-cased bytes, eight at a time; `commas`: without them."""
    state, part, filled, step = U(0), U(0), 0, 0
    for place in range(begin, begin + size):
        byte = data[place]
        if commas and byte == ord(","):
            continue
        part |= U(_LOWER[byte]) << U(8 * filled)
        filled += 1
        if filled == 8:
            state = mixed(state + part + U(step + 1))
            part, filled, step = U(0), 0, step + 8
    if filled or step == 0:
        state = mixed(state + part + U(step + 1))
    return state


@compiled
def _stem_length(data: Bytes, begin: int, size: int) -> int:
    """Return the length of a word without 's, s, ing, ed, e: `makes`, `making`, `cat's` -> `mak`, `mak`, `cat`."""
    last, before = _LOWER[data[begin + size - 1]], _LOWER[data[begin + size - 2]]
    if last == ord("s") and before != ord("s") and before != ord("u") and before != ord("i"):
        size -= 1
    if data[begin + size - 1] == ord("'"):
        size -= 1
    last, before = _LOWER[data[begin + size - 1]], _LOWER[data[begin + size - 2]]
    if last == ord("g") and before == ord("n") and size > 5 and _LOWER[data[begin + size - 3]] == ord("i"):
        size -= 3
    elif last == ord("d") and before == ord("e") and size > 4:
        size -= 2
    if size > 3 and _LOWER[data[begin + size - 1]] == ord("e"):
        size -= 1
    return size


@compiled
def _line_of(shift: np.uint64, slots: Lines, hashes: Hashes, key: np.uint64) -> int:
    """Return the line of a hash in a lexicon, or -1."""
    line = int(slots[int((key >> shift) & _SLOTS)]) - 1
    return line if line >= 0 and hashes[line] == key else -1


@compiled
def _give_meaning(
    data: Bytes, start: int, begins: Places, lengths: Places, hashes: Hashes, stems: Hashes, kinds: Bytes, said: Places,
    num: int, words: Table, commands: Table,
) -> None:  # fmt: skip
    """Hash the tokens, look up what words and LaTeX commands mean, join numbers that are said in words.

    said: the value of a number that a word says, -1 for every other token.
    """
    any_fraction = False
    shift, slots, known, meant, meant_kinds = words
    command_shift, command_slots, known_commands, commands_meant, command_kinds = commands
    for token in range(num):
        begin, size = begins[token], lengths[token]
        said[token] = -1
        if kinds[token] == WORD and size == 1:
            kinds[token] = LETTER
        key = _hash(data, begin, size, kinds[token] == NUMBER and size > 4)
        stem = key
        if kinds[token] == WORD and size > 3:
            shorter = _stem_length(data, begin, size)
            if shorter != size:
                stem = _hash(data, begin, shorter, False)
        is_command = begin > start and data[begin - 1] == ord("\\")
        if is_command:
            line = _line_of(command_shift, command_slots, known_commands, key)
            if line >= 0:
                kinds[token], key = command_kinds[line], commands_meant[line]
                stem = key
                any_fraction = any_fraction or _is_fraction(data, start, begin, size)
        elif kinds[token] == WORD:
            line = _line_of(shift, slots, known, key)
            if line >= 0:
                kinds[token], stem = meant_kinds[line], meant[line]
                if kinds[token] == NUMBER or kinds[token] == SIGN:
                    key = stem
                if kinds[token] == NUMBER:
                    said[token] = _SAID_VALUES[np.flatnonzero(key == _SAID_HASHES)[0]]
        hashes[token], stems[token] = key, stem
        if token > 0:
            if said[token] >= 0 or key == _ONE:
                _join_number(data, begins, lengths, hashes, stems, kinds, said, token)
            if is_command and key == _DEGREE and hashes[token - 1] == _POWER:
                kinds[token - 1] = NOTHING  # ^\circ is a degree, not a power
    token = 0
    while any_fraction and token < num - 1:
        if _is_fraction(data, start, begins[token], lengths[token]):  # 1 / 2, as it is written without LaTeX
            begins[token], begins[token + 1] = begins[token + 1], begins[token]
            lengths[token], lengths[token + 1] = lengths[token + 1], lengths[token]
            hashes[token], hashes[token + 1] = hashes[token + 1], hashes[token]
            stems[token], stems[token + 1] = stems[token + 1], stems[token]
            kinds[token], kinds[token + 1] = kinds[token + 1], kinds[token]
            token += 1
        token += 1


@compiled
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
    hashes[token] = stems[token] = _hash_of_number(value)
    kinds[before], kinds[token], said[token] = NOTHING, NUMBER, -1


@compiled
def _short_number(data: Bytes, begin: int, size: int) -> int:
    """Return a number of up to three digits, or -1."""
    value = 0
    for place in range(begin, begin + size):
        digit = int(data[place]) - ord("0")
        if size > 3 or not 0 <= digit <= 9:
            return -1
        value = 10 * value + digit
    return value


@compiled
def _hash_of_number(value: int) -> np.uint64:
    """Return the hash of a number's digits."""
    digits, size = np.empty(20, np.uint8), 0
    while value or not size:
        digits[19 - size] = value % 10 + ord("0")
        value //= 10
        size += 1
    return _hash(digits, 20 - size, size, False)


@compiled
def _without_nothing(begins: Places, lengths: Places, hashes: Hashes, stems: Hashes, kinds: Bytes, num: int) -> int:
    """Close the buffer over tokens that mean nothing; return how many are left."""
    kept = 0
    for token in range(num):
        if kinds[token] != NOTHING:
            begins[kept], lengths[kept] = begins[token], lengths[token]
            hashes[kept], stems[kept], kinds[kept] = hashes[token], stems[token], kinds[token]
            kept += 1
    return kept


@compiled
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
