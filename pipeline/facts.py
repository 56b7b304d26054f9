"""What is true of a built blend, computed from its files: for the card and report.json."""

from pathlib import Path
from typing import Any

import polars as pl

from pipeline.licences import NON_COMMERCIAL
from pipeline.row import LETTERS
from pipeline.step import StepFolder, steps_folder

# Where the bars of the prompts' lengths end, in characters; each is some twice the one before.
_LENGTHS = (125, 250, 500, 1_000, 2_000, 4_000, 8_000)


def blend_facts(folder: Path, manifest: dict[str, Any], data: Path) -> dict[str, Any]:
    """Return counts of the training rows by what they are, the shares, the gold letters, lengths and licences."""
    files = [folder / s["file"] for s in manifest["shards"] if s["file"].startswith("data/train-")]
    if not files:
        return {"rows": manifest["rows"], "shares": _shares(manifest, data)}
    rows = pl.scan_parquet(files, glob=False)
    counts = {
        name: _counts(rows, pl.col(name).fill_null("unknown"))
        for name in ("source", "category", "form", "answer_type", "licence")
    }
    mcq = rows.filter(pl.col("form") == "mcq")
    letters = _counts(mcq, pl.col("label").replace_strict(range(len(LETTERS)), list(LETTERS)))
    chars = pl.col("prompt").list.first().struct.field("content").str.len_chars()
    lengths = rows.select(
        median=chars.median(), p99=chars.quantile(0.99, "nearest"), longest=chars.max()
    ).collect().to_dicts()[0]  # fmt: skip
    unique = rows.select(rows=pl.len(), questions=pl.col("key").n_unique(), templates=pl.col("template").n_unique())
    return {
        "rows": manifest["rows"],
        "unique": unique.collect().to_dicts()[0],
        "shares": _shares(manifest, data),
        "counts": counts,
        "gold_letters": letters,
        "prompt_characters": {name: int(value) for name, value in lengths.items()},
        "prompt_lengths": _histogram(rows, chars),
        "marked": rows.filter(pl.col("marks").list.len() > 0).select(pl.len()).collect().item(),
        "non_commercial_rows": rows.filter(pl.col("licence").fill_null("").str.contains(NON_COMMERCIAL))
        .select(pl.len())
        .collect()
        .item(),
    }


def _counts(rows: pl.LazyFrame, column: pl.Expr) -> dict[str, int]:
    counted = rows.group_by(value=column).len().sort("len", "value", descending=[True, False]).collect()
    return dict(counted.iter_rows())


def _histogram(rows: pl.LazyFrame, column: pl.Expr) -> dict[str, int]:
    """Return how many rows have up to 125, 250, ... characters and how many more."""
    names = [*(f"up to {end:,}" for end in _LENGTHS), "more"]
    counted = dict(
        rows.group_by(bar=column.cut(list(_LENGTHS), labels=names).cast(pl.String)).len().collect().iter_rows()
    )
    return {name: counted.get(name, 0) for name in names}


def _shares(manifest: dict[str, Any], data: Path) -> list[dict[str, Any]]:
    """Return what `mix` wrote: split, source, share asked, rows eligible, granted, and which source binds the size."""
    found = []
    for step in manifest["steps"]:
        path = StepFolder(steps_folder(data) / f"{step['step']}-{step['source']}-{step['fingerprint']}").asset("shares")
        if path.exists():
            found += pl.read_parquet(path, glob=False).to_dicts()
    return found
