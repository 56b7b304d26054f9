"""The rows that a run trains on: from the built blend alone, refused without gold or form; shuffled for the control."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from blends.rates import pass_rates, profile_path
from pipeline.errors import DataError
from pipeline.verify import grade
from trainer.checks import check_sample
from trainer.config import read_config
from trainer.data import read_manifest, training_rows, with_shuffled_golds
from trainer.tiny import target, worked


def changed(blend: Path, to: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Path:
    """Copy a blend with its training rows changed, as a hand or another program might."""
    shutil.copytree(blend, to)
    for shard in read_manifest(to)["shards"]:
        if shard["file"].startswith("data/train-"):
            change(pl.read_parquet(to / shard["file"])).write_parquet(to / shard["file"])
    return to


def with_info(name: str, value: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def change(rows: pl.DataFrame) -> pl.DataFrame:
        first = pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value)).otherwise(pl.col("extra_info").struct[name])
        return rows.with_columns(pl.col("extra_info").struct.with_fields(first.alias(name)))

    return change


def test_the_blend_has_both_forms_in_both_splits(tiny_blend: Path) -> None:
    for split in ("train", "validation"):
        assert set(training_rows(tiny_blend, split)["form"]) == {"mcq", "open"}


def test_generated_rows_are_the_same_each_time(tmp_path: Path) -> None:
    from blends.generated import write_generated

    for name in ("a", "b"):
        write_generated(tmp_path / name)
    assert (tmp_path / "a" / "sums.jsonl").read_bytes() == (tmp_path / "b" / "sums.jsonl").read_bytes()
    rows = [json.loads(line) for line in (tmp_path / "a" / "ages.jsonl").read_text().splitlines()]
    assert all(row["answer"] in row["options"] for row in rows)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("answer", "", "has no gold; take it out"), ("form", "essay", "has form 'essay'; the reward knows mcq, open")],
)
def test_a_row_without_gold_or_of_another_form_stops(
    tiny_blend: Path, tmp_path: Path, name: str, value: str, said: str
) -> None:
    blend = changed(tiny_blend, tmp_path / "blend", with_info(name, value))
    with pytest.raises(DataError, match=said):
        training_rows(blend, "train")


def test_a_sample_is_refused_unless_the_configuration_says_so(sample_blend: Path) -> None:
    manifest = read_manifest(sample_blend)
    with pytest.raises(DataError, match="not for training; build it with --sources hub, or set allow_sample: true"):
        check_sample(read_config("tiny_cpu"), manifest, sample_blend.name)
    check_sample(read_config("tiny_cpu", ["allow_sample: true"]), manifest, sample_blend.name)


def test_shuffled_golds_are_all_wrong_and_nothing_else_changes(tiny_blend: Path) -> None:
    rows = training_rows(tiny_blend, "train", 300)
    shuffled = with_shuffled_golds(rows, 1)
    assert shuffled.remove_columns("extra_info").to_list() == rows.remove_columns("extra_info").to_list()
    for right, wrong in zip(rows["extra_info"], shuffled["extra_info"], strict=True):
        gold = right["answer"] if right["form"] == "open" else f"{'ABC'[right['label']]}: {right['answer']}"
        completion = f"<think>.</think>\\boxed{{{gold}}}"
        assert grade(right, completion, strict=True).score == 1.0
        assert grade(wrong, completion, strict=True).score == 0.0


def test_the_order_begins_with_what_profile_measured(tmp_path: Path) -> None:
    assert pass_rates(tmp_path, "tiny") == {}
    attempts = {"key": ["a", "a", "a", "b"], "score": [1.0, 0.0, None, 0.0], "model": ["m", "n", "m", "m"]}
    profile_path(tmp_path, "tiny").parent.mkdir()
    pl.DataFrame(attempts).write_parquet(profile_path(tmp_path, "tiny"))
    assert pass_rates(tmp_path, "tiny") == {"a": (1, 2), "b": (0, 1)}


def test_worked_answers_earn_their_gold_and_slips_do_not(tiny_blend: Path) -> None:
    import random

    rng = random.Random(0)
    for row in training_rows(tiny_blend, "train", 200).to_list():
        assert grade(row["extra_info"], target(row, 0.0, rng), strict=True).score == 1.0
        _, slipped = worked(row["question"], row["options"], rng)
        assert grade(row["extra_info"], f"\\boxed{{{slipped}}}", strict=True).score == 0.0
