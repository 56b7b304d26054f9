"""Find the benchmark items that rows hold: the index proposes, a look at bags of words thins, reading settles."""

import numpy as np
import polars as pl

from pipeline.match.beside import beside, shared_options
from pipeline.match.inline import with_options_apart
from pipeline.match.leak_index import CHOICE, CHOICES, FIVES, PAIRS, TRIPLES, WHOLE, LeakIndex, option_lists
from pipeline.match.outline import outlined, undrawn
from pipeline.match.settle import Pairs, settled
from pipeline.match.undress import squeezed, unnumbered
from pipeline.match.verdict import LeakThresholds, may_be_leaks

# The share of an item's features of a kind that a row must have for the pair to be looked at.
_SHARES = {PAIRS: 0.33, TRIPLES: 0.25, FIVES: 0.3, WHOLE: 0.0, CHOICES: 0.0, CHOICE: 0.5}
_MOST_ITEMS = 3  # of a row are read, the likeliest first; of those with the whole question, the one with most options

LEAKS = pl.Schema(
    {
        "row": pl.Int64(), "nr": pl.UInt32(), "reason": pl.String(), "step": pl.String(), "score": pl.Float64(),
        "row_span": pl.String(), "item_span": pl.String(),
    }
)  # fmt: skip


def found_leaks(rows: pl.DataFrame, index: LeakIndex, *, thresholds: LeakThresholds) -> pl.DataFrame:
    """Return LEAKS, the best finding of each row that has one; `reason` is null in the grey zone.

    rows: `question` and `options`.
    """
    rows = with_options_apart(rows)
    question, options = unnumbered(rows["question"].fill_null("")), option_lists(rows["options"])
    bare = undrawn(question)
    likely = _likely(index.hits(bare, options))
    if not likely.height:
        return LEAKS.to_frame()
    row, item = likely["row"].to_numpy(), likely["item"].to_numpy()
    share = shared_options(options.at(row), index.options.at(item))
    asked, nth = np.unique(row, return_inverse=True)
    outlines = outlined(bare.gather(asked)).at(nth)
    seen = beside(outlines, index.outlines.at(item), index.weights)
    maybe = np.flatnonzero(may_be_leaks(seen, share, thresholds))
    row, item = row[maybe], item[maybe]
    pairs = Pairs(
        squeezed(question.gather(row)),
        index.questions.gather(item),
        outlines.at(maybe),
        index.outlines.at(item),
        seen.at(maybe),
        share[maybe],
    )
    found = settled(pairs, weights=index.weights, thresholds=thresholds)
    pair = found["pair"].to_numpy()
    leaks = found.select(pl.Series("row", row[pair]), pl.Series("nr", item[pair]), pl.exclude("pair")).cast(LEAKS)
    leaks = leaks.sort("row", pl.col("reason").is_null(), -pl.col("score"), "nr")
    return leaks.unique("row", keep="first", maintain_order=True)


def _likely(hits: pl.DataFrame) -> pl.DataFrame:
    """Return row and item of the pairs that share enough, at most _MOST_ITEMS a row."""
    share = pl.col("found") / pl.col("total")
    needed = pl.col("kind").replace_strict(_SHARES, return_dtype=pl.Float64)
    enough = hits.with_columns(share=share).filter(pl.col("share") >= needed)
    kind = pl.col("kind")
    likely = enough.group_by("row", "item").agg(
        share=pl.col("share").sum(), whole=(kind == WHOLE).any(), sure=kind.is_in([WHOLE, CHOICES]).any()
    )
    # Where the whole question or all options are an item's, what shares less need not be read.
    likely = likely.filter(pl.col("sure") | ~pl.col("sure").any().over("row"))
    ranked = likely.sort("row", -pl.col("share"), "item")
    nth = pl.int_range(pl.len()).over("row")
    return ranked.filter((nth < _MOST_ITEMS) & ((nth == 0) | ~pl.col("whole").first().over("row")))
