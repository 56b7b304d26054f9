"""The built blend: what datasets, TRL and verl read, and what its card and manifest say of it."""

import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import yaml

from pipeline.errors import DataError
from pipeline.verify import grade
from stages.mixing.counts import resolve, whole_counts
from stages.mixing.tree import read_shares
from tests.conftest import run_crossthink
from trainer.data import load_blend
from trainer.reward import blend_reward, compute_score


@pytest.fixture(scope="module")
def train(sample_blend: Path) -> pl.DataFrame:
    return pl.read_parquet(sample_blend / "data" / "train-*.parquet")


def test_datasets_loads_the_folder(sample_blend: Path, train: pl.DataFrame, tmp_path: Path) -> None:
    from datasets import load_dataset

    loaded = load_dataset(str(sample_blend), cache_dir=str(tmp_path))
    assert loaded["train"].num_rows == train.height
    assert loaded["train"].column_names[:5] == ["data_source", "prompt", "ability", "reward_model", "extra_info"]
    rejected = load_dataset(str(sample_blend), "rejected", cache_dir=str(tmp_path))["rejected"]
    assert {"stage", "reason", "evidence"} <= set(rejected.column_names)


def test_counts_are_the_shares_to_the_row(train: pl.DataFrame, sample_blend: Path) -> None:
    shares = yaml.safe_load((Path(__file__).parents[2] / "blends" / "nemo_weighted.yaml").read_text())["all"]["mix"][
        "shares"
    ]
    tree = resolve(read_shares(shares, ()), {})
    assert Counter(train.get_column("source")) == whole_counts(tree, train.height)


def test_every_prefix_is_on_ratio_to_within_a_row(train: pl.DataFrame) -> None:
    total = Counter(train.get_column("source"))
    seen: Counter[str] = Counter()
    for place, source in enumerate(train.get_column("source"), start=1):
        seen[source] += 1
        assert all(abs(seen[name] - count * place / train.height) <= 1 for name, count in total.items()), place


def test_every_gold_earns_its_reward_through_the_trainers_function(train: pl.DataFrame) -> None:
    rows = train.to_dicts()
    golds = [f"<think>because</think> \\boxed{{{row['ground_truth']}}}" for row in rows]
    infos = [row["extra_info"] for row in rows]
    assert set(blend_reward(golds, infos)) == {1.0}
    chats = [[{"role": "assistant", "content": text}] for text in golds]
    assert set(blend_reward(chats, infos)) == {1.0}
    for row, gold in zip(rows, golds, strict=True):
        assert compute_score(row["data_source"], gold, row["ground_truth"], row["extra_info"]) == 1.0, row["id"]


def test_a_gold_without_its_think_block_or_box_earns_nothing(train: pl.DataFrame) -> None:
    rows = train.head(100).to_dicts()
    infos = [row["extra_info"] for row in rows]
    assert set(blend_reward([f"\\boxed{{{row['ground_truth']}}}" for row in rows], infos)) == {0.0}
    assert set(blend_reward([f"<think>x</think> {row['ground_truth']}" for row in rows], infos)) == {0.0}


def test_another_letter_earns_nothing(train: pl.DataFrame) -> None:
    for row in train.filter(pl.col("form") == "mcq").iter_rows(named=True):
        other = (row["label"] + 1) % len(row["options"])
        completion = f"<think>because</think> \\boxed{{{'ABCDEFGHIJ'[other]}: {row['options'][other]}}}"
        assert grade(row, completion, strict=True).score == 0.0, row["id"]


def test_splits_share_no_template_and_no_seed_document(sample_blend: Path, train: pl.DataFrame) -> None:
    validation = pl.read_parquet(sample_blend / "data" / "validation-*.parquet")
    assert validation.height > 0
    for column in ("template", "seed_document"):
        both = set(train.get_column(column).drop_nulls()) & set(validation.get_column(column).drop_nulls())
        assert both == set(), column


def test_funnel_accounts_for_every_raw_row(sample_blend: Path, train: pl.DataFrame) -> None:
    sample = Path(__file__).parents[2] / "blends" / "sample"
    raw = sum(len((sample / f"{name}.jsonl").read_bytes().splitlines()) for name in set(train.get_column("source")))
    manifest = json.loads((sample_blend / "manifest.json").read_text())
    assert raw == manifest["rejected"] + sum(manifest["rows"].values())


def test_card_says_what_the_files_hold(sample_blend: Path, train: pl.DataFrame) -> None:
    text = (sample_blend / "README.md").read_text()
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["license"] == "other"  # rows of several licences
    assert f"{train.height:,} training rows" in text
    assert "not to train on" in text
    assert "may not be used commercially" in text


def test_trainer_reads_the_blend_and_refuses_another(sample_blend: Path, train: pl.DataFrame, tmp_path: Path) -> None:
    assert load_blend(sample_blend)["id"] == train.get_column("id").to_list()
    with pytest.raises(DataError, match="build the blend first"):
        load_blend(tmp_path)
    with pytest.raises(DataError, match="no rows of split 'test'"):
        load_blend(sample_blend, "test")


def test_explain_tells_the_life_of_a_kept_and_of_a_dropped_row(
    sample_data: Path, sample_blend: Path, train: pl.DataFrame
) -> None:
    kept = train.filter(pl.col("form") == "mcq").row(0, named=True)
    told = run_crossthink("explain", kept["id"], "--data", sample_data).stdout
    for stage in ("ingest", "normalize", "forms", "verifiable", "dedup", "decontaminate", "split", "mix", "render"):
        assert f"\n{stage} " in told, stage
    assert kept["origin"]["uri"] in told
    rejected = pl.read_parquet(sample_blend / "rejected" / "*.parquet")
    leaked = rejected.filter(pl.col("stage") == "decontaminate").row(0, named=True)
    told = run_crossthink("explain", leaked["id"], "--data", sample_data).stdout
    assert f"dropped: {leaked['reason']}" in told
    assert "benchmark" in told.split("evidence:")[1]


def test_report_prints_the_funnel_by_source(sample_data: Path) -> None:
    told = run_crossthink("report", "--data", sample_data, "--by-source").stdout
    assert told.count("syn_qa") >= 9
    assert "over its share" in told


def test_plan_before_and_after(sample_data: Path, tmp_path: Path) -> None:
    fresh = run_crossthink("plan", "--data", tmp_path / "data").stdout
    assert "36 of 36 steps will run" in fresh
    assert not (tmp_path / "data").exists(), "a plan writes nothing"
    built = run_crossthink("plan", "--data", sample_data).stdout
    assert "0 of 36 steps will run" in built
    assert "largest feasible size at these shares" in built


def test_plan_says_what_changed(sample_data: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "nemo_weighted.yaml"
    text = (Path(__file__).parents[2] / "blends" / "nemo_weighted.yaml").read_text()
    recipe.write_text(text.replace("max_words: 10", "max_words: 8"))
    told = run_crossthink("plan", recipe, "--data", sample_data).stdout
    assert told.count("max_words 10 -> 8") == 6 + 1  # each source's step, and what it costs
    assert "since the last build: verifiable.max_words 10 -> 8: 11 steps run again" in told
    assert "dedup" in told and "its input changed" in told
