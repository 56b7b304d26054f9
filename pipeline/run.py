"""The runner: does the steps that are not done, level by level, shard by shard; counts from the files written."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.errors import PipelineError
from pipeline.files import num_rows, read_json, write_json
from pipeline.step import Step, StepFolder, input_shards, steps_folder
from pipeline.work import Done, Job, Phase, die_with_parent, num_buckets, work

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
    loads = {name for stage in stages for name in (type(stage).__module__, *stage.loads)}
    with launcher(workers, loads) as launch:
        for level in todo:
            for step in level:
                ask(step)
            for phases in (("ingest", "shard", "prepare"), ("mark",), ("gather",), ("apply",)):
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
    if phase == "gather" and not (step.stage and step.stage.buckets):
        return []
    if phase in ("ingest", "gather"):
        return [Job(step, phase, 0)]
    if phase == "mark":
        return [Job(step, phase, bucket) for bucket in range(num_buckets(step, data))]
    return [Job(step, phase, rank) for rank in range(len(input_shards(data, step.parents)))]


@contextmanager
def launcher(workers: int, loads: Iterable[str] = ()) -> Iterator[Launch]:
    """Give what runs jobs: this process for one worker, a pool of processes for more.

    A pool on a cluster is the same: it calls `work(job, data)` for each job and may do so in any order.
    loads: modules that take long to import; where processes can part from one that has them, that one imports them.
    """
    if workers == 1:
        yield lambda jobs, data: (work(job, data) for job in jobs)
        return
    set_environment(workers)
    # What the workers part from has imported polars and has not used it, so it has no threads.
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    context.set_forkserver_preload(["__main__", work.__module__, *sorted(loads)])
    pool = ProcessPoolExecutor(workers, context, initializer=die_with_parent)
    try:
        with _deaf_children():
            for _ in range(workers):
                pool.submit(os.getpid)  # a worker is begun for each job that finds none idle
        yield lambda jobs, data: _in_pool(pool, jobs, data)
    finally:
        # After Ctrl-C or a fault: what has not begun is given up, what has begun may finish its shard.
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Begin processes that do not hear Ctrl-C, which a terminal sends to all: this one hears it, and lets them finish
    their work. It hears it when they are there: a child half made would be an orphan.
    """
    heard: list[int] = []
    resource_tracker.ensure_running()  # else the first child starts it, and that unblocks the signal
    handler = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # what is blocked stays so in a new process
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if heard:
        signal.raise_signal(signal.SIGINT)


def set_environment(workers: int) -> None:
    """Set what each worker's polars reads when it is imported: its share of the processors, and how it keeps memory."""
    os.environ["POLARS_MAX_THREADS"] = str(max(1, (os.cpu_count() or 1) // workers))
    # What one shard gave back serves the next, which follows within seconds, and need not be had of the system again.
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:-1")


def _in_pool(pool: ProcessPoolExecutor, jobs: Sequence[Job], data: Path) -> Iterator[Done]:
    try:
        for future in as_completed([pool.submit(work, job, data) for job in jobs]):
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
