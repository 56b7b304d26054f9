"""Rows to measure on: questions repeated and varied with a seed to any number, written as a source map reads them."""

import random
import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from pipeline.files import write_json
from pipeline.read import read_batches
from pipeline.row import ROW
from pipeline.step import StepFolder
from stages.sources import SOURCES

SAMPLE = Path(__file__).parents[1] / "blends" / "sample"
_FIELDS = ("question", "options", "answer", "solution", "domain")
# Words that a question may be varied with; each variant is another question of about the same length and form.
_NAMES = ("Amir", "Birte", "Chen", "Dalia", "Emeka", "Freja", "Goro", "Hana", "Ines", "Jonas", "Keiko", "Lene", "Mara")


def seed_rows(source_map: Path | None) -> dict[str, pl.DataFrame]:
    """Return the rows to vary, by source: of a source map where one is given, else of the sample."""
    if source_map is None:
        return {name: _parsed(name, SAMPLE / f"{name}.jsonl") for name in SOURCES}
    from pipeline.fingerprint import FileDigests
    from stages.source_map import file_map

    found = file_map(source_map, FileDigests(Path("/nonexistent")))
    rows = {}
    for name, raw in found.sources.items():
        batches = [
            raw.birth.born(batch.rows, uri="", revision="")
            for file in raw.place.locate()
            for batch in read_batches(file.path, raw.birth.columns, shown=file.uri)
        ]
        rows[name] = pl.concat(batches).filter(pl.col("drop").is_null()).select(_FIELDS)
    return rows


def _parsed(name: str, path: Path) -> pl.DataFrame:
    birth = SOURCES[name].birth()
    batches = [birth.born(batch.rows, uri="", revision="") for batch in read_batches(path, birth.columns, shown=name)]
    return pl.concat(batches).filter(pl.col("drop").is_null()).select(_FIELDS)


def in_full(rows: pl.DataFrame) -> pl.DataFrame:
    """Return made rows in the row's schema."""
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in ROW.items() if name not in rows.columns]
    return rows.with_columns(missing).with_columns(source=pl.lit("bench")).select(ROW.names())


def write_step(folder: Path, shards: Iterable[pl.DataFrame]) -> None:
    """Write the folder of a step that is done and kept these shards."""
    folder.mkdir(parents=True)
    for number, shard in enumerate(shards):
        shard.write_parquet(StepFolder(folder).kept(number))
    write_json(folder / "report.json", {})


def write_varied(folder: Path, sizes: dict[str, int], seeds: dict[str, pl.DataFrame], seed: int) -> Path:
    """Write `sizes` rows of each source as Parquet and a source map for them; return the map's path."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "name: bench",
        f"columns: {{{', '.join(f'{field}: {field}' for field in _FIELDS)}}}",
        "gold: text",
        "sources:",
    ]
    for source, size in sizes.items():
        _varied(seeds[source], size, random.Random(f"{seed} {source}")).write_parquet(folder / f"{source}.parquet")
        lines.append(f"  {source}: {{files: [{source}.parquet]}}")
    (folder / "map.yaml").write_text("\n".join(lines) + "\n")
    return folder / "map.yaml"


def _varied(rows: pl.DataFrame, size: int, chance: random.Random) -> pl.DataFrame:
    """Return `size` rows: each a row of `rows` with its numbers moved and a clause in front, so that few are equal."""
    dicts = rows.to_dicts()
    made = []
    for number in range(size):
        row = dict(dicts[number % len(dicts)])
        if number >= len(dicts):
            text = re.sub(r"\d+", lambda found: str(int(found.group()) + chance.randrange(1, 90)), row["question"])
            row["question"] = f"{chance.choice(_NAMES)} asks in lesson {chance.randrange(1_000_000)}: {text}"
        made.append(row)
    return pl.DataFrame(made, schema=rows.schema)
