"""Says why a blend is no larger: which part binds its size, and where the rows of that part's sources went."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from blends.screen import out
from pipeline.plan import Plan
from pipeline.run import is_done
from pipeline.step import StepFolder, steps_folder
from stages.mix import OVER, Mix
from stages.mixing.tree import SEPARATOR

_MOST = 3  # of what a line names; the funnel has them all


def say_shortage(
    shares: Sequence[Mapping[str, Any]], off: Sequence[Mapping[str, Any]], mix: Mix, plan: Plan, data: Path
) -> None:
    """Say what the policy on shortage did: which leaf binds the size, or how far the output is from it.

    shares, off: the assets `shares` and `marginals` of the stage `mix`.
    """
    train = [share for share in shares if share["split"] == "train"]
    granted, feasible = sum(share["granted"] for share in train), train[0]["feasible"] if train else 0
    binding = [share["source"] for share in train if share["binding"]]
    if mix.asked.rows and granted < mix.asked.rows:
        out.print(f"{mix.asked.says()} asked, {granted:,} granted; on shortage: {mix.shortage}")
    if mix.asked.tokens and train:
        out.print(f"{mix.asked.says()} asked, {train[0]['tokens']:,} granted")
    if granted > feasible:
        out.print(
            f"{granted:,} rows are more than the {feasible:,} feasible at these shares; on shortage: {mix.shortage}"
        )
    elif binding:
        named = " and ".join(binding[:_MOST]) + (f" and {len(binding) - _MOST} more" if len(binding) > _MOST else "")
        out.print(f"largest feasible size at these shares: {feasible:,} rows; {named} has no more to give")
        for line in where_they_went(plan, data, binding):
            out.print(line)
    _say_targets(mix, off, granted)
    if train and train[0]["held"]:
        out.print(f"the targets hold the size at {feasible:,} rows: {train[0]['held']}")


def mix_outputs(plan: Plan, mix: Mix, data: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]] | None:
    """Return the assets `shares` and `marginals` of the plan's mix, or None where it is not done."""
    step = next((step for step in plan.steps if step.stage is mix and is_done(step, data)), None)
    if step is None:
        return None
    paths = [StepFolder(steps_folder(data) / step.folder).asset(name) for name in ("shares", "marginals")]
    shares, off = (pl.read_parquet(path, glob=False).to_dicts() if path.exists() else [] for path in paths)
    return shares, off


def where_they_went(plan: Plan, data: Path, leaves: Sequence[str]) -> list[str]:
    """Return a line for each source in some leaves: rows ingested, rows left, and why the others went."""
    values = {value for leaf in leaves for value in leaf.split(SEPARATOR)}
    lines = []
    for source in (name for name in plan.recipe.sources if name in values):
        ingested, left, reasons = _lost(plan, source, data)
        if ingested is not None:
            listed = [f"{reason} {num:,}" for reason, num in reasons.most_common(_MOST)]
            more = f", {len(reasons) - _MOST} more reasons" if len(reasons) > _MOST else ""
            lines.append(f"{source}: {ingested:,} ingested, {left:,} left: {', '.join(listed) or 'none dropped'}{more}")
    return lines


def _lost(plan: Plan, source: str, data: Path) -> tuple[int | None, int, Counter[str]]:
    """Return how many rows of a source were read, how many `mix` may choose from, and why the others went."""
    ingested, left, reasons = None, 0, Counter[str]()
    for step in plan.steps:
        report = StepFolder(steps_folder(data) / step.folder).report
        if step.beside or step.name == "benchmark" or step.source not in (source, "all") or report is None:
            continue
        found = report["sources"].get(source, {"kept": 0, "dropped": 0, "reasons": {}})
        if step.name == "mix":  # what it cannot place at all; the rest was there to choose from
            placeless = {why: num for why, num in found["reasons"].items() if why != OVER}
            reasons.update(placeless)
            left -= sum(placeless.values())
            break
        ingested = found["kept"] + found["dropped"] if ingested is None else ingested
        left = found["kept"]
        reasons.update(found["reasons"])
    return ingested, left, reasons


def _say_targets(mix: Mix, off: Sequence[Mapping[str, Any]], num_rows: int) -> None:
    """Say how near the training rows came to the recipe's targets across its groups."""
    for line in off:
        if line["split"] == "train":
            asked = float(mix.targets[line["column"]][line["value"]])
            had = asked + line["off"] / (num_rows or 1)
            out.print(
                f"{line['column']} {line['value']}: {asked:.4f} asked, {had:.4f} had, {line['off']:+.2f} rows off"
            )
