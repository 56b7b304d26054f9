"""Settle whether rows hold benchmark items: find the place, lay it beside the item, read what arrays cannot tell."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from pipeline.match.beside import Beside, Floats, beside
from pipeline.match.outline import Lists, Outlines, outlined, undrawn
from pipeline.match.tokens import Places, text_bytes
from pipeline.match.undress import UNSPACED
from pipeline.match.verdict import Comparison, LeakThresholds, Reading, may_be_leaks_there, verdicts_of
from pipeline.match.weights import Weights

# reason (null: only alike), step of the cascade, score from 0 to 1, and the two spans.
FOUND = pl.Schema(
    {
        "pair": pl.Int64(), "reason": pl.String(), "step": pl.String(), "score": pl.Float64(), "row_span": pl.String(),
        "item_span": pl.String(),
    }
)  # fmt: skip

_LONGER = 1.3  # a row so many times as long as an item holds more than the item: look for the place
_READ_CHARS = 20_000  # of a longer row only stretches around words of the item are aligned letter by letter
_ANCHORS = 5  # such words
_SHOWN_CHARS = 300  # of the matched spans in the evidence
_DRAWN_LETTERS = 85.0  # with a drawing, the letters must agree so far, or the same words ask about another drawing
_SENTENCE_WORDS = 7
_ANY_WORD = rf"{UNSPACED}|\p{{L}}+(?:'\p{{L}}+)*"


@dataclass(frozen=True)
class Pairs:
    """Rows, or places in rows, each beside an item; white space squeezed. Outlines and facts: drawings left out."""

    places: pl.Series
    items: pl.Series
    place_outlines: Outlines
    item_outlines: Outlines
    facts: Beside
    options: Floats  # share of the item's options in the row, nan without options

    def at(self, numbers: Places) -> "Pairs":
        """Return the pairs of these numbers, in their order."""
        return Pairs(
            self.places.gather(numbers),
            self.items.gather(numbers),
            self.place_outlines.at(numbers),
            self.item_outlines.at(numbers),
            self.facts.at(numbers),
            self.options[numbers],
        )


def settled(pairs: Pairs, *, weights: Weights, thresholds: LeakThresholds) -> pl.DataFrame:
    """Return FOUND: which pairs of a whole row and an item are a leak, or something alike (grey zone)."""
    longer = (pairs.places.str.len_chars() > _LONGER * pairs.items.str.len_chars() + 20).arg_true()
    rows = pairs.places.gather(longer)
    places = pl.Series(list(map(_place, rows, pairs.items.gather(longer))), dtype=pl.String)
    is_part = places.str.len_chars() < rows.str.len_chars()
    inside = longer.filter(is_part).to_numpy().astype(np.int64)
    whole = np.setdiff1d(np.arange(len(pairs.options)), inside)
    placed = _moved(pairs.at(inside), places.filter(is_part), weights)
    return pl.concat(
        [
            _judged(pairs.at(whole), whole, inside=False, weights=weights, thresholds=thresholds),
            _judged(placed, inside, inside=True, weights=weights, thresholds=thresholds),
        ]
    )


def _moved(pairs: Pairs, places: pl.Series, weights: Weights) -> Pairs:
    """Return `pairs` with these places instead of the rows."""
    outlines = outlined(undrawn(places))
    facts = beside(outlines, pairs.item_outlines, weights)
    return replace(pairs, places=places, place_outlines=outlines, facts=facts)


def _judged(
    pairs: Pairs, numbers: Places, *, inside: bool, weights: Weights, thresholds: LeakThresholds
) -> pl.DataFrame:
    """Return FOUND of pairs of these numbers. inside: the places are parts of their rows."""
    letters = _letters(pairs)
    maybe = np.flatnonzero(may_be_leaks_there(pairs.facts, pairs.options, letters, thresholds))
    pairs, letters = pairs.at(maybe), letters[maybe]
    read = _read(pairs, weights)
    ours, theirs = pairs.item_outlines, pairs.place_outlines
    num_numbers = ours.numbers.sizes()
    sentence = pairs.items.str.ends_with("?") | (pairs.items.str.count_matches(_ANY_WORD) >= _SENTENCE_WORDS)
    compared = Comparison(
        reading=read,
        letters=letters,
        numbers_alike=_alike(theirs.numbers, ours.numbers),
        signs_alike=_alike(theirs.signs, ours.signs),
        as_many_numbers=(theirs.numbers.sizes() == num_numbers) & (num_numbers > 0),
        num_words=ours.words.sizes(),
        num_figures=num_numbers + ours.signs.sizes(),
        weight=pairs.facts.weight,
        is_sentence=sentence.to_numpy(),
        inside=inside,
        options=pairs.options,
    )
    verdicts = verdicts_of(compared, thresholds)
    said = [nr for nr, verdict in enumerate(verdicts) if verdict]
    reasons = [verdicts[nr] or (None, None) for nr in said]
    return pl.DataFrame(
        {
            "pair": numbers[maybe[said]],
            "reason": [reason for reason, _ in reasons],
            "step": [step for _, step in reasons],
            "score": np.minimum(read.covered, read.alike)[said].round(3),
            "row_span": pairs.places.gather(said).str.slice(0, _SHOWN_CHARS),
            "item_span": pairs.items.gather(said).str.slice(0, _SHOWN_CHARS),
        },
        schema=FOUND,
    )


def _alike(places: Lists, items: Lists) -> Floats:
    """Return how alike the lists of each pair are."""
    from pipeline.match.covering import alike_lists

    differ = places.ordered() != items.ordered()
    return alike_lists(places.values, places.offsets, items.values, items.offsets, differ)


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


def _letters(pairs: Pairs) -> Floats:
    """Return how alike the letters of each pair are, from 0 to 100; 0 where only the same words stand by a drawing."""
    lower = [side.str.to_lowercase().to_list() for side in (pairs.places, pairs.items)]
    ratios: Floats = process.cpdist(*lower, scorer=fuzz.ratio, dtype=np.float64)
    drawn = pairs.items.str.contains("[asy]", literal=True).to_numpy()
    return np.where(drawn & (ratios < _DRAWN_LETTERS), 0.0, ratios)


def _read(pairs: Pairs, weights: Weights) -> Reading:
    """Read the pairs that do not say the same words in the same order."""
    from pipeline.match.covering import read_places
    from pipeline.match.reading import words_of_texts

    same_words = pairs.facts.same_words
    unlike = np.flatnonzero(~same_words)
    data, offsets = text_bytes(undrawn(pl.concat([pairs.places.gather(unlike), pairs.items.gather(unlike)])))
    numbers = np.arange(2 * len(unlike))
    found = read_places(data, words_of_texts(data, offsets), numbers[: len(unlike)], numbers[len(unlike) :], weights)
    shares = np.ones((3, len(same_words)))  # of the same words: all is covered and alike, ...
    flags = np.zeros((3, len(same_words)), np.bool_)  # ... nothing turned, measured or replaced
    shares[:, unlike], flags[:, unlike] = found[:3], found[3:]
    return Reading(*shares, *flags)
