"""What `crossthink build --from` does: builds what a manifest says, and says whether every byte came out the same."""

import re
from pathlib import Path
from typing import Any

import yaml

from blends.build import artefact_path, build_plan, prepare
from blends.screen import out
from pipeline.artefact import Artefact
from pipeline.errors import PipelineError
from pipeline.files import read_json, write_text
from pipeline.publish.withhold import check_filled
from pipeline.rebuild import built_difference, lock_revisions, planned_difference
from stages.sources import BENCHMARKS

_REPOSITORY = re.compile(r"([\w.-]+/[\w.-]+?)(?:@([\w./-]+))?")


def rebuild_blend(given: str, sources: str, data: Path, *, workers: int) -> Artefact:
    """Build the blend of a manifest (a path, or ORG/NAME@REVISION on the Hub) and compare it, byte for byte.

    Raises PipelineError with the first difference: before anything runs, where the plan is another one already.
    """
    manifest, folder = _manifest_of(given)
    sources = _sources_of(manifest, sources, given)
    limit = max((step["parameters"].get("limit", 0) for step in manifest["steps"]), default=0)
    recipe = data / "rebuilt" / f"{manifest['blend']}.yaml"
    write_text(recipe, yaml.safe_dump(manifest["recipe"], sort_keys=False, allow_unicode=True))
    if sources == "hub":
        lock_revisions(data / "hub.lock.json", manifest)
    skip = [name for name in manifest["missing"] if name in BENCHMARKS]
    plan, found, digests = prepare(str(recipe), sources, data, limit, skip)
    difference = planned_difference(manifest, plan)
    if difference:
        raise PipelineError(f"{given}: would not come out the same: {difference}; nothing was built")
    artefact = Artefact(artefact_path(data, plan.recipe.name, sources, limit))
    build_plan(plan, found, digests, artefact, data, workers=workers)
    built = artefact.manifest
    assert built is not None
    difference = built_difference(manifest, built, artefact.path, folder)
    if difference:
        raise PipelineError(f"{given}: {artefact.path} is not the same: {difference}{_versions(manifest, artefact)}")
    out.print(f"\nthe same as {given}: {len(manifest['shards'])} shards, every byte")
    return artefact


def fill(published: Path, data: Path) -> None:
    """Build a release whole though some rows are withheld, and check those row by row: what its fill.py does."""
    import sys

    try:
        artefact = rebuild_blend(str(published), "sample", data, workers=1)
        num_filled = check_filled(published, artefact.path, artefact.manifest or {})
    except PipelineError as error:
        print(f"fill: {error}", file=sys.stderr)
        sys.exit(2)
    out.print(f"{num_filled:,} withheld rows filled, every one with its digest; the whole blend: {artefact.path}")


def _manifest_of(given: str) -> tuple[dict[str, Any], Path]:
    """Return a manifest and the folder that it lies in."""
    path = Path(given)
    path = path / "manifest.json" if path.is_dir() else path
    named = _REPOSITORY.fullmatch(given)
    if not path.exists() and named and not given.endswith(".json"):
        from pipeline.hub import fetch

        path = fetch(named[1], named[2] or "main", "manifest.json")
    value = read_json(path)
    if not isinstance(value, dict) or not {"recipe", "steps", "shards", "source_map"} <= set(value):
        raise PipelineError(f"{given}: no manifest of a blend; give a manifest.json, its folder, or ORG/NAME@REVISION")
    return value, path.parent


def _sources_of(manifest: dict[str, Any], sources: str, given: str) -> str:
    """Return what to read the sources by: what the user says, else what the manifest says, where it can be had."""
    if sources != "sample":
        return sources
    name = str(manifest["source_map"])
    if name not in ("sample", "hub", "generated"):
        raise PipelineError(f"{given}: was read by the source map {name!r}; give that file with --sources")
    return name


def _versions(manifest: dict[str, Any], artefact: Artefact) -> str:
    """Say which libraries are of another version than those that a published blend was built with."""
    here = (read_json(artefact.path / "log.json") or {}).get("versions", {})
    there = manifest.get("built_with", {})
    other = [f"{name} {there[name]} there, {here.get(name)} here" for name in there if there[name] != here.get(name)]
    return f" ({'; '.join(other)})" if other else ""
