"""Hash bytes of texts as `lexicon.hash_of` does, compiled."""

import numpy as np

from pipeline.match.compiled import U, compiled, inlined, mixed
from pipeline.match.eight import FIRST, lowered_eight
from pipeline.match.letters import LOWER, MARGIN
from pipeline.match.spans import Bytes

_LOWER = np.frombuffer(LOWER, np.uint8)


@inlined
def lowered(byte: int) -> int:
    """Return a byte in lower case."""
    return int(_LOWER[byte])


@compiled
def hash_bytes(data: Bytes, begin: int, size: int) -> np.uint64:
    """Return the hash of lower-cased bytes, eight at a time."""
    state, step = U(0), 0
    while size - step > 8:
        state = mixed(state + lowered_eight(data, begin + step) + U(step + 1))
        step += 8
    return mixed(state + (lowered_eight(data, begin + step) & FIRST[size - step]) + U(step + 1))


@inlined
def hash_of_eight(eight: np.uint64) -> np.uint64:
    """Return the hash of up to eight bytes in lower case, with zeros after them."""
    return mixed(eight + U(1))


@compiled
def hash_without_commas(data: Bytes, begin: int, size: int) -> np.uint64:
    """Return the hash of a number as it is written without commas: 1,000 is 1000."""
    written, length = np.empty(size + MARGIN, np.uint8), 0
    for place in range(begin, begin + size):
        if data[place] != ord(","):
            written[length] = data[place]
            length += 1
    return hash_bytes(written, 0, length)


@compiled
def hash_of_number(value: int) -> np.uint64:
    """Return the hash of a number's digits."""
    digits, size = np.empty(20 + MARGIN, np.uint8), 0
    while value or not size:
        digits[19 - size] = value % 10 + ord("0")
        value //= 10
        size += 1
    return hash_bytes(digits, 20 - size, size)
