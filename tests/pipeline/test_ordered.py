"""The rows of a blend by their places: shards laid out one by one, slices of all of them joined."""

from pathlib import Path

import polars as pl

from pipeline.files import read_scratch, write_scratch
from pipeline.ordered import between, sort_shard

ROWS = pl.DataFrame({"id": ["a", "b", "c", "d"], "positions": [[4], [0, 3], [1], [2, 5, 6]]})


def test_every_place_has_its_row_and_repeats_are_numbered(tmp_path: Path) -> None:
    parts = [tmp_path / "0.arrow", tmp_path / "1.arrow", tmp_path / "2.arrow"]
    ends = [sort_shard(rows, part) for rows, part in zip([ROWS[:2], ROWS[2:2], ROWS[2:]], parts, strict=True)]
    assert ends == [5, 0, 7]
    slices = [between(parts, 0, 3), between(parts, 3, 6), between(parts, 6, 9)]
    assert [rows.height for rows in slices] == [3, 3, 1]
    assert pl.concat(slices).rows() == list(zip(["b", "c", "d", "b#2", "a", "d#2", "d#3"], range(7), strict=True))


def test_scratch_is_read_as_it_was_written_whole_and_in_part(tmp_path: Path) -> None:
    frame = ROWS.with_columns(split=pl.Series(["x", None, "y", "x"], dtype=pl.Categorical))
    frame = frame.with_columns(form=pl.Series(["mcq", "open", None, "mcq"], dtype=pl.Enum(["mcq", "open"])))
    write_scratch(tmp_path / "all.arrow", frame)
    write_scratch(tmp_path / "none.arrow", frame.clear())
    assert read_scratch(tmp_path / "all.arrow").equals(frame)
    assert read_scratch(tmp_path / "all.arrow", start=1, num_rows=2).equals(frame[1:3])
    none = read_scratch(tmp_path / "none.arrow")
    assert none.height == 0
    assert none.schema == frame.schema
