"""Choosing, ordering and writing 1,000,000 rows of 5,000,000 candidates, against datasets.interleave_datasets.

    python -m benchmarks.mix [--candidates 5000000] [--size 1000000] [--sources 20] [--runs 1]

Both read the same Parquet files and write Parquet, each in a process of its own, one after the other. The peer loads
them (`load_dataset`, its cache made anew each run), interleaves with the same shares as probabilities, takes `size`
rows and calls `to_parquet`. Ours is the runner's own jobs of the stage `mix` (prepare, mark), then each shard's rows
with what was said of them, and those that stay written in order by the functions that write a blend.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from itertools import repeat
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import Cost, cost_of
from pipeline.files import write_frame
from pipeline.ordered import between, sort_shard
from pipeline.pool import pool
from pipeline.row import digest
from pipeline.shard import SHARD_ROWS
from pipeline.step import UNION, Step, StepFolder, steps_folder
from pipeline.work import Job, marked_shard, work
from stages.mix import Mix

_WORDS = (
    "a train leaves the station at noon while a second one follows with half the speed of the first and both cross the "
    "river where the cell divides under a law that no court has read since the price of copper fell by a third "
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=5_000_000)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--side", choices=["ours", "peer"], help="used by this program itself")
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.side:
        {"ours": ours, "peer": peer}[given.side](given.folder, given.size)
        return
    with tempfile.TemporaryDirectory(prefix="crossthink-bench-") as name:
        folder = Path(name)
        write_candidates(folder, given.candidates // given.sources, given.sources)
        num_bytes = sum(path.stat().st_size for path in folder.glob("*.parquet"))
        print(f"{given.candidates:,} candidates of {given.sources} sources, {num_bytes / 1e6:,.0f} MB", flush=True)
        costs: dict[str, list[Cost]] = {"peer": [], "ours": []}
        for _ in range(given.runs):
            for side, spent in costs.items():
                command = [sys.executable, "-m", "benchmarks.mix", "--side", side, "--folder", name]
                spent.append(cost_of([*command, "--size", str(given.size)], folder / f"{side}.log"))
                print(f"{side}: {spent[-1].wall_s:.1f} s, CPU {spent[-1].cpu_s:.1f} s,", end=" ")
                print(f"{spent[-1].peak_bytes / 2**20:,.0f} MiB;", end=" ")
                print((folder / f"{side}.log").read_text().strip().splitlines()[-1])
                print(f"  {off_ratio(folder, side)}", flush=True)
                shutil.rmtree(folder / side)
        walls = {side: statistics.median(cost.wall_s for cost in spent) for side, spent in costs.items()}
        peaks = {side: max(cost.peak_bytes for cost in spent) for side, spent in costs.items()}
        cpus = {side: statistics.median(cost.cpu_s for cost in spent) for side, spent in costs.items()}
        print(f"peer / ours: {walls['peer'] / walls['ours']:.1f} times the wall, ", end="")
        print(f"{cpus['peer'] / cpus['ours']:.1f} times the CPU, ", end="")
        print(f"{peaks['peer'] / peaks['ours']:.1f} times the memory (medians of {given.runs})")


def shares_of(num: int) -> dict[str, str]:
    """Return shares of `num` sources, from small to five times that, as fractions."""
    parts = [num + 4 * nr for nr in range(num)]
    return {f"source{nr:02d}": f"{part}/{sum(parts)}" for nr, part in enumerate(parts)}


def write_candidates(folder: Path, rows_each: int, num: int) -> None:
    """Write a file of rows for each source, with a question of some 300 characters."""
    for source in shares_of(num):
        chance = random.Random(source)
        names = [f"{source}-{nr:07d}" for nr in range(rows_each)]
        starts = [chance.randrange(80) for _ in names]
        pl.DataFrame({"id": names, "key": [digest(name) for name in names], "start": starts}).select(
            "id",
            "key",
            source=pl.lit(source),
            split=pl.lit("train"),
            forms=pl.lit(["open"]),
            question=pl.format("{}: {}", "id", pl.lit(2 * _WORDS).str.slice(pl.col("start"), 280)),
            answer=pl.col("start").cast(pl.String),
        ).write_parquet(folder / f"{source}.parquet", compression="zstd", compression_level=1)


def peer(folder: Path, size: int) -> None:
    """Do it with the library `datasets`."""
    from datasets import interleave_datasets, load_dataset

    start = time.monotonic()
    shares = shares_of(len(list(folder.glob("source*.parquet"))))
    out = folder / "peer"
    parts = [
        load_dataset("parquet", data_files=str(folder / f"{name}.parquet"), cache_dir=str(out / "cache"), split="train")
        for name in shares
    ]
    loaded = time.monotonic()
    mixed = interleave_datasets(parts, probabilities=[float(Fraction(share)) for share in shares.values()], seed=1)
    mixed.select(range(size)).to_parquet(out / "blend.parquet")
    print(f"load {loaded - start:.1f} s, interleave and write {time.monotonic() - loaded:.1f} s")


def ours(folder: Path, size: int) -> None:
    """Do it as the runner does: its jobs in a process for each core, then the rows that stay written in order."""
    start = time.monotonic()
    files, data = sorted(folder.glob("source*.parquet")), folder / "ours"
    candidates, out = StepFolder(steps_folder(data) / "candidates"), data / "sorted"
    for path in (candidates.path, out):
        path.mkdir(parents=True)
    for rank, path in enumerate(files):
        candidates.kept(rank).symlink_to(path)
    step = Step("mix", UNION, "whole", ("candidates",), Mix(shares_of(len(files)), size=size, seed=1))
    workers, ranks = os.cpu_count() or 1, range(len(files))
    with pool(workers, ["pipeline.work"]) as executor:
        list(executor.map(work, [Job(step, "prepare", rank) for rank in ranks], repeat(data)))
        ready = time.monotonic()
        executor.submit(work, Job(step, "mark", 0), data).result()
        chosen = time.monotonic()
        parts = [out / f"{rank}.arrow" for rank in ranks]
        list(executor.map(_sort_shard, [Job(step, "apply", rank) for rank in ranks], repeat(data), parts))
        list(executor.map(_write, range(-(-size // SHARD_ROWS)), repeat(parts), repeat(data)))
    said = {"prepare": ready - start, "choose and order": chosen - ready, "write": time.monotonic() - chosen}
    print(", ".join(f"{name} {seconds:.1f} s" for name, seconds in said.items()))


def _sort_shard(job: Job, data: Path, part: Path) -> None:
    """Lay out the rows of a shard that stay. The runner writes the dropped ones too, which the peer does not keep."""
    sort_shard(marked_shard(job, data, kept_only=True).drop("drop", "evidence"), part)


def _write(number: int, parts: Sequence[Path], out: Path) -> None:
    """Write one output file, of as many rows as a build's."""
    rows = between(parts, number * SHARD_ROWS, (number + 1) * SHARD_ROWS)
    write_frame(out / f"blend-{number:05d}.parquet", rows.drop("position"))


def off_ratio(folder: Path, side: str) -> str:
    """Say by how many rows the blend that a side wrote is off its shares: at its end, and in its worst prefix."""
    files = sorted((folder / side).glob("blend*.parquet"))
    sources = pl.concat([pl.read_parquet(path, columns=["source"]) for path in files]).get_column("source")
    places = np.arange(1, len(sources) + 1)
    ends, worst = [], []
    for name, share in shares_of(len(list(folder.glob("source*.parquet")))).items():
        had = np.cumsum((sources == name).to_numpy())
        distance = np.abs(had - places * float(Fraction(share)))
        ends.append(distance[-1])
        worst.append(distance.max())
    return json.dumps(
        {"rows": len(sources), "off at the end": round(max(ends), 2), "worst prefix": round(max(worst), 2)}
    )


if __name__ == "__main__":
    main()
