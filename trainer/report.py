"""What a run looks like: accuracy with its interval, curves as PNG, and report.html that stands by itself."""

import base64
import html
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from trainer.config import Config

_CURVES = (
    ("reward", "reward of a step"),
    ("completions/mean_length", "tokens of a completion"),
    ("entropy", "entropy"),
    ("groups/all_right", "groups all right"),
    ("groups/all_wrong", "groups all wrong"),
    ("all/truncated", "truncated"),
)
_STYLE = (
    "body{font:15px system-ui;max-width:60em;margin:2em auto;padding:0 1em}td,th{padding:.2em .8em;text-align:right}"
)


@dataclass(frozen=True)
class Accuracy:
    """A share of right completions; those without a score, a fault of ours, are counted apart."""

    right: float
    scored: int
    unscored: int = 0

    @property
    def rate(self) -> float:
        return self.right / self.scored if self.scored else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return Wilson's interval of 95 %."""
        if not self.scored:
            return 0.0, 1.0
        z, n, p = 1.96, self.scored, self.rate
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.rate:.3f} ({low:.2f} .. {high:.2f})"


def accuracies(graded: Iterable[Mapping[str, Any]]) -> dict[str, Accuracy]:
    """Return the accuracy of graded completions, accuracy AND format: `all`, and by source."""
    parts: dict[str, list[float | None]] = defaultdict(list)
    for one in graded:
        paid = None if one["score"] is None else float(one["score"] == 1.0 and one["format_ok"])
        for name in ("all", one["source"]):
            parts[name].append(paid)
    return {
        name: Accuracy(sum(one or 0.0 for one in part), sum(one is not None for one in part), part.count(None))
        for name, part in sorted(parts.items())
    }


def draw_curves(log: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the curves of a run, the held-out reward among the training reward."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 3, figsize=(13, 7))
    for axis, (name, title) in zip(axes.flat, _CURVES, strict=True):
        points = [(line["step"], line[name]) for line in log if line.get(name) is not None]
        axis.plot(*zip(*points, strict=True) if points else ((), ()), linewidth=1)
        axis.set_title(title)
        axis.set_xlabel("step")
    held = [(line["step"], line["eval_reward"]) for line in log if "eval_reward" in line]
    axes.flat[0].plot(*zip(*held, strict=True) if held else ((), ()), "o-", label="held-out")
    axes.flat[0].set_ylim(0, 1)
    axes.flat[0].legend()
    figure.tight_layout()
    figure.savefig(path, dpi=100, metadata={"Software": ""})
    pyplot.close(figure)


def write_report(
    folder: Path,
    config: Config,
    manifest: Mapping[str, Any],
    log: Sequence[Mapping[str, Any]],
    before: Mapping[str, Accuracy],
    after: Mapping[str, Accuracy],
) -> None:
    """Write curves.png and report.html, which holds the picture and every figure and asks for nothing else."""
    draw_curves(log, folder / "curves.png")
    picture = base64.b64encode((folder / "curves.png").read_bytes()).decode()
    held = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{before[name]}</td><td>{found}</td>"
        f"<td>{found.rate - before[name].rate:+.3f}</td></tr>"
        for name, found in after.items()
    )
    last: Mapping[str, Any] = next((line for line in reversed(log) if "reward" in line), {})
    parts = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{value:.4g}</td></tr>"
        for name, value in sorted(last.items())
        if "/" in name and isinstance(value, int | float)
    )
    alarms = [f"step {line['step']}: {alarm}" for line in log for alarm in line.get("alarms", [])]
    told = "".join(f"<li>{html.escape(alarm)}</li>" for alarm in alarms[:20]) or "<li>none</li>"
    title = f"{config.name} on {manifest['blend']}, seed {config.seed}"
    page = (
        f"<!doctype html><meta charset=utf-8><title>{html.escape(title)}</title><style>{_STYLE}</style>"
        f"<h1>{html.escape(title)}</h1><p>rows digest of the blend {manifest['rows_digest']}</p>"
        "<h2>Held-out accuracy</h2><table><tr><th></th><th>before (95 %)</th><th>after (95 %)</th><th>rise</th></tr>"
        f'{held}</table><h2>Curves</h2><img alt="curves" src="data:image/png;base64,{picture}" width="100%">'
        f"<h2>Alarms</h2><ul>{told}</ul><h2>The last step</h2><table>{parts}</table>"
        f"<h2>Configuration</h2><pre>{html.escape(json.dumps(asdict(config), indent=1))}</pre>"
    )
    (folder / "report.html").write_text(page)
