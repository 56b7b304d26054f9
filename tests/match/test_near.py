"""Which pairs of questions are near copies; golds are not known, so words, figures and options decide."""

from random import Random

import polars as pl
import pytest

from pipeline.match.near import Thresholds, near_copies
from pipeline.match.sketch import sketched

LONG = (
    "A farmer in the valley has 12 cows and 30 hens, sells a quarter of the hens at the village market on Monday, and "
    "then buys 4 more cows from his neighbour; how many animals live on the farm at the end of the week?"
)
COPIES = [
    (LONG, LONG.replace("village", "vilage").replace("neighbour", "nieghbour")),
    (LONG, "Question 3: " + LONG + " Explain your reasoning."),
    (LONG, LONG.replace("12", "twelve").replace("then ", "")),
    (LONG, LONG.replace("lives on the farm", "are on the farm").replace("in the valley ", "")),
    ("Find the sum of 3 and 8.", "What is the sum of 3 and 8?"),
    ("Is $x^2 > 4$ for every $x$?", "Is \\(x^{2} > 4\\) for each \\(x\\)?"),
]
DISTINCT = [
    (LONG, LONG.replace("12", "13")),
    (LONG, LONG.replace("sells", "buys")),
    (LONG, LONG.replace("4 more", "4 fewer")),
    (LONG, LONG.replace("12 cows and 30", "30 cows and 12")),
    ("What is the capital of Norway?", "What is the capital of Sweden?"),
    ("Which metal is a liquid at room temperature?", "Which metal is not a liquid at room temperature?"),
    ("What is the area of a regular pentagon of side 2?", "What is the area of a regular hexagon of side 2?"),
    ("Find the measure of angle HAC in degrees.", "Find the measure of angle GAC in degrees."),
    ("Find the mean of 3, 4 and 8.", "Find the median of 3, 4 and 8."),
    ("下列哪一项是质数的定义", "下列哪一项是合数的定义"),
    ("Compute $\\cos 75$.", "Compute $\\sin 75$."),
]


def batched(names: list[str]) -> list[tuple[str, str, str]]:
    """Return the names three by three."""
    return list(zip(names[::3], names[1::3], names[2::3], strict=True))


def copies(*questions: str, golds: list[int] | None = None) -> list[tuple[int, int]]:
    """Return the rows that go and their survivors."""
    text = pl.Series(questions)
    none = pl.Series([None] * len(text), dtype=pl.List(pl.String))
    frame = sketched(text, none).with_columns(question=text, gold=pl.Series(golds or [0] * len(text)))
    return [(row, survivor) for row, survivor, _ in near_copies(frame, thresholds=Thresholds()).iter_rows()]


@pytest.mark.parametrize(("one", "two"), COPIES)
def test_an_edited_copy_goes(one: str, two: str) -> None:
    assert copies(one, two) == [(1, 0)]
    assert copies(two, one) == [(1, 0)]


@pytest.mark.parametrize(("one", "two"), DISTINCT)
def test_another_problem_stays(one: str, two: str) -> None:
    assert copies(one, two) == []


def test_golds_that_differ_make_two_problems_of_near_copies() -> None:
    one, two = COPIES[0]
    assert copies(one, two, golds=[1, 1]) == [(1, 0)]
    assert copies(one, two, golds=[1, 2]) == []


def test_large_groups_of_the_same_figures_are_searched_too() -> None:
    rng = Random(5)
    names = ["".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(4)) for _ in range(2100)]
    texts = [f"Describe how {one} and {two} met near the {three} bridge" for one, two, three in batched(names)]
    assert len(texts) > 600
    assert copies(*texts) == []
    assert copies(*texts, texts[99].upper() + " please") == [(len(texts), 99)]
