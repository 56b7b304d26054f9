"""Say what a place in a row is beside a benchmark item: the item, the item renumbered, something alike, or nothing."""

from dataclasses import dataclass

from pipeline.match.beside import Beside, Flags, Floats

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
    """What the words of a place in a row and of an item have in common. Shares are from 0 to 1."""

    covered: float
    covered_anyhow: float  # whatever the order
    alike: float
    turned: bool
    measured: bool  # a word that measures (sum, area, first) is only on one side, or another one
    replaced: bool  # words of one side stand for words of the other


@dataclass(frozen=True)
class Comparison:
    """A place in a row beside an item."""

    reading: Reading
    letters: float
    numbers_alike: float
    signs_alike: float
    as_many_numbers: bool
    num_words: int  # of the item
    num_figures: int  # of the item
    weight: float  # of the item
    is_sentence: bool  # the item is no mere term, which any text may hold
    inside: bool  # the row is longer than the place
    options: float  # share of the item's options that the row has; not a number where a side has none


def may_be_leaks(seen: Beside, options: Floats, limits: LeakThresholds) -> Flags:
    """Return for which rows, as a whole, and items `verdict_of` could say anything. options: nan without."""
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


def verdict_of(one: Comparison, limits: LeakThresholds) -> tuple[str | None, str] | None:
    """Return reason and step by the first rule that holds; reason null: grey zone; None: nothing in common."""
    read, weight, num_parts = one.reading, one.weight, one.num_words + one.num_figures
    # A bracket more may be a style of LaTeX; where a formula is all there is, it is another formula.
    same_numbers, same_signs = one.numbers_alike == 1, one.signs_alike >= (0.8 if one.num_words >= _WORDY else 1.0)
    stem_agrees = read.covered >= (limits.covered if read.replaced else 0.5)  # words may be left out, not exchanged
    stem_agrees |= one.options == 1 and read.covered_anyhow >= limits.covered
    if one.options >= _OPTIONS and stem_agrees and not read.turned:
        return WITH_OPTIONS, "options"
    if one.options == 0 and weight < limits.rich:
        return (None, "other options") if read.covered == 1 and weight >= limits.specific else None
    wholly = read.covered == read.alike == 1 and same_numbers and same_signs and one.letters >= limits.letters
    sentence = one.is_sentence and one.letters >= _SENTENCE_LETTERS and weight >= limits.specific
    if wholly and num_parts >= 2 and (sentence if one.inside else weight >= limits.told):
        return QUESTION, "embedded" if one.inside else "whole question"
    if weight < limits.specific or num_parts < 3:
        return None
    agree = read.covered >= limits.covered and read.alike >= limits.alike and one.letters >= limits.letters
    rich = weight >= limits.rich
    very_rich = (
        weight >= 4 * limits.rich and one.num_words >= _PASSAGE
    )  # a passage: a condition less or a sign more is no other question
    figures_agree = (same_numbers and same_signs) or (rich and one.numbers_alike >= 0.8) or very_rich
    turned = read.turned or (read.measured and not rich)
    if agree and figures_agree and (very_rich or not turned) and (rich or not one.inside):
        return QUESTION, "embedded" if one.inside else "words"
    if read.covered >= 0.9 and read.alike >= 0.85 and one.letters >= limits.letters and not read.turned:
        if rich and one.as_many_numbers and num_parts >= _RENUMBERED_PARTS and one.signs_alike >= 0.9:
            return RENUMBERED, "masked numbers"
        return None, "masked numbers"
    near = (
        read.covered >= limits.covered - _GREY and read.alike >= limits.alike - _GREY and one.letters >= limits.letters
    )
    return (None, "alike") if near and one.numbers_alike >= 0.5 else None
