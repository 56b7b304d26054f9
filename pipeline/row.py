"""The row: one question with its gold, in one schema from its birth to the blend."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

# Declared once; every step's shards have these columns in this order, then what stages add.
ROW = pl.Schema(
    {
        "id": pl.String(),  # source and digest of the raw row, "-2" for a repeat; unique
        "key": pl.String(),  # 128-bit digest of question, sorted options and answer after `normalize`
        "source": pl.String(),
        "category": pl.String(),  # gpr (general-purpose reasoning) | mr (mathematical reasoning)
        "domain": pl.String(),
        "question": pl.String(),  # bare: no options, no instructions
        "options": pl.List(pl.String()),
        "label": pl.Int32(),  # index of the gold option
        "answer": pl.String(),  # gold text; for MCQ the text of options[label]
        "answer_type": pl.String(),
        "forms": pl.List(pl.String()),  # mcq, open: the forms that it may be asked in
        "solution": pl.String(),
        "seed_document": pl.String(),
        "template": pl.String(),  # 64-bit digest of the question with its numbers masked
        "canonical": pl.String(),  # from here on: the verifier's own columns
        "aliases": pl.List(pl.String()),
        "unit": pl.String(),
        "tolerance": pl.Float64(),
        "chance_level": pl.Float64(),
        "licence": pl.String(),
        "origin": pl.Struct({"uri": pl.String(), "revision": pl.String(), "row": pl.Int64()}),
        "generator": pl.Struct({"model": pl.String(), "prompt": pl.String(), "sampling": pl.String()}),
        "meta": pl.String(),  # JSON text: what upstream said beside this
        "marks": pl.List(pl.String()),  # findings that did not drop the row: "stage: what"
    }
)
# Beside the row in every file of dropped rows.
DROP = pl.Schema({"stage": pl.String(), "drop": pl.String(), "evidence": pl.String()})

FORMS = ("mcq", "open")
_KEYS_AT_ONCE = 5_000  # as Python's own bytes: they stay in the processor's cache
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digest(*parts: str, num_bytes: int = 16) -> str:
    """Return the hex digest of `parts`; no two different lists of parts give the same input to it.

    BLAKE2b, so the same on every machine and version, which `hash()` and polars' own hash are not.
    """
    state = hashlib.blake2b(digest_size=num_bytes)
    for part in parts:
        data = part.encode()
        state.update(len(data).to_bytes(4, "little"))
        state.update(data)
    return state.hexdigest()


def row_key(question: str, options: Sequence[str] | None, answer: str | None) -> str:
    """Return the 128-bit key of a row: the order of its options does not count."""
    return digest(question, answer or "", *sorted(options or ()))


def rank_digest(seed: int, key: str) -> str:
    """Return what rows are ranked by when some are chosen: adding other rows never changes it."""
    return digest(str(seed), key, num_bytes=8)


def ranks(seed: int, keys: pl.Series) -> pl.Series:
    """Return `rank_digest` of each key as a whole number: the same order in less time and room."""
    data = keys.cast(pl.Binary)
    # A digest begins with the seed and the size of the key: one state for all keys of a size.
    begun = {size: _begun(str(seed).encode(), size) for size in data.bin.size().unique()}
    found = bytearray()
    for begin in range(0, len(data), _KEYS_AT_ONCE):
        for key in data.slice(begin, _KEYS_AT_ONCE).to_list():
            state = begun[len(key)].copy()
            state.update(key)
            found += state.digest()
    return pl.Series("rank", np.frombuffer(found, dtype=">u8").astype(np.uint64))


def _begun(seed: bytes, size: int) -> Any:
    return hashlib.blake2b(b"".join([len(seed).to_bytes(4, "little"), seed, size.to_bytes(4, "little")]), digest_size=8)


def empty_rows() -> pl.DataFrame:
    """Return a frame of no rows in the row's schema."""
    return ROW.to_frame()
