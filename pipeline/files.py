"""Files that are whole or not there: written beside their place and renamed; and what a full disk looks like."""

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import FolderError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then rename it: a reader sees the whole file or none.

    Raises FolderError, with the part removed, when the disk is full or the folder cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _folder_error(path.parent, error) from error
    except pl.exceptions.PolarsError as error:  # polars wraps some of the system's errors
        part.unlink(missing_ok=True)
        if any(os.strerror(code).lower() in str(error).lower() for code in _FULL):
            raise _folder_error(path.parent, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) from error
        raise


@contextmanager
def full_disk_said(folder: Path) -> Iterator[None]:
    """Raise FolderError where the disk was full for a file that is not ours: a library's, or code that it compiles."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise _folder_error(folder, error) from error


def _folder_error(folder: Path, error: OSError) -> FolderError:
    mend = "free some space and run again" if error.errno in _FULL else "choose another folder with --data"
    return FolderError(f"{folder}: cannot write ({error.strerror or error}); {mend}; finished shards stay")


def write_frame(path: Path, frame: pl.DataFrame) -> None:
    """Write a frame as one Parquet file. Same frame, same bytes."""
    write_whole(path, lambda part: frame.write_parquet(part, compression="zstd", compression_level=1))


def write_text(path: Path, text: str) -> None:
    """Write a text, in UTF-8 on every machine."""
    write_whole(path, lambda part: part.write_text(text, encoding="utf-8"))


def write_scratch(path: Path, frame: pl.DataFrame, *, parts: Sequence[int] = ()) -> None:
    """Write a frame that a later phase of the same step reads and nobody else: as it lies in memory.

    parts: the rows of each part that `read_part` can read alone, one part after another.
    """
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())  # a slice of newer strings is written with all texts

    def write(part: Path) -> None:
        with pa.OSFile(str(part), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            if not parts:
                writer.write_table(table)
                return
            columns = [one.chunk(0) if one.num_chunks == 1 else one.combine_chunks() for one in table.columns]
            whole, begin = pa.record_batch(columns, table.schema), 0
            for size in parts:
                writer.write_batch(whole.slice(begin, size))
                begin += size

    write_whole(path, write)


def read_scratch(*paths: Path, start: int = 0, num_rows: int | None = None) -> pl.DataFrame:
    """Return rows of frames that `write_scratch` wrote, one after another, lying where they lie: what is not looked at
    is not read."""
    return _frame(pa.concat_tables(map(_mapped, paths)).slice(start, num_rows))


def read_runs(paths: Iterable[Path], column: str, begin: int, end: int) -> pl.DataFrame:
    """Return the rows of frames that `write_scratch` wrote where `column`, ascending in each, is `begin` to `end`."""
    runs = []
    for table in map(_mapped, paths):
        first, stop = _frame(table.select([column])).to_series().search_sorted(pl.Series([begin, end]))
        runs.append(table.slice(first, stop - first))
    return _frame(pa.concat_tables(runs))


def read_part(paths: Iterable[Path], nr: int) -> pl.DataFrame:
    """Return one of the `parts` that `write_scratch` wrote, of one file after another, lying where it lies."""
    batches = []
    for path in paths:
        with pa.memory_map(str(path)) as file:
            batches.append(pa.ipc.open_file(file).get_batch(nr))
    return _frame(pa.Table.from_batches(batches))


def _mapped(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:  # what was read keeps the map; polars' own reader copies it all
        return pa.ipc.open_file(file).read_all()


def _frame(table: pa.Table) -> pl.DataFrame:
    """Return a table as a frame. Of its columns alone polars and pyarrow would import much, of pandas too."""
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON, keys in their order, one a line."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """Return the JSON value in `path`, or None when the file is not there or not whole."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return None


def num_rows(path: Path) -> int:
    """Return the rows of a Parquet file, from its footer."""
    stat = path.stat()
    return _num_rows(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1 << 14)  # every shard's work asks it of all shards
def _num_rows(path: Path, changed_ns: int, size: int) -> int:
    return int(pq.read_metadata(path).num_rows)
