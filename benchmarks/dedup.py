"""Near duplicates: speed, recall of planted copies and distinct problems lost, beside the peers in one run.

    python -m benchmarks.dedup --data FOLDER [--rows 600000] [--seed 7] [--rules report] [--workers 2]
                               [--peers PYTHON] [--memory] [--tools ours,floor,datatrove,datatrove-short,rensa]

FOLDER holds sources/*.parquet with question and options. PYTHON is an interpreter that has the peers
(`benchmarks/dedup_peers.py` names them). Golds are withheld: every tool judges by question and options alone.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.measure import Cost, cost_of
from benchmarks.ours import steps
from benchmarks.plants import corpus, real_questions, scored
from benchmarks.rows import in_full, write_step
from pipeline.step import StepFolder, steps_folder

_SHARDS = 16
_FLOOR = (
    "import sys, glob, polars as pl\n"
    "for f in glob.glob(sys.argv[1] + '/*.parquet'): pl.read_parquet(f).write_parquet(f + '.out')"
)


_ROWS, _STEP = steps("dedup")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rows", type=int, default=600_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rules", choices=("tune", "report"), default="report")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--tools", default="floor,ours")
    parser.add_argument(
        "--memory", action="store_true", help="the peak memory, which takes time to look at, and no time"
    )
    given = parser.parse_args()
    rows = corpus(real_questions(given.data), num_rows=given.rows, seed=given.seed, rules=given.rules)
    options = pl.col("options").list.join(" ").fill_null("")
    rows = rows.with_columns(key="id", text=pl.concat_str("question", options, separator=" "))
    for tool in given.tools.split(","):
        with tempfile.TemporaryDirectory(prefix="crossthink-dedup-") as name:
            print(
                json.dumps({"tool": tool, "rows": rows.height} | _measured(tool, rows, Path(name), given)), flush=True
            )


def _measured(tool: str, rows: pl.DataFrame, folder: Path, given: argparse.Namespace) -> dict[str, object]:
    """Return what `tool` cost and what it found."""
    shards, out = steps_folder(folder) / _ROWS.folder, folder / "kept.parquet"
    # The peers' writers want one type of metadata in every file.
    written = in_full(rows) if tool in ("floor", "ours") else rows.select("id", "text")
    write_step(shards, written.iter_slices(-(-rows.height // _SHARDS)))
    workers = str(given.workers)
    commands: dict[str, list[str]] = {
        "floor": [sys.executable, "-c", _FLOOR, str(shards)],
        "ours": [sys.executable, "-m", "benchmarks.ours", "dedup", str(folder), workers],
    }
    peer = [given.peers, str(Path(__file__).with_name("dedup_peers.py")), tool, str(shards), str(out), workers]
    cost = cost_of(commands.get(tool, peer), folder / "log", memory=given.memory)
    told = _told(cost)
    if tool == "floor" or given.memory:
        return told
    kept = StepFolder(steps_folder(folder) / _STEP.folder).all_kept() if tool == "ours" else [out]
    return told | _found(rows, pl.read_parquet(kept, columns=["id"], glob=False))


def _told(cost: Cost) -> dict[str, object]:
    if cost.peak_bytes:
        return {"peak_mb": cost.peak_bytes >> 20}
    return {"wall_s": round(cost.wall_s, 2), "cpu_s": round(cost.cpu_s, 2)}


def _found(rows: pl.DataFrame, kept: pl.DataFrame) -> dict[str, object]:
    """Return recall of copies and share of distinct problems lost, over all and by kind."""
    table = scored(rows, ~rows["id"].is_in(kept["id"].to_list()))
    total: dict[str, object] = {}
    for name, prefix in (("recall", "copy"), ("others_lost", "other"), ("bases_lost", "base")):
        part = table.filter(pl.col("kind").str.starts_with(prefix))
        total[name] = round(float((part["share"] * part["rows"]).sum() / part["rows"].sum()), 5)
    return total | {"kinds": {kind: round(share, 4) for kind, _, share in table.iter_rows()}}


if __name__ == "__main__":
    main()
