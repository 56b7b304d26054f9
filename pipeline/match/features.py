"""Hash what a leak of a text keeps: the whole of it and its runs of words and signs, numbers masked; compiled."""

import numpy as np
import numpy.typing as npt

from pipeline.match.compiled import U, compiled, mixed
from pipeline.match.leak_index import BUCKET_BITS, FILTER_BITS, FIVES, PAIRS, SHORT_ITEM, SHORT_ROW, TRIPLES, WHOLE
from pipeline.match.lexicon import MEASURE, NUMBER, STOPPED, WORD, Hashes, hash_of
from pipeline.match.scan import Buffer, cut, new_buffer
from pipeline.match.sketching import ITEM_SALT, placed
from pipeline.match.spans import Bytes, Places

_MASK = U(hash_of("#number"))
_FACTOR = U(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio

Rows = npt.NDArray[np.uint32]
Buckets = npt.NDArray[np.int32]
Index = tuple[Bytes, Hashes, Buckets, int]  # filled, keys, buckets and shift of a LeakIndex
Streams = tuple[Hashes, Hashes, Hashes]  # of one text: stems, stems with numbers masked, stems of words


@compiled
def item_features(data: Bytes, offsets: Places) -> tuple[Hashes, Rows, Bytes]:
    """Return the features of texts, the number of the text that each is of, and its kind."""
    found, owners, found_kinds = np.empty(1024, np.uint64), np.empty(1024, np.uint32), np.empty(1024, np.uint8)
    total, buffer = 0, new_buffer(offsets)
    streams, features, kinds = _new_streams(len(buffer[0]))
    for text in range(len(offsets) - 1):
        num_tokens = cut(data, offsets[text], offsets[text + 1], buffer)
        num = _features_of_text(buffer, num_tokens, SHORT_ITEM, streams, features, kinds)
        if total + num > len(found):
            more = total + num
            found = np.concatenate((found, np.empty(more, np.uint64)))
            owners = np.concatenate((owners, np.empty(more, np.uint32)))
            found_kinds = np.concatenate((found_kinds, np.empty(more, np.uint8)))
        found[total : total + num], owners[total : total + num] = features[:num], text
        found_kinds[total : total + num] = kinds[:num]
        total += num
    return found[:total].copy(), owners[:total].copy(), found_kinds[:total].copy()


@compiled
def row_hits(data: Bytes, offsets: Places, index: Index) -> tuple[Buckets, Rows]:
    """Return the places in `keys` of the features that texts share with items, and the number of each one's text."""
    filled, keys, buckets, shift = index
    found, owners = np.empty(1024, np.int32), np.empty(1024, np.uint32)
    total, buffer = 0, new_buffer(offsets)
    streams, features, kinds = _new_streams(len(buffer[0]))
    for text in range(len(offsets) - 1):
        num_tokens = cut(data, offsets[text], offsets[text + 1], buffer)
        num = _features_of_text(buffer, num_tokens, SHORT_ROW, streams, features, kinds)
        if total + num > len(found):
            found = np.concatenate((found, np.empty(total + num, np.int32)))
            owners = np.concatenate((owners, np.empty(total + num, np.uint32)))
        begin = total
        for nth in range(num):
            place = _place_of(features[nth], filled, keys, buckets, shift)
            found[total] = place
            total += place >= 0
        owners[begin:total] = text
    return found[:total].copy(), owners[:total].copy()


@compiled
def places_of(features: Hashes, index: Index) -> Buckets:
    """Return where each feature stands in `keys`, or -1."""
    filled, keys, buckets, shift = index
    places = np.empty(len(features), np.int32)
    for nth in range(len(features)):
        places[nth] = _place_of(features[nth], filled, keys, buckets, shift)
    return places


@compiled
def _place_of(feature: np.uint64, filled: Bytes, keys: Hashes, buckets: Buckets, shift: int) -> int:
    """Return where a feature stands in `keys`, or -1. Most are turned away by a bit, which the cache holds."""
    bit = np.int64(feature >> U(64 - FILTER_BITS))
    if not filled[bit >> 3] >> (bit & 7) & 1:
        return -1
    key, bucket = feature >> U(shift), np.int64(feature >> U(64 - BUCKET_BITS))
    for place in range(buckets[bucket], buckets[bucket + 1]):
        if keys[place] == key:
            return place
    return -1


@compiled
def _new_streams(size: int) -> tuple[Streams, Hashes, Bytes]:
    """Return room for a text of so many tokens: its streams, its features and their kinds."""
    streams = np.empty(size, np.uint64), np.empty(size, np.uint64), np.empty(size, np.uint64)
    return streams, np.empty(1 + 3 * size, np.uint64), np.empty(1 + 3 * size, np.uint8)


@compiled
def _features_of_text(
    buffer: Buffer, num_tokens: int, short: int, streams: Streams, features: Hashes, kinds: Bytes
) -> int:
    """Fill `features` and `kinds`; return how many there are. short: pairs of words are of texts of so many words."""
    _, _, tokens, token_stems, token_kinds, _ = buffer
    stems, masked, words = streams
    num, num_words, whole, total = 0, 0, U(0), 0
    for token in range(num_tokens):
        kind, stem = token_kinds[token], token_stems[token]
        whole += placed(tokens[token], token, ITEM_SALT)
        if kind != STOPPED:
            stems[num], masked[num] = stem, _MASK if kind == NUMBER else stem
            num += 1
        if kind == WORD or kind >= MEASURE:
            words[num_words] = stem
            num_words += 1
    if whole:
        features[0], kinds[0], total = mixed(whole), WHOLE, 1
    total = _add_runs(masked[:num], 3, TRIPLES, features, kinds, total)
    if num_words <= short:
        total = _add_runs(words[:num_words], 2, PAIRS, features, kinds, total)
    if 2 * num_words <= num:
        total = _add_runs(stems[:num], 5, FIVES, features, kinds, total)
    return total


@compiled
def _add_runs(values: Hashes, length: int, kind: int, features: Hashes, kinds: Bytes, total: int) -> int:
    """Add a feature for each run of `length` values; return the new number of features."""
    for first in range(len(values) - length + 1):
        run = U(length)
        for nth in range(length):
            run = run * _FACTOR + values[first + nth]
        features[total], kinds[total] = (run ^ (run >> U(29))) * _FACTOR, kind
        total += 1
    return total
