"""Say what a place in a row is beside a benchmark item: the item, the item renumbered, something alike, or nothing."""

from dataclasses import dataclass

import numpy as np

from pipeline.match.beside import Beside, Counts, Flags, Floats

QUESTION = "benchmark question"
WITH_OPTIONS = "benchmark question and options"
RENUMBERED = "renumbered benchmark question"

_WORDY = 6  # words that carry: fewer than so many, and the formula is the question
_SENTENCE_LETTERS = 80.0
_RENUMBERED_PARTS = 8  # a template of fewer words and figures is everybody's
_FIGURES = 0.7  # of the figures of a short item must be in the row, or it is another problem
_PASSAGE = 25  # words that carry
_GREY = 0.15  # so far below the thresholds a pair is alike, and a person should look
_OPTIONS = 0.7  # of the item's options in the row are the item's set: MMLU-Pro has others for some of MMLU's


@dataclass(frozen=True)
class LeakThresholds:
    """What a leak must share with an item. Weights are sums of logarithms of how rare words are among the items.

    covered:  weighted share of the item's words that the row has, in order, slips of the pen forgiven.
    alike:    the same over the words of both: what else the place in the row says.
    letters:  rapidfuzz's ratio of the texts, from 0 to 100.
    told:     weight of a question that is an item when it is wholly the same; `Which is true?` weighs less.
    specific: weight of a question that is an item when it is nearly the same.
    rich:     weight from which the same words are the item, whatever became of numbers and signs.
    """

    covered: float = 0.78
    alike: float = 0.7
    letters: float = 62.0
    told: float = 7.0
    specific: float = 13.0
    rich: float = 26.0


@dataclass(frozen=True)
class Reading:
    """What the words of places in rows and of items have in common, a value a pair. Shares are from 0 to 1."""

    covered: Floats
    covered_anyhow: Floats  # whatever the order
    alike: Floats
    turned: Flags
    measured: Flags  # a word that measures (sum, area, first) is only on one side, or another one
    replaced: Flags  # words of one side stand for words of the other


@dataclass(frozen=True)
class Comparison:
    """Places in rows beside benchmark items, a value a pair."""

    reading: Reading
    letters: Floats
    numbers_alike: Floats
    signs_alike: Floats
    as_many_numbers: Flags
    num_words: Counts  # of the item
    num_figures: Counts  # of the item
    weight: Floats  # of the item
    is_sentence: Flags  # the item is no mere term, which any text may hold
    inside: bool  # the places are parts of their rows
    options: Floats  # share of the item's options that the row has; not a number where a side has none


def may_be_leaks(seen: Beside, options: Floats, limits: LeakThresholds) -> Flags:
    """Return for which rows, as a whole, and items `verdicts_of` could say anything. options: nan without."""
    return _may_be(seen, options, seen.covered == 1, limits)


def may_be_leaks_there(seen: Beside, options: Floats, letters: Floats, limits: LeakThresholds) -> Flags:
    """Return the same for places in rows, of which more must hold."""
    may_be: Flags = letters >= limits.letters
    may_be &= seen.alike >= limits.alike - _GREY
    return _may_be(seen, options, seen.same_words, limits) & (may_be | _by_options(seen, options))


def _may_be(seen: Beside, options: Floats, wholly: Flags, limits: LeakThresholds) -> Flags:
    rich = seen.weight >= limits.rich
    alike = (seen.covered >= limits.covered - _GREY) & (seen.weight >= limits.specific) & (rich | (options != 0))
    figures_agree = rich | (seen.figures >= _FIGURES)
    wholly = wholly & (seen.weight >= limits.told)
    may_be: Flags = _by_options(seen, options) | (figures_agree & (wholly | alike))
    return may_be


def _by_options(seen: Beside, options: Floats) -> Flags:
    by_options: Flags = (options >= _OPTIONS) & (seen.covered >= 0.5)
    return by_options


def verdicts_of(pairs: Comparison, limits: LeakThresholds) -> list[tuple[str | None, str] | None]:
    """Return reason and step of each pair by the first rule that holds; reason null: grey zone; None: nothing."""
    read, weight, letters = pairs.reading, pairs.weight, pairs.letters >= limits.letters
    specific, rich, num_parts = weight >= limits.specific, weight >= limits.rich, pairs.num_words + pairs.num_figures
    # A passage: a condition less or a sign more is no other question.
    very_rich = (weight >= 4 * limits.rich) & (pairs.num_words >= _PASSAGE)
    # A bracket more may be a style of LaTeX; where a formula is all there is, it is another formula.
    same_figures = (pairs.numbers_alike == 1) & (pairs.signs_alike >= np.where(pairs.num_words >= _WORDY, 0.8, 1.0))
    # Words may be left out, not exchanged.
    stem_agrees = read.covered >= np.where(read.replaced, limits.covered, 0.5)
    stem_agrees |= (pairs.options == 1) & (read.covered_anyhow >= limits.covered)
    other_options = (pairs.options == 0) & ~rich
    sentence = pairs.is_sentence & (pairs.letters >= _SENTENCE_LETTERS) & specific
    said = sentence if pairs.inside else weight >= limits.told
    wholly = (read.covered == 1) & (read.alike == 1) & same_figures & letters & (num_parts >= 2) & said
    agree = (read.covered >= limits.covered) & (read.alike >= limits.alike) & letters
    figures_agree = same_figures | (rich & (pairs.numbers_alike >= 0.8)) | very_rich
    turned = read.turned | (read.measured & ~rich)
    words_agree = agree & figures_agree & (very_rich | ~turned) & (rich | (not pairs.inside))
    other_numbers = (read.covered >= 0.9) & (read.alike >= 0.85) & letters & ~read.turned
    renumbered = rich & pairs.as_many_numbers & (num_parts >= _RENUMBERED_PARTS) & (pairs.signs_alike >= 0.9)
    near = (read.covered >= limits.covered - _GREY) & (read.alike >= limits.alike - _GREY) & letters
    rules = [
        ((WITH_OPTIONS, "options"), (pairs.options >= _OPTIONS) & stem_agrees & ~read.turned),
        ((None, "other options"), other_options & (read.covered == 1) & specific),
        (None, other_options),
        ((QUESTION, "embedded" if pairs.inside else "whole question"), wholly),
        (None, ~specific | (num_parts < 3)),
        ((QUESTION, "embedded" if pairs.inside else "words"), words_agree),
        ((RENUMBERED, "masked numbers"), other_numbers & renumbered),
        ((None, "masked numbers"), other_numbers),
        ((None, "alike"), near & (pairs.numbers_alike >= 0.5)),
    ]
    first = np.select([holds for _, holds in rules], range(len(rules)), default=len(rules))
    verdicts = [*(verdict for verdict, _ in rules), None]
    return [verdicts[nr] for nr in first.tolist()]
