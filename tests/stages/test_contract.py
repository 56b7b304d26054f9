"""What every stage promises, on one small frame that goes through all of them in the order of the table."""

import polars as pl
import pytest

from pipeline.row import ROW
from pipeline.stage import Assets, Stage, check_promise
from stages.difficulty import PASS_RATE
from stages.table import STAGES
from tests.rows import rows
from tests.whole import mark_whole

PARAMETERS: dict[str, dict[str, object]] = {
    "control": {"kind": "shuffled labels"},
    "mix": {"shares": {"s": 0.75, "t": 0.25}, "size": "max"},
    "split": {"validation": 0.3},
}
NEEDS_A_MODEL = ("paraphrase", "judge")  # held to the contract in tests of their own
FRUIT = ["a stone", "a pear", "a chair", "a dog"]
ROWS = rows(
    {"question": "What is 2 + 2?", "answer": "4", "category": "mr"},
    {"question": "What is 2+2 ?", "answer": "4", "source": "t", "category": "mr", "solution": "Two and two are 4."},
    {"question": "What is 3 + 3?", "answer": "6", "category": "mr"},
    {"question": "Which of the following is a fruit?", "options": FRUIT, "label": 1, "answer": "a pear"},
    {"question": "Which animal barks?", "options": ["cat", "dog", "All of the above"], "label": 1, "answer": "dog"},
    {"question": "Which letter is no option?", "options": ["cat", "dog"], "label": None, "answer": None},
    {"question": "Which?", "options": [], "label": None, "answer": "x"},
    {"question": "What does the figure below show?", "answer": "7"},
    {"question": "The capital of Norway is", "answer": "Oslo", "source": "t", "seed_document": "d1"},
    {"question": "The capital of Sweden is", "answer": "Stockholm", "source": "t", "seed_document": "d1"},
    {"question": "Which planet is red?\n(A) Mars (B) Venus (C) Pluto", "answer": "A"},
    {"question": "What is the answer? The answer is 12.", "answer": "12"},
    {"question": "How is it done?", "answer": "see the solution"},
    {"question": "Who wrote Faust?", "answer": "Goethe", "source": "t"},
    {"question": "Find all values of x.", "answer": "70,110"},
    {"question": "\u200b", "answer": "1"},
    {"question": "Why?", "answer": None},
    {"question": "How many people live there?", "answer": "70,110"},
    *({"question": f"A box holds {n} red and {n + 7} blue balls. How many balls?", "answer": str(2 * n + 7)}
      for n in range(20, 40)),
)  # fmt: skip
BENCHMARKS = pl.DataFrame(
    {
        "benchmark": ["mmlu"],
        "item": ["m1"],
        "question": ["The capital of Norway is"],
        "options": [["Oslo", "Bergen"]],
        "answer": ["Oslo"],
    }
)


def make(name: str) -> Stage:
    return STAGES[name](**PARAMETERS.get(name, {}))


def assets() -> Assets:
    return Assets({"benchmarks": BENCHMARKS, "pass_rates": PASS_RATE.to_frame()})


def prepared(stage: Stage, frame: pl.DataFrame) -> pl.DataFrame:
    return frame if stage.scope == "shard" else stage.prepare(frame, assets())


def after(stage: Stage, frame: pl.DataFrame) -> pl.DataFrame:
    """Return what `mark` makes of a frame, held to the contract."""
    if stage.scope == "whole":
        return mark_whole(stage, [frame], assets())
    made = stage.mark(frame, assets())
    check_promise(stage, frame, made)
    return made


def frame_before(wanted: str) -> pl.DataFrame:
    """Return the rows that reach a stage: ROWS through all stages before it, kept rows only."""
    frame = ROWS
    for name in STAGES:
        if name == wanted:
            break
        if name in NEEDS_A_MODEL:
            continue
        stage = make(name)
        made = after(stage, frame)
        if stage.scope == "whole":
            made = frame.with_columns(made.select("drop", *stage.adds, *stage.fills).get_columns())
        frame = made.filter(pl.col("drop").is_null()).drop("drop", "evidence", strict=False)
    return frame


every_stage = pytest.mark.parametrize("name", [name for name in STAGES if name not in NEEDS_A_MODEL])


@every_stage
def test_ids_and_their_order_stay(name: str) -> None:
    frame = frame_before(name)
    assert frame.height > 3
    assert after(make(name), frame).get_column("id").to_list() == frame.get_column("id").to_list()


@every_stage
def test_no_rows_give_no_rows_of_the_same_columns_and_types(name: str) -> None:
    frame = frame_before(name)
    none = after(make(name), frame.clear())
    assert none.height == 0
    assert none.schema == after(make(name), frame).schema


@every_stage
def test_same_rows_give_the_same_twice(name: str) -> None:
    frame = frame_before(name)
    assert after(make(name), frame).equals(after(make(name), frame))


@every_stage
def test_split_in_two_or_joined_gives_the_same(name: str) -> None:
    stage, frame = make(name), frame_before(name)
    halves = [frame.head(frame.height // 2), frame.tail(frame.height - frame.height // 2)]
    if stage.scope == "shard":
        assert pl.concat([after(stage, half) for half in halves]).equals(after(stage, frame))
    else:
        assert pl.concat([prepared(stage, half) for half in halves]).equals(prepared(stage, frame))


@every_stage
def test_order_of_rows_does_not_count(name: str) -> None:
    frame = frame_before(name)
    turned = after(make(name), frame.reverse())
    assert turned.reverse().equals(after(make(name), frame))


@every_stage
def test_columns_of_the_row_keep_their_types(name: str) -> None:
    made = after(make(name), frame_before(name))
    assert {column: made.schema[column] for column in made.columns if column in ROW} == {
        column: kind for column, kind in ROW.items() if column in made.columns
    }


@every_stage
def test_a_dropped_row_says_why_in_plain_words(name: str) -> None:
    reasons = after(make(name), frame_before(name)).get_column("drop").drop_nulls()
    assert reasons.str.contains(r"^[a-z][a-z ,'-]{3,60}$").all(), reasons.to_list()


def test_the_frame_makes_most_stages_drop_something() -> None:
    dropping = {
        name
        for name in STAGES
        if name not in NEEDS_A_MODEL and after(make(name), frame_before(name)).get_column("drop").drop_nulls().len()
    }
    assert dropping >= {"normalize", "forms", "verifiable", "dedup", "decontaminate", "mix"}
