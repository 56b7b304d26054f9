"""Sketch each question in a few numbers, so that copies are found without looking at the texts again."""

import numpy as np
import polars as pl

from pipeline.lists import as_lists
from pipeline.match.lexicon import Hashes, mixed
from pipeline.match.tokens import summed, text_bytes
from pipeline.match.undress import unnumbered

_SLICE = 32_768  # rows a time, so that a shard of any size needs little memory

SKETCH = pl.Schema(
    {
        "exact": pl.UInt64(),  # all tokens in order; 0: no token
        "exact_too": pl.UInt64(),  # the same under another salt: 128 bits together
        "choices": pl.UInt64(),  # the options in any order; 0: none
        "figures": pl.UInt64(),  # numbers, variables and signs in order, but no 1
        "all_figures": pl.UInt64(),  # with every 1
        "num_numbers": pl.UInt16(),
        "skeleton": pl.UInt64(),  # the words that carry the question, in order
        "ones": pl.UInt16(),  # how often 1 stands there as a digit, and ...
        "ones_said": pl.UInt16(),  # ... how often as a word
        "words": pl.List(pl.UInt32()),  # stems of the words that carry the question, in order
    }
)


def sketched(question: pl.Series, options: pl.Series) -> pl.DataFrame:
    """Return the sketch of each row; `options` is a list of texts or null."""
    parts = [_sketch_slice(question.slice(begin, _SLICE)) for begin in range(0, len(question), _SLICE)]
    sketches = pl.concat([SKETCH.to_frame().drop("choices"), *parts])
    return sketches.with_columns(choices=choice_hashes(options)).select(SKETCH.names())


def _sketch_slice(question: pl.Series) -> pl.DataFrame:
    """Return the sketch of a few thousand questions."""
    from pipeline.match.sketching import sketch_texts

    hashes, counts, stems, offsets = sketch_texts(*text_bytes(unnumbered(question)))
    return pl.DataFrame(
        {
            **dict(zip(("exact", "exact_too", "figures", "all_figures", "skeleton"), hashes, strict=True)),
            **dict(zip(("num_numbers", "ones", "ones_said"), counts, strict=True)),
            "words": as_lists(stems, offsets),
        }
    ).select(pl.col(name).cast(dtype) for name, dtype in SKETCH.items() if name != "choices")


def text_hashes(text: pl.Series) -> Hashes:
    """Return one hash a text of all its tokens in order; 0 without tokens."""
    from pipeline.match.sketching import ordered_hashes

    return ordered_hashes(*text_bytes(text))


def choice_hashes(options: pl.Series) -> Hashes:
    """Return one hash a row of its options in any order; 0 without options."""
    sizes = options.list.len().fill_null(0).to_numpy().astype(np.int64)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    if not offsets[-1]:
        return np.zeros(len(options), np.uint64)
    texts = options.filter(pl.Series(sizes > 0)).explode().cast(pl.String)
    return summed(mixed(text_hashes(texts) + np.uint64(1)), offsets)
