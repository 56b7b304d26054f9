"""The dataset card: YAML that the Hub reads and a page that people read, every figure computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from pipeline.funnel import Funnel
from pipeline.licences import licence_of
from pipeline.manifest import raw_files

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


@dataclass(frozen=True)
class Release:
    """What a published blend has beside a built one.

    withheld: licence -> rows in `data/` whose text stays out. unfiltered: whether it has that configuration.
    checks: what was checked before it was published, a sentence each.
    """

    repo: str
    withheld: Mapping[str, int] = field(default_factory=dict)
    unfiltered: bool = False
    checks: tuple[str, ...] = ()


def make_card(manifest: dict[str, Any], facts: dict[str, Any], funnel: Funnel, release: Release | None = None) -> str:
    """Return the text of README.md, of a built blend or of a published one."""
    name, rows = manifest["blend"], manifest["rows"]
    head = yaml.safe_dump(_head(manifest, facts, release), sort_keys=False, allow_unicode=True)
    parts = [f"---\n{head}---\n", f"# {name}\n", manifest["recipe"]["about"].strip() + "\n"]
    if manifest["source_map"] == "sample":
        parts.append("**Built from the sample rows that come with crossthink: to look at, not to train on.**\n")
    parts.append(
        f"{rows['train']:,} training rows and {rows['validation']:,} validation rows, "
        f"{facts['unique']['questions']:,} different questions. {manifest['rejected']:,} rows were dropped on the way; "
        "each is in `rejected/` with its stage, reason and evidence.\n"
        if rows["train"]
        else "No row was left to train on; `rejected/` says why.\n"
    )
    if release:
        parts.append(_use(release))
    parts.append("## Shares\n\n" + _share_table(facts["shares"]))
    if "counts" in facts:
        parts.append("## What is in it\n\n" + _contents(facts, rows["train"]))
    parts.append("## Funnel\n\n" + _funnel_table(funnel))
    parts.append("## Benchmarks\n\n" + _benchmarks(manifest, facts.get("contamination", {})) + "\n")
    if release and release.checks:
        checks = "".join(f"- {check}\n" for check in release.checks)
        parts.append(f"## Checked before it was published\n\n{checks}")
    parts.append("## Licence\n\n" + _licence(facts, release) + "\n")
    parts.append("## Sources\n\n" + _source_table(manifest))
    parts.append("## How to build it again\n\n" + _rebuild(manifest, release))
    if release:
        parts.append("## Citation\n\n" + _citation(manifest, release))
    return "\n".join(parts)


def _head(manifest: dict[str, Any], facts: dict[str, Any], release: Release | None) -> dict[str, Any]:
    rows = manifest["rows"]
    total = sum(rows.values())
    size = next((label for limit, label in _SIZES if total < limit), "n>10M")
    splits = [{"split": split, "path": f"data/{split}-*.parquet"} for split in ("train", "validation") if rows[split]]
    # rejected/ and unfiltered/ have schemas of their own, so each is a configuration of its own.
    configs: list[dict[str, Any]] = [
        {"config_name": "default", "data_files": splits, "default": True},
        {"config_name": "rejected", "data_files": [{"split": "rejected", "path": "rejected/*.parquet"}]},
    ]
    if release and release.unfiltered:
        files = [{"split": "unfiltered", "path": "unfiltered/*.parquet"}]
        configs.append({"config_name": "unfiltered", "data_files": files})
    withheld = set(release.withheld) if release else set()
    return {
        **licence_of(set(facts.get("counts", {}).get("licence", {"unknown": 0})) - withheld),
        "language": ["en"],
        "task_categories": ["question-answering", "text-generation"],
        "tags": ["rlvr", "reinforcement-learning", "reasoning", "crossthink"],
        "size_categories": [size],
        "configs": configs,
    }


def _use(release: Release) -> str:
    load = [f'load_dataset("{release.repo}")                # the blend: train and validation']
    load.append(f'load_dataset("{release.repo}", "rejected")    # what was dropped: stage, reason, evidence')
    if release.unfiltered:
        load.append(f'load_dataset("{release.repo}", "unfiltered")  # every row as it came in, and what became of it')
    code = "\n".join(["from datasets import load_dataset", "", *load])
    return (
        f"```python\n{code}\n```\n\nTRL and verl read the files as they are: `prompt`, `reward_model`, `extra_info`.\n"
    )


def _contents(facts: dict[str, Any], total: int) -> str:
    letters = ", ".join(f"{letter} {num:,}" for letter, num in sorted(facts["gold_letters"].items()))
    lengths = facts["prompt_characters"]
    return (
        f"{_count_table(facts['counts'], total)}\n"
        f"Gold letters of the multiple-choice rows: {letters or 'none'}.\n\n"
        f"Prompts have {lengths['median']:,} characters at the median, {lengths['p99']:,} at the 99th percentile, "
        f"{lengths['longest']:,} at most.\n"
    )


def _source_table(manifest: dict[str, Any]) -> str:
    lines = [
        [one["name"], one["role"], f"`{one['where']}`", f"`{one['revision'][:19]}`"] for one in raw_files(manifest)
    ]
    return _table(["read as", "", "files", "revision or digest"], lines)


def _rebuild(manifest: dict[str, Any], release: Release | None) -> str:
    given = release.repo if release else "manifest.json"
    return (
        f"`crossthink build --from {given}` builds the same bytes and says so, or names the first difference. "
        "`manifest.json` holds the whole recipe, every step with its parameters, the revisions or digests of the raw "
        f"files, and the digest of the ordered rows, `{manifest['rows_digest']}`.\n"
    )


def _citation(manifest: dict[str, Any], release: Release) -> str:
    key = manifest["blend"].replace("-", "_")
    return (
        f"```bibtex\n@misc{{{key},\n  title = {{{manifest['blend']}, built with crossthink}},\n"
        f"  howpublished = {{{release.repo} on the Hugging Face Hub}},\n"
        f"  note = {{rows digest {manifest['rows_digest']}}}\n}}\n"
        "@article{akter2025nemotroncrossthink,\n"
        "  title = {Nemotron-CrossThink: Scaling Self-Learning beyond Math Reasoning},\n"
        "  author = {Akter, Syeda Nahida and others},\n  journal = {arXiv preprint arXiv:2504.13941},\n"
        "  year = {2025}\n}\n```\n"
    )


def _benchmarks(manifest: dict[str, Any], found: dict[str, Any]) -> str:
    if not any(step["step"] == "decontaminate" for step in manifest["steps"]):
        return "**Not decontaminated**: the recipe has no such stage, so rows may ask what a benchmark asks."
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


def _licence(facts: dict[str, Any], release: Release | None) -> str:
    licences = facts.get("counts", {}).get("licence", {})
    listed = ", ".join(f"{name} ({num:,} rows)" for name, num in licences.items()) or "no rows"
    nc = facts.get("non_commercial_rows", 0)
    bound = f" {nc:,} rows may not be used commercially, so the blend as a whole may not." if nc else ""
    if release and release.withheld:
        kept_out = ", ".join(f"{name} ({num:,} rows)" for name, num in release.withheld.items())
        bound += (
            f" The text of these is not in this repository: {kept_out}. Each such row stands with its id, its origin "
            "and the digest of its prompt and gold in `withheld`; `python fill.py` fetches the sources, builds the "
            "whole blend on your machine and checks every row against its digest."
        )
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
