"""Which rows hold a benchmark item, and by which step of the cascade."""

import polars as pl
import pytest

from pipeline.match.leak_index import leak_index
from pipeline.match.leaks import found_leaks
from pipeline.match.verdict import LeakThresholds

TRAIN = (
    "A train leaves the station at 9 in the morning and travels at a steady speed of 40 miles each hour; how many "
    "miles has it travelled at noon?"
)
ITEMS = pl.DataFrame(
    [
        ("math", "train", TRAIN, None),
        ("mmlu", "norway", "The capital of Norway is", ["Oslo", "Bergen", "Turku"]),
        ("mmlu", "true", "Which is true?", ["Cats bark", "Dogs bark", "Cows fly", "Fish sing"]),
        ("mmlu", "rocks", "Which rocks form from cooling magma?", ["igneous", "metamorphic", "sedimentary", "fossil"]),
        ("zh", "zh", "下列哪一项是质数的正确定义，并说明理由？", None),
    ],
    schema={"benchmark": pl.String, "item": pl.String, "question": pl.String, "options": pl.List(pl.String)},
    orient="row",
)
LEAKS = [
    (TRAIN.upper(), None, "train", "whole question"),
    (TRAIN.replace("steady ", "").replace("morning", "mornign"), None, "train", "words"),
    ("Two friends talk. " * 20 + TRAIN + " They cannot agree." * 20, None, "train", "embedded"),
    (TRAIN.replace("9", "8").replace("40", "65"), None, "train", "masked numbers"),
    ("the capital of NORWAY is:", None, "norway", "whole question"),
    ("Which is true?", ["Fish sing", "Dogs bark", "Cats bark", "Cows fly"], "true", "options"),
    ("Cooling magma forms which rocks", ["fossil", "igneous", "metamorphic", "sedimentary"], "rocks", "options"),
    ("Which is true?\nA. Fish sing\nB. Cows fly\nC. Cats bark\nD. Dogs bark", None, "true", "options"),
    ("请回答：下列哪一项是质数的正确定义，并说明理由？", None, "zh", "words"),
]
CLEAN = [
    ("The capital of Sweden is", ["Oslo", "Bergen", "Turku"]),
    ("Which is true?", ["Iron floats", "Wood floats", "Gas sinks", "Ice burns"]),
    ("Which is true?", None),
    ("A train is long; how many miles?", None),
    ("", None),
    ("word", ["word"]),
    ("lorem ipsum " * 80_000, None),
]

OPTIONS = {"options": pl.List(pl.String)}


def found(question: str, options: list[str] | None) -> tuple[str | None, str | None]:
    """Return the item and the step of what is dropped."""
    index = leak_index(ITEMS)
    rows = pl.DataFrame(
        {"question": [question], "options": [options]}, schema_overrides={"options": pl.List(pl.String)}
    )
    leaks = found_leaks(rows, index, thresholds=LeakThresholds()).filter(pl.col("reason").is_not_null())
    return (index.items["item"][leaks["nr"][0]], leaks["step"][0]) if leaks.height else (None, None)


@pytest.mark.parametrize(("question", "options", "item", "step"), LEAKS)
def test_a_leak_is_found_by_its_step(question: str, options: list[str] | None, item: str, step: str) -> None:
    assert found(question, options) == (item, step)


@pytest.mark.parametrize(("question", "options"), CLEAN)
def test_another_question_is_none(question: str, options: list[str] | None) -> None:
    assert found(question, options) == (None, None)


def test_spans_show_the_place_in_a_long_row() -> None:
    rows = pl.DataFrame(
        {"question": [LEAKS[2][0]], "options": [None]}, schema_overrides={"options": pl.List(pl.String)}
    )
    leaks = found_leaks(rows, leak_index(ITEMS), thresholds=LeakThresholds())
    assert leaks["row_span"][0].startswith("A train leaves")
    assert leaks["item_span"][0] == TRAIN
