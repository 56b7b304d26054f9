"""A benchmark item is found in every form a row may be asked in, in every script, and in rows of any size."""

import json

import polars as pl
import pytest

from pipeline.errors import DataError
from pipeline.stage import Assets
from stages.decontaminate import Decontaminate
from stages.template import prompt
from tests.rows import mark, rows

ROCKS = ["igneous rocks", "metamorphic rocks", "sedimentary rocks", "fossil beds"]
BILE = "Which organ makes the bile that the gall bladder keeps?"
STEM = "Which kind of rock forms when magma that rose from the mantle cools below the surface?"
ITEMS = pl.DataFrame(
    [
        ("mmlu", "rocks", STEM, ROCKS),
        ("agieval", "inline", BILE + "\nA. liver\nB. kidney\nC. spleen", None),
        ("zh", "zh", "下列哪一项是质数的正确定义，并说明理由？", None),
        ("ar", "ar", "ما هي عاصمة الدولة التي يمر فيها نهر النيل ويصب في البحر المتوسط؟", None),
        ("own", "word", "Photosynthesis", None),
    ],
    schema={"benchmark": pl.String, "item": pl.String, "question": pl.String, "options": pl.List(pl.String)},
    orient="row",
)  # fmt: skip
MCQ = {"question": STEM, "options": ROCKS, "label": 0, "answer": ROCKS[0]}
FORMS = {
    "multiple choice": MCQ,
    "open, without its options": {"question": STEM},
    "options reordered": {**MCQ, "options": ROCKS[::-1]},
    "options in the text": {"question": STEM + "".join(f"\n({x}) {o}" for x, o in zip("ABCD", ROCKS, strict=True))},
    "the whole prompt, multiple choice": {"question": prompt(MCQ, "mcq", "long")},
    "the whole prompt, short": {"question": prompt(MCQ, "mcq", "short")},
    "the whole prompt, open": {"question": prompt(MCQ, "open", "long")},
}  # fmt: skip


def found(*given: dict[str, object]) -> list[str | None]:
    """Return, for each row that goes, the item that it is."""
    marked = mark(Decontaminate(), rows(*given), Assets({"benchmarks": ITEMS}))
    dropped = zip(marked["drop"], marked["evidence"], strict=True)
    return [json.loads(evidence)["item"] if drop else None for drop, evidence in dropped]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_row_is_looked_at(form: str) -> None:
    assert found(FORMS[form]) == ["rocks"]


@pytest.mark.parametrize("row", [{"question": BILE}, {"question": BILE, "options": ["spleen", "liver", "kidney"]}])
def test_an_item_with_options_in_its_text_is_found_in_rows_without_them(row: dict[str, object]) -> None:
    assert found(row) == ["inline"]


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("请回答：下列哪一项是质数的正确定义，并说明理由？", "zh"),
        ("下列哪一项是合数的正确定义，并说明理由？", None),
        ("سؤال: ما هي عاصمة الدولة التي يمر فيها نهر النيل ويصب في البحر المتوسط؟", "ar"),
        ("ما هي أطول الأنهار في قارة آسيا؟", None),
    ],
)
def test_chinese_and_arabic_are_read(question: str, item: str | None) -> None:
    assert found({"question": question}) == [item]


def test_a_question_of_a_megabyte_is_read_to_its_end() -> None:
    noise = "The keeper wrote down the weather of every day in a long green book. " * 15_000
    assert len(noise) > 1_000_000
    given = [{"question": text} for text in (noise, noise + STEM, STEM + noise)]
    assert found(*given) == [None, "rocks", "rocks"]


def test_empty_and_one_word_questions_stay() -> None:
    assert found({"question": ""}, {"question": None}, {"question": "?"}, {"question": "Photosynthesis"}) == [None] * 4


@pytest.mark.parametrize("column", ITEMS.columns)
def test_a_benchmark_without_a_column_is_an_error_that_names_it(column: str) -> None:
    with pytest.raises(DataError, match=f"no column {column!r}"):
        Decontaminate().mark(rows({"question": STEM}), Assets({"benchmarks": ITEMS.drop(column)}))
