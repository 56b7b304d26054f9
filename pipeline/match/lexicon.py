"""Look up what a token's hash means: one table for words, one for LaTeX commands, as arrays."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline.match.words import COMMANDS, DRESS, MEASURES, NUMBERS, OPPOSITES, SIGNS, STOP, SYNONYMS

Hashes = npt.NDArray[np.uint64]

# Kinds of tokens. NOTHING is dropped from every comparison; the others are what comparisons are made of.
NOTHING, STOPPED, WORD, NUMBER, LETTER, SIGN, MEASURE, OPPOSITE = range(8)

NUM_SLOTS = 1 << 17  # of two bytes: stays in the processor's cache


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
    """A table from hash to a new hash and a kind, in slots so that most tokens are passed by with one look."""

    shift: np.uint64  # which bits of a hash are its slot: so chosen that no slot has two words
    slots: npt.NDArray[np.uint16]  # 1 + the line of the slot's word; 0: none
    hashes: Hashes
    new_hashes: Hashes
    kinds: npt.NDArray[np.uint8]

    def find(self, hashes: Hashes) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return where `hashes` holds words of the table, and their lines in it."""
        slot = self.slots.take(_slots(hashes, self.shift))
        where = np.flatnonzero(slot)
        lines = slot[where].astype(np.intp) - 1
        right = self.hashes[lines] == hashes[where]
        return where[right], lines[right]


def _slots(hashes: Hashes, shift: np.uint64) -> npt.NDArray[np.intp]:
    """Return the slot of each hash."""
    return ((hashes >> shift) & np.uint64(NUM_SLOTS - 1)).astype(np.intp)


def _lexicon(entries: dict[str, tuple[str, int]]) -> Lexicon:
    """Return the table of `entries`: word -> (the word that stands for it, its kind)."""
    words = list(entries)
    hashes = np.array([hash_of(word) for word in words], np.uint64)
    shifts = (np.uint64(bits) for bits in range(47))
    shift = next(bits for bits in shifts if len(np.unique(_slots(hashes, bits))) == len(words))
    slots = np.zeros(NUM_SLOTS, np.uint16)
    slots[_slots(hashes, shift)] = np.arange(1, len(words) + 1)
    new_hashes = np.array([hash_of(new) for new, _ in entries.values()], np.uint64)
    return Lexicon(shift, slots, hashes, new_hashes, np.array([kind for _, kind in entries.values()], np.uint8))


@cache
def word_lexicon() -> Lexicon:
    """Return the table of words; where a word stands in two lists, what decides more wins."""
    entries = {word: (word, STOPPED) for word in STOP.split()}
    for line in SYNONYMS:
        entries |= {word: (line.split()[0], WORD) for word in line.split()}
    for kind, lines in ((MEASURE, MEASURES), (OPPOSITE, OPPOSITES)):
        entries |= {word: ("=" + line.split()[0], kind) for line in lines for word in line.split()}
    entries |= {word: (number, NUMBER) for word, number in NUMBERS.items()}
    entries |= {word: (sign, SIGN) for word, sign in SIGNS.items()}
    return _lexicon(entries)


@cache
def command_lexicon() -> Lexicon:
    """Return the table of LaTeX commands."""
    meant = {command: (new, WORD if new.isalpha() else SIGN) for command, new in COMMANDS.items()}
    return _lexicon(meant | dict.fromkeys(DRESS.split(), ("", NOTHING)))
