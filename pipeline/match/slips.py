"""Tell a slip of the pen from another word: `recieve` and `receive` are one word, `affect` and `effect` two."""

import numpy as np
import numpy.typing as npt

from pipeline.match.compiled import compiled, inlined, lent
from pipeline.match.hashing import lowered
from pipeline.match.spans import Bytes

_SHORT_WORD, _LONG_WORD = 4, 8  # a slip in three letters is another word; in eight letters, two slips may be
_LONGEST = 40  # letters; what is longer is no word

Letters = npt.NDArray[np.int64]
Room = npt.NDArray[np.int64]  # for the letters of two words and three lines of a table


@compiled
def new_room() -> Room:
    """Return room to compare words in, one pair after another."""
    return np.empty((5, 3 * _LONGEST + 1), np.int64)


@lent
def is_slip(data: Bytes, one: int, one_size: int, two: int, two_size: int, room: Room) -> bool:
    """Return whether one word is the other misspelt: one letter off, two in a long word that begins and ends alike.

    one, two: where the words begin in `data`; sizes in bytes.
    """
    if one_size > 3 * _LONGEST or two_size > 3 * _LONGEST or abs(one_size - two_size) > 6:
        return False
    left, right = room[0], room[1]
    num_left, num_right = _letters(data, one, one_size, left), _letters(data, two, two_size, right)
    shorter = min(num_left, num_right)
    if shorter < _SHORT_WORD or max(num_left, num_right) > _LONGEST or abs(num_left - num_right) > 2:
        return False
    begin = 0
    while begin < shorter and left[begin] == right[begin]:
        begin += 1
    tail = 0
    while tail < shorter - begin and left[num_left - 1 - tail] == right[num_right - 1 - tail]:
        tail += 1
    distance = _distance(left[begin : num_left - tail], right[begin : num_right - tail], room[2:])
    ends_alike = left[0] == right[0] and left[num_left - 1] == right[num_right - 1]
    return distance == 1 or (distance == 2 and shorter >= _LONG_WORD and ends_alike)


@inlined
def may_be_slip(data: Bytes, one: int, one_size: int, two: int, two_size: int) -> bool:
    """Return False where `is_slip` would: one slip leaves the first letter or the last; where there are two, both."""
    first_alike = lowered(data[one]) == lowered(data[two])
    last_alike = lowered(data[one + one_size - 1]) == lowered(data[two + two_size - 1])
    return min(one_size, two_size) >= _SHORT_WORD and (first_alike or last_alike)


@lent
def _letters(data: Bytes, begin: int, size: int, letters: Letters) -> int:
    """Decode a word's UTF-8 into `letters`, in lower case where it is Latin; return how many there are."""
    num, place = 0, begin
    while place < begin + size:
        byte = int(data[place])
        more = 0 if byte < 0xC0 else 1 if byte < 0xE0 else 2 if byte < 0xF0 else 3
        letter = lowered(byte) if more == 0 else byte & (0x3F >> more)
        for step in range(1, more + 1):
            letter = (letter << 6) | (int(data[place + step]) & 0x3F)
        letters[num] = letter
        num += 1
        place += more + 1
    return num


@lent
def _distance(left: Letters, right: Letters, table: Room) -> int:
    """Return how many letters are to be put in, left out, changed, or swapped with the next."""
    before, above, row = table[0], table[1], table[2]
    for column in range(len(right) + 1):
        above[column] = column
    for line in range(1, len(left) + 1):
        row[0] = line
        for column in range(1, len(right) + 1):
            same = left[line - 1] == right[column - 1]
            best = min(above[column] + 1, row[column - 1] + 1, above[column - 1] + (0 if same else 1))
            swapped = line > 1 and column > 1 and left[line - 1] == right[column - 2]
            if swapped and left[line - 2] == right[column - 1]:
                best = min(best, before[column - 2] + 1)
            row[column] = best
        before, above, row = above, row, before
    return int(above[len(right)])
