"""The judge settles the grey zone: yes drops, no and silence leave the row with its mark."""

import json
from pathlib import Path

import polars as pl
import pytest

from pipeline.asking import ANSWERS, ASKED
from pipeline.errors import DataError
from pipeline.llm.engines import engine_of
from pipeline.llm.record import Record, write_records
from pipeline.llm.request import Outcome
from pipeline.stage import Assets
from stages.judge import Judge, findings
from tests.rows import mark, rows

BENCHMARKS = pl.DataFrame(
    [
        ("math", "train", "A train leaves at 9 and does 40 miles an hour; how far is it at noon?", None),
        ("mmlu", "norway", "The capital of Norway is", ["Oslo", "Bergen"]),
    ],
    schema={"benchmark": pl.String, "item": pl.String, "question": pl.String, "options": pl.List(pl.String)},
    orient="row",
)
FOUND = {"benchmark": "math", "item": "train", "step": "alike", "score": 0.7, "row": "A coach", "benchmark_item": "A"}
ROWS = rows(
    {"question": "A coach sets out at nine at 40 mph. How far is it by twelve?",
     "marks": ["decontaminate: " + json.dumps(FOUND)]},
    {"question": "What is 2 + 2?", "marks": ["dedup: {}"]},
    {"question": "Which city is Norway's capital?", "options": ["Bergen", "Oslo"],
     "marks": ["decontaminate: " + json.dumps(FOUND), "paraphrase: " + json.dumps(FOUND | {"step": "embedding"})]},
)  # fmt: skip
STAGE = Judge(judge="m")


def judged(*texts: str | None) -> pl.DataFrame:
    """Return what becomes of ROWS when the model says `texts`; None is an engine's fault."""
    wanted = list(STAGE.requests(ROWS, Assets({"benchmarks": BENCHMARKS})))
    lines = [
        {"id": row_id, "digest": request.digest, "text": text, "finish": "stop", "fault": None if text else "timed out"}
        for (row_id, request), text in zip(wanted, texts, strict=True)
    ]
    return mark(STAGE, ROWS, Assets({"benchmarks": BENCHMARKS, ANSWERS: pl.DataFrame(lines, schema=ASKED)}))


def test_only_rows_in_the_grey_zone_are_asked_about_each_item_once() -> None:
    wanted = list(STAGE.requests(ROWS, Assets({"benchmarks": BENCHMARKS})))
    assert [row_id for row_id, _ in wanted] == ["r0", "r2"]
    said = wanted[0][1].messages[-1].content
    assert "A coach sets out" in said and "A train leaves at 9" in said
    assert "Its options: Bergen; Oslo" in wanted[1][1].messages[-1].content


def test_yes_drops_and_no_leaves_the_verdict_on_the_row() -> None:
    frame = judged("Same trip. \\boxed{no}, rather \\boxed{Yes}", "\\boxed{no}")
    assert frame["drop"].to_list() == ["benchmark question by the judge", None, None]
    told = [json.loads(text)["findings"][0] for text in frame["evidence"].drop_nulls()]
    assert [one["verdict"] for one in told] == ["yes", "no"]
    assert told[0]["item"] == "train" and told[0]["judge"] == "m"


@pytest.mark.parametrize("text", [None, "I think so.", "\\boxed{maybe}", "yes"])
def test_without_a_clear_verdict_the_row_stays(text: str | None) -> None:
    frame = judged(text, "\\boxed{no}")
    assert frame["drop"].null_count() == 3
    assert json.loads(frame["evidence"][0])["findings"][0]["verdict"] is None


def test_what_an_engine_has_recorded_is_the_verdict(tmp_path: Path) -> None:
    wanted = list(STAGE.requests(ROWS, Assets({"benchmarks": BENCHMARKS})))
    texts = ("\\boxed{no}", "\\boxed{yes}")
    records = [
        Record(request, Outcome(request.digest, text), "hand") for (_, request), text in zip(wanted, texts, strict=True)
    ]
    write_records(tmp_path / "said.jsonl", records)
    with engine_of("replay", cache=tmp_path / "said.jsonl") as engine:
        outcomes = {one.digest: one.text for one in engine.complete(request for _, request in wanted)}
    frame = judged(*(outcomes[request.digest] for _, request in wanted))
    assert frame["drop"].to_list() == [None, None, "benchmark question by the judge"]


def test_findings_of_other_stages_are_not_the_judges() -> None:
    assert findings(["forms: an option speaks of others"]) == []
    assert findings(None) == []


def test_a_benchmark_without_a_column_is_an_error_that_names_it() -> None:
    with pytest.raises(DataError, match="'item'"):
        list(STAGE.requests(ROWS, Assets({"benchmarks": BENCHMARKS.drop("item")})))
