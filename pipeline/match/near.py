"""Find near copies among distinct questions: propose, read, and keep the first of each star of copies."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.match.propose import proposed_pairs
from pipeline.match.tokens import text_bytes
from pipeline.match.undress import UNSPACED, unnumbered
from pipeline.match.weights import Weights

NEAR = pl.Schema({"row": pl.Int64(), "survivor": pl.Int64(), "similarity": pl.Float64()})

_TEXT_AT_LEAST = 60.0  # rapidfuzz's ratio of the texts: below, the words agree but not their order and dress
_PAIRS_A_TIME = 8_192  # their texts and words take a few MB

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Thresholds:
    """From which weighted share of common words, in their order, two questions are copies.

    added:   words were only added or only left out.
    changed: words stand for others; a changed word is more often another question.
    """

    added: float = 0.75
    changed: float = 0.86


def near_copies(sketches: pl.DataFrame, *, weights: Weights, thresholds: Thresholds) -> pl.DataFrame:
    """Return the rows that go, each with the survivor that it was itself found to be a copy of.

    sketches: one row a question, the best survivor first, with SKETCH's columns, `question` and `gold` (0: unknown).
    weights: of their words, and of those of the questions that they are among.
    A copy of a copy stays when it is no copy of the survivor: chains of small steps lose no distinct question.
    """
    from pipeline.match.pairs import pairs_that_count

    one, two, same_words = possible_pairs(sketches, *proposed_pairs(sketches))
    are_copies, similarity = np.ones(len(one), np.bool_), np.ones(len(one))
    read = np.flatnonzero(~same_words)
    worth = _hopeful(sketches["words"], one[read], two[read], weights)
    are_copies[read[~worth]] = False
    read = read[worth]
    are_copies[read], similarity[read] = read_texts(sketches["question"], one[read], two[read], weights, thresholds)
    copies = np.flatnonzero(are_copies)
    one, two, similarity = one[copies], two[copies], similarity[copies]
    pair = pairs_that_count(one, two, sketches.height)
    later = np.flatnonzero(pair >= 0)
    pair = pair[later]
    return pl.DataFrame({"row": later, "survivor": one[pair], "similarity": similarity[pair]}, schema=NEAR)


def possible_pairs(sketches: pl.DataFrame, one: Rows, two: Rows) -> tuple[Rows, Rows, Flags]:
    """Return the pairs that may be copies, in the order of the first, and whether all their words are the same."""
    pairs = np.flatnonzero(_ones_agree(sketches, one, two) & _golds_agree(sketches, one, two))
    pairs = pairs[np.lexsort((two[pairs], one[pairs]))]
    skeletons = sketches["skeleton"].to_numpy()
    return one[pairs], two[pairs], skeletons[one[pairs]] == skeletons[two[pairs]]


def _hopeful(words: pl.Series, one: Rows, two: Rows, weights: Weights) -> Flags:
    """Return which pairs are worth reading."""
    from pipeline.match.pairs import hopeful

    offsets = np.concatenate([np.zeros(1, np.int64), words.list.len().cum_sum().to_numpy().astype(np.int64)])
    return hopeful(words.explode().drop_nulls().to_numpy(), offsets, one, two, weights)


def read_texts(
    text: pl.Series, one: Rows, two: Rows, weights: Weights, thresholds: Thresholds
) -> tuple[Flags, npt.NDArray[np.float64]]:
    """Return which pairs of texts with the same figures are copies, and how similar their words are, in order."""
    parts = [slice(begin, begin + _PAIRS_A_TIME) for begin in range(0, len(one), _PAIRS_A_TIME)]
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        read = list(pool.map(lambda part: _read_part(text, one[part], two[part], weights, thresholds), parts))
    return (
        np.concatenate([np.zeros(0, np.bool_), *(copies for copies, _ in read)]),
        np.concatenate([np.zeros(0), *(similarity for _, similarity in read)]),
    )


def _read_part(
    text: pl.Series, one: Rows, two: Rows, weights: Weights, thresholds: Thresholds
) -> tuple[Flags, npt.NDArray[np.float64]]:
    """Read some pairs; where their words agree in part, the letters decide."""
    from rapidfuzz import fuzz, process

    from pipeline.match.pairs import LETTERS_DECIDE, YES, read_pairs
    from pipeline.match.reading import words_of_texts

    rows, places = np.unique(np.concatenate([one, two]), return_inverse=True)
    text = text.gather(rows)
    beyond_ascii = text.str.len_bytes() != text.str.len_chars()
    unspaced = (beyond_ascii & text.set(~beyond_ascii, "").str.contains(UNSPACED)).to_numpy()
    data, offsets = text_bytes(unnumbered(text))
    words = words_of_texts(data, offsets)
    one, two = places[: len(one)], places[len(one) :]
    least = thresholds.added, thresholds.changed
    verdicts, similarity = read_pairs(data, offsets, words, unspaced, one, two, weights, *least)
    are_copies: Flags = verdicts == YES
    undecided = np.flatnonzero(verdicts == LETTERS_DECIDE)
    for scorer in (fuzz.ratio, fuzz.partial_ratio):
        sides = [text.gather(side[undecided]).str.to_lowercase().to_list() for side in (one, two)]
        are_copies[undecided] = process.cpdist(*sides, scorer=scorer, score_cutoff=_TEXT_AT_LEAST) > 0
        undecided = undecided[~are_copies[undecided]]
    return are_copies, similarity


def _ones_agree(sketches: pl.DataFrame, one: Rows, two: Rows) -> Flags:
    """Return whether every 1 stands where it stood, or was written `one`, which is a number or a pronoun."""
    figures, digits = sketches["all_figures"].to_numpy(), sketches["ones"].to_numpy().astype(np.int64)
    all_ones = digits + sketches["ones_said"].to_numpy()
    agree: Flags = np.where(digits[one] == digits[two], figures[one] == figures[two], all_ones[one] == all_ones[two])
    return agree


def _golds_agree(sketches: pl.DataFrame, one: Rows, two: Rows) -> Flags:
    """Return whether the golds are the same or one of them is not known."""
    golds = sketches["gold"].to_numpy()
    agree: Flags = (golds[one] == golds[two]) | (golds[one] == 0) | (golds[two] == 0)
    return agree
