"""A built blend as the trainer reads it: the shards of one split, in their order, checked; or with golds shuffled."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset

FORMS = ("mcq", "open")
_COLUMNS = ("prompt", "extra_info", "id", "key", "source", "category", "form", "question", "options", "ground_truth")


def load_blend(folder: Path, split: str = "train") -> "Dataset":
    """Return one split of a built blend as a datasets.Dataset: `prompt` (chat messages) and every other column.

    Raises DataError when the folder holds no blend, or its rows are not those of its manifest.
    """
    from datasets import disable_progress_bars, load_dataset

    disable_progress_bars()
    manifest = read_manifest(folder)
    shards = [shard for shard in manifest["shards"] if shard["file"].startswith(f"data/{split}-")]
    if not shards:
        raise DataError(f"{folder}: no rows of split {split!r}; it has {manifest['rows']}")
    missing = [shard["file"] for shard in shards if not (folder / shard["file"]).is_file()]
    if missing:
        raise DataError(f"{folder}: no file {missing[0]!r}, which the manifest names; build the blend again")
    rows = load_dataset("parquet", data_files=[str(folder / shard["file"]) for shard in shards], split="train")
    if len(rows) != sum(shard["rows"] for shard in shards):
        raise DataError(f"{folder}: {len(rows)} rows, the manifest says {manifest['rows'][split]}; build it again")
    return rows


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a built blend is. Raises DataError."""
    path = folder / "manifest.json"
    if not path.exists():
        raise DataError(f"{folder}: no manifest.json; build the blend first")
    manifest: dict[str, Any] = json.loads(path.read_text())
    return manifest


def training_rows(folder: Path, split: str, num_rows: int = 0) -> "Dataset":
    """Return the rows of a split with the columns that training uses, the first `num_rows` (0: all).

    Raises DataError where a row has no gold or a form that the reward does not know.
    """
    rows = load_blend(folder, split)
    absent = [name for name in _COLUMNS if name not in rows.column_names]
    if absent:
        raise DataError(f"{folder}: no column {absent[0]!r}; build the blend again with this version")
    rows = rows.select_columns(list(_COLUMNS))
    if num_rows:
        rows = rows.select(range(min(num_rows, len(rows))))
    for row_id, row in zip(rows["id"], rows["extra_info"], strict=True):
        if not (row["answer"] or "").strip():
            raise DataError(f"{folder}: row {row_id} has no gold; take it out and build the blend again")
        if row["form"] not in FORMS:
            raise DataError(f"{folder}: row {row_id} has form {row['form']!r}; the reward knows {', '.join(FORMS)}")
    return rows


def with_shuffled_golds(rows: "Dataset", seed: int) -> "Dataset":
    """Return the rows with wrong golds, the control arm: what is learned from these was not learned from the golds.

    An open row takes the gold of another of its source, a multiple-choice row another of its options.
    """
    rng = random.Random(seed)
    golds = list(zip(rows["source"], rows["extra_info"], strict=True))
    pools: dict[str, list[Mapping[str, Any]]] = {}
    for source, row in golds:
        if row["form"] == "open":
            pools.setdefault(source, []).append(row)
    wrong = [_wrong(row, pools.get(source, []), rng) for source, row in golds]
    return rows.remove_columns("extra_info").add_column("extra_info", wrong, feature=rows.features["extra_info"])


def _wrong(row: Mapping[str, Any], pool: list[Mapping[str, Any]], rng: random.Random) -> dict[str, Any]:
    if row["form"] == "mcq":
        label = rng.choice([nr for nr in range(len(row["options"])) if nr != row["label"]])
        return {**row, "label": label, "answer": row["options"][label]}
    others = [other for other in rng.sample(pool, min(20, len(pool))) if other["answer"] != row["answer"]]
    other = others[0] if others else row
    return {**row, **{name: other[name] for name in ("answer", "answer_type", "aliases", "unit", "tolerance")}}
