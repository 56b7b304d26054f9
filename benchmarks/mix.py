"""Choosing, ordering and writing 1,000,000 rows of 5,000,000 candidates, against datasets.interleave_datasets.

    python -m benchmarks.mix [--candidates 5000000] [--size 1000000] [--sources 20] [--runs 1]

Both read the same Parquet files and write Parquet, each in a process of its own, one after the other. The peer loads
them (`load_dataset`, its cache made anew each run), interleaves with the same shares as probabilities, takes `size`
rows and calls `to_parquet`. Ours is the stage `mix` as the runner calls it (prepare, mark), then the chosen rows
written in order.
"""

import argparse
import json
import multiprocessing
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from itertools import repeat
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import Cost, cost_of
from pipeline.row import digest
from pipeline.stage import Assets
from stages.mix import Mix

_WORDS = (
    "a train leaves the station at noon while a second one follows with half the speed of the first and both cross the "
    "river where the cell divides under a law that no court has read since the price of copper fell by a third "
)
_OUT_ROWS = 50_000  # rows in a file of ours, as a build writes them


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
    """Do it with the stage `mix`: its phases for each shard in a process for each core, as the runner does them."""
    start = time.monotonic()
    files, out = sorted(folder.glob("source*.parquet")), folder / "ours"
    mix, assets = Mix(shares_of(len(files)), size=size, seed=1), Assets()
    out.mkdir()
    workers = os.cpu_count() or 1
    os.environ["POLARS_MAX_THREADS"] = "1"  # of each worker; this process began with as many as there are cores
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        heights = list(pool.map(_prepare, files, repeat(mix), repeat(out)))
        ready = time.monotonic()
        marked = mix.mark(pl.concat([pl.read_parquet(out / f"prepared-{path.name}") for path in files]), assets)
        places = marked.get_column("positions")
        del marked
        chosen = time.monotonic()
        begins = [sum(heights[:rank]) for rank in range(len(files))]
        own = [places.slice(begin, height) for begin, height in zip(begins, heights, strict=True)]
        list(pool.map(_scatter, files, own, repeat(out)))
        list(pool.map(_gather, range(-(-size // _OUT_ROWS)), repeat(out)))
    said = {"prepare": ready - start, "choose and order": chosen - ready, "write": time.monotonic() - chosen}
    print(", ".join(f"{name} {seconds:.1f} s" for name, seconds in said.items()))


def _prepare(path: Path, mix: Mix, out: Path) -> int:
    prepared = mix.prepare(pl.read_parquet(path, columns=list(mix.columns)), Assets())
    prepared.write_parquet(out / f"prepared-{path.name}", compression="lz4")
    return prepared.height


def _scatter(path: Path, places: pl.Series, out: Path) -> None:
    """Lay the chosen rows of a shard into a part for each output file."""
    rows = pl.read_parquet(path).with_columns(position=places).filter(pl.col("position").is_not_null())
    for (number,), part in rows.explode("position").group_by(pl.col("position") // _OUT_ROWS):
        part.write_ipc(out / f"part-{number}-{path.stem}.arrow")


def _gather(number: int, out: Path) -> None:
    """Write one output file of its parts, in order."""
    parts = sorted(out.glob(f"part-{number}-*.arrow"))
    rows = pl.concat([pl.read_ipc(path) for path in parts]).sort("position").drop("position")
    rows.write_parquet(out / f"blend-{number:05d}.parquet", compression="zstd", compression_level=1)
    for path in parts:
        path.unlink()


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
