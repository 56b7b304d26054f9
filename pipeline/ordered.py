"""The rows of a blend in its order: each shard's sorted by place, then what all of them have for a run of places."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipeline.files import read_scratch, write_scratch


def sort_shard(rows: pl.DataFrame, path: Path) -> int:
    """Write the rows of one shard by their places, a line for each place; return one more than the last place.

    rows: with `positions`, as `mix` gave them; the lines have `position`. A repeat of a row has the id `id#2` ...
    """
    nth = pl.int_ranges(1, pl.col("positions").list.len() + 1)
    lines = rows.with_columns(nth=nth).explode("positions", "nth").rename({"positions": "position"}).sort("position")
    name = pl.when(pl.col("nth") > 1).then(pl.format("{}#{}", "id", "nth")).otherwise("id")
    write_scratch(path, lines.with_columns(id=name).drop("nth"))
    return 1 + int(lines.item(-1, "position")) if lines.height else 0


def between(shards: Sequence[Path], begin: int, end: int) -> pl.DataFrame:
    """Return the lines with the places `begin` to `end`, in order, of shards that `sort_shard` wrote."""
    parts = []
    for path in shards:
        lines = read_scratch(path)
        first, stop = lines.get_column("position").search_sorted(pl.Series([begin, end]))
        parts.append(lines.slice(first, stop - first))
    return pl.concat(parts).sort("position")
