"""Look at eight bytes of a text at once: one number, whose lowest byte stands first."""

import numpy as np
import numpy.typing as npt

from pipeline.match.compiled import U, inlined
from pipeline.match.letters import CLASSES, LOWER, WORDY

Bytes = npt.NDArray[np.uint8]

_CLASS, _LOWER = np.frombuffer(CLASSES, np.uint8), np.frombuffer(LOWER, np.uint8)
_EACH = 0x0101010101010101
_HIGH, _LOW, _CASE = U(0x80 * _EACH), U(0x7F * _EACH), U(0x20 * _EACH)
# Added to bytes below 128 they set the high bit from that letter on, and beyond it.
_FROM_CAPITAL, _BEYOND_CAPITALS = U((0x80 - ord("A")) * _EACH), U((0x7F - ord("Z")) * _EACH)
_FROM_SMALL, _BEYOND_SMALL = U((0x80 - ord("a")) * _EACH), U((0x7F - ord("z")) * _EACH)
_COUNT = U(0x0001020304050607)  # times 256**n it has n in its highest byte
_FIRST = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)  # masks of the first bytes


@inlined
def eight_bytes(data: Bytes, place: int) -> np.uint64:
    """Return data[place : place + 8]; with unsigned places it becomes one load of the processor."""
    at = U(place)
    low = U(data[at]) | U(data[at + U(1)]) << U(8) | U(data[at + U(2)]) << U(16) | U(data[at + U(3)]) << U(24)
    high = U(data[at + U(4)]) | U(data[at + U(5)]) << U(8) | U(data[at + U(6)]) << U(16) | U(data[at + U(7)]) << U(24)
    return low | high << U(32)


@inlined
def lowered_eight(data: Bytes, place: int, size: int) -> np.uint64:
    """Return up to eight bytes of a text in lower case; where `size` ends there are zeros."""
    if place + 8 > len(data):
        part = U(0)
        for nth in range(size):
            part |= U(_LOWER[data[place + nth]]) << U(8 * nth)
        return part
    eight = eight_bytes(data, place) & _FIRST[size]
    low = eight & _LOW
    capitals = (low + _FROM_CAPITAL) & ~(low + _BEYOND_CAPITALS) & ~eight & _HIGH
    lowered: np.uint64 = eight | capitals >> U(2)
    return lowered


@inlined
def word_end(data: Bytes, place: int, end: int) -> int:
    """Return where the letters that stand from `place` on end, at `end` at the latest."""
    while place < end and place + 8 <= len(data):
        eight = eight_bytes(data, place)
        low = eight & _LOW | _CASE
        others = ~((low + _FROM_SMALL) & ~(low + _BEYOND_SMALL) | eight) & _HIGH  # from 128 on all are letters
        if others:
            lowest = others & (U(0) - others)
            return min(end, place + int((lowest >> U(7)) * _COUNT >> U(56)))
        place += 8
    while place < end and _CLASS[data[place]] == WORDY:
        place += 1
    return min(place, end)
