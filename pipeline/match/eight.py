"""Look at eight bytes of a text at once: one number, whose lowest byte stands first.

Texts have MARGIN more bytes on each side, so that eight can be looked at anywhere in them.
"""

import numpy as np
import numpy.typing as npt

from pipeline.match.compiled import U, inlined

Bytes = npt.NDArray[np.uint8]

FIRST = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)  # masks of the first bytes

_EACH = 0x0101010101010101
_HIGH, _LOW, _CASE = U(0x80 * _EACH), U(0x7F * _EACH), U(0x20 * _EACH)
# Added to bytes below 128 they set the high bit from that letter on, and beyond it.
_FROM_CAPITAL, _BEYOND_CAPITALS = U((0x80 - ord("A")) * _EACH), U((0x7F - ord("Z")) * _EACH)
_FROM_SMALL, _BEYOND_SMALL = U((0x80 - ord("a")) * _EACH), U((0x7F - ord("z")) * _EACH)
_COUNT = U(0x0001020304050607)  # times 256**n it has n in its highest byte


@inlined
def eight_bytes(data: Bytes, place: int) -> np.uint64:
    """Return data[place : place + 8]; with unsigned places it becomes one load of the processor."""
    at = U(place)
    low = U(data[at]) | U(data[at + U(1)]) << U(8) | U(data[at + U(2)]) << U(16) | U(data[at + U(3)]) << U(24)
    high = U(data[at + U(4)]) | U(data[at + U(5)]) << U(8) | U(data[at + U(6)]) << U(16) | U(data[at + U(7)]) << U(24)
    return low | high << U(32)


@inlined
def lowered_eight(data: Bytes, place: int) -> np.uint64:
    """Return data[place : place + 8] in lower case."""
    eight = eight_bytes(data, place)
    low = eight & _LOW
    capitals = (low + _FROM_CAPITAL) & ~(low + _BEYOND_CAPITALS) & ~eight & _HIGH
    lowered: np.uint64 = eight | capitals >> U(2)
    return lowered


@inlined
def num_letters(data: Bytes, place: int) -> np.int64:
    """Return how many letters stand from `place` on, up to eight; bytes of 128 and more are parts of letters."""
    eight = eight_bytes(data, place)
    low = eight & _LOW | _CASE
    others = ~((low + _FROM_SMALL) & ~(low + _BEYOND_SMALL) | eight) & _HIGH
    lowest = others & (U(0) - others)
    return np.int64((lowest >> U(7)) * _COUNT >> U(56)) if others else np.int64(8)
