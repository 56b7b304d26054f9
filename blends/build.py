"""What `crossthink build` does: recipe, sources, plan, run, artefact; and what it says of it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from blends.contamination import contamination_facts
from blends.generated import write_generated
from blends.rates import measured_rates
from blends.screen import Teller, out, show_funnel, show_shares
from blends.shortage import mix_outputs, say_shortage, where_they_went
from blends.synthesis import EngineMaker, answering, with_synthesized
from pipeline.artefact import Artefact, write_artefact
from pipeline.card import make_card
from pipeline.errors import PipelineError, RecipeError, ShortageError, did_you_mean
from pipeline.facts import blend_facts
from pipeline.files import write_json, write_text
from pipeline.fingerprint import FileDigests
from pipeline.funnel import make_funnel
from pipeline.lock import hold
from pipeline.page import make_page
from pipeline.plan import Plan, make_plan, to_do
from pipeline.recipe import check_columns, read_recipe
from pipeline.run import Progress, run
from pipeline.step import StepFolder, steps_folder
from pipeline.strict_yaml import read_yaml
from stages.mix import Mix
from stages.source_map import SourceMap, file_map, hub_map, sample_map
from stages.sources import BENCHMARKS, SOURCES
from stages.syntheses import SYNTHESES
from stages.table import STAGES

HERE = Path(__file__).parent


def recipe_path(blend: str) -> tuple[Path, str]:
    """Return the file of a blend and how messages name it: one of the package's, or a path."""
    own = HERE / f"{blend}.yaml"
    if own.exists():
        return own, f"blends/{blend}.yaml"
    if blend.endswith((".yaml", ".yml")):
        return Path(blend), blend
    known = [path.stem for path in HERE.glob("*.yaml")]
    raise RecipeError(f"no blend {blend!r}; {did_you_mean(blend, known)}, or give the path of a YAML")


def _map_name(sources: str, limit: int) -> str:
    """Return what the built folder is called by: "" for the whole Hub."""
    if sources == "hub":
        name = ""
    elif sources in ("sample", "generated"):
        name = sources
    else:
        value, _ = read_yaml(Path(sources), sources)
        name = str(value.get("name", Path(sources).stem))
    return "-".join(part for part in (name, f"first{limit}" if limit else "") if part)


def artefact_path(data: Path, blend: str, sources: str, limit: int) -> Path:
    """Return where a blend is built, a folder for each kind of source, so that none overwrites another."""
    name = _map_name(sources, limit)
    return data / "blends" / (f"{blend}-{name}" if name else blend)


def find_blend(blend: str, sources: str, data: Path, limit: int) -> tuple[Artefact, dict[str, Any]]:
    """Return a built blend and its manifest. Raises PipelineError when it is not built."""
    name = Path(blend).stem if blend.endswith((".yaml", ".yml")) else blend
    artefact = Artefact(artefact_path(data, name, sources, limit))
    if artefact.manifest is None:
        said = "" if sources == "sample" else f" --sources {sources}"
        raise PipelineError(f"{artefact.path}: not built; run `crossthink build {blend}{said}`")
    return artefact, artefact.manifest


def prepare(
    blend: str, sources: str, data: Path, limit: int, skip: list[str], *, until: Sequence[str] = ()
) -> tuple[Plan, SourceMap, FileDigests]:
    """Return the plan of a build, where its sources are, and the digests of files.

    until: the plan ends before the first stage of one of these names: what `profile` measures.
    """
    path, shown = recipe_path(blend)
    digests = FileDigests(data / "digests.json")
    if sources == "sample":
        found = sample_map(HERE / "sample", digests)
    elif sources == "hub":
        found = SourceMap("", {}, {})
    elif sources == "generated":
        generated = file_map(write_generated(data / "generated"), digests)
        found = replace(generated, benchmarks=sample_map(HERE / "sample", digests).benchmarks)
    else:
        found = file_map(Path(sources), digests)
    known = {*SOURCES, *found.sources}
    recipe = read_recipe(path, STAGES, known, shown=shown, syntheses=SYNTHESES, library=HERE)
    check_columns(recipe, STAGES, shown)
    if sources == "hub":
        read = set(recipe.sources) - {synthesis.source for synthesis in recipe.synthesize}
        found = hub_map(data / "hub.lock.json", read, set(BENCHMARKS) - set(skip))
    found = with_synthesized(found, recipe, sources, data, digests)
    names = [name for name, _ in recipe.all]
    end = next((names.index(name) for name in until if name in names), len(names))
    recipe = replace(recipe, all=recipe.all[:end])
    for name in skip:
        if name not in {*BENCHMARKS, *found.benchmarks}:
            raise RecipeError(f"--skip-benchmark {name}: no such benchmark; {did_you_mean(name, BENCHMARKS)}")
    limited = {name: replace(source, limit=limit) for name, source in found.sources.items()}
    benchmarks = {name: raw for name, raw in found.benchmarks.items() if name not in skip}
    plan = make_plan(recipe, limited, benchmarks, measured_rates(data, recipe.name, digests))
    missing = (*plan.missing, *sorted(set(BENCHMARKS) - set(benchmarks)))
    return replace(plan, missing=missing), found, digests


def build_blend(
    blend: str,
    sources: str,
    data: Path,
    *,
    limit: int,
    workers: int,
    skip: list[str],
    engine: EngineMaker | None = None,
) -> None:
    """Build a blend and say what came of it. engine: answers the stages on the union that ask a model."""
    plan, found, digests = prepare(blend, sources, data, limit, skip)
    artefact = Artefact(artefact_path(data, plan.recipe.name, sources, limit))
    build_plan(plan, found, digests, artefact, data, workers=workers, engine=engine)


def build_plan(
    plan: Plan,
    found: SourceMap,
    digests: FileDigests,
    artefact: Artefact,
    data: Path,
    *,
    workers: int,
    engine: EngineMaker | None = None,
) -> None:
    """Do what of a plan is not done, write the artefact where it is not current, and say what came of it."""
    with hold(data, f"crossthink build {plan.recipe.name}"):
        digests.save()
        todo = to_do(plan, data)
        if not todo and artefact.is_current(plan):
            out.print(f"nothing changed: {len(plan.steps)} steps done, {artefact.path} is current")
        else:
            if len(todo) < len(plan.steps):
                out.print(f"{len(plan.steps) - len(todo)} of {len(plan.steps)} steps are done already")
            with (
                answering(todo, found.name or "hub", data, engine) as ask,
                Teller(lambda progress: _counts(progress, data)) as teller,
            ):
                try:
                    run(plan.steps, data, workers=workers, tell=teller.tell, ask=ask)
                except ShortageError as error:
                    told = [str(error), *where_they_went(plan, data, error.leaves)]
                    raise ShortageError("; ".join(told), *error.leaves) from error
            describe = partial(_describe, data=data)
            write_artefact(plan, data, artefact.path, describe, source_map=found.name or "hub")
        _show_result(artefact, plan, found, data)


def _counts(progress: Progress, data: Path) -> tuple[int, int]:
    reports = [StepFolder(steps_folder(data) / step.folder).report or {} for step in progress.finished]
    return sum(report["kept"] for report in reports), sum(report["dropped"] for report in reports)


def _describe(folder: Path, manifest: dict[str, Any], data: Path) -> None:
    facts = blend_facts(folder, manifest, data) | {"contamination": contamination_facts(folder, manifest, data)}
    write_json(folder / "report.json", facts)
    funnel = make_funnel(manifest["steps"], manifest["recipe"]["sources"])
    texts = {"README.md": make_card(manifest, facts, funnel), "report.html": make_page(manifest, facts, funnel)}
    for name, text in texts.items():
        write_text(folder / name, text)


def _show_result(artefact: Artefact, plan: Plan, found: SourceMap, data: Path) -> None:
    manifest = artefact.manifest
    assert manifest is not None
    out.print()
    show_funnel(make_funnel(manifest["steps"], manifest["recipe"]["sources"]), by_source=False)
    out.print()
    mix = next(stage for _, stage in plan.recipe.all if isinstance(stage, Mix))
    outputs = mix_outputs(plan, mix, data)
    assert outputs is not None, "a built blend is mixed"
    show_shares(outputs[0])
    say_shortage(*outputs, mix, plan, data)
    if plan.missing:
        out.print(f"not in the source map: {', '.join(plan.missing)}")
    rows = manifest["rows"]
    out.print(f"\n{artefact.path}: {rows['train']:,} training and {rows['validation']:,} validation rows")
    out.print(f"rows digest {manifest['rows_digest']}")
    name = plan.recipe.name
    if found.name == "sample":
        out.print("\nThis was the sample, to look at and not to train on. The real sources:")
        out.print(f"  make blend BLEND={name} SOURCES=hub     (or: crossthink build {name} --sources hub)")
