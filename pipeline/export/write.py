"""Writes a built blend in a format and reads it back: the same prompts and golds in the same order, by digest."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import FolderError
from pipeline.export.format import Format, Row, content
from pipeline.files import write_json, write_text

_BATCH_ROWS = 5_000  # rows in memory at once: a row group of the blend's shards
_MARK = "export.json"  # written last: its presence says that the folder is an export, whole


def export(blend: Path, manifest: Mapping[str, Any], form: Format, to: Path) -> dict[str, Any]:
    """Write the blend below `to` and return what export.json says. Raises FolderError."""
    if to.exists() and any(to.iterdir()) and not (to / _MARK).exists():
        raise FolderError(f"{to}: holds files that are no export; choose another folder with --out")
    splits = [split for split, num in manifest["rows"].items() if num]
    try:
        to.mkdir(parents=True, exist_ok=True)
        for split in manifest["rows"]:  # of an earlier export; what a trainer left beside them stays
            (to / f"{split}.{form.suffix}").unlink(missing_ok=True)
        written = pair_digest(
            (content(row["prompt"]), row["ground_truth"])
            for split in splits
            for row in _write(_shards(blend, manifest, split), form, to / f"{split}.{form.suffix}")
        )
        read = pair_digest(
            form.asked(record) for split in splits for record in read_records(to / f"{split}.{form.suffix}")
        )
        assert written == read, f"{form.name}: prompts or golds differ from the blend's"
        for name, text in form.beside.items():
            write_text(to / name, text)
        write_text(to / "README.md", f"# {manifest['blend']} for {form.name}\n\n{form.use}")
        rows = {split: manifest["rows"][split] for split in splits}
        told = {"format": form.name, "blend": manifest["blend"], "rows": rows}
        told |= {"rows_digest": manifest["rows_digest"], "prompt_gold_digest": read}
        write_json(to / _MARK, told)
    except OSError as error:
        raise FolderError(
            f"{to}: cannot write ({error.strerror or error}); choose another folder with --out"
        ) from error
    return told


def pair_digest(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the digest of prompts and golds in their order; the same for every format of one blend."""
    state = hashlib.blake2b(digest_size=16)
    for pair in pairs:
        for text in pair:
            data = text.encode()
            state.update(len(data).to_bytes(4, "little"))
            state.update(data)
    return state.hexdigest()


def _shards(blend: Path, manifest: Mapping[str, Any], split: str) -> list[Path]:
    return [blend / shard["file"] for shard in manifest["shards"] if shard["file"].startswith(f"data/{split}-")]


def _batches(files: Iterable[Path]) -> Iterator[pa.RecordBatch]:
    for path in files:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=_BATCH_ROWS)


def _write(files: list[Path], form: Format, path: Path) -> Iterator[Row]:
    """Write one split, yielding each of the blend's rows as it is written."""
    if form.record:
        with path.open("wb") as lines:
            for batch in _batches(files):
                for row in batch.to_pylist():
                    lines.write(orjson.dumps(form.record(row)) + b"\n")
                    yield row
        return
    schema = pq.read_schema(files[0])
    with pq.ParquetWriter(path, pa.schema([schema.field(name) for name in form.columns]), compression="zstd") as writer:
        for batch in _batches(files):
            writer.write_batch(batch.select(list(form.columns)))
            yield from batch.select(["prompt", "ground_truth"]).to_pylist()


def read_records(path: Path) -> Iterator[Row]:
    """Yield the records of an export's file."""
    if path.suffix == ".jsonl":
        with path.open("rb") as lines:
            yield from map(orjson.loads, lines)
        return
    for batch in _batches([path]):
        yield from batch.to_pylist()
