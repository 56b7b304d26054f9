"""The dataset card: YAML that the Hub reads and a page that people read, every figure computed."""

from typing import Any

import yaml

from pipeline.funnel import Funnel

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


def make_card(manifest: dict[str, Any], facts: dict[str, Any], funnel: Funnel, *, sample: bool) -> str:
    """Return the text of README.md."""
    name, rows = manifest["blend"], manifest["rows"]
    head = yaml.safe_dump(_head(manifest, facts), sort_keys=False, allow_unicode=True)
    parts = [f"---\n{head}---\n", f"# {name}\n", manifest["recipe"]["about"].strip() + "\n"]
    if sample:
        parts.append("**Built from the sample rows that come with crossthink: to look at, not to train on.**\n")
    parts.append(
        f"{rows['train']:,} training rows and {rows['validation']:,} validation rows, "
        f"{facts['unique']['questions']:,} different questions. {manifest['rejected']:,} rows were dropped on the way; "
        "each is in `rejected/` with its stage, reason and evidence.\n"
        if rows["train"]
        else "No row was left to train on; `rejected/` says why.\n"
    )
    parts.append("## Shares\n\n" + _share_table(facts["shares"]))
    if "counts" in facts:
        parts.append("## What is in it\n\n" + _count_table(facts["counts"], rows["train"]))
        letters = ", ".join(f"{letter} {num:,}" for letter, num in sorted(facts["gold_letters"].items()))
        parts.append(f"Gold letters of the multiple-choice rows: {letters or 'none'}.\n")
        lengths = facts["prompt_characters"]
        parts.append(
            f"Prompts have {lengths['median']:,} characters at the median, {lengths['p99']:,} at the 99th percentile, "
            f"{lengths['longest']:,} at most.\n"
        )
    parts.append("## Funnel\n\n" + _funnel_table(funnel))
    parts.append("## Benchmarks\n\n" + _benchmarks(manifest, facts.get("contamination", {})) + "\n")
    parts.append("## Licence\n\n" + _licence(facts) + "\n")
    parts.append(
        "## How it was built\n\n"
        f"`make blend BLEND={name}` of crossthink. `manifest.json` holds every step with its parameters, the revisions "
        f"or digests of the raw files, and the digest of the ordered rows, `{manifest['rows_digest']}`.\n"
    )
    return "\n".join(parts)


def _head(manifest: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    rows = manifest["rows"]
    total = sum(rows.values())
    size = next((label for limit, label in _SIZES if total < limit), "n>10M")
    splits = [{"split": split, "path": f"data/{split}-*.parquet"} for split in ("train", "validation") if rows[split]]
    licences = sorted(facts.get("counts", {}).get("licence", {}))
    return {
        "license": licences[0] if len(licences) == 1 else "other",
        "language": ["en"],
        "task_categories": ["question-answering", "text-generation"],
        "tags": ["rlvr", "reinforcement-learning", "reasoning", "crossthink"],
        "size_categories": [size],
        # rejected/ has another schema, so it is a configuration of its own.
        "configs": [
            {"config_name": "default", "data_files": splits, "default": True},
            {"config_name": "rejected", "data_files": [{"split": "rejected", "path": "rejected/*.parquet"}]},
        ],
    }


def _benchmarks(manifest: dict[str, Any], found: dict[str, Any]) -> str:
    held = {step["source"]: step["kept"] for step in manifest["steps"] if step["step"] == "benchmark"}
    listed = ", ".join(f"{name} ({num:,} items)" for name, num in held.items()) or "none"
    missing = f" Not compared, because not at hand: {', '.join(manifest['missing'])}." if manifest["missing"] else ""
    told = _tested(found.get("self_test", [])) + _overlap(found.get("overlap", []))
    return f"Rows that ask what a benchmark asks were dropped. Compared with: {listed}.{missing}{told}"


def _tested(tested: list[dict[str, Any]]) -> str:
    """Say what the self-test of the build found: leaks planted beside the blend's own rows."""
    if not tested:
        return ""
    kinds = ", ".join(f"{one['kind']} {one['dropped']}/{one['planted']}" for one in tested if one["is_leak"])
    clean = ", ".join(f"{one['kind']} {one['dropped']}/{one['planted']}" for one in tested if one["is_leak"] is False)
    return f"\n\nSelf-test: leaks planted beside these rows and dropped: {kinds}. No leaks and dropped: {clean}."


def _overlap(shared: list[dict[str, Any]]) -> str:
    """Say which questions the benchmarks share, so that their scores are not taken for independent."""
    if not shared:
        return ""
    header = ["benchmark", "shares with", "questions", "with the same options"]
    lines = [
        [
            one["benchmark"],
            "itself" if one["other"] == one["benchmark"] else one["other"],
            f"{one['same_question']:,}",
            f"{one['same_options_too']:,}",
        ]
        for one in shared
    ]
    return f"\n\nQuestions that the benchmarks share with each other and repeat themselves:\n\n{_table(header, lines)}"


def _licence(facts: dict[str, Any]) -> str:
    licences = facts.get("counts", {}).get("licence", {})
    listed = ", ".join(f"{name} ({num:,} rows)" for name, num in licences.items()) or "no rows"
    nc = facts.get("non_commercial_rows", 0)
    bound = f" {nc:,} rows may not be used commercially, so the blend as a whole may not." if nc else ""
    return f"Each row carries its own licence: {listed}.{bound}"


def _table(header: list[str], lines: list[list[str]]) -> str:
    rule = ["---" if name in ("", "why", header[0]) else "---:" for name in header]
    return "".join(f"| {' | '.join(line)} |\n" for line in [header, rule, *lines])


def _share_table(shares: list[dict[str, Any]]) -> str:
    train = [share for share in shares if share["split"] == "train"]
    total = sum(share["granted"] for share in train) or 1
    lines = [
        [
            share["source"],
            f"{share['share']:.4f}",
            f"{share['granted'] / total:.4f}",
            f"{share['granted']:,}",
            f"{share['eligible']:,}{' (binds)' if share['binding'] else ''}",
        ]
        for share in train
    ]
    return _table(["source", "share asked", "share", "rows", "eligible"], lines)


def _count_table(counts: dict[str, dict[str, int]], total: int) -> str:
    lines = [
        [f"{kind}: {value}", f"{num:,}", f"{num / total:.1%}"]
        for kind in ("category", "form", "answer_type")
        for value, num in counts[kind].items()
    ]
    return _table(["", "rows", "share"], lines)


def _funnel_table(funnel: Funnel) -> str:
    lines = []
    for stage in funnel.stages:
        total = funnel.total(stage)
        reasons = ", ".join(f"{why} {num:,}" for why, num in sorted(total.reasons.items(), key=lambda pair: -pair[1]))
        lines.append([stage, f"{total.came_in:,}", f"{total.kept:,}", f"{total.dropped:,}", reasons])
    return _table(["stage", "in", "kept", "dropped", "why"], lines)
