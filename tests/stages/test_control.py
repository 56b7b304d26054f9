"""Controls: training golds that say nothing, or a mark for a coin; validation stays true, and every row says so."""

import json

import polars as pl

from pipeline.row import LETTERS
from stages.control import Control
from stages.template import earns, ground_truth
from tests.rows import mark, rows

FRUIT = ["fig", "pear", "plum", "lime"]
GIVEN = [
    *({"form": "mcq", "options": FRUIT, "label": nr, "answer": FRUIT[nr], "answer_type": "mcq"} for nr in range(4)),
    *({"form": "mcq", "options": FRUIT, "label": 1, "answer": FRUIT[1], "answer_type": "mcq"} for _ in range(4)),
    *({"form": "open", "answer": str(nr), "canonical": str(nr), "answer_type": "integer"} for nr in range(100, 108)),
    *({"form": "open", "answer": f"name {nr}", "answer_type": "text"} for nr in range(4)),
]  # fmt: skip
TRAIN = [row | {"split": "train"} for row in GIVEN]
CHANGED = ("label", "answer", "canonical")


def after(kind: str, given: list[dict[str, object]]) -> pl.DataFrame:
    frame = rows(*given)
    return frame.with_columns(mark(Control(kind), frame).drop("id").get_columns())  # type: ignore[arg-type]


def test_golds_are_those_of_other_rows_of_their_kind() -> None:
    made = after("shuffled labels", TRAIN)
    for kind in ("mcq", "integer", "text"):
        before = sorted(row["answer"] for row in TRAIN if row["answer_type"] == kind)
        assert sorted(made.filter(pl.col("answer_type") == kind)["answer"]) == before
    opened = made.filter(pl.col("form") == "open")
    assert all(opened["answer"] != pl.Series([row["answer"] for row in TRAIN if row["form"] == "open"]))
    integers = opened.filter(pl.col("answer_type") == "integer")
    assert integers["answer"].to_list() == integers["canonical"].to_list()


def test_a_shuffled_gold_is_a_gold_all_the_same() -> None:
    for row in after("shuffled labels", TRAIN).to_dicts():
        if row["form"] == "mcq":
            assert row["answer"] == row["options"][row["label"]]
            assert ground_truth(row, "mcq", "short") == LETTERS[row["label"]]
        assert earns(row, row["form"], ground_truth(row, row["form"], "long"))


def test_every_training_row_is_marked_and_validation_is_not_touched() -> None:
    given = [row | {"split": "validation" if nr % 2 else "train"} for nr, row in enumerate(GIVEN)]
    for kind in ("shuffled labels", "random reward"):
        made = after(kind, given)
        assert made["evidence"].is_not_null().to_list() == (made["split"] == "train").to_list()
        valid = made.filter(pl.col("split") == "validation")
        assert valid.select(CHANGED).equals(rows(*given)[1::2].select(CHANGED))


def test_a_random_reward_is_a_mark_and_no_more() -> None:
    made = after("random reward", TRAIN)
    assert made.select(CHANGED).equals(rows(*TRAIN).select(CHANGED))
    assert {tuple(json.loads(found).items()) for found in made["evidence"]} == {(("reward", "random"),)}
