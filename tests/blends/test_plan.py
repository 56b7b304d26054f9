"""A plan says what would run again and why, and what can be had of the rows known so far, before anything runs."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import run_crossthink

WEIGHTED = Path(__file__).parents[2] / "blends" / "nemo_weighted.yaml"


def planned(recipe: str, data: Path, folder: Path, *more: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(f"extends: nemo_weighted\nname: nemo_weighted\n{recipe}")
    done = run_crossthink("plan", path, "--data", data, *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ("all:\n  dedup: {near: false}\n", ["dedup.near True -> False: 5 steps run again"]),
        ("each:\n  verifiable: {max_words: 9}\n", ["verifiable.max_words 10 -> 9: 11 steps run again"]),
        ("all:\n  mix: {size: 100}\n", ["mix.size max -> 100: 2 steps run again"]),
        ("all:\n  decontaminate: off\n", ["decontaminate is taken out"]),
        ("all:\n  licence:\n  mix:\n", ["licence is new: 3 steps run again"]),
    ],
)
def test_what_changed_since_the_last_build(sample_data: Path, tmp_path: Path, recipe: str, said: list[str]) -> None:
    told = planned(recipe, sample_data, tmp_path)
    for line in said:
        assert f"since the last build: {line}\n" in told, told


def test_a_size_that_cannot_be_had_is_explained(sample_data: Path, tmp_path: Path) -> None:
    told = planned("all:\n  mix: {size: 1000, shortage: fail}\n", sample_data, tmp_path)
    assert "size asked: 1,000 rows; on shortage: fail" in told
    assert "mix.size: 1,000 rows cannot be had: syn_qa has 230 of 327, 97 more would do" in told
    assert "the largest size at these shares is 703" in told
    assert "syn_qa: 258 ingested, 235 left" in told


def test_a_build_that_falls_short_says_the_same_in_one_line(sample_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("extends: nemo_weighted\nname: mine\nall:\n  mix: {size: 1000, shortage: fail}\n")
    data = shutil.copytree(sample_data, tmp_path / "data")  # it stops in its middle
    for workers in ("1", "2"):  # from this process, and from one of its workers
        done = run_crossthink("build", path, "--data", data, "--workers", workers)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert "syn_qa has 230 of 327, 97 more would do" in done.stderr
        assert "syn_qa: 258 ingested, 235 left" in done.stderr


def test_shares_by_a_rule_follow_from_rows_that_are_not_read_yet(tmp_path: Path) -> None:
    told = planned("all:\n  mix: {shares: {by: source, rule: equal}}\n", tmp_path / "data", tmp_path)
    assert "shares follow from the rows there are (source: equal)" in told
    assert not (tmp_path / "data").exists()


def test_what_the_policy_did_is_said(sample_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    for policy in ("shrink", "redistribute", "repeat"):
        path.write_text(f"extends: nemo_weighted\nname: mine\nall:\n  mix: {{size: 1000, shortage: {policy}}}\n")
        told = run_crossthink("plan", path, "--data", sample_data).stdout
        assert f"on shortage: {policy}" in told
        assert ("1,000 rows asked, 703 granted" in told) == (policy == "shrink")
        assert ("1,000 rows are more than the 703 feasible at these shares" in told) == (policy == "redistribute")
