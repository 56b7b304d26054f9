"""Hash bytes of texts as `lexicon.hash_of` does, compiled."""

import numpy as np

from pipeline.match.compiled import U, inlined, lent, mixed
from pipeline.match.eight import FIRST, lowered_eight
from pipeline.match.letters import LOWER
from pipeline.match.spans import Bytes

Stream = tuple[np.uint64, np.uint64, int]  # what is mixed, up to eight bytes that are not, the number of bytes

_LOWER = np.frombuffer(LOWER, np.uint8)


@inlined
def lowered(byte: int) -> int:
    """Return a byte in lower case."""
    return int(_LOWER[byte])


@lent
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


@inlined
def _fed(stream: Stream, byte: int) -> Stream:
    """Return the stream after one more byte."""
    state, part, num = stream
    part |= U(byte) << U(8 * (num % 8))
    num += 1
    if num % 8 == 0:
        state, part = mixed(state + part + U(num - 7)), U(0)
    return state, part, num


@inlined
def _ended(stream: Stream) -> np.uint64:
    """Return the hash of a stream of bytes."""
    state, part, num = stream
    return state if num and num % 8 == 0 else mixed(state + part + U(num // 8 * 8 + 1))


@lent
def hash_without_commas(data: Bytes, begin: int, size: int) -> np.uint64:
    """Return the hash of a number as it is written without commas: 1,000 is 1000."""
    stream = U(0), U(0), 0
    for place in range(begin, begin + size):
        if data[place] != ord(","):
            stream = _fed(stream, data[place])
    return _ended(stream)


@lent
def hash_of_number(value: int) -> np.uint64:
    """Return the hash of a number's digits."""
    stream, power = (U(0), U(0), 0), 1
    while value // power >= 10:
        power *= 10
    while power:
        stream = _fed(stream, value // power % 10 + ord("0"))
        power //= 10
    return _ended(stream)
