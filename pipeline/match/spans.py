"""Find where words, numbers and signs stand in a text, compiled; the neighbours of a byte settle what it is."""

import numpy as np
import numpy.typing as npt

from pipeline.match.compiled import U, inlined, lent
from pipeline.match.eight import FIRST, eight_bytes, num_letters
from pipeline.match.letters import (
    BANG,
    CLASSES,
    COLON,
    COMMA,
    DASH,
    DIGIT,
    POINT,
    QUOTE,
    SIGNED,
    SPACE,
    STAR,
    WORDY,
)  # fmt: skip
from pipeline.match.lexicon import NOTHING, NUMBER, SIGN, WORD

Places = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

_CLASS = np.frombuffer(CLASSES, np.uint8)
_KIND = np.array([NOTHING, WORD, NUMBER, SIGN], np.uint8)  # of a run of bytes of one class
_NEWLINES = U(int.from_bytes(b"\n" * 8))
_FRAC = np.frombuffer(b"frac", np.uint8)


@inlined
def _around(data: Bytes, place: int, begin: int, end: int) -> np.uint64:
    """Return the bytes from two before `place` to five after it, the first lowest; newlines outside of the text."""
    around = eight_bytes(data, place - 2)
    before, inside = FIRST[max(0, begin + 2 - place)], FIRST[min(8, end + 2 - place)]
    around = around & ~before | _NEWLINES & before
    within: np.uint64 = around & inside | _NEWLINES & ~inside
    return within


@inlined
def _byte(around: np.uint64, step: int) -> np.int64:
    """Return the byte that stands `step` after the place, -2 to 4."""
    return np.int64(around >> U(8 * (step + 2)) & U(255))


@inlined
def _class(around: np.uint64, step: int) -> int:
    return int(_CLASS[_byte(around, step)])


@inlined
def _settled(around: np.uint64, kind: int) -> int:
    """Return what a byte is by its neighbours: 1.5 and 1,000 are numbers, `well-known` two words."""
    before, after = _class(around, -1), _class(around, 1)
    byte_before, byte_after = _byte(around, -1), _byte(around, 1)
    if kind == QUOTE:
        if before == WORDY and after == WORDY:
            return WORDY
        return SIGNED if before == WORDY and byte_after == ord("(") else SPACE  # f'(x)
    if kind == DASH:
        in_word = before == WORDY and _class(around, -2) == WORDY and after == WORDY
        joins = (before in (WORDY, DIGIT)) and after == WORDY and _class(around, 2) == WORDY
        return SPACE if in_word or joins else SIGNED
    if kind == POINT:
        number = after == DIGIT and (before == DIGIT or before != WORDY) and byte_before != ord(".")
        return DIGIT if number else SPACE
    if kind == COMMA:
        group = before == DIGIT and after == DIGIT and _class(around, 2) == DIGIT and _class(around, 3) == DIGIT
        return DIGIT if group and _class(around, 4) != DIGIT else SPACE
    if kind == BANG:  # 5! and !=
        return SIGNED if before == DIGIT or byte_before == ord(")") or byte_after == ord("=") else SPACE
    if kind == COLON:
        return SIGNED if before == DIGIT and after == DIGIT else SPACE
    if kind == STAR:  # **bold**
        return SPACE if byte_before == ord("*") or byte_after == ord("*") else SIGNED
    return SPACE if byte_before == ord("\\") else SIGNED  # \( begins mathematics


@lent
def find_spans(data: Bytes, start: int, end: int, begins: Places, lengths: Places, kinds: Bytes) -> int:
    r"""Find where the tokens of a text stand; return how many there are. `\frac12` has 1 and 2."""
    num, previous, place = 0, SPACE, start
    while place < end:
        kind = int(_CLASS[data[place]])
        if kind >= QUOTE:
            kind = _settled(_around(data, place, start, end), kind)
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
                size = int(num_letters(data, place))
                if size == 8:
                    size = _word_size(data, place, end)
                place += min(size, end - place) - 1
            lengths[num], kinds[num] = place + 1 - begins[num], _KIND[kind]
            num += 1
        previous = kind
        place += 1
    return num


@lent
def _word_size(data: Bytes, place: int, end: int) -> int:
    size = 8
    while place + size < end and _CLASS[data[place + size]] == WORDY:
        size += 1
    return size


@inlined
def _makes_unequal(data: Bytes, place: int, start: int) -> bool:
    """Return whether the byte before makes one sign of `<=`, `>=` or `!=`."""
    if place == start:
        return False
    before = int(data[place - 1])
    return before in (ord("<"), ord(">"), ord("!"))


@lent
def _after_fraction(data: Bytes, start: int, begins: Places, lengths: Places, token: int) -> bool:
    r"""Return whether the token stands straight after `\frac`, `\dfrac` or `\tfrac`."""
    if token == 0:
        return False
    name, size = begins[token - 1], lengths[token - 1]
    if name + size != begins[token] or data[name] == ord("c"):
        return False
    return is_fraction(data, start, name, size)


@lent
def is_fraction(data: Bytes, start: int, name: int, size: int) -> bool:
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
