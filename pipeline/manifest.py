"""The manifest: what a blend is, in full, so that anyone can build it again; nothing of it from time or place."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.fingerprint import literal
from pipeline.plan import Plan
from pipeline.recipe import Recipe
from pipeline.stage import Stage
from pipeline.step import StepFolder, steps_folder


def make_manifest(
    plan: Plan, data: Path, shards: Sequence[Mapping[str, Any]], *, rows_digest: str, source_map: str
) -> dict[str, Any]:
    """Return what the artefact is: all of it follows from recipe, raw files and code.

    source_map: `sample`, `hub`, or the name of the map that the sources were read by; which files they were stands,
    by digest or revision, in the parameters of the ingest steps.
    """
    steps = []
    for step in plan.steps:
        report = StepFolder(steps_folder(data) / step.folder).report
        assert report is not None, f"{step.folder} is not done"
        steps.append(report)
    return {
        "blend": plan.recipe.name,
        "fingerprint": plan.fingerprint,
        "rows": {split: _rows_below(shards, f"data/{split}-") for split in ("train", "validation")},
        "rejected": _rows_below(shards, "rejected/"),
        "rows_digest": rows_digest,
        "recipe": recipe_value(plan.recipe),
        "source_map": source_map,
        "missing": list(plan.missing),
        "shards": list(shards),
        "steps": steps,
    }


def recipe_value(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as it could be read again: every parameter said, whatever the file extended or left out."""
    made = {
        one.source: {part: _stages(named) for part, named in one.parts.items()} for one in recipe.synthesize
    }  # fmt: skip
    return {
        "name": recipe.name,
        "about": recipe.about,
        "seed": recipe.seed,
        "sources": list(recipe.sources),
        **({"synthesize": made} if made else {}),
        "each": _stages(recipe.each),
        "all": _stages(recipe.all),
    }


def _stages(named: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    return {name: stage.written() if isinstance(stage, Stage) else literal(stage) for name, stage in named}


def _rows_below(shards: Sequence[Mapping[str, Any]], start: str) -> int:
    return sum(shard["rows"] for shard in shards if shard["file"].startswith(start))


def raw_files(manifest: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what the sources and benchmarks were read from: name, role, files, and their commit or digest."""
    found = []
    for step in manifest["steps"]:
        if "files" not in step["parameters"]:
            continue
        role = "benchmark" if step["step"] == "benchmark" else "beside" if step.get("beside") else "source"
        for given in step["parameters"]["files"]:
            if isinstance(given, str):  # a step that synthesized it
                where, _, revision = given.rpartition("-")
            elif len(given) == 3:  # a repository of the Hub, the patterns of its files, its commit
                where, revision = f"hf://datasets/{given[0]}: {', '.join(given[1])}", given[2]
            else:
                where, revision = given
            found.append({"name": step["source"], "role": role, "where": where, "revision": revision})
    return found
