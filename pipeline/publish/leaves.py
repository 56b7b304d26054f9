"""Counts the rows of a blend by the leaves of its tree of shares, from the files: what was written, not granted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

SEPARATOR = " / "  # between the values that lead to a leaf
# Columns that a row still has as `mix` saw them; a group by another one (answer_type, difficulty) is counted whole.
_TOLD = ("source", "category", "domain", "licence", "seed_document", "template", "form")


def count_leaves(files: Iterable[Path], shares: Mapping[str, Any]) -> Counter[str]:
    """Return rows by leaf. shares: as a recipe has them. A leaf is named by the values that lead to it."""
    counted: Counter[str] = Counter()
    for path in files:
        rows = pl.read_parquet(path, columns=list(_TOLD), glob=False)
        for *values, num in rows.group_by(_TOLD).len().iter_rows():
            counted[leaf_of(dict(zip(_TOLD, values, strict=True)), shares)] += num
    return counted


def leaf_of(row: Mapping[str, str | None], shares: Mapping[str, Any]) -> str:
    """Return the leaf that a row is in, or the last group on the way to it that its columns tell; "" for all rows.

    {"source": "math"}, {"math": 0.5, ...} -> "math"
    {"category": "gpr", "source": "syn_qa"}, {"by": "category", "parts": {"gpr": {"by": "source"}}} -> "gpr / syn_qa"
    """
    group: Any = shares if isinstance(shares.get("by"), str) else {"by": "source", "parts": shares}
    names: list[str] = []
    while isinstance(group, Mapping) and group.get("by") in _TOLD:
        names.append(row[group["by"]] or "none")
        group = (group.get("parts") or {}).get(names[-1])
    return SEPARATOR.join(names)


def granted_below(shares: Iterable[Mapping[str, Any]], name: str) -> int:
    """Return what the leaf of a name, or all leaves below a group of that name, were granted."""
    below = f"{name}{SEPARATOR}" if name else ""
    return sum(share["granted"] for share in shares if share["source"] == name or share["source"].startswith(below))
