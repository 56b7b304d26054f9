"""Sketch texts from their tokens in one pass: the compiled half of `sketch`."""

import numpy as np
import numpy.typing as npt

from pipeline.match import lexicon
from pipeline.match.compiled import U, compiled, inlined, lent, mixed
from pipeline.match.lexicon import MEASURE, NUMBER, SIGN, WORD, Hashes, hash_of
from pipeline.match.scan import Buffer, cut, new_buffer
from pipeline.match.spans import Bytes, Places

_SLASH, _OPEN, _CLOSE, _FROM, _TO = (U(hash_of(sign)) for sign in "/()[]")
_ONE_DIGIT, _ONE_WORD = U(hash_of("1")), U(hash_of("one"))

# Each hash of tokens in order has factors of its own.
ITEM_SALT, EXACT_SALT, EXACT_TOO_SALT, SKELETON_SALT, TEXT_SALT, FIGURES_SALT = SALTS = range(6)
_FIRST = 256  # places whose factors are looked up: most texts have fewer tokens
_FACTORS = lexicon.mixed(np.add.outer(np.array(SALTS, U) << U(32), np.arange(_FIRST, dtype=U))) | U(1)

Counts = npt.NDArray[np.uint16]
Stems = npt.NDArray[np.uint32]


@inlined
def placed(value: np.uint64, place: int, salt: int) -> np.uint64:
    """Return a token's part of a hash of tokens in order: the token times an odd number of its place's own.

    salt: one of SALTS. The hash is multilinear, the sum of the parts, so two texts agree by chance once in 2**63.
    """
    return value * (_FACTORS[salt, place] if place < _FIRST else _factor(place, salt))


@inlined
def _factor(place: int, salt: int) -> np.uint64:
    return mixed(U(place) + (U(salt) << U(32))) | U(1)


@compiled
def ordered_hashes(data: Bytes, offsets: Places) -> Hashes:
    """Return one hash a text of all its tokens in their order; 0 without tokens."""
    found = np.zeros(len(offsets) - 1, np.uint64)
    buffer = new_buffer(offsets)
    tokens = buffer[2]
    for text in range(len(found)):
        for nth in range(cut(data, offsets[text], offsets[text + 1], buffer)):
            found[text] += placed(tokens[nth], nth, TEXT_SALT)
    return found


@compiled
def sketch_texts(data: Bytes, offsets: Places) -> tuple[Hashes, Counts, Stems, Places]:
    """Return the sketch's hashes (exact, exact_too, figures, all_figures, skeleton: a line each), its counts
    (num_numbers, ones, ones_said: a line each), and the stems of the words that carry, with their offsets."""
    num_texts = len(offsets) - 1
    hashes, counts = np.zeros((5, num_texts), np.uint64), np.zeros((3, num_texts), np.uint16)
    stems, places, total = np.empty(offsets[-1] - offsets[0], np.uint32), np.zeros(num_texts + 1, np.int64), 0
    buffer = new_buffer(offsets)
    for text in range(num_texts):
        num = cut(data, offsets[text], offsets[text + 1], buffer)
        total = _sketch(buffer, num, text, hashes, counts, stems, total)
        places[text + 1] = total
    return hashes, counts, stems[:total].copy(), places


@lent
def _sketch(
    buffer: Buffer, num_tokens: int, text: int, hashes: Hashes, counts: Counts, carrying: Stems, total: int
) -> int:
    """Fill the hashes and counts of one text, add its carrying words at carrying[total]; return their new end."""
    exact, exact_too, figures, all_figures, skeleton = U(0), U(0), U(0), U(0), U(0)
    num_figures, num_all, num_words = 0, 0, 0
    numbers, ones, ones_said = 0, 0, 0
    _, _, tokens, stems, kinds, _ = buffer
    for nth in range(num_tokens):
        token, kind = tokens[nth], kinds[nth]
        exact += placed(token, nth, EXACT_SALT)
        exact_too += placed(token, nth, EXACT_TOO_SALT)
        ones += token == _ONE_DIGIT
        ones_said += token == _ONE_WORD
        if kind == WORD or kind >= MEASURE:
            skeleton += placed(stems[nth], num_words, SKELETON_SALT)
            carrying[total] = np.uint32(stems[nth] >> U(32))
            num_words += 1
            total += 1
        elif token in (_SLASH, _OPEN, _CLOSE, _FROM, _TO):
            # A fraction has two ways to be written, and a bracket more or less may be a style.
            part = mixed(token + U(6))
            figures += part
            all_figures += part
        elif NUMBER <= kind <= SIGN:  # numbers, letters and signs
            numbers += kind == NUMBER
            all_figures += placed(token, num_all, FIGURES_SALT)
            num_all += 1
            if token != _ONE_DIGIT:
                figures += placed(token, num_figures, FIGURES_SALT)
                num_figures += 1
    for line, value in enumerate((exact, exact_too, figures, all_figures, skeleton)):
        hashes[line, text] = value
    for line, number in enumerate((numbers, ones, ones_said)):
        counts[line, text] = min(number, 65_535)
    return total
