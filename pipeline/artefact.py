"""The artefact: a built blend in one folder that datasets, TRL and verl read as it is; there whole or not at all."""

import hashlib
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.errors import FolderError
from pipeline.files import read_json, write_json
from pipeline.manifest import make_manifest
from pipeline.ordered import between, sort_shard
from pipeline.plan import Plan
from pipeline.row import DROP, ROW
from pipeline.shard import SHARD_ROWS, plain, write_shard
from pipeline.step import StepFolder, steps_folder

SPLITS = ("train", "validation")

_MESSAGE = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_STRINGS = pa.list_(pa.string())
# verl's five columns first, then the flat ones; the same in every file.
SCHEMA = pa.schema(
    [
        ("data_source", pa.string()),
        ("prompt", _MESSAGE),
        ("ability", pa.string()),
        ("reward_model", pa.struct([("style", pa.string()), ("ground_truth", pa.string())])),
        (
            "extra_info",
            pa.struct(
                [
                    ("index", pa.int64()),
                    ("split", pa.string()),
                    ("id", pa.string()),
                    ("form", pa.string()),
                    ("answer", pa.string()),
                    ("answer_type", pa.string()),
                    ("options", _STRINGS),
                    ("label", pa.int32()),
                    ("aliases", _STRINGS),
                    ("unit", pa.string()),
                    ("tolerance", pa.float64()),
                ]
            ),
        ),
        ("id", pa.string()),
        ("key", pa.string()),
        ("question", pa.string()),
        ("options", _STRINGS),
        ("label", pa.int32()),
        ("answer", pa.string()),
        ("ground_truth", pa.string()),
        ("answer_type", pa.string()),
        ("form", pa.string()),
        ("category", pa.string()),
        ("domain", pa.string()),
        ("source", pa.string()),
        ("licence", pa.string()),
        ("canonical", pa.string()),
        ("aliases", _STRINGS),
        ("unit", pa.string()),
        ("tolerance", pa.float64()),
        ("chance_level", pa.float64()),
        ("seed_document", pa.string()),
        ("template", pa.string()),
        ("origin", pa.struct([("uri", pa.string()), ("revision", pa.string()), ("row", pa.int64())])),
        ("marks", _STRINGS),
    ]
)


@dataclass(frozen=True)
class Artefact:
    """A built blend on disk."""

    path: Path

    @property
    def manifest(self) -> dict[str, Any] | None:
        value = read_json(self.path / "manifest.json")
        assert value is None or isinstance(value, dict)
        return value

    @property
    def facts(self) -> dict[str, Any]:
        """What report.json says of the blend."""
        value = read_json(self.path / "report.json")
        assert isinstance(value, dict), f"{self.path}: no report.json"
        return value

    def is_current(self, plan: Plan) -> bool:
        """Tell whether the folder holds just what the plan would build: same fingerprint, every shard there in full."""
        manifest = self.manifest
        return (
            manifest is not None
            and manifest["fingerprint"] == plan.fingerprint
            and "source_map" in manifest  # else an earlier version wrote it, without what a manifest has now
            and all(_size(self.path / shard["file"]) == shard["bytes"] for shard in manifest["shards"])
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else -1


def write_artefact(plan: Plan, data: Path, path: Path, describe: Any, *, source_map: str) -> dict[str, Any]:
    """Write the blend of a finished plan to `path`, whole or not at all, and return its manifest.

    describe: called with the folder and the manifest before the rename, to add the card and the report.
    source_map: what the sources were read by, for the manifest.
    Raises FolderError when the folder cannot be written.
    """
    new = path.with_name(f".{path.name}.new")
    old = path.with_name(f".{path.name}.old")
    try:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        (new / "data").mkdir(parents=True)
        (new / "rejected").mkdir()
        shards, order = [], hashlib.blake2b(digest_size=16)
        for split in SPLITS:
            shards += _write_split(plan, data, split, new, order)
        shards += _write_rejected(plan, data, new)
        manifest = make_manifest(plan, data, shards, rows_digest=order.hexdigest(), source_map=source_map)
        describe(new, manifest)
        write_json(new / "manifest.json", manifest)
        write_json(new / "log.json", _log(plan, data))
        if path.exists():
            path.rename(old)
        new.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise FolderError(
            f"{path}: cannot write ({error.strerror or error}); free some space and run again; finished steps stay"
        ) from error
    return manifest


def _write_split(plan: Plan, data: Path, split: str, folder: Path, order: Any) -> list[dict[str, Any]]:
    """Write one split in the order that `mix` gave, a repeat of a row as `id#2`. Return its shards."""
    kept, sorted_rows = StepFolder(steps_folder(data) / plan.steps[-1].folder).all_kept(), folder / f".{split}"
    ends, parts = [0], [sorted_rows / path.name for path in kept]
    for path, part in zip(kept, parts, strict=True):  # one shard in memory, however many there are
        ends.append(sort_shard(pl.read_parquet(path, glob=False).filter(pl.col("split") == split), part))
    num_shards = -(-max(ends) // SHARD_ROWS)
    written = []
    for number in range(num_shards):
        rows = between(parts, number * SHARD_ROWS, (number + 1) * SHARD_ROWS)
        name = f"data/{split}-{number:05d}-of-{num_shards:05d}.parquet"
        written.append(write_shard(_table(rows, split), folder, name))
        asked = rows.select("id", pl.col("prompt").list.first().struct.field("content"), "ground_truth")
        for column in asked.iter_columns():
            order.update("\x1e".join(column.to_list()).encode())
    shutil.rmtree(sorted_rows)
    return written


def _table(rows: pl.DataFrame, split: str) -> pa.Table:
    made = rows.with_columns(
        data_source="source",
        ability=pl.coalesce("domain", "category"),
        reward_model=pl.struct(style=pl.lit("rule"), ground_truth="ground_truth"),
        extra_info=pl.struct(
            pl.col("position").alias("index"),
            pl.lit(split).alias("split"),
            *("id", "form", "answer", "answer_type", "options", "label", "aliases", "unit", "tolerance"),
        ),
    )
    table = made.select(SCHEMA.names).to_arrow().cast(SCHEMA)
    golds = pl.Series(table.column("reward_model").combine_chunks().field("ground_truth"))
    flat = pl.Series(table.column("ground_truth").combine_chunks())
    assert golds.equals(flat), "verl's gold and the flat one differ"
    return table


def _write_rejected(plan: Plan, data: Path, folder: Path) -> list[dict[str, Any]]:
    """Write every row that any step dropped, with stage, reason and evidence, in the order of the steps."""
    files = [
        path
        for step in plan.steps
        if step.name != "benchmark"
        for path in StepFolder(steps_folder(data) / step.folder).all_dropped()
    ]
    columns = [*DROP, *ROW]
    # Pages and personas that a synthesis dropped are no rows; they stay beside their steps.
    files = [path for path in files if set(columns) <= set(pl.read_parquet_schema(path))]
    frames = (pl.read_parquet(path, columns=columns, glob=False).select(columns) for path in files)
    written: list[dict[str, Any]] = []
    held: list[pl.DataFrame] = []
    for frame in frames:
        held.append(frame)
        while sum(one.height for one in held) >= SHARD_ROWS:
            whole = pl.concat(held)
            written.append(_write_rejects(whole.head(SHARD_ROWS), folder, len(written)))
            held = [whole.slice(SHARD_ROWS)]
    rest = pl.concat(held) if held else pl.DataFrame(schema={**DROP, **ROW})
    if rest.height or not written:
        written.append(_write_rejects(rest, folder, len(written)))
    return written


def _write_rejects(rows: pl.DataFrame, folder: Path, number: int) -> dict[str, Any]:
    table = rows.rename({"drop": "reason"}).to_arrow()
    return write_shard(plain(table), folder, f"rejected/rejected-{number:05d}.parquet")


def _log(plan: Plan, data: Path) -> dict[str, Any]:
    """Return what is true of this build alone, and no part of what the artefact is: versions and seconds."""
    libraries = ("crossthink", "polars", "pyarrow", "pydantic", "mpmath", "rapidfuzz")
    seconds = {step.folder: read_json(steps_folder(data) / step.folder / "log.json") for step in plan.steps}
    versions = {"python": platform.python_version(), **{name: version(name) for name in libraries}}
    return {"versions": versions, "seconds": seconds}
