"""Output shards: Parquet that every reader knows, the same bytes for the same rows, and what a manifest says of it."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.fingerprint import file_digest

SHARD_ROWS = 50_000  # rows in an output shard: some 30 MB; the cut depends on the rows alone


def write_shard(table: pa.Table, folder: Path, name: str) -> dict[str, Any]:
    """Write one shard and return its place, rows, bytes and SHA-256."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", row_group_size=5_000)
    return {"file": name, "rows": table.num_rows, "bytes": path.stat().st_size, "sha256": file_digest(path)}


def plain(table: pa.Table) -> pa.Table:
    """Return the table with the plain text types that every reader knows, instead of polars' large ones."""
    return table.cast(pa.schema([pa.field(field.name, _plain_type(field.type)) for field in table.schema]))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_large_list(kind) or pa.types.is_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _plain_type(field.type)) for field in kind])
    return kind
