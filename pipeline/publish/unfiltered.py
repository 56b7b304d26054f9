"""The configuration `unfiltered`: every row as it came in, before any stage, with the stage and reason of its end."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.row import ROW
from pipeline.shard import SHARD_ROWS, plain, write_shard
from pipeline.step import StepFolder, steps_folder

# What a row has when it is born.
_BORN = ("id", "source", "category", "domain", "question", "options", "label", "answer", "solution", "seed_document",
         "licence", "origin", "generator", "meta")  # fmt: skip


def write_unfiltered(folder: Path, manifest: Mapping[str, Any], data: Path, to: Path) -> list[dict[str, Any]]:
    """Write the rows of every ingest step, in their raw order, below `to`; return what a manifest says of the shards.

    stage, reason: of the drop, null where the row is in the blend.
    """
    ends = [shard["file"] for shard in manifest["shards"] if shard["file"].startswith("rejected/")]
    ended = pl.read_parquet([folder / name for name in ends], columns=["id", "stage", "reason"], glob=False)
    written: list[dict[str, Any]] = []
    held = pl.DataFrame(schema={name: ROW[name] for name in _BORN})
    for batch in _born(manifest, data):
        held = pl.concat([held, batch])
        while held.height >= SHARD_ROWS:
            written.append(_write(held.head(SHARD_ROWS), ended, to, len(written)))
            held = held.slice(SHARD_ROWS)
    if held.height:
        written.append(_write(held, ended, to, len(written)))
    return written


def _born(manifest: Mapping[str, Any], data: Path) -> Iterator[pl.DataFrame]:
    for step in manifest["steps"]:
        if step["step"] != "ingest" or step.get("beside"):
            continue
        own = StepFolder(steps_folder(data) / f"ingest-{step['source']}-{step['fingerprint']}")
        for kept, dropped in zip(own.all_kept(), own.all_dropped(), strict=True):  # a pair for each batch of raw rows
            both = pl.concat([pl.read_parquet(path, columns=list(_BORN), glob=False) for path in (kept, dropped)])
            yield both.sort(pl.col("origin").struct.field("row"), maintain_order=True).select(_BORN)


def _write(rows: pl.DataFrame, ended: pl.DataFrame, to: Path, number: int) -> dict[str, Any]:
    told = rows.join(ended, on="id", how="left", maintain_order="left")
    assert told.height == rows.height, "a row ended twice"
    table = told.select("stage", "reason", *_BORN).to_arrow()
    return write_shard(plain(table), to, f"unfiltered/unfiltered-{number:05d}.parquet")
