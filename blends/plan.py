"""What `crossthink plan` says before anything runs: steps and why, what changed since the last build, the shares."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from blends.build import artefact_path, prepare
from blends.screen import out, show_shares, table
from blends.shortage import mix_outputs, say_shortage, where_they_went
from pipeline.artefact import Artefact
from pipeline.errors import ShortageError
from pipeline.plan import Plan, changes, difference, to_do
from pipeline.stage import Assets
from pipeline.step import UNION, StepFolder, steps_folder
from stages.mix import Mix
from stages.mixing.counts import resolve


def show_plan(blend: str, sources: str, data: Path, *, limit: int, skip: list[str]) -> None:
    """Print each step as done or to run and why, and the shares that are feasible as far as it is known."""
    plan, *_ = prepare(blend, sources, data, limit, skip)
    artefact = Artefact(artefact_path(data, plan.recipe.name, sources, limit))
    last = (artefact.manifest or {"steps": []})["steps"]
    before = {(step["step"], step["source"]): step for step in last}
    todo = {step.folder for step in to_do(plan, data)}
    made = table("step", "source", "", "why")
    made.columns[1].justify = made.columns[2].justify = made.columns[3].justify = "left"
    for step in plan.steps:
        why = changes(step, before.get((step.name, step.source))) if step.folder in todo else ""
        made.add_row(step.name, step.source, "will run" if step.folder in todo else "done", why)
    out.print(made)
    out.print(f"\n{len(todo)} of {len(plan.steps)} steps will run; the blend goes to {artefact.path}")
    for line in difference(plan, last, todo) if last else ():
        out.print(f"since the last build: {line}")
    if plan.missing:
        out.print(f"not in the source map: {', '.join(plan.missing)}")
    mix = next((stage for _, stage in plan.recipe.all if isinstance(stage, Mix)), None)
    if mix is not None:
        out.print()
        _show_feasible(plan, mix, data)


def _show_feasible(plan: Plan, mix: Mix, data: Path) -> None:
    """Print the shares: as `mix` granted them once it is done, else as it would grant them of the rows known so far."""
    done = mix_outputs(plan, mix, data)
    if done is not None:
        show_shares(done[0])
        say_shortage(*done, mix, plan, data)
        return
    known = {source: _last_rows(plan, source, data) for source in plan.recipe.sources if mix.wants(source)}
    out.print(f"size asked: {mix.asked.says()}; on shortage: {mix.shortage}")
    unread = [source for source, (files, _) in known.items() if files is None]
    rows = None if unread else _prepared(mix, [file for files, _ in known.values() for file in files or ()])
    if rows is None:
        out.print(f"rows are not known yet: {', '.join(unread) or 'columns that the shares need'}")
        _show_asked(mix)
        return
    out.print(
        f"of the rows as they are now, {_counted(plan, {source: where for source, (_, where) in known.items()})}:"
    )
    assets = Assets()
    try:
        mix.mark(rows, assets)
    except ShortageError as error:
        out.print(str(error))
        for line in where_they_went(plan, data, error.leaves):
            out.print(line)
        return
    shares, off = (
        assets.outputs[name].to_dicts() if name in assets.outputs else [] for name in ("shares", "marginals")
    )
    show_shares(shares)
    say_shortage(shares, off, mix, plan, data)


def _counted(plan: Plan, after: Mapping[str, str]) -> str:
    """Say after which steps rows are counted, and whether steps that drop more come before `mix`."""
    steps = list(dict.fromkeys(after.values()))
    by_step = [f"{', '.join(name for name, step in after.items() if step == one)} after {one}" for one in steps]
    said = f"after {steps[0]}" if len(steps) == 1 else "; ".join(by_step)
    names = [name for name, _ in plan.recipe.all]
    last = names[names.index("mix") - 1] if names.index("mix") else ""
    return said if steps == [last] else f"{said}; steps yet to run drop more"


def _show_asked(mix: Mix) -> None:
    """Print the shares as the recipe states them; where a rule makes them of counts, that it does."""
    made = table("part", "share asked")
    rules = [group for group in mix.group.groups() if group.rule is not None and not group.rule.given]
    for leaf in resolve(mix.group, {}).leaves() if not rules else ():
        made.add_row(leaf.name, f"{leaf.part / resolve(mix.group, {}).whole:.4f}")
    if rules:
        listed = ", ".join(f"{group.by}: {group.rule.name}" for group in rules if group.rule)
        out.print(f"shares follow from the rows there are ({listed})")
    else:
        out.print(made)


def _last_rows(plan: Plan, source: str, data: Path) -> tuple[list[Path] | None, str]:
    """Return the files of a source's rows after the last finished step before `mix`, and which step that is."""
    files, where = None, "nothing"
    for step in plan.steps:
        if step.name == "mix":
            break
        if step.source not in (source, UNION) or step.name == "benchmark" or step.beside:
            continue
        own = StepFolder(steps_folder(data) / step.folder)
        if own.report is None:
            break
        files, where = own.all_kept(), step.name
    return files, where


def _prepared(mix: Mix, files: Sequence[Path]) -> pl.DataFrame | None:
    """Return what `mix` sees of some files of rows, or None where a column that it needs is not there yet.

    Before `split` all rows are training rows; before `forms` a row may be asked in both.
    """
    parts = []
    for file in dict.fromkeys(files):
        rows = pl.scan_parquet(file, glob=False)
        there = rows.collect_schema()
        if set(mix.columns) - set(there) - {"split"}:
            return None
        defaults: Mapping[str, Any] = {"split": pl.lit("train"), "key": pl.col("id"), "forms": pl.lit(["mcq", "open"])}
        filled = {name: pl.coalesce(*([name] if name in there else []), value) for name, value in defaults.items()}
        parts.append(mix.prepare(rows.with_columns(**filled).select(mix.columns).collect(), Assets()))
    return pl.concat(parts) if parts else None
