"""Settle whether rows hold benchmark items: find the place, lay it beside the item, read what arrays cannot tell."""

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from pipeline.match.beside import Flags, Floats, beside
from pipeline.match.outline import Lists, Outlines, outlined, undrawn
from pipeline.match.tokens import text_bytes
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


def settled(
    rows: pl.Series, items: pl.Series, outlines: Outlines, options: Floats, *, weights: Weights,
    thresholds: LeakThresholds,
) -> pl.DataFrame:  # fmt: skip
    """Return FOUND: which pairs of a row and an item are a leak, or something alike (grey zone).

    outlines: of the items, drawings left out. options: share of the item's options in the row, nan without options.
    """
    rows, items = squeezed(rows), squeezed(items)
    places = pl.Series(list(map(_place, rows, items)), dtype=pl.String)
    bare = undrawn(places)
    place_outlines = outlined(bare)
    facts = beside(place_outlines, outlines, weights)
    letters = _letters(places, items)
    pairs = np.flatnonzero(may_be_leaks_there(facts, options, letters, thresholds))
    places, items, bare = places.gather(pairs), items.gather(pairs), bare.gather(pairs)
    place_outlines, outlines = place_outlines.at(pairs), outlines.at(pairs)
    read = _read(bare, undrawn(items), facts.same_words[pairs], weights)
    num_words, num_numbers = outlines.words.sizes(), outlines.numbers.sizes()
    inside = places.str.len_chars().to_numpy() < rows.gather(pairs).str.len_chars().to_numpy()
    sentence = items.str.ends_with("?") | (items.str.count_matches(_ANY_WORD) >= _SENTENCE_WORDS)
    compared = Comparison(
        reading=read,
        letters=letters[pairs],
        numbers_alike=_alike(place_outlines.numbers, outlines.numbers),
        signs_alike=_alike(place_outlines.signs, outlines.signs),
        as_many_numbers=(place_outlines.numbers.sizes() == num_numbers) & (num_numbers > 0),
        num_words=num_words,
        num_figures=num_numbers + outlines.signs.sizes(),
        weight=facts.weight[pairs],
        is_sentence=~inside | sentence.to_numpy(),
        inside=inside,
        options=options[pairs],
    )
    verdicts = verdicts_of(compared, thresholds)
    said = [nr for nr, verdict in enumerate(verdicts) if verdict]
    reasons = [verdicts[nr] or (None, None) for nr in said]
    return pl.DataFrame(
        {
            "pair": pairs[said],
            "reason": [reason for reason, _ in reasons],
            "step": [step for _, step in reasons],
            "score": np.minimum(read.covered, read.alike)[said].round(3),
            "row_span": places.gather(said).str.slice(0, _SHOWN_CHARS),
            "item_span": items.gather(said).str.slice(0, _SHOWN_CHARS),
        },
        schema=FOUND,
    )


def squeezed(text: pl.Series) -> pl.Series:
    """Return `text` with one space between words and none around it."""
    return text.str.replace_all(r"\s+", " ").str.strip_chars()


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


def _letters(places: pl.Series, items: pl.Series) -> Floats:
    """Return how alike the letters of each pair are, from 0 to 100; 0 where only the same words stand by a drawing."""
    lower = [side.str.to_lowercase().to_list() for side in (places, items)]
    ratios: Floats = process.cpdist(*lower, scorer=fuzz.ratio, dtype=np.float64)
    drawn = items.str.contains("[asy]", literal=True).to_numpy()
    return np.where(drawn & (ratios < _DRAWN_LETTERS), 0.0, ratios)


def _read(places: pl.Series, items: pl.Series, same_words: Flags, weights: Weights) -> Reading:
    """Read the pairs of a place and an item that do not say the same words in the same order."""
    from pipeline.match.covering import read_places
    from pipeline.match.reading import words_of_texts
    from pipeline.match.scan import table

    unlike = np.flatnonzero(~same_words)
    data, offsets = text_bytes(pl.concat([places.gather(unlike), items.gather(unlike)]))
    numbers = np.arange(2 * len(unlike))
    found = read_places(
        data, words_of_texts(data, offsets, table()), numbers[: len(unlike)], numbers[len(unlike) :], weights
    )
    # Of the same words: covered, covered_anyhow and alike are 1, and nothing is turned, measured or replaced.
    same = [np.ones(len(same_words)) for _ in found[:3]] + [np.zeros(len(same_words), np.bool_) for _ in found[3:]]
    for values, of_unlike in zip(same, found, strict=True):
        values[unlike] = of_unlike
    return Reading(*same)
