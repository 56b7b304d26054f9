"""Hash bytes of texts as `lexicon.hash_of` does, compiled."""

import numpy as np

from pipeline.match.compiled import U, compiled, mixed
from pipeline.match.letters import LOWER
from pipeline.match.spans import Bytes

_LOWER = np.frombuffer(LOWER, np.uint8)


@compiled
def lowered(byte: int) -> int:
    """Return a byte in lower case."""
    return int(_LOWER[byte])


@compiled
def hash_bytes(data: Bytes, begin: int, size: int, commas: bool) -> np.uint64:
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
def hash_of_number(value: int) -> np.uint64:
    """Return the hash of a number's digits."""
    digits, size = np.empty(20, np.uint8), 0
    while value or not size:
        digits[19 - size] = value % 10 + ord("0")
        value //= 10
        size += 1
    return hash_bytes(digits, 20 - size, size, False)
