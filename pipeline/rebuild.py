"""Whether a blend built again is the blend of a manifest: what will differ, before anything runs; what did, after."""

from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.files import read_json, write_json
from pipeline.fingerprint import file_digest
from pipeline.plan import Plan, changes
from pipeline.step import Step


def lock_revisions(lock: Path, manifest: Mapping[str, Any]) -> None:
    """Put the commits that a manifest names into the data folder's lock; what stands there already stays."""
    named = {
        given[0]: given[2]
        for step in manifest["steps"]
        for given in step["parameters"].get("files", [])
        if isinstance(given, list) and len(given) == 3  # a repository of the Hub: name, patterns, commit
    }
    locked: dict[str, str] = read_json(lock) or {}
    if named and (both := named | locked) != locked:
        write_json(lock, dict(sorted(both.items())))


def planned_difference(manifest: Mapping[str, Any], plan: Plan) -> str | None:
    """Return the first step of a plan that is not the manifest's, and how it differs; None where all are the same."""
    for old, step in zip_longest(manifest["steps"], plan.steps):
        if step is None or old is None or (old["step"], old["source"]) != (step.name, step.source):
            there = f"{old['step']} of {old['source']}" if old else "no more steps"
            return f"the manifest has {there} where this plan has {_named(step)}"
        if old["fingerprint"] != step.fingerprint:
            why = changes(step, old)
            why = "this crossthink has another version of the stage" if why == "its input changed" else why
            return f"{_named(step)}: {why}"
    return None


def _named(step: Step | None) -> str:
    return f"{step.name} of {step.source}" if step else "no more steps"


def built_difference(manifest: Mapping[str, Any], built: Mapping[str, Any], folder: Path, original: Path) -> str | None:
    """Return the first thing in which a built blend is not the manifest's, or None: every shard is the same bytes.

    built: the new manifest. folder: the built blend, whose files are read. original: where the manifest's own shards
    lie, if they do; then the first row that differs is named.
    """
    for old, new in zip_longest(manifest["steps"], built["steps"]):
        for count in ("in", "kept", "dropped"):
            if old[count] != new[count]:
                return f"{old['step']} of {old['source']}: {old[count]:,} rows {count} there, {new[count]:,} here"
    for shard in manifest["shards"]:
        path = folder / shard["file"]
        if not path.exists():
            return f"{shard['file']}: not built here"
        if file_digest(path) != shard["sha256"]:
            row = _first_row(original / shard["file"], path)
            if row is None and built["rows_digest"] == manifest["rows_digest"]:
                row = "the rows are the same, the bytes are not: written by another version of pyarrow?"
            return f"{shard['file']}: {row or 'other rows'}"
    return None


def _first_row(there: Path, here: Path) -> str | None:
    """Return the first row in which two shards differ, and the columns; None where there is none or no file."""
    if not there.exists():
        return None
    old, new = pl.read_parquet(there, glob=False), pl.read_parquet(here, glob=False)
    for number, (one, other) in enumerate(zip_longest(old.iter_rows(named=True), new.iter_rows(named=True)), start=1):
        if one is None or other is None:
            return f"{old.height:,} rows there, {new.height:,} here"
        columns = [name for name in one if one[name] != other.get(name)]
        if columns:
            return f"row {number:,} is {one['id']} there, {other['id']} here; differs in {', '.join(columns[:4])}"
    return None
