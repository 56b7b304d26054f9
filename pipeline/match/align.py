"""Align the words of two questions so that most of them stand opposite themselves; what is left over differs."""

import numpy as np

from pipeline.match.compiled import compiled
from pipeline.match.lexicon import Hashes
from pipeline.match.spans import Places

_MOST_CELLS = 1 << 24  # of the table of an alignment, 32 MB: texts of 4,000 words that share neither beginning nor end


@compiled
def differing(ours: Hashes, theirs: Hashes) -> tuple[Places, Places]:
    """Return the places of the words that only one side has, in the alignment that keeps most words.

    Very long texts share their beginning and end alone.
    """
    shorter = min(len(ours), len(theirs))
    begin = 0
    while begin < shorter and ours[begin] == theirs[begin]:
        begin += 1
    tail = 0
    while tail < shorter - begin and ours[len(ours) - 1 - tail] == theirs[len(theirs) - 1 - tail]:
        tail += 1
    rows, columns = len(ours) - begin - tail, len(theirs) - begin - tail
    if rows == 0 or columns == 0 or (rows + 1) * (columns + 1) > _MOST_CELLS:
        return np.arange(begin, begin + rows), np.arange(begin, begin + columns)
    left, right = ours[begin : begin + rows], theirs[begin : begin + columns]
    kept = np.zeros((rows + 1, columns + 1), np.int16)  # kept[i, j]: most words that left[i:] and right[j:] share
    for line in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            if left[line] == right[column]:
                kept[line, column] = kept[line + 1, column + 1] + 1
            else:
                kept[line, column] = max(kept[line + 1, column], kept[line, column + 1])
    only_left, only_right = np.empty(rows, np.int64), np.empty(columns, np.int64)
    num_left = num_right = line = column = 0
    while line < rows or column < columns:
        if line < rows and column < columns and left[line] == right[column]:
            line, column = line + 1, column + 1
        elif column == columns or (line < rows and kept[line + 1, column] >= kept[line, column + 1]):
            only_left[num_left] = begin + line
            num_left, line = num_left + 1, line + 1
        else:
            only_right[num_right] = begin + column
            num_right, column = num_right + 1, column + 1
    return only_left[:num_left], only_right[:num_right]
