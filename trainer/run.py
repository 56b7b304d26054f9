"""One training run from a built blend to its card: the model, the checks, GRPO, accuracy before and after."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipeline.errors import DataError
from trainer.checks import check_installed, check_sample
from trainer.config import Config
from trainer.data import read_manifest, training_rows, with_shuffled_golds
from trainer.ledger import read_completions
from trainer.report import Accuracy, accuracies, write_report

Tell = Callable[[str], None]
_LIBRARIES = ("torch", "transformers", "trl", "accelerate", "datasets", "math-verify")


@dataclass(frozen=True)
class Outcome:
    """What a run came to: held-out accuracy before and after, over all rows and by source, and where it all stands."""

    folder: Path
    seed: int
    control: bool
    before: Mapping[str, Accuracy]
    after: Mapping[str, Accuracy]
    cpu_s: float
    wall_s: float
    rows: str  # digest of the rows seen, in their order

    @property
    def rise(self) -> float:
        return self.after["all"].rate - self.before["all"].rate


def run(
    config: Config,
    blend: Path,
    folder: Path,
    *,
    control: bool = False,
    rates: Mapping[str, tuple[int, int]] | None = None,
    tell: Tell = print,
) -> Outcome:
    """Train on the blend in `blend`; everything is written to `folder`, and a killed run goes on there.

    control: the training golds are shuffled, the held-out ones are not. rates: successes and attempts by row key, as
    `crossthink profile` measured them.
    """
    check_installed(config)
    manifest = read_manifest(blend)
    check_sample(config, manifest, blend.name)
    rows = training_rows(blend, "train")
    held_out = training_rows(blend, "validation", config.eval_rows)
    if len(rows) < config.prompts:
        raise DataError(
            f"{blend}: {len(rows)} rows are fewer than the {config.prompts} prompts of a step; lower prompts"
        )
    _same_run(folder, _identity(config, manifest, control))
    if config.device == "cpu":
        os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")  # read as TRL imports vLLM
    from trainer.grpo import train_blend

    begun = time.process_time()
    model = _tiny_model(config, rows, folder, tell) if config.tiny else config.model
    if control:
        rows = with_shuffled_golds(rows, config.seed)
    warm_up_s = time.process_time() - begun
    took = {"warm_up_cpu_s": warm_up_s, **train_blend(config, model, rows, held_out, folder, rates or {}, tell)}
    log = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    tried = read_completions(folder, "validation")
    last = max(row["step"] for row in tried)
    outcome = Outcome(
        folder,
        config.seed,
        control,
        accuracies([row for row in tried if row["step"] == 0]),
        accuracies([row for row in tried if row["step"] == last]),
        warm_up_s + took["cpu_s"],
        took["wall_s"],
        next((line["rows"] for line in reversed(log) if "rows" in line), ""),
    )
    if _is_main():
        _write_card(outcome, config, manifest, took, log)
        write_report(folder, config, manifest, log, outcome.before, outcome.after)
    return outcome


def _tiny_model(config: Config, rows: Any, folder: Path, tell: Tell) -> str:
    """Return the folder of the model that the run begins with; the first process makes it, whole or not at all."""
    from trainer.tiny import make_tiny

    assert config.tiny
    start = folder / "start"
    if _is_main() and not start.exists():
        tell(f"making and warming up a model: {config.tiny.steps} steps")
        make_tiny(config.tiny, rows.to_list(), folder / "start.part", seed=config.seed, device=config.device)
        (folder / "start.part").rename(start)
    while not start.exists():  # the other processes of a run
        time.sleep(0.5)
    return str(start)


def _identity(config: Config, manifest: Mapping[str, Any], control: bool) -> dict[str, Any]:
    """Return what a run is, as JSON: the same in a folder means the same run going on."""
    asked = {name: value for name, value in asdict(config).items() if name not in ("save_every", "report_to")}
    blend = {name: manifest[name] for name in ("blend", "fingerprint", "rows_digest")}
    return json.loads(json.dumps({"config": asked, "blend": blend, "control": control}))  # type: ignore[no-any-return]


def _same_run(folder: Path, identity: Mapping[str, Any]) -> None:
    """Keep what a run is in its folder. Raises DataError where another run is there: nothing is mixed or lost."""
    path = folder / "run.json"
    if path.exists():
        before = json.loads(path.read_text())
        for part, now in identity.items():
            was = before.get(part)
            if was != now:
                names = [n for n in now if was.get(n) != now[n]] if isinstance(now, dict) else [part]
                raise DataError(f"{folder}: another run is here (its {names[0]} differs); give --out another folder")
        return
    if _is_main():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(identity, indent=1) + "\n")


def _is_main() -> bool:
    """Tell whether this process is the only one or the first of several."""
    return os.environ.get("RANK", "0") == "0"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # `python -m trainer` runs from a checkout that nobody installed
        return "not installed"


def _write_card(
    outcome: Outcome, config: Config, manifest: Mapping[str, Any], took: Mapping[str, Any], log: list[dict[str, Any]]
) -> None:
    """Write `card.json`: what was run on which rows, by what, and what came of it."""
    versions = {name: _version(name) for name in ("crossthink", *_LIBRARIES)}
    alarms = sorted({alarm.partition(":")[0] for line in log for alarm in line.get("alarms", [])})
    card = {
        **_identity(config, manifest, outcome.control),
        "rows_seen": outcome.rows,
        "before": {name: asdict(found) for name, found in outcome.before.items()},
        "after": {name: asdict(found) for name, found in outcome.after.items()},
        "alarms": alarms,
        "took": {**took, "devices": int(os.environ.get("WORLD_SIZE", "1"))},
        "versions": versions,
    }
    (outcome.folder / "card.json").write_text(json.dumps(card, indent=1) + "\n")
