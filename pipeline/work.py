"""The work of one shard: read, mark, split into kept and dropped, write whole. What a launcher runs, anywhere."""

import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import polars as pl

from pipeline.files import num_rows, write_frame
from pipeline.row import DROP
from pipeline.stage import Assets, check_promise
from pipeline.step import Step, StepFolder, input_shards, steps_folder

Phase = Literal["ingest", "shard", "prepare", "mark", "apply"]


@dataclass(frozen=True)
class Job:
    """One shard's work in one phase of a step. `ingest` and `mark` have the rank 0 only."""

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
    {"ingest": _ingest, "shard": _shard, "prepare": _prepare, "mark": _mark, "apply": _apply}[job.phase](job, data)
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


def _prepare(job: Job, data: Path) -> None:
    own, stage = _own(job, data), job.step.stage
    assert stage is not None
    if own.prepared(job.rank).exists() or own.marks.exists():
        return
    rows = pl.read_parquet(input_shards(data, job.step.parents)[job.rank], columns=list(stage.columns), glob=False)
    prepared = stage.prepare(rows, assets_of(job.step, data))
    assert prepared.get_column("id").equals(rows.get_column("id")), f"{job.step.name}: prepare changed the rows"
    write_frame(own.prepared(job.rank), prepared)


def _mark(job: Job, data: Path) -> None:
    own, stage = _own(job, data), job.step.stage
    assert stage is not None
    if own.marks.exists():
        return
    num_shards = len(input_shards(data, job.step.parents))
    rows = pl.concat([pl.read_parquet(own.prepared(rank), glob=False) for rank in range(num_shards)])
    assets = assets_of(job.step, data)
    marked = stage.mark(rows, assets)
    check_promise(stage, rows, marked)
    changed = ["id", "drop", "evidence", *stage.adds, *stage.fills]
    for name, frame in assets.outputs.items():
        write_frame(own.asset(name), frame)
    write_frame(own.marks, marked.select(changed))


def _apply(job: Job, data: Path) -> None:
    own, stage = _own(job, data), job.step.stage
    assert stage is not None
    if own.kept(job.rank).exists():
        return
    shards = input_shards(data, job.step.parents)
    start = sum(num_rows(path) for path in shards[: job.rank])
    rows = pl.read_parquet(shards[job.rank], glob=False)
    marks = pl.scan_parquet(own.marks, glob=False).slice(start, rows.height).collect()
    assert marks.get_column("id").equals(rows.get_column("id")), f"{job.step.name}: marks of other rows"
    _write_split(rows.with_columns(marks.drop("id").get_columns()), job.step.name, own, job.rank)


def _write_split(marked: pl.DataFrame, step_name: str, own: StepFolder, rank: int) -> None:
    """Write the dropped rows, then the kept ones: a shard is finished when its kept file is there."""
    if own.kept(rank).exists():
        return
    dropped = marked.filter(pl.col("drop").is_not_null()).with_columns(stage=pl.lit(step_name))
    columns = [name for name in marked.columns if name not in DROP]
    write_frame(own.dropped(rank), dropped.select(*columns, *DROP))
    kept = marked.filter(pl.col("drop").is_null())
    if "marks" in kept.columns:
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


def die_with(parent: int) -> None:
    """End this worker when the process `parent` is gone, so that no orphan works on after a kill -9."""
    import threading

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
