"""The work of one shard: read, mark, split into kept and dropped, write whole. What a launcher runs, anywhere."""

import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from pipeline.files import full_disk_said, num_rows, read_part, read_runs, read_scratch, write_frame, write_scratch
from pipeline.row import DROP
from pipeline.stage import Assets, check_promise, check_rows
from pipeline.step import Step, StepFolder, input_shards, steps_folder

Phase = Literal["ingest", "shard", "prepare", "mark", "settle", "gather", "apply"]

BUCKET_ROWS = 80_000  # rows that a bucket has about: some 100 MB while they are marked


@dataclass(frozen=True)
class Job:
    """One shard's work in one phase of a step; one bucket's in `mark`; of `ingest`, `settle` and `gather` the whole."""

    step: Step
    phase: Phase
    rank: int


@dataclass(frozen=True)
class Done:
    """What a job took: seconds by the wall and of this process's CPU."""

    job: Job
    wall_s: float
    cpu_s: float


def work(job: Job, data: Path) -> Done:
    """Do one job. Finished shards are left alone; a shard is there whole or not at all."""
    wall, cpu = time.monotonic(), time.process_time()
    phases = {
        "ingest": _ingest,
        "shard": _shard,
        "prepare": _prepare,
        "mark": _mark,
        "settle": _settle,
        "gather": _gather,
        "apply": _apply,
    }
    with full_disk_said(data):
        phases[job.phase](job, data)
    return Done(job, time.monotonic() - wall, time.process_time() - cpu)


def _own(job: Job, data: Path) -> StepFolder:
    return StepFolder(steps_folder(data) / job.step.folder)


def _ingest(job: Job, data: Path) -> None:
    """Read a whole source, for a repeat of a row is known only by having seen the first."""
    raw = job.step.raw
    assert raw is not None
    own, rank, left = _own(job, data), 0, raw.limit or sys.maxsize
    seen: Counter[str] = Counter()
    for file in raw.place.locate():
        for batch in raw.birth.batches(file.path, shown=file.uri):
            batch = batch.head(left)
            left -= batch.height
            parts = [raw.birth.born(batch.rows, uri=file.uri, revision=file.revision)]
            if batch.unreadable:
                dead = raw.birth.stillborn(batch.unreadable, uri=file.uri, revision=file.revision)
                parts.append(dead.select(parts[0].columns))
            marked = pl.concat(parts)
            marked = marked.with_columns(id=pl.Series(_number_repeats(marked.get_column("id").to_list(), seen)))
            _write_split(marked, job.step.name, own, rank)
            rank += 1
            if not left:
                return
    if rank == 0:  # no file or no row in any: the step still has its shard
        none = pl.DataFrame(schema={**raw.birth.columns, "row": pl.Int64()})
        _write_split(raw.birth.born(none, uri="", revision=""), job.step.name, own, rank)


def _number_repeats(ids: list[str], seen: Counter[str]) -> list[str]:
    numbered = []
    for name in ids:
        seen[name] += 1
        numbered.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return numbered


def _shard(job: Job, data: Path) -> None:
    own, stage = _own(job, data), job.step.stage
    assert stage is not None
    if own.kept(job.rank).exists():
        return
    rows = pl.read_parquet(input_shards(data, job.step.parents)[job.rank], glob=False)
    assets = assets_of(job.step, data)
    if own.asked(job.rank).exists():
        assets = Assets({**assets.inputs, "answers": pl.read_parquet(own.asked(job.rank), glob=False)})
    marked = stage.mark(rows, assets)
    check_promise(stage, rows, marked)
    for name, frame in assets.outputs.items():
        write_frame(own.asset(f"{name}-{job.rank:05d}"), frame)
    _write_split(marked, job.step.name, own, job.rank)


def num_buckets(step: Step, data: Path) -> int:
    """Return into how many buckets the rows of a whole stage fall: it follows from the rows alone."""
    if step.stage is None or not step.stage.buckets:
        return 1
    return 1 + sum(map(num_rows, input_shards(data, step.parents))) // BUCKET_ROWS


def _prepare(job: Job, data: Path) -> None:
    """Lay what a whole stage needs of a shard into its buckets."""
    own, stage, buckets = _own(job, data), job.step.stage, num_buckets(job.step, data)
    assert stage is not None
    if own.prepared(job.rank).exists() or _is_marked(job, data):
        return
    rows = pl.read_parquet(input_shards(data, job.step.parents)[job.rank], columns=list(stage.columns), glob=False)
    prepared = stage.prepare(rows, assets_of(job.step, data))
    assert prepared.get_column("id").equals(rows.get_column("id")), f"{job.step.name}: prepare changed the rows"
    if not stage.buckets:
        write_scratch(own.prepared(job.rank), prepared)
        return
    write_scratch(own.summary(job.rank), stage.summarize(prepared))
    bucket = prepared.select(pl.col("bucket") % buckets).to_series().to_numpy()
    order = np.argsort(bucket.astype(np.uint16), kind="stable")
    place = pl.Series("place", order + sum(map(num_rows, input_shards(data, job.step.parents)[: job.rank])))
    write_scratch(
        own.prepared(job.rank),
        prepared[order].with_columns(place),
        parts=np.bincount(bucket.astype(np.int64), minlength=buckets).tolist(),
    )


def _mark(job: Job, data: Path) -> None:
    """Mark all rows, or the rows of one bucket."""
    own, stage = _own(job, data), job.step.stage
    assert stage is not None
    if own.marks.exists() or own.marked(job.rank).exists():
        return
    ranks, assets = range(len(input_shards(data, job.step.parents))), assets_of(job.step, data)
    if stage.buckets:
        placed = read_part(map(own.prepared, ranks), job.rank)
        rows = placed.drop("place")
        assets = Assets({**assets.inputs, "summary": read_scratch(*map(own.summary, ranks))})
    else:
        rows = read_scratch(*map(own.prepared, ranks))
    marked = stage.mark(rows, assets)
    check_rows(stage, rows, marked)
    marked = marked.select("id", *stage.leaves, *stage.adds, *stage.fills)
    if stage.buckets:
        for name, frame in assets.outputs.items():
            write_scratch(own.marked_asset(job.rank, name), frame)
        write_scratch(own.marked(job.rank), marked.with_columns(placed["place"]))
    else:
        for name, frame in assets.outputs.items():
            write_frame(own.asset(name), frame)
        write_scratch(own.marks, marked)


def _is_marked(job: Job, data: Path) -> bool:
    """Tell whether all marks are there, so that nobody needs what was prepared."""
    own, stage = _own(job, data), job.step.stage
    assert stage is not None
    buckets = range(num_buckets(job.step, data)) if stage.buckets else ()
    return own.marks.exists() or (stage.buckets and all(own.marked(bucket).exists() for bucket in buckets))


def _settle(job: Job, data: Path) -> None:
    """Bring the marks of all buckets into the order of the rows, and settle what all rows together tell."""
    own, stage = _own(job, data), job.step.stage
    assert stage is not None
    if own.marks.exists():
        return
    marked = read_scratch(*map(own.marked, range(num_buckets(job.step, data))))
    write_scratch(own.marks, stage.settle(_in_order(marked, 0), _sides(job, data)))


def _gather(job: Job, data: Path) -> None:
    """Join what the buckets left beside the rows; delete what was prepared, while others apply the marks."""
    own, stage = _own(job, data), job.step.stage
    assert stage is not None
    assets = _sides(job, data)
    stage.conclude(assets)
    for name, frame in assets.outputs.items():
        write_frame(own.asset(name), frame)
    for path in own.path.glob("prepared-*.arrow"):
        path.unlink()


def _sides(job: Job, data: Path) -> Assets:
    own = _own(job, data)
    buckets = range(num_buckets(job.step, data))
    names = sorted(path.stem.partition("-asset-")[2] for path in own.path.glob("marked-00000-asset-*.arrow"))
    return Assets({name: read_scratch(*(own.marked_asset(bucket, name) for bucket in buckets)) for name in names})


def _in_order(marked: pl.DataFrame, first: int) -> pl.DataFrame:
    """Return the marks of the rows from place `first` on in the order of the rows."""
    order = np.empty(marked.height, np.int64)
    order[marked.get_column("place").to_numpy() - first] = np.arange(marked.height)
    return marked.drop("place")[order]


def _apply(job: Job, data: Path) -> None:
    own = _own(job, data)
    if not own.kept(job.rank).exists():
        _write_split(marked_shard(job, data), job.step.name, own, job.rank)


def marked_shard(job: Job, data: Path, *, kept_only: bool = False) -> pl.DataFrame:
    """Return the rows of one shard, or those that stay, with what a whole stage said of them."""
    own, stage = _own(job, data), job.step.stage
    assert stage is not None
    shards = input_shards(data, job.step.parents)
    start = sum(num_rows(path) for path in shards[: job.rank])
    rows = pl.read_parquet(shards[job.rank], glob=False)
    if own.marks.exists():
        marks = read_scratch(own.marks, start=start, num_rows=rows.height)
    else:
        buckets = map(own.marked, range(num_buckets(job.step, data)))
        marks = _in_order(read_runs(buckets, "place", start, start + rows.height), start)
    if kept_only:
        kept = marks.get_column("drop").is_null()
        rows, marks = rows.filter(kept), marks.filter(kept)
    marks = stage.in_words(marks)
    check_promise(stage, rows, marks)
    return rows.with_columns(marks.drop("id").get_columns())


def _write_split(marked: pl.DataFrame, step_name: str, own: StepFolder, rank: int) -> None:
    """Write the dropped rows, then the kept ones: a shard is finished when its kept file is there."""
    if own.kept(rank).exists():
        return
    dropped = marked.filter(pl.col("drop").is_not_null()).with_columns(stage=pl.lit(step_name))
    columns = [name for name in marked.columns if name not in DROP]
    write_frame(own.dropped(rank), dropped.select(*columns, *DROP))
    kept = marked.filter(pl.col("drop").is_null())
    if "marks" in kept.columns and kept.get_column("evidence").null_count() < kept.height:
        found = pl.format("{}: {}", pl.lit(step_name), "evidence")
        marks = pl.col("marks").fill_null([])
        added = (
            pl.when(pl.col("evidence").is_not_null()).then(marks.list.concat(pl.concat_list(found))).otherwise("marks")
        )
        kept = kept.with_columns(marks=added)
    write_frame(own.kept(rank), kept.select(columns))


def assets_of(step: Step, data: Path) -> Assets:
    """Return the inputs that a step has beside its rows."""
    return Assets({name: _asset(str(steps_folder(data)), folders) for name, folders in step.assets.items()})


@lru_cache(maxsize=4)  # one for each asset that a worker's stages share; shards of one step follow each other
def _asset(steps: str, folders: tuple[str, ...]) -> pl.DataFrame:
    return pl.concat(
        [
            pl.read_parquet(path, glob=False)
            for folder in folders
            for path in StepFolder(Path(steps) / folder).all_kept()
        ]
    )
