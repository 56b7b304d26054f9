"""The runner: does the steps that are not done, level by level, shard by shard; counts from the files written."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.errors import PipelineError
from pipeline.files import num_rows, read_json, write_json
from pipeline.pool import pool
from pipeline.stage import Stage
from pipeline.step import Step, StepFolder, input_shards, steps_folder
from pipeline.work import Done, Job, Phase, num_buckets, work

# What is in one group may run in any order.
_PHASES: tuple[tuple[Phase, ...], ...] = (("ingest", "shard", "prepare"), ("mark",), ("settle",), ("gather", "apply"))

Launch = Callable[[Sequence[Job], Path], Iterator[Done]]


@dataclass(frozen=True)
class Progress:
    """What the runner tells while it works: which step, how many of its jobs are done, of how many."""

    name: str
    num_done: int
    num_jobs: int
    finished: tuple[Step, ...] = ()  # the steps that this level has just finished


def levels(steps: Sequence[Step]) -> list[list[Step]]:
    """Return the steps in groups that may run side by side: a step comes after its parents and assets."""
    placed: dict[str, int] = {}
    for step in steps:
        before = [*step.parents, *(folder for folders in step.assets.values() for folder in folders)]
        placed[step.folder] = 1 + max((placed[folder] for folder in before), default=-1)
    grouped: list[list[Step]] = [[] for _ in range(max(placed.values(), default=-1) + 1)]
    for step in steps:
        grouped[placed[step.folder]].append(step)
    return grouped


def is_done(step: Step, data: Path) -> bool:
    """Tell whether a step's report is there."""
    return StepFolder(steps_folder(data) / step.folder).report is not None


def run(
    steps: Sequence[Step],
    data: Path,
    *,
    workers: int,
    tell: Callable[[Progress], None],
    ask: Callable[[Step], None] = lambda step: None,
) -> None:
    """Do every step that is not done. Stopped anywhere, by anything, a second call goes on with what is unfinished.

    ask: called for each step before its level works, in this process: it gets the answers of a model to the step.
    """
    for part in steps_folder(data).glob("*/.*.part"):  # left by a killed run; the lock says that nobody writes them
        part.unlink(missing_ok=True)
    todo = [[step for step in level if not is_done(step, data)] for level in levels(steps)]
    if not any(todo):
        return
    stages = [step.stage for level in todo for step in level if step.stage]
    with launcher(workers, stages) as launch:
        for level in todo:
            for step in level:
                ask(step)
            for phases in _PHASES:
                _run_phase(level, phases, data, launch, tell)
            for step in level:
                _finish(step, data)
            for name in dict.fromkeys(step.name for step in level):
                tell(Progress(name, 1, 1, tuple(step for step in level if step.name == name)))


def _run_phase(
    level: Sequence[Step], phases: Iterable[Phase], data: Path, launch: Launch, tell: Callable[[Progress], None]
) -> None:
    jobs = [job for step in level for phase in phases for job in _jobs(step, phase, data)]
    if not jobs:
        return
    seconds: dict[str, list[float]] = {}
    for count, done in enumerate(launch(jobs, data), start=1):
        spent = seconds.setdefault(done.job.step.folder, [0.0, 0.0])
        spent[0] += done.wall_s
        spent[1] += done.cpu_s
        tell(Progress(done.job.step.name, count, len(jobs)))
    for step in level:
        if step.folder in seconds:
            _add_seconds(StepFolder(steps_folder(data) / step.folder).path / "log.json", phases, seconds[step.folder])


def _jobs(step: Step, phase: Phase, data: Path) -> list[Job]:
    if {"ingest": "ingest", "shard": "shard"}.get(phase, "whole") != step.kind:
        return []
    if phase in ("settle", "gather") and not (step.stage and step.stage.buckets):
        return []
    if phase == "settle" and not (step.stage and step.stage.settles):
        return []
    if phase in ("ingest", "settle", "gather"):
        return [Job(step, phase, 0)]
    if phase == "mark":
        return [Job(step, phase, bucket) for bucket in range(num_buckets(step, data))]
    return [Job(step, phase, rank) for rank in range(len(input_shards(data, step.parents)))]


@contextmanager
def launcher(workers: int, stages: Iterable[Stage] = ()) -> Iterator[Launch]:
    """Give what runs jobs: this process for one worker, a pool of processes for more.

    A pool on a cluster is the same: it calls `work(job, data)` for each job and may do so in any order.
    stages: what will work.
    """
    if workers == 1:
        yield lambda jobs, data: (work(job, data) for job in jobs)
        return
    modules = sorted({name for stage in stages for name in (type(stage).__module__, *stage.loads)})
    with pool(workers, [work.__module__, *modules]) as executor:
        yield lambda jobs, data: _in_pool(executor, jobs, data)


def _in_pool(executor: ProcessPoolExecutor, jobs: Sequence[Job], data: Path) -> Iterator[Done]:
    try:
        for future in as_completed([executor.submit(work, job, data) for job in jobs]):
            yield future.result()
    except BrokenExecutor as error:
        raise PipelineError(
            f"{data}: a worker was killed (out of memory?); run again with fewer --workers; finished shards stay"
        ) from error


def _finish(step: Step, data: Path) -> None:
    """Count a step from the files it wrote and write its report, last of all."""
    own = StepFolder(steps_folder(data) / step.folder)
    kept, dropped = own.all_kept(), own.all_dropped()
    num_in = sum(num_rows(path) for path in input_shards(data, step.parents))
    num_kept, num_dropped = sum(map(num_rows, kept)), sum(map(num_rows, dropped))
    if step.kind == "ingest":
        num_in = num_kept + num_dropped
    assert num_in == num_kept + num_dropped, f"{step.folder}: {num_in} in, {num_kept} kept, {num_dropped} dropped"
    report = {
        "step": step.name,
        "source": step.source,
        "fingerprint": step.fingerprint,
        "parameters": step.parameters,
        "in": num_in,
        "kept": num_kept,
        "dropped": num_dropped,
        "sources": _count_by_source(kept, dropped),
        **({"beside": True} if step.beside else {}),
    }
    write_json(own.path / "report.json", report)
    for path in [*own.path.glob("prepared-*.arrow"), *own.path.glob("marked-*.arrow"), own.marks]:
        path.unlink(missing_ok=True)


def _count_by_source(kept: list[Path], dropped: list[Path]) -> dict[str, Any]:
    if not kept or "source" not in pl.read_parquet_schema(kept[0]):
        return {}
    stay = pl.scan_parquet(kept, glob=False).group_by("source").agg(pl.len()).collect()
    marked = (
        pl.scan_parquet(kept, glob=False)
        .filter(pl.col("marks").list.len() > 0)
        .group_by("source")
        .agg(pl.len())
        .collect()
    )
    gone = (
        pl.scan_parquet(dropped, glob=False).group_by("source", "drop").agg(pl.len()).sort("source", "drop").collect()
    )
    counts: dict[str, Any] = {}
    for source in sorted({*stay.get_column("source"), *gone.get_column("source")}):
        counts[source] = {"kept": 0, "dropped": 0, "marked": 0, "reasons": {}}
    for source, num in stay.iter_rows():
        counts[source]["kept"] = num
    for source, num in marked.iter_rows():
        counts[source]["marked"] = num
    for source, reason, num in gone.iter_rows():
        counts[source]["dropped"] += num
        counts[source]["reasons"][reason] = num
    return counts


def _add_seconds(path: Path, phases: Iterable[Phase], spent: list[float]) -> None:
    log = read_json(path) or {}
    log["+".join(phases)] = {"job_wall_s": round(spent[0], 3), "job_cpu_s": round(spent[1], 3)}
    write_json(path, log)
