"""Decontamination: speed, recall of planted leaks and clean rows dropped, beside the peers in one run.

    python -m benchmarks.decontaminate [--data FOLDER] [--rows 600000] [--seed 23] [--rules report] [--workers 2]
                                       [--peer PYTHON] [--decon PYTHON] [--peer-rows 60000]
                                       [--tools ours,open-r1-8,one-pass-8,datatrove-12,decon,decon-all,decon-questions]

FOLDER holds sources/ and eval/ (Parquet: id, source, question, options); without it, the sample's rows and
benchmarks stand in. A tenth of the rows are leaks by rules of `benchmarks/edits.py`. The clean rows are real: what
every tool finds among them may be a true leak, so `clean dropped` is an upper bound of false positives. PYTHON has the
peers (`benchmarks/decontaminate_peers.py`); where all rows would take too long they look at the first: compare rates.

decon has a PYTHON of its own, 3.12 or newer. Rows and items are turned into the JSON lines that it reads before its
clock starts. As its documentation has it, an item with options is a record for each, the option being its answer:
a row must then hold question and option. For `decon-questions` an item is a record with no answer.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.measure import cost_of
from benchmarks.ours import steps
from benchmarks.plants import leak_corpus, real_questions
from benchmarks.rows import SAMPLE, in_full, seed_rows, write_step
from pipeline.read import read_batches
from pipeline.step import StepFolder, steps_folder
from stages.sources import BENCHMARKS

_SHARDS = 16
_ITEMS, _ROWS, _STEP = steps("decontaminate")
_LARGELY_CLEAN = (
    "gsm8k_train", "openbookqa", "commonsense_qa", "svamp", "college_math_ccby", "rlvr_multisubject", "crossthink_qa",
    "openstax_economics_exercises", "openstax_psychology_exercises", "deepmath",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rows", type=int, default=600_000)
    parser.add_argument("--seed", type=int, default=23)
    parser.add_argument("--rules", choices=("tune", "report"), default="report")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--peer", default=sys.executable)
    parser.add_argument("--decon", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--peer-rows", type=int, default=0, help="rows for the peers; 0: all")
    parser.add_argument("--tools", default="ours")
    given = parser.parse_args()
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
    shards, benchmarks, out = (
        steps_folder(folder) / _ROWS.folder,
        folder / "benchmarks.parquet",
        folder / "kept.parquet",
    )
    items.write_parquet(benchmarks)
    # The peers' readers want one type of metadata in every file.
    written = in_full(rows) if tool == "ours" else rows.select("id", "text")
    write_step(shards, written.iter_slices(-(-rows.height // _SHARDS)))
    write_step(steps_folder(folder) / _ITEMS.folder, [items])
    of_decon = tool.startswith("decon")
    if of_decon:
        unanswered = items.with_columns(options=pl.lit(None, pl.List(pl.String)))
        shards, benchmarks = write_for_decon(rows, unanswered if tool == "decon-questions" else items, folder)
    ours = [sys.executable, "-m", "benchmarks.ours", "decontaminate", str(folder), str(given.workers)]
    python = given.decon if of_decon else given.peer
    peer = [python, str(Path(__file__).with_name("decontaminate_peers.py")), tool, str(shards), str(benchmarks)]
    cost = cost_of(ours if tool == "ours" else [*peer, str(out), str(given.workers)], folder / "log")
    kept = StepFolder(steps_folder(folder) / _STEP.folder).all_kept() if tool == "ours" else [out]
    ids = pl.read_ndjson(out) if of_decon else pl.read_parquet(kept, columns=["id"], glob=False)
    told = {"wall_s": round(cost.wall_s, 2), "cpu_s": round(cost.cpu_s, 2), "peak_mb": cost.peak_bytes >> 20}
    told |= {
        "rows_per_wall_s": round(rows.height / cost.wall_s),
        "cpu_us_per_row": round(1e6 * cost.cpu_s / rows.height),
    }
    return told | _found(rows, items, ids)


def write_for_decon(rows: pl.DataFrame, items: pl.DataFrame, folder: Path) -> tuple[Path, Path]:
    """Write shards of rows, and decon's reference records, a file a benchmark; return the two folders."""
    shards, references = folder / "decon-rows", folder / "decon-items"
    shards.mkdir()
    references.mkdir()
    for nr, shard in enumerate(rows.select("id", "text").iter_slices(-(-rows.height // _SHARDS))):
        shard.write_ndjson(shards / f"{nr:03}.jsonl")
    instance = pl.int_range(pl.len()).over("benchmark")
    records = items.select("question", answer="options", eval_key="benchmark", eval_instance_index=instance)
    records = records.explode("answer").with_row_index("doc_id", 1).with_columns(split=pl.lit("test"))
    texts = records.select(pl.concat_str("question", pl.col("answer").fill_null(""))).to_series()
    marks = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]
    for (name,), part in records.with_columns(fingerprint=pl.Series(marks)).group_by("eval_key"):
        part.write_ndjson(references / f"{name}.jsonl")
    return shards, references


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
