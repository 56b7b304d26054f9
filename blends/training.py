"""What `crossthink train` does: finds or builds the blend, trains a run for each seed, and tables what they learned."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from blends.build import artefact_path, build_blend, find_blend
from blends.rates import pass_rates
from blends.screen import out, table
from pipeline.errors import PipelineError, RecipeError
from trainer.config import read_config

if TYPE_CHECKING:
    from trainer.run import Outcome


def train_on_blend(
    config_name: str,
    changes: Sequence[str],
    blend: str,
    sources: str,
    seeds: Sequence[int],
    data: Path,
    folder: Path | None,
    *,
    control: bool,
    limit: int,
) -> None:
    """Train on a blend, once for each seed, and print held-out accuracy before and after.

    The small blends that are generated or come along are built where they are not; others must be there.
    """
    config = read_config(config_name, changes)
    config = replace(config, blend=blend or config.blend, sources=sources or config.sources)
    seeds = seeds or [config.seed]
    if folder and len(seeds) > 1:
        raise RecipeError("--out names the folder of one run; leave it out with several seeds")
    if find_spec("trl") is None:
        raise PipelineError(
            "train: torch and TRL are not installed; run `make train`, or pip install 'crossthink[train]'"
        )
    place = artefact_path(data, Path(config.blend).stem, config.sources, limit)
    if config.sources in ("sample", "generated") and not (place / "manifest.json").exists():
        build_blend(config.blend, config.sources, data, limit=limit, workers=1, skip=[])
    artefact, _ = find_blend(config.blend, config.sources, data, limit)
    from trainer.run import run

    outcomes = []
    for seed in seeds:
        name = f"{config.name}-{artefact.path.name}-seed{seed}{'-control' if control else ''}"
        out.print(f"\n{name}", markup=False)
        outcomes.append(
            run(
                replace(config, seed=seed),
                artefact.path,
                folder or data / "runs" / name,
                control=control,
                rates=pass_rates(data, Path(config.blend).stem),
                tell=lambda said: out.print(said, markup=False),
            )
        )
    _show(outcomes)


def _show(outcomes: Sequence["Outcome"]) -> None:
    """Print held-out accuracy (accuracy AND format, drawn at the run's temperature) before and after."""
    made = table("held-out", "seed", "before (95 %)", "after (95 %)", "rise", "CPU min")
    for outcome in outcomes:
        for part, after in outcome.after.items():
            before = outcome.before[part]
            minutes = f"{outcome.cpu_s / 60:.1f}" if part == "all" else ""
            made.add_row(part, str(outcome.seed), str(before), str(after), f"{after.rate - before.rate:+.3f}", minutes)
    out.print()
    out.print(made)
    for outcome in outcomes:
        out.print(f"{outcome.folder}: curves.png, report.html, card.json; rows seen {outcome.rows}", markup=False)
