"""Mark a frame as the runner does a whole stage: prepare by shard, mark by bucket, settle all."""

from collections.abc import Sequence

import polars as pl

from pipeline.stage import Assets, Stage, check_promise, check_rows


def mark_whole(stage: Stage, shards: Sequence[pl.DataFrame], assets: Assets, *, num_buckets: int = 1) -> pl.DataFrame:
    """Return the marks of all rows in their order; the side outputs go to `assets.outputs`."""
    prepared = [stage.prepare(shard, assets) for shard in shards]
    rows = pl.concat(prepared)
    if not stage.buckets:
        marked = stage.in_words(stage.mark(rows, assets))
        check_promise(stage, rows, marked)
        return marked
    summary = pl.concat([stage.summarize(part) for part in prepared])
    rows = rows.with_columns(place=pl.int_range(pl.len()))
    sides: dict[str, list[pl.DataFrame]] = {}
    parts = []
    for bucket in range(num_buckets):
        inside = rows.filter(pl.col("bucket") % num_buckets == bucket)
        places, inside = inside["place"], inside.drop("place")
        own = Assets({**assets.inputs, "summary": summary})
        marked = stage.mark(inside, own)
        check_rows(stage, inside, marked)
        parts.append(marked.with_columns(places))
        for name, frame in own.outputs.items():
            sides.setdefault(name, []).append(frame)
    joined = Assets({name: pl.concat(frames) for name, frames in sides.items()})
    marked = pl.concat(parts).sort("place").drop("place")
    if stage.settles:
        marked = stage.settle(marked, joined)
    stage.conclude(joined)
    assets.outputs.update(joined.outputs)
    marked = stage.in_words(marked)
    check_promise(stage, pl.concat(shards), marked)
    return marked
