"""Settle whether rows hold benchmark items: find the place, lay it beside the item, read what arrays cannot tell."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from pipeline.match.beside import Floats, beside
from pipeline.match.lexicon import MEASURE
from pipeline.match.outline import Lists, Outlines, outlined, undrawn
from pipeline.match.reading import (
    Meanings,
    carrying,
    differing,
    turned_round,
    weight_of,
    without_slips,
    word_meanings,
    words_of,
)
from pipeline.match.tokens import Places
from pipeline.match.verdict import (
    Comparison,
    LeakThresholds,
    Reading,
    may_be_leaks_there,
    verdict_of,
)
from pipeline.match.weights import Weights

_LONGER = 1.3  # a row so many times as long as an item holds more than the item: look for the place
_READ_CHARS = 20_000  # of a longer row only stretches around words of the item are aligned letter by letter
_ANCHORS = 5  # such words
_SHOWN_CHARS = 300  # of the matched spans in the evidence
_DRAWN_LETTERS = 85.0  # with a drawing, the letters must agree so far, or the same words ask about another drawing
_SLIPS_MAY_BE = 0.6  # of the words, by weight, at most
_CLEARLY_COVERED, _CLEARLY_ALIKE = 0.9, 0.85  # from here on slips change no verdict
_SENTENCE_WORDS = 7
_SAME = Reading(covered=1, covered_anyhow=1, alike=1, turned=False, measured=False, replaced=False)


@dataclass(frozen=True)
class Finding:
    """What was found: reason (null: only alike), step of the cascade, score from 0 to 1, and the two spans."""

    reason: str | None
    step: str
    score: float
    row_span: str
    item_span: str


def settled(
    rows: list[str], items: list[str], outlines: Outlines, options: npt.NDArray[np.float64], *, weights: Weights,
    thresholds: LeakThresholds,
) -> list[Finding | None]:  # fmt: skip
    """Return what each pair of a row and an item is: a leak, something alike (grey zone), or nothing.

    outlines: of the items, drawings left out. options: share of the item's options in the row, nan without options.
    """
    rows, items = [" ".join(text.split()) for text in rows], [" ".join(text.split()) for text in items]
    places = [_place(row, item) for row, item in zip(rows, items, strict=True)]
    bare = undrawn(pl.Series([*places, *items], dtype=pl.String))
    bare_places, bare_items = bare.head(len(places)), bare.tail(len(items))
    place_outlines = outlined(bare_places)
    facts = beside(place_outlines, outlines, weights)
    letters = _letters(places, items)
    readable = np.flatnonzero(may_be_leaks_there(facts, options, letters, thresholds))
    unlike = readable[~facts.same_words[readable]]
    words = {nr: (words_of(bare_places[nr]), words_of(bare_items[nr])) for nr in unlike.tolist()}
    meanings = word_meanings([side for both in words.values() for side in both], weights)
    numbers = _alike(place_outlines.numbers, outlines.numbers, readable)
    signs = _alike(place_outlines.signs, outlines.signs, readable)
    num_words, num_numbers = outlines.words.sizes(), outlines.numbers.sizes()
    num_figures = num_numbers + outlines.signs.sizes()
    as_many_numbers = (place_outlines.numbers.sizes() == num_numbers) & (num_numbers > 0)
    found: list[Finding | None] = [None] * len(rows)
    for nr in readable:
        read = _read(*words[nr], meanings) if nr in words else _SAME
        inside = len(places[nr]) < len(rows[nr])
        one = Comparison(
            reading=read,
            letters=letters[nr],
            numbers_alike=numbers[nr],
            signs_alike=signs[nr],
            as_many_numbers=as_many_numbers[nr],
            num_words=num_words[nr],
            num_figures=num_figures[nr],
            weight=facts.weight[nr],
            is_sentence=not inside or items[nr].endswith("?") or len(words_of(items[nr])) >= _SENTENCE_WORDS,
            inside=inside,
            options=options[nr],
        )
        verdict = verdict_of(one, thresholds)
        if verdict:
            score = round(min(read.covered, read.alike), 3)
            found[nr] = Finding(*verdict, score, places[nr][:_SHOWN_CHARS], items[nr][:_SHOWN_CHARS])
    return found


def _alike(places: Lists, items: Lists, wanted: Places) -> Floats:
    """Return how alike the lists of the `wanted` pairs are, in their order; 1 for the others."""
    alike = np.ones(len(items.offsets) - 1)
    for nr in wanted[(places.ordered() != items.ordered())[wanted]]:
        alike[nr] = Indel.normalized_similarity(places.list_at(nr), items.list_at(nr))
    return alike


def _place(row: str, item: str) -> str:
    """Return the part of a row where an item would stand, cut at spaces; the whole of a row that is no longer."""
    if len(row) <= _LONGER * len(item) + 20:
        return row
    if len(row) > _READ_CHARS:
        row = _stretch(row, item)
    place = fuzz.partial_ratio_alignment(item.lower(), row.lower())
    if place is None or len(row.lower()) != len(row):
        return row
    begin = row.rfind(" ", 0, place.dest_start + 1) + 1
    end = row.find(" ", max(place.dest_end - 1, begin))
    return row[begin : end if end >= 0 else len(row)]


def _stretch(row: str, item: str) -> str:
    """Return the stretch of a very long row around the first place of one of the item's longest words."""
    lower = row.lower()
    longest = sorted(set(item.lower().split()), key=lambda word: (-len(word), word))[:_ANCHORS]
    begins = [max(0, at - _READ_CHARS // 2) for at in map(lower.find, longest) if at >= 0] or [0]
    stretches = [row[begin : begin + _READ_CHARS] for begin in begins]
    return max(stretches, key=lambda part: fuzz.partial_ratio(item.lower(), part.lower()))


def _letters(places: list[str], items: list[str]) -> Floats:
    """Return how alike the letters of each pair are, from 0 to 100; 0 where only the same words stand by a drawing."""
    lower = [[text.lower() for text in side] for side in (places, items)]
    ratios = process.cpdist(*lower, scorer=fuzz.ratio, dtype=np.float64)
    drawn = np.array(["[asy]" in item for item in items], np.bool_)
    return np.where(drawn & (ratios < _DRAWN_LETTERS), 0.0, ratios)


def _read(place: list[str], item: list[str], meanings: Meanings) -> Reading:
    """Read the words of a place in a row and of an item, in their order, slips of the pen forgiven."""
    ours, theirs = carrying(item, meanings), carrying(place, meanings)
    left, right = differing(ours, theirs, meanings)
    read = _reading(ours, theirs, left, right, meanings)
    clear = read.covered >= _CLEARLY_COVERED and read.alike >= _CLEARLY_ALIKE and not (read.turned or read.measured)
    if clear or read.covered < 1 - _SLIPS_MAY_BE:  # no slips could change it, or bring it together
        return read
    return _reading(ours, theirs, *without_slips(left, right, set(item), set(place), meanings), meanings)


def _is_character(word: str) -> bool:
    """Return whether a word is a character of a script without spaces: half a word, so another one is another word."""
    return len(word) == 1 and not word.isascii()


def _reading(ours: list[str], theirs: list[str], left: list[str], right: list[str], meanings: Meanings) -> Reading:
    """Return what is said by the words of an item and a place, and by those that only one of them has."""
    total, place_total = weight_of(ours, meanings), weight_of(theirs, meanings)
    missing, added = weight_of(left, meanings), weight_of(right, meanings)
    stems = {meanings[word][1] for word in theirs}
    return Reading(
        covered=1 - missing / total if total else 1.0,
        covered_anyhow=weight_of([word for word in ours if meanings[word][1] in stems], meanings) / (total or 1.0),
        alike=1 - (missing + added) / (total + place_total) if total + place_total else 1.0,
        turned=turned_round(left, right, meanings) or (bool(left and right) and any(map(_is_character, left + right))),
        measured=any(meanings[word][0] == MEASURE for word in left + right),
        replaced=bool(left and right),
    )
