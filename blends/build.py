"""What `crossthink build` and `plan` do: recipe, sources, plan, run, artefact; and what they say of it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from blends.contamination import contamination_facts
from blends.generated import write_generated
from blends.rates import measured_rates
from blends.screen import Teller, out, show_funnel, show_shares, table
from blends.synthesis import answering, with_synthesized
from pipeline.artefact import Artefact, write_artefact
from pipeline.card import make_card
from pipeline.errors import PipelineError, RecipeError, did_you_mean
from pipeline.facts import blend_facts
from pipeline.files import write_json, write_whole
from pipeline.fingerprint import FileDigests
from pipeline.funnel import make_funnel
from pipeline.lock import hold
from pipeline.plan import Plan, changes, make_plan, to_do
from pipeline.recipe import check_columns, read_recipe, read_yaml
from pipeline.run import Progress, is_done, run
from pipeline.step import Step, StepFolder, steps_folder
from stages import STAGES
from stages.mix import Mix, largest_feasible
from stages.source_map import SourceMap, file_map, hub_map, sample_map
from stages.sources import BENCHMARKS, SOURCES
from stages.syntheses import SYNTHESES

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
    recipe = read_recipe(path, STAGES, known, shown=shown, syntheses=SYNTHESES)
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


def build_blend(blend: str, sources: str, data: Path, *, limit: int, workers: int, skip: list[str]) -> None:
    """Build a blend and say what came of it."""
    plan, found, digests = prepare(blend, sources, data, limit, skip)
    with hold(data, f"crossthink build {blend}"):
        digests.save()
        artefact = Artefact(artefact_path(data, plan.recipe.name, sources, limit))
        todo = to_do(plan, data)
        if not todo and artefact.is_current(plan):
            out.print(f"nothing changed: {len(plan.steps)} steps done, {artefact.path} is current")
        else:
            if len(todo) < len(plan.steps):
                out.print(f"{len(plan.steps) - len(todo)} of {len(plan.steps)} steps are done already")
            with answering(todo, sources, data) as ask, Teller(lambda progress: _counts(progress, data)) as teller:
                run(plan.steps, data, workers=workers, tell=teller.tell, ask=ask)
            write_artefact(plan, data, artefact.path, lambda folder, manifest: _describe(folder, manifest, data, found))
        _show_result(artefact, plan, found)


def _counts(progress: Progress, data: Path) -> tuple[int, int]:
    reports = [StepFolder(steps_folder(data) / step.folder).report or {} for step in progress.finished]
    return sum(report["kept"] for report in reports), sum(report["dropped"] for report in reports)


def _describe(folder: Path, manifest: dict[str, Any], data: Path, found: SourceMap) -> None:
    facts = blend_facts(folder, manifest, data) | {"contamination": contamination_facts(folder, manifest, data)}
    funnel = make_funnel(manifest["steps"], manifest["recipe"]["sources"])
    write_json(folder / "report.json", facts)
    card = make_card(manifest, facts, funnel, sample=found.name == "sample")
    write_whole(folder / "README.md", lambda part: part.write_text(card))


def _show_result(artefact: Artefact, plan: Plan, found: SourceMap) -> None:
    manifest = artefact.manifest
    assert manifest is not None
    out.print()
    show_funnel(make_funnel(manifest["steps"], manifest["recipe"]["sources"]), by_source=False)
    out.print()
    show_shares(artefact.facts["shares"])
    mix = next(stage for _, stage in plan.recipe.all if isinstance(stage, Mix))
    _say_shortage(artefact.facts["shares"], mix)
    if plan.missing:
        out.print(f"not in the source map: {', '.join(plan.missing)}")
    rows = manifest["rows"]
    out.print(f"\n{artefact.path}: {rows['train']:,} training and {rows['validation']:,} validation rows")
    out.print(f"rows digest {manifest['rows_digest']}")
    name = plan.recipe.name
    if found.name == "sample":
        out.print("\nThis was the sample, to look at and not to train on. The real sources:")
        out.print(f"  make blend BLEND={name} SOURCES=hub     (or: crossthink build {name} --sources hub)")


def _say_shortage(shares: list[dict[str, Any]], mix: Mix) -> None:
    """Say what the policy on shortage did: which source binds the size, or how far the output is from it."""
    train = [share for share in shares if share["split"] == "train"]
    granted = sum(share["granted"] for share in train)
    feasible = largest_feasible(mix.shares, {share["source"]: share["eligible"] for share in train})
    binding = " and ".join(share["source"] for share in train if share["binding"])
    if granted > feasible:
        out.print(
            f"{granted:,} rows are more than the {feasible:,} feasible at these shares; on shortage: {mix.shortage}"
        )
    elif binding:
        out.print(f"largest feasible size at these shares: {feasible:,} rows; {binding} has no more to give")


# --- plan ------------------------------------------------------------------------------------------------------------


def show_plan(blend: str, sources: str, data: Path, *, limit: int, skip: list[str]) -> None:
    """Print each step as done or to run and why, and the shares that are feasible as far as it is known."""
    plan, *_ = prepare(blend, sources, data, limit, skip)
    artefact = Artefact(artefact_path(data, plan.recipe.name, sources, limit))
    before = {(step["step"], step["source"]): step for step in (artefact.manifest or {"steps": []})["steps"]}
    made = table("step", "source", "", "why")
    made.columns[1].justify = made.columns[2].justify = made.columns[3].justify = "left"
    for step in plan.steps:
        done = is_done(step, data)
        why = "" if done else changes(step, before.get((step.name, step.source)))
        made.add_row(step.name, step.source, "done" if done else "will run", why)
    out.print(made)
    num_todo = len(to_do(plan, data))
    out.print(f"\n{num_todo} of {len(plan.steps)} steps will run; the blend goes to {artefact.path}")
    if plan.missing:
        out.print(f"not in the source map: {', '.join(plan.missing)}")
    mix = next((stage for _, stage in plan.recipe.all if isinstance(stage, Mix)), None)
    if mix is not None:
        _show_feasible(plan, mix, data)


def _show_feasible(plan: Plan, mix: Mix, data: Path) -> None:
    """Print the shares: as `mix` granted them once it is done, against the rows known so far before."""
    out.print()
    done = next((step for step in plan.steps if step.stage is mix and is_done(step, data)), None)
    if done is not None:
        shares = pl.read_parquet(StepFolder(steps_folder(data) / done.folder).asset("shares"), glob=False).to_dicts()
        show_shares(shares)
        _say_shortage(shares, mix)
        return
    known = {source: _last_count(plan, source, data) for source in mix.shares}
    made = table("source", "share asked", "rows known", "counted at")
    made.columns[3].justify = "left"
    for source, share in mix.shares.items():
        count, where = known[source]
        made.add_row(source, f"{share:.4f}", "?" if count is None else f"{count:,}", where)
    out.print(made)
    counts = {source: count for source, (count, _) in known.items() if count is not None}
    if len(counts) == len(mix.shares):
        asked = f"{mix.size:,}" if mix.size != "max" else "the largest"
        feasible = largest_feasible(mix.shares, counts)
        out.print(f"size asked: {asked}; feasible at these shares: {feasible:,} at most; on shortage: {mix.shortage}")


def _last_count(plan: Plan, source: str, data: Path) -> tuple[int | None, str]:
    """Return the rows of a source that are left after the last finished step before `mix`, and which step that is."""
    count, where = None, "not read yet"
    for step in plan.steps:
        if step.name == "mix":
            break
        if step.source not in (source, "all") or step.name == "benchmark" or step.beside:
            continue
        report = StepFolder(steps_folder(data) / step.folder).report
        if report is None:
            break
        count, where = _kept_of(report, source, step), step.name
    return count, where


def _kept_of(report: dict[str, Any], source: str, step: Step) -> int:
    found = report["sources"].get(source)
    return found["kept"] if found else 0
