"""Scratch files come back part by part and run by run; a disk that a library finds full is said in one line."""

import errno
from pathlib import Path

import polars as pl
import pytest

from pipeline.errors import FolderError
from pipeline.files import full_disk_said, read_part, read_runs, read_scratch, write_scratch

FRAME = pl.DataFrame(
    {"place": [0, 2, 5, 1, 3, 4], "text": ["a", None, "c", "d", "", "f"], "words": [[1], [], [2, 3], None, [4], [5]]}
)


@pytest.mark.parametrize("rows", [FRAME, pl.concat([FRAME[:2], FRAME[2:]], rechunk=False)])
def test_parts_are_read_alone_and_joined(rows: pl.DataFrame, tmp_path: Path) -> None:
    paths = [tmp_path / "a.arrow", tmp_path / "b.arrow"]
    write_scratch(paths[0], rows, parts=[3, 0, 3])
    write_scratch(paths[1], rows.clear(), parts=[0, 0, 0])
    assert [read_part(paths, nr).equals(part) for nr, part in enumerate((FRAME[:3], FRAME[:0], FRAME[3:]))] == [
        True
    ] * 3
    assert read_scratch(*paths).equals(FRAME)
    assert read_scratch(paths[0], paths[0], start=5, num_rows=2).equals(pl.concat([FRAME[5:], FRAME[:1]]))


def test_a_run_of_rows_is_found_in_every_file(tmp_path: Path) -> None:
    paths = [tmp_path / "a.arrow", tmp_path / "b.arrow"]
    write_scratch(paths[0], FRAME[:3])
    write_scratch(paths[1], FRAME[3:])
    assert read_runs(paths, "place", 2, 5)["place"].to_list() == [2, 3, 4]
    assert read_runs(paths, "place", 6, 9).equals(FRAME[:0])


def test_a_disk_that_a_library_finds_full_is_said(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="free some space and run again"), full_disk_said(tmp_path):
        raise OSError(errno.EFBIG, "File too large")
    with pytest.raises(PermissionError), full_disk_said(tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied")
