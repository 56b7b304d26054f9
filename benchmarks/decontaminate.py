"""Decontamination: speed, recall of planted leaks and clean rows dropped, beside the peers in one run.

    python -m benchmarks.decontaminate [--data FOLDER] [--rows 600000] [--seed 23] [--rules report] [--workers 2]
                                       [--peer PYTHON] [--peer-rows 60000]
                                       [--tools ours,open-r1-8,one-pass-8,datatrove-12]

FOLDER holds sources/ and eval/ (Parquet: id, source, question, options); without it, the sample's rows and
benchmarks stand in. A tenth of the rows are leaks by rules of `benchmarks/edits.py`. The clean rows are real: what
every tool finds among them may be a true leak, so `clean dropped` is an upper bound of false positives. PYTHON has the
peers (`benchmarks/decontaminate_peers.py`); where all rows would take too long they look at the first: compare rates.
"""

import argparse
import json
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from benchmarks.measure import cost_of
from benchmarks.plants import leak_corpus, real_questions
from benchmarks.rows import SAMPLE, seed_rows
from pipeline.read import read_batches
from pipeline.stage import Assets
from stages.decontaminate import Decontaminate
from stages.sources import BENCHMARKS

_SHARDS = 16
_LARGELY_CLEAN = (
    "gsm8k_train", "openbookqa", "commonsense_qa", "svamp", "college_math_ccby", "rlvr_multisubject", "crossthink_qa",
    "openstax_economics_exercises", "openstax_psychology_exercises", "deepmath",
)  # fmt: skip


def run_ours(shards: Path, benchmarks: Path, out: Path, workers: int) -> None:
    """Mark the rows in `shards` in a pool, as the runner does, and write the ids that stay."""
    os.environ["POLARS_MAX_THREADS"] = str(max(1, (os.cpu_count() or 1) // workers))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        kept = list(pool.map(partial(_kept, benchmarks=benchmarks), sorted(shards.glob("*.parquet"))))
    pl.concat(kept).write_parquet(out)


def _kept(file: Path, *, benchmarks: Path) -> pl.DataFrame:
    marked = Decontaminate().mark(pl.read_parquet(file), Assets({"benchmarks": pl.read_parquet(benchmarks)}))
    marked.filter(pl.col("drop").is_null()).write_parquet(file.with_suffix(".kept"))
    return marked.filter(pl.col("drop").is_null()).select("id")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rows", type=int, default=600_000)
    parser.add_argument("--seed", type=int, default=23)
    parser.add_argument("--rules", choices=("tune", "report"), default="report")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--peer", default=sys.executable)
    parser.add_argument("--peer-rows", type=int, default=0, help="rows for the peers; 0: all")
    parser.add_argument("--tools", default="ours")
    parser.add_argument("--run", nargs=3, type=Path, metavar=("SHARDS", "BENCHMARKS", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run_ours(*given.run, given.workers)
        return
    if given.data:
        items = benchmark_items(given.data)
        clean = real_questions(given.data).filter(pl.col("source").is_in(_LARGELY_CLEAN))
    else:
        items, clean = sample_items(), pl.concat(seed_rows(None).values()).select("question", "options")
    rows = leak_corpus(clean, items, num_rows=given.rows, seed=given.seed, rules=given.rules)
    options = pl.col("options").list.join(" ").fill_null("")
    rows = rows.with_columns(text=pl.concat_str("question", options, separator=" "))
    for tool in given.tools.split(","):
        part = rows.head(given.peer_rows) if given.peer_rows and tool != "ours" else rows
        with tempfile.TemporaryDirectory(prefix="crossthink-decont-") as name:
            print(json.dumps({"tool": tool} | _measured(tool, part, items, Path(name), given)), flush=True)


def benchmark_items(data: Path) -> pl.DataFrame:
    """Return the items of all benchmark files: benchmark, item, question, options."""
    files = sorted((data / "eval").glob("*.parquet"))
    frames = [pl.read_parquet(file, columns=["source", "id", "question", "options"]) for file in files]
    return pl.concat(frames).rename({"source": "benchmark", "id": "item"})


def sample_items() -> pl.DataFrame:
    """Return the items of the sample's benchmarks."""
    frames = []
    for name, benchmark in BENCHMARKS.items():
        birth = benchmark.birth()
        for path in sorted((SAMPLE / "benchmarks").glob(f"{name}.jsonl")):
            frames += [
                birth.born(one.rows, uri="", revision="") for one in read_batches(path, birth.columns, shown=name)
            ]
    return pl.concat(frames).select("benchmark", "item", "question", "options")


def _measured(
    tool: str, rows: pl.DataFrame, items: pl.DataFrame, folder: Path, given: argparse.Namespace
) -> dict[str, object]:
    """Return what `tool` cost and what it found."""
    shards, benchmarks, out = folder / "shards", folder / "benchmarks.parquet", folder / "kept.parquet"
    shards.mkdir()
    items.write_parquet(benchmarks)
    wanted = rows.select("id", "question", "options") if tool == "ours" else rows.select("id", "text")
    for number, part in enumerate(wanted.iter_slices(-(-rows.height // _SHARDS))):
        part.write_parquet(shards / f"{number:03d}.parquet")
    places = [str(shards), str(benchmarks), str(out)]
    ours = [sys.executable, "-m", "benchmarks.decontaminate", "--workers", str(given.workers), "--run", *places]
    script = str(Path(__file__).with_name("decontaminate_peers.py"))
    cost = cost_of(ours if tool == "ours" else [given.peer, script, tool, *places, str(given.workers)], folder / "log")
    told = {"wall_s": round(cost.wall_s, 2), "cpu_s": round(cost.cpu_s, 2), "peak_mb": cost.peak_bytes >> 20}
    told |= {
        "rows_per_wall_s": round(rows.height / cost.wall_s),
        "cpu_us_per_row": round(1e6 * cost.cpu_s / rows.height),
    }
    return told | _found(rows, items, pl.read_parquet(out))


def _found(rows: pl.DataFrame, items: pl.DataFrame, kept: pl.DataFrame) -> dict[str, object]:
    """Return recall by kind and by the length of the leaked question, and the share of clean rows dropped."""
    stems = items.select("item", words=pl.col("question").str.split(" ").list.len()).unique("item")
    frame = rows.join(stems, on="item", how="left").with_columns(
        dropped=~pl.col("id").is_in(kept["id"].to_list()), leak=pl.col("item").is_not_null()
    )
    share = pl.col("dropped").mean().round(5)
    leaks = frame.filter(pl.col("leak"))
    same = leaks.filter(pl.col("kind") != "leak: renumbered")
    return {
        "rows": rows.height,
        "recall": leaks.select(share).item(),
        "under_8_words": same.filter(pl.col("words") < 8).select(share).item(),
        "words_8_to_12": same.filter(pl.col("words").is_between(8, 12)).select(share).item(),
        "over_12_words": same.filter(pl.col("words") > 12).select(share).item(),
        "clean_dropped": frame.filter(~pl.col("leak")).select(share).item(),
        "kinds": dict(leaks.group_by("kind").agg(share).sort("kind").iter_rows()),
    }


if __name__ == "__main__":
    main()
