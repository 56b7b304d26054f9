"""What a blend must pass before it is published: whole files, golds that pay, shares as asked, leaks that are found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.fingerprint import file_digest
from pipeline.publish.leaves import count_leaves, granted_below
from pipeline.verify import grade

# Of leaks planted beside a blend's rows so much must be found, and of what is found so much must be a leak.
_LEAST_RECALL = _LEAST_PRECISION = 0.95
_LOOKED_AT = ("id", "source", "form", "answer_type", "options", "label", "answer", "aliases", "unit", "tolerance")


@dataclass(frozen=True)
class Check:
    """One check: passed or not, and what was seen, in a sentence."""

    passed: bool
    said: str


def check_blend(folder: Path, manifest: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[Check]:
    """Yield each check of a built blend as it is done; the first that fails makes the others idle."""
    for check in (_whole, _pays, _on_share, _finds_leaks):
        found = check(folder, manifest, facts)
        yield found
        if not found.passed:
            return


def _whole(folder: Path, manifest: Mapping[str, Any], _: Mapping[str, Any]) -> Check:
    for shard in manifest["shards"]:
        path = folder / shard["file"]
        if not path.exists() or file_digest(path) != shard["sha256"]:
            return Check(False, f"{shard['file']} is not as the manifest says; build the blend again")
    if not manifest["rows"]["train"]:
        return Check(False, "no row to train on; `crossthink report` says why")
    return Check(True, f"{len(manifest['shards'])} shards have the digests of the manifest")


def _pays(folder: Path, manifest: Mapping[str, Any], _: Mapping[str, Any]) -> Check:
    """Grade a completion that boxes the gold as the prompt asks for it: it must earn 1, else the row cannot be learnt.

    Under the paper's rules a row that fails stays, marked by `verifiable`: such rows are counted and no fault.
    """
    num_rows = num_marked = 0
    for shard in (shard for shard in manifest["shards"] if shard["file"].startswith("data/")):
        rows = pl.read_parquet(folder / shard["file"], columns=[*_LOOKED_AT, "ground_truth", "marks"], glob=False)
        for row in rows.iter_rows(named=True):
            num_rows += 1
            graded = grade(row, f"<think>\nbecause\n</think>\n\\boxed{{{row['ground_truth']}}}", strict=True)
            if graded.score == 1.0 and graded.format_ok:
                continue
            if any(mark.startswith("verifiable: ") for mark in row["marks"] or ()):
                num_marked += 1
                continue
            return Check(False, f"{row['id']}: its own gold earns {graded.score}; build the blend again, or report it")
    marked = f"; {num_marked:,} that do not are kept and marked, as the recipe asks" if num_marked else ""
    return Check(True, f"the gold of {num_rows - num_marked:,} of {num_rows:,} rows earns its reward{marked}")


def _on_share(folder: Path, manifest: Mapping[str, Any], facts: Mapping[str, Any]) -> Check:
    """Count the rows of each leaf in the files: what was granted, and within one row of the share asked."""
    files = [folder / shard["file"] for shard in manifest["shards"] if shard["file"].startswith("data/train-")]
    mix = manifest["recipe"]["all"]["mix"]
    granted = [share for share in facts["shares"] if share["split"] == "train"]
    counted = count_leaves(files, mix["shares"])
    total = counted.total()
    for name, num in [*counted.items(), ("", total)]:
        wanted = granted_below(granted, name)
        if num != wanted:
            said = f"{name or 'the blend'} has {num:,} rows ({wanted:,} granted); build the blend again"
            return Check(False, said)
    errors = {share["source"]: abs(share["granted"] - share["share"] * total) for share in granted}
    worst = max(errors, key=lambda name: errors[name])
    # What a short leaf lacked was spread over the others: the shares asked are then not the shares promised.
    spread = mix.get("shortage") == "redistribute"
    if errors[worst] > 1 and not spread:
        return Check(False, f"{worst} is {errors[worst]:,.1f} rows from the share asked; build the blend again")
    said = "as the policy on shortage spread them" if spread else f"the largest error is {errors[worst]:.2f} rows"
    return Check(True, f"shares of {len(granted)} leaves over {total:,} rows: {said}")


def _finds_leaks(_: Path, manifest: Mapping[str, Any], facts: Mapping[str, Any]) -> Check:
    tested = facts.get("contamination", {}).get("self_test", [])
    if not tested:
        if any(step["step"] == "decontaminate" for step in manifest["steps"]):
            return Check(False, "no contamination self-test in report.json; build the blend again with benchmarks")
        return Check(True, "not decontaminated, for the recipe has no such stage; the card says so")
    leaks = [one for one in tested if one["is_leak"] is True]
    planted, caught = sum(one["planted"] for one in leaks), sum(one["dropped"] for one in leaks)
    wrong = sum(one["dropped"] for one in tested if one["is_leak"] is False)
    recall, precision = caught / max(1, planted), caught / max(1, caught + wrong)
    said = f"contamination self-test: recall {recall:.3f} of {planted:,} planted leaks, precision {precision:.3f}"
    passed = recall >= _LEAST_RECALL and precision >= _LEAST_PRECISION
    return Check(
        passed, said if passed else f"{said}; at least {_LEAST_RECALL} of each; see `crossthink decontaminate`"
    )
