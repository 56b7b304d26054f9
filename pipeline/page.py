"""The page: report.html, one file that shows what a blend is, for whoever opens it, on any machine and offline."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.funnel import Funnel
from pipeline.licences import needs_consent
from pipeline.manifest import raw_files

_MOST_LEAVES = 100  # lines of the table of shares: every domain is a leaf where a recipe says so


def make_page(manifest: Mapping[str, Any], facts: Mapping[str, Any], funnel: Funnel) -> str:
    """Return the text of report.html. It names no file or address that it would have to fetch."""
    from jinja2 import Environment, StrictUndefined

    text = Path(__file__).with_suffix(".html.j2").read_text(encoding="utf-8")
    template = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    counts = facts.get("counts", {})
    return template.from_string(text).render(
        manifest=manifest,
        shares=_shares(facts["shares"])[:_MOST_LEAVES],
        num_leaves=len(_shares(facts["shares"])),
        funnel=_funnel(funnel),
        counted={kind: _bars(counts.get(kind, {})) for kind in ("category", "form", "answer_type")},
        letters=_bars(dict(sorted(facts.get("gold_letters", {}).items()))),
        lengths=_bars(facts.get("prompt_lengths", {})),
        characters=facts.get("prompt_characters"),
        licences=[(name, num, needs_consent(name)) for name, num in counts.get("licence", {}).items()],
        tested=facts.get("contamination", {}).get("self_test", []),
        files=raw_files(manifest),
    )


def _bars(counts: Mapping[str, int]) -> list[tuple[str, int, float]]:
    """Return (name, count, length of its bar from 0 to 1)."""
    longest = max(counts.values(), default=0) or 1
    return [(name, num, num / longest) for name, num in counts.items()]


def _shares(shares: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each source of the training split: share asked, the share of it that could be had, and had."""
    train = [share for share in shares if share["split"] == "train"]
    total = sum(share["granted"] for share in train) or 1
    return [
        {
            "source": share["source"],
            "asked": share["share"],
            "feasible": min(1.0, share["eligible"] / total),
            "realised": share["granted"] / total,
            "rows": share["granted"],
            "eligible": share["eligible"],
            "binding": share["binding"],
        }
        for share in train
    ]


def _funnel(funnel: Funnel) -> list[dict[str, Any]]:
    lines = []
    most = max((funnel.total(stage).came_in for stage in funnel.stages), default=0) or 1
    for stage in funnel.stages:
        total = funnel.total(stage)
        reasons = sorted(total.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        line = {"stage": stage, "in": total.came_in, "kept": total.kept, "dropped": total.dropped, "reasons": reasons}
        lines.append(line | {"bar": total.kept / most, "gone": total.dropped / most})
    return lines
