"""Small frames of rows for tests: what is given, a name for the rest, null where nothing is said."""

from collections.abc import Mapping

import polars as pl

from pipeline.row import ROW
from pipeline.stage import Assets, Stage, check_promise

_LATER = {"split": pl.String(), "form": pl.String()}  # columns that stages add and later stages read


def rows(*given: Mapping[str, object]) -> pl.DataFrame:
    """Return rows r0, r1 ... of source s with keys k0, k1 ... and what is given."""
    named = [{"id": f"r{nr}", "key": f"k{nr}", "source": "s", **row} for nr, row in enumerate(given)]
    schema = {**ROW, **{name: kind for name, kind in _LATER.items() if any(name in row for row in named)}}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in named], schema=schema)


def mark(stage: Stage, frame: pl.DataFrame, assets: Assets | None = None) -> pl.DataFrame:
    """Return what a stage makes of a frame, as the runner has it made and held to the same contract."""
    assets = assets or Assets()
    before = frame if stage.scope == "shard" else stage.prepare(frame, assets)
    after = stage.in_words(stage.mark(before, assets))
    check_promise(stage, before, after)
    return after


def reasons(stage: Stage, frame: pl.DataFrame) -> list[str | None]:
    """Return why each row goes, None where it stays."""
    return mark(stage, frame).get_column("drop").to_list()
