"""What `crossthink decontaminate` and the report of a build say of leaks: what was found, and what would be."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from blends.screen import out, table
from pipeline.artefact import Artefact
from pipeline.errors import PipelineError
from pipeline.match.overlap import benchmark_overlap
from pipeline.match.self_test import self_test
from pipeline.match.verdict import LeakThresholds
from pipeline.step import StepFolder, steps_folder

_IN_BUILD = 20  # plants of a kind in every build's report: a second's work; `--self-test` plants more


def contamination_facts(
    folder: Path, manifest: Mapping[str, Any], data: Path, per_kind: int = _IN_BUILD
) -> dict[str, Any]:
    """Return the self-test on a blend's own training rows and what its benchmarks share; empty without benchmarks."""
    items = [path for step in _steps(manifest, "benchmark") for path in _folder(step, data).all_kept()]
    stage = next(_steps(manifest, "decontaminate"), None)
    files = [folder / shard["file"] for shard in manifest["shards"] if shard["file"].startswith("data/train-")]
    if not items or stage is None or not files:
        return {}
    benchmarks = pl.read_parquet(items, glob=False)
    rows = pl.read_parquet(files, glob=False, columns=["question", "options"])
    thresholds = LeakThresholds(covered=stage["parameters"]["covered"])
    tested = self_test(rows, benchmarks, manifest["recipe"]["seed"], per_kind=per_kind, thresholds=thresholds)
    return {"self_test": tested.to_dicts(), "overlap": benchmark_overlap(benchmarks).to_dicts()}


def show_self_test(artefact: Artefact, manifest: Mapping[str, Any], data: Path, per_kind: int) -> None:
    """Plant leaks made from the benchmarks, and near misses, beside the blend's rows; print what is found per kind."""
    found = contamination_facts(artefact.path, manifest, data, per_kind)
    if not found:
        raise PipelineError(f"{artefact.path}: no benchmarks or no training rows to test with; build with some")
    made = table("planted", "a leak", "rows", "dropped", "share")
    for line in found["self_test"]:
        says = {True: "yes", False: "no", None: "turned round"}[line["is_leak"]]
        made.add_row(line["kind"], says, f"{line['planted']:,}", f"{line['dropped']:,}", f"{line['share'] or 0:.3f}")
    out.print(made)
    out.print(_summary(found["self_test"]))


def _summary(lines: Sequence[Mapping[str, Any]]) -> str:
    leaks = [line for line in lines if line["is_leak"] is True]
    others = [line for line in lines if line["is_leak"] is False]
    caught, planted = sum(line["dropped"] for line in leaks), sum(line["planted"] for line in leaks)
    wrong = sum(line["dropped"] for line in others)
    precision = caught / (caught + wrong) if caught + wrong else 0.0
    return f"recall {caught / max(1, planted):.3f} of {planted:,} planted leaks, precision {precision:.3f}"


def show_leaks(artefact: Artefact, manifest: Mapping[str, Any], data: Path) -> None:
    """Print what `decontaminate` dropped and marked, by benchmark and reason, and what the benchmarks share."""
    stage = next(_steps(manifest, "decontaminate"), None)
    if stage is None:
        raise PipelineError(f"{artefact.path}: built without decontaminate; add it to the recipe")
    proof = pl.col("evidence").str.json_path_match
    dropped = pl.scan_parquet(_folder(stage, data).all_dropped(), glob=False)
    counted = (
        dropped.group_by(benchmark=proof("$.benchmark"), reason="drop").len().collect().sort("benchmark", "reason")
    )
    made = table("benchmark", "dropped", "why")
    made.columns[2].justify = "left"
    for benchmark, reason, num in counted.iter_rows():
        made.add_row(benchmark, f"{num:,}", reason)
    out.print(made)
    grey = sum(pl.read_parquet(path, glob=False).height for path in _folder(stage, data).path.glob("asset-grey_zone-*"))
    out.print(
        f"{grey:,} findings in the grey zone: kept, marked, listed in {_folder(stage, data).path}/asset-grey_zone-*"
    )
    shared = artefact.facts.get("contamination", {}).get("overlap", [])
    if shared:
        made = table("benchmark", "other", "same question", "same options too")
        for line in shared:
            made.add_row(
                line["benchmark"], line["other"], f"{line['same_question']:,}", f"{line['same_options_too']:,}"
            )
        out.print("\nquestions that the benchmarks share with each other and repeat themselves:")
        out.print(made)


def _steps(manifest: Mapping[str, Any], name: str) -> Any:
    return (step for step in manifest["steps"] if step["step"] == name)


def _folder(step: Mapping[str, Any], data: Path) -> StepFolder:
    return StepFolder(steps_folder(data) / f"{step['step']}-{step['source']}-{step['fingerprint']}")
