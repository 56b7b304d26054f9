"""Placeholders: rows whose licence nobody consented to are published without their text, with a digest to fill by."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.errors import PublishError
from pipeline.row import digest
from pipeline.shard import plain, write_shard

WITHHELD = "withheld"  # the column: null where the row is whole, else the digest of its two texts
# What may quote a row's text, wherever it stands; ids, origins, digests of templates and counts may be passed on.
_TEXT = ("question", "answer", "ground_truth", "solution", "canonical", "evidence", "meta")
_TEXTS = ("options", "aliases", "marks")
_INSIDE = {"reward_model": ("ground_truth",), "extra_info": ("answer", "options", "aliases")}

FILL = '''"""Fills the rows of this blend that are published without their text, on the machine of whoever runs it.

    python fill.py [FOLDER]

Needs crossthink. It fetches the sources at the revisions in manifest.json, under their own licences, builds the whole
blend below FOLDER (data), and checks it byte for byte and every filled row against its digest.
"""

import sys
from pathlib import Path

from blends.rebuild import fill

fill(Path(__file__).parent, Path(sys.argv[1] if len(sys.argv) > 1 else "data"))
'''


def withhold(shard: Path, name: str, licences: Collection[str], to: Path) -> dict[str, Any]:
    """Write a shard below `to` with the texts of rows under these licences emptied; return what a manifest says of it.

    All shards of a release get the column, so that their schemas agree.
    """
    rows = pl.read_parquet(shard, glob=False)
    out = pl.col("licence").fill_null("unknown").is_in(list(licences))
    digests = pl.Series(WITHHELD, row_digests(rows), dtype=pl.String)
    rows = rows.with_columns(pl.when(out).then(digests).alias(WITHHELD))
    empty = {
        **{name: pl.lit("") for name in _TEXT},
        **{name: pl.lit([], pl.List(pl.String())) for name in _TEXTS},
        "prompt": pl.lit([{"role": "user", "content": ""}]),
        **{
            name: pl.col(name).struct.with_fields(*(_empty(rows.schema[name], inner).alias(inner) for inner in fields))
            for name, fields in _INSIDE.items()
            if name in rows.columns
        },
    }
    rows = rows.with_columns(
        pl.when(out & pl.col(name).is_not_null())
        .then(value.cast(rows.schema[name]))
        .otherwise(pl.col(name))
        .alias(name)
        for name, value in empty.items()
        if name in rows.columns
    )
    return write_shard(plain(rows.to_arrow()), to, name)


def _empty(struct: pl.DataType, field: str) -> pl.Expr:
    assert isinstance(struct, pl.Struct)
    (dtype,) = (one.dtype for one in struct.fields if one.name == field)
    return pl.lit([], pl.List(pl.String())) if isinstance(dtype, pl.List) else pl.lit("", pl.String)


def row_digests(rows: pl.DataFrame) -> list[str]:
    """Return the digest of each row's two texts: prompt and gold in the blend, question and answer elsewhere."""
    if "prompt" in rows.columns:
        texts = rows.select(pl.col("prompt").list.first().struct.field("content"), "ground_truth")
    else:
        texts = rows.select("question", "answer")
    return [digest(first or "", second or "") for first, second in texts.iter_rows()]


def check_filled(published: Path, rebuilt: Path, manifest: Mapping[str, Any]) -> int:
    """Return how many withheld rows of a release the rebuilt blend holds with their text, each as its digest says.

    Raises PublishError for the first that is missing or another.
    """
    num_filled = 0
    for shard in (shard["file"] for shard in manifest["shards"]):
        rows = pl.read_parquet(published / shard, columns=["id", WITHHELD], glob=False)
        whole = pl.read_parquet(rebuilt / shard, glob=False)
        found = dict(zip(whole.get_column("id"), row_digests(whole), strict=True))
        for name, wanted in rows.filter(pl.col(WITHHELD).is_not_null()).iter_rows():
            if found.get(name) != wanted:
                raise PublishError(f"{rebuilt / shard}: {name} is not the row that was published; build it again")
            num_filled += 1
    return num_filled
