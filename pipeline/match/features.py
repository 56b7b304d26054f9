"""Hash what a leak of a text keeps: the whole of it and its runs of words and signs, numbers masked; compiled."""

import numpy as np
import numpy.typing as npt

from pipeline.match.compiled import U, compiled, mixed
from pipeline.match.leak_index import FILTER_BITS, FIVES, PAIRS, SHORT_ITEM, SHORT_ROW, TRIPLES, WHOLE
from pipeline.match.lexicon import MEASURE, NUMBER, STOPPED, WORD, Hashes, hash_of
from pipeline.match.scan import Table, cut, new_buffer
from pipeline.match.sketching import placed
from pipeline.match.spans import Bytes, Places

_MASK = U(hash_of("#number"))
_FACTOR = U(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio
_SALT = 9

Rows = npt.NDArray[np.uint32]


@compiled
def passes(filled: Bytes, feature: np.uint64) -> bool:
    """Return whether the filter may hold a feature."""
    place = np.int64(feature >> U(64 - FILTER_BITS))
    return bool(filled[place >> 3] >> (place & 7) & 1)


@compiled
def leak_features(
    data: Bytes, offsets: Places, known: Table, filled: Bytes, of_items: bool
) -> tuple[Hashes, Rows, Bytes]:
    """Return the features of texts that pass the filter, the number of the text that each is of, and its kind.

    filled: a bit for each value of a feature's top bits. of_items: pairs of words only where a text is short.
    """
    found, owners = np.empty(1024, np.uint64), np.empty(1024, np.uint32)
    kinds, total, buffer = np.empty(1024, np.uint8), 0, new_buffer(offsets)
    _, _, tokens, token_stems, token_kinds, _ = buffer
    size = len(tokens)
    stems, masked, words = np.empty(size, np.uint64), np.empty(size, np.uint64), np.empty(size, np.uint64)
    for text in range(len(offsets) - 1):
        num_tokens = cut(data, offsets[text], offsets[text + 1], buffer, known)
        num, num_words, whole = 0, 0, U(0)
        for token in range(num_tokens):
            kind, stem = token_kinds[token], token_stems[token]
            whole += placed(tokens[token], token, _SALT)
            if kind != STOPPED:
                stems[num], masked[num] = stem, _MASK if kind == NUMBER else stem
                num += 1
            if kind == WORD or kind >= MEASURE:
                words[num_words] = stem
                num_words += 1
        if total + 1 + 3 * num_tokens > len(found):
            more = total + 3 * num_tokens
            found = np.concatenate((found, np.empty(more, np.uint64)))
            owners = np.concatenate((owners, np.empty(more, np.uint32)))
            kinds = np.concatenate((kinds, np.empty(more, np.uint8)))
        begin = total
        if whole:
            whole = mixed(whole)
            found[total], kinds[total] = whole, WHOLE
            total += passes(filled, whole)
        total = _add_runs(masked[:num], 3, TRIPLES, filled, found, kinds, total)
        if num_words <= (SHORT_ITEM if of_items else SHORT_ROW):
            total = _add_runs(words[:num_words], 2, PAIRS, filled, found, kinds, total)
        if 2 * num_words <= num:
            total = _add_runs(stems[:num], 5, FIVES, filled, found, kinds, total)
        owners[begin:total] = text
    return found[:total].copy(), owners[:total].copy(), kinds[:total].copy()


@compiled
def _add_runs(values: Hashes, length: int, kind: int, filled: Bytes, found: Hashes, kinds: Bytes, total: int) -> int:
    """Add a feature for each run of `length` values that passes; return the new number of features."""
    for first in range(len(values) - length + 1):
        run = U(length)
        for value in values[first : first + length]:
            run = run * _FACTOR + value
        run = (run ^ (run >> U(29))) * _FACTOR
        found[total], kinds[total] = run, kind
        total += passes(filled, run)
    return total
