"""Look up what a token's hash means, a word's or a LaTeX command's, in one table of arrays."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline.match.words import COMMANDS, DRESS, MEASURES, NUMBERS, OPPOSITES, SIGNS, STOP, SYNONYMS

Hashes = npt.NDArray[np.uint64]

# Kinds of tokens. NOTHING is dropped from every comparison; the others are what comparisons are made of.
NOTHING, STOPPED, WORD, NUMBER, LETTER, SIGN, MEASURE, OPPOSITE = range(8)

COMMAND = 0xA0761D6478BD642F  # laid over the hash of a LaTeX command, so that \sum and `sum` are two entries
SLOT_BITS = 12  # slots of two bytes, four for each entry: they stay in the processor's first cache


def mixed(x: Hashes) -> Hashes:
    """Return splitmix64's finaliser of `x`: every bit of the input reaches every bit of the output."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def hash_of(text: str) -> int:
    """Return the hash that the tokeniser gives the token `text`, lower-case ASCII."""
    data = text.encode()
    state = np.zeros(1, np.uint64)
    for begin in range(0, len(data), 8):
        state = mixed(state + np.uint64(int.from_bytes(data[begin : begin + 8], "little")) + np.uint64(begin + 1))
    return int(state[0])


@dataclass(frozen=True)
class Lexicon:
    """A table from hash to a new hash and a kind. An entry stands in the first free slot from its top bits on."""

    slots: npt.NDArray[np.uint16]  # 1 + the line of the entry; 0: none
    hashes: Hashes
    new_hashes: Hashes
    kinds: npt.NDArray[np.uint8]


@cache
def lexicon() -> Lexicon:
    """Return the table of words and LaTeX commands; where a word stands in two lists, what decides more wins."""
    entries = {word: (word, STOPPED) for word in STOP.split()}
    for line in SYNONYMS:
        entries |= {word: (line.split()[0], WORD) for word in line.split()}
    for kind, lines in ((MEASURE, MEASURES), (OPPOSITE, OPPOSITES)):
        entries |= {word: ("=" + line.split()[0], kind) for line in lines for word in line.split()}
    entries |= {word: (number, NUMBER) for word, number in NUMBERS.items()}
    entries |= {word: (sign, SIGN) for word, sign in SIGNS.items()}
    commands = {command: (new, WORD if new.isalpha() else SIGN) for command, new in COMMANDS.items()}
    commands |= dict.fromkeys(DRESS.split(), ("", NOTHING))
    hashes = [*map(hash_of, entries), *(hash_of(command) ^ COMMAND for command in commands)]
    meant = [*entries.values(), *commands.values()]
    slots = np.zeros(1 << SLOT_BITS, np.uint16)
    for number, entry in enumerate(hashes, 1):
        slot = entry >> (64 - SLOT_BITS)
        while slots[slot]:
            slot = (slot + 1) % len(slots)
        slots[slot] = number
    new_hashes = np.array([hash_of(new) for new, _ in meant], np.uint64)
    return Lexicon(slots, np.array(hashes, np.uint64), new_hashes, np.array([kind for _, kind in meant], np.uint8))
