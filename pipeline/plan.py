"""The plan: the steps that a recipe needs over given sources, each named by its content, before anything runs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import RecipeError
from pipeline.recipe import Recipe
from pipeline.row import digest
from pipeline.run import is_done
from pipeline.step import UNION, RawSource, Step

BENCHMARKS = "benchmarks"  # the asset that stages ask for by this name


@dataclass(frozen=True)
class Plan:
    """All steps of one build, parents first. missing: sources that the source map does not have and no stage wants."""

    recipe: Recipe
    steps: tuple[Step, ...]
    missing: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """What the blend is: the last step's fingerprint and the recipe's name."""
        return digest(self.recipe.name, self.steps[-1].folder, num_bytes=8)

    def of_source(self, source: str) -> list[Step]:
        """Return the steps of one source by itself, in order."""
        return [step for step in self.steps if step.source == source]


def make_plan(
    recipe: Recipe,
    sources: Mapping[str, RawSource],
    benchmarks: Mapping[str, RawSource],
    measured: Mapping[str, RawSource] | None = None,
) -> Plan:
    """Return the steps of a build. measured: assets that were made beforehand, by name (`pass_rates`).

    Raises RecipeError when the map lacks a source that the recipe wants, or nothing made an asset that a stage needs.
    """
    absent = [name for name in recipe.sources if name not in sources]
    wanted = [name for name in absent if all(stage.wants(name) for _, stage in recipe.all)]
    if wanted:
        raise RecipeError(
            f"{recipe.name}: the source map has no {', '.join(map(repr, wanted))}; "
            "add it to the map, or set its share to 0"
        )
    items = [Step("benchmark", name, "ingest", (), raw=raw) for name, raw in sorted(benchmarks.items())]
    assets = {BENCHMARKS: tuple(step.folder for step in items)}
    used = {asset for _, stage in (*recipe.each, *recipe.all) for asset in stage.needs}
    made = [(name, raw) for name, raw in (measured or {}).items() if name in used]
    beside = [Step(name, raw.name, "ingest", (), raw=raw, beside=True) for name, raw in made]
    assets |= {step.name: (step.folder,) for step in beside}
    if lacking := used - set(assets):
        raise RecipeError(f"{recipe.name}: nothing has measured {min(lacking)}; run `crossthink profile {recipe.name}`")
    steps, ends = [*items, *beside], []
    for name in (name for name in recipe.sources if name in sources):
        steps.extend(sources[name].before)
        made_by = tuple(step.folder for step in sources[name].before[-1:])
        last = Step("ingest", name, "ingest", made_by, raw=sources[name])
        steps.append(last)
        for stage_name, stage in recipe.each:
            needed = {asset: assets[asset] for asset in stage.needs}
            last = Step(stage_name, name, "shard", (last.folder,), stage=stage, assets=needed)
            steps.append(last)
        ends.append(last)
    parents = tuple(step.folder for step in ends)
    for stage_name, stage in recipe.all:
        needed = {asset: assets[asset] for asset in stage.needs}
        union = Step(stage_name, UNION, stage.scope, parents, stage=stage, assets=needed)
        steps.append(union)
        parents = (union.folder,)
    if BENCHMARKS not in used:
        steps = [step for step in steps if step.name != "benchmark"]
    elif not benchmarks:
        raise RecipeError(f"{recipe.name}: the source map has no benchmarks; name them, or take out the stage")
    return Plan(recipe, tuple(steps), tuple(absent))


def changes(step: Step, before: Mapping[str, Any] | None) -> str:
    """Say why a step runs: what changed since `before`, the same step's entry in the last build's manifest."""
    if before is None:
        return "new"
    old, new = _flat(before.get("parameters", {})), _flat(step.parameters)
    changed = [
        f"{key} {old.get(key, 'none')} -> {new.get(key, 'none')}"
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]
    if changed:
        return "; ".join(changed[:3]) + ("; ..." if len(changed) > 3 else "")
    return "its input changed" if before.get("fingerprint") != step.fingerprint else "not finished"


def difference(plan: Plan, last: Sequence[Mapping[str, Any]], todo: Collection[str]) -> list[str]:
    """Say what differs from the last build and how many steps run again for it: "dedup.near True -> False: 3 ...".

    last: the steps of its manifest. todo: folders of the steps that will run.
    """
    before = {(step["step"], step["source"]): step for step in last}
    now = {(step.name, step.source): step for step in plan.steps}
    changed: dict[str, set[str]] = {}  # what changed -> folders of the steps that it changed
    for key, step in now.items():
        old = before.get(key)
        if old is None:
            changed.setdefault(f"{step.name} is new", set()).add(step.folder)
        elif (why := changes(step, old)) not in ("its input changed", "not finished"):
            for one in why.split("; "):
                changed.setdefault(f"{step.name}.{one}", set()).add(step.folder)
    gone = sorted({name for name, _ in set(before) - set(now) if all(name != kept for kept, _ in now)})
    lines = []
    for what, folders in changed.items():
        num = sum(step.folder in todo for step in _below(plan, folders))
        lines.append(
            f"{what}: {num} {'step runs' if num == 1 else 'steps run'} again" if num else f"{what}: built before"
        )
    return [*lines, *(f"{name} is taken out" for name in gone)]


def _below(plan: Plan, folders: Collection[str]) -> list[Step]:
    """Return the steps in `folders` and all that follow from them."""
    found: dict[str, Step] = {}
    for step in plan.steps:
        needed = {*step.parents, *(folder for assets in step.assets.values() for folder in assets)}
        if step.folder in folders or needed & set(found):
            found[step.folder] = step
    return list(found.values())


def _flat(value: Any, prefix: str = "") -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {key: item for name, inner in value.items() for key, item in _flat(inner, f"{prefix}{name}.").items()}
    return {prefix.rstrip("."): value}


def to_do(plan: Plan, data: Path) -> list[Step]:
    """Return the steps that will run."""
    return [step for step in plan.steps if not is_done(step, data)]
