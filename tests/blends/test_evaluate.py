"""Evaluation: recorded answers to the benchmarks, what is right is counted, a fault is no wrong answer; regrading."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from blends.evaluate import Asked, benchmarks_of, items_of
from pipeline.errors import RecipeError
from pipeline.llm.record import read_records
from tests.conftest import run_crossthink


def record(asked: Asked, item: Mapping[str, Any], answer: str) -> list[bytes]:
    return [
        orjson.dumps({"made_by": "hand", "request": json.loads(request.asked), "text": answer, "completion_tokens": 7})
        for request in asked.requests(item)
    ]


def right_answer(item: Mapping[str, Any]) -> str:
    return item["answer"] if item["label"] is None else f"{'ABCDEFGHIJ'[item['label']]}: {item['answer']}"


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    found = benchmarks_of("sample", [], tmp_path_factory.mktemp("items"))
    return {name: items_of(raw, 0)[0] for name, raw in found.items()}


def test_every_benchmark_gives_items_with_a_gold_that_is_an_option(items: dict[str, list[dict[str, Any]]]) -> None:
    assert len(items) == 7
    for rows in items.values():
        assert rows
        assert all(row["label"] is None or row["options"][row["label"]] == row["answer"] for row in rows)


def test_what_is_right_is_counted_and_what_is_not_recorded_has_no_score(
    items: dict[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    asked = Asked("recorded", runs=2, temperature=1.0, max_tokens=64)
    lines = []
    for nr, item in enumerate(items["mmlu"]):
        if nr == 0:
            continue  # not recorded: a fault of the engine
        right = f"<think>.</think>\\boxed{{{right_answer(item)}}}" if nr % 2 else "I do not know."
        lines += record(asked, item, right)
    lines += [line for item in items["amc23"] for line in record(asked, item, f"The answer is {right_answer(item)}")]
    (tmp_path / "recorded.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    assert sum(1 for _ in read_records(tmp_path / "recorded.jsonl")) == len(lines)
    done = run_crossthink(
        "evaluate", "recorded", "--engine", "replay", "--cache", tmp_path / "recorded.jsonl",
        "--runs", "2", "--temperature", "1", "--max-tokens", "64", "--benchmark", "mmlu", "--benchmark", "amc23",
        "--sources", "sample", "--source", "math", "--data", tmp_path / "data",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "data" / "evaluations" / "recorded" / "scores.json").read_text())
    mmlu, amc = scores["benchmarks"]["mmlu"], scores["benchmarks"]["amc23"]
    num = len(items["mmlu"])
    assert (mmlu["items"], mmlu["without_score"]) == (num - 1, 2)
    assert mmlu["accuracy"] == mmlu["paid"] == sum(nr % 2 for nr in range(num)) / (num - 1)
    assert mmlu["interval"][0] < mmlu["accuracy"] < mmlu["interval"][1]
    assert (amc["accuracy"], amc["paid"], amc["tokens_right"]) == (1.0, 0.0, 7.0)  # right, but not boxed
    assert json.loads((tmp_path / "data" / "scores.json").read_text()) == {"math": round(scores["average"], 2)}
    answers = pl.read_parquet(tmp_path / "data" / "evaluations" / "recorded" / "answers.parquet")
    assert answers.height == 2 * (num + len(items["amc23"]))


def test_an_unknown_benchmark_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="--benchmark mmlu_prro: not in the source map; did you mean 'mmlu_pro'"):
        benchmarks_of("sample", ["mmlu_prro"], tmp_path)


def test_regrading_lists_each_disagreement(tmp_path: Path) -> None:
    stored = pl.DataFrame(
        {
            "id": ["s-1", "s-2", "s-3", "q-4"],
            "gold": ["42", "42", "42", "B"],
            "completion": ["The answer is 42.", "\\boxed{41}", "\\boxed{42}", "The answer is (B)."],
            "label": [True, False, False, True],
        }
    )
    stored.write_parquet(tmp_path / "stored.parquet")
    pl.DataFrame({"id": ["mmlu-4"], "options": [["x", "y"]]}).write_parquet(tmp_path / "questions.parquet")
    done = run_crossthink(
        "regrade", tmp_path / "stored.parquet", "--questions", tmp_path / "questions.parquet", "--out", tmp_path / "out"
    )
    assert done.returncode == 0, done.stderr
    assert pl.read_parquet(tmp_path / "out" / "stored.parquet")["score"].to_list() == [1.0, 0.0, 1.0, 1.0]
    (apart,) = [json.loads(line) for line in (tmp_path / "out" / "stored-disagreements.jsonl").read_text().splitlines()]
    assert (apart["id"], apart["label"], apart["score"]) == ("s-3", False, 1.0)
    assert "3 (0.7500)" in done.stdout


def test_regrading_without_labels_says_which_column_is_missing(tmp_path: Path) -> None:
    pl.DataFrame({"id": ["a"], "gold": ["1"]}).write_parquet(tmp_path / "a.parquet")
    done = run_crossthink("regrade", tmp_path / "a.parquet", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "no column 'completion'; stored completions need id, gold, completion, label" in done.stderr
