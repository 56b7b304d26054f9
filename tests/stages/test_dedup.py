"""What dedup keeps and drops, in small tables."""

import json

import polars as pl
import pytest

from pipeline.row import ROW
from pipeline.stage import Assets
from stages.dedup import Dedup
from tests.whole import mark_whole


def rows(*given: dict[str, object]) -> pl.DataFrame:
    """Return rows named a, b, c ... with what is given and a gold of 7."""
    filled = [
        {"id": chr(97 + nr), "key": f"k{nr}", "source": "s", "answer": "7", "licence": "mit", **row}
        for nr, row in enumerate(given)
    ]
    return pl.DataFrame([{name: row.get(name) for name in ROW} for row in filled], schema=ROW)


def run(frame: pl.DataFrame, stage: Dedup | None = None) -> dict[str, str | None]:
    """Return the reason by id."""
    stage = stage or Dedup()
    assets = Assets()
    marked = mark_whole(stage, list(frame.iter_slices(2)) or [frame], assets, num_buckets=3)
    assert {"cluster", "id", "similarity", "drop"} <= set(assets.outputs["clusters"].columns)
    return dict(zip(marked["id"], marked["drop"], strict=True))


SAME = [
    ("Find 1 + 2.", "find  1+2"),
    ("What is $\\dfrac{1}{2}$ of $x$?", "What is \\( \\frac{1}{2} \\) of x?"),
    ("He said “no”.\nWhy?", 'He said "no". Why?'),
]
OTHER = [
    ("Find 1 + 2.", "Find 1 + 3."),
    ("Find 1 + 2.", "Find 1 - 2."),
    ("Which number is prime?", "Which number is not prime?"),
    ("Find 1.5", "Find 15"),
]


@pytest.mark.parametrize(("one", "two"), SAME)
def test_dress_does_not_make_another_question(one: str, two: str) -> None:
    assert run(rows({"question": one}, {"question": two})) == {"a": None, "b": "same question"}


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_other_numbers_signs_and_negations_are_other_questions(one: str, two: str) -> None:
    assert run(rows({"question": one}, {"question": two})) == {"a": None, "b": None}


def test_reordered_options_are_the_same_question_other_options_are_not() -> None:
    stem = {"question": "Which is a fruit?", "answer": "pear"}
    table = rows(
        stem | {"options": ["pear", "stone", "dog"]},
        stem | {"options": ["dog", "pear", "stone"]},
        stem | {"options": ["pear", "chair", "cat"]},
    )
    assert run(table) == {"a": None, "b": "same question", "c": None}


def test_rows_whose_golds_disagree_all_go() -> None:
    table = rows({"question": "2+2?", "answer": "4"}, {"question": "2 + 2 ?", "answer": "5"}, {"question": "2+2"})
    assert set(run(table).values()) == {"golds disagree"}


def test_golds_are_compared_as_the_verifier_reads_them() -> None:
    half = {"question": "One half?", "canonical": "1/2"}
    assert run(rows(half | {"answer": "0.5"}, half | {"answer": "1/2"})) == {"a": None, "b": "same question"}


def test_survivor_has_solution_then_licence_then_source_then_key() -> None:
    q = {"question": "How far is it?"}
    assert run(rows(q, q | {"solution": "7, since ..."}))["b"] is None
    assert run(rows(q | {"licence": "cc-by-nc-4.0"}, q))["b"] is None
    assert run(rows(q | {"source": "z"}, q | {"source": "y"}))["b"] is None
    assert run(rows(q | {"source": "z"}, q | {"source": "y"}), Dedup(sources=("z",)))["a"] is None
    assert run(rows(q | {"key": "9"}, q | {"key": "1"}))["b"] is None


def test_order_of_rows_does_not_count() -> None:
    table = rows(*({"question": f"How many are {nr % 7} and {nr % 5}?"} for nr in range(26)))
    assert run(table) == run(table.sample(fraction=1.0, shuffle=True, seed=3))


TRIP = "A bus leaves the depot at dawn with 31 people and stops at the harbour, where 8 of them get off; how many stay?"
EDITS = [
    TRIP,
    TRIP.upper(),
    TRIP.replace("harbour", "harbor"),
    TRIP.replace("31", "32"),
    TRIP + " Explain your reasoning.",
    TRIP.replace("get off", "get on"),
    "你好，世界有多少个国家？",
    "كم عدد الدول في العالم؟",
    "",
    "",
    "one",
    None,
    "word " * 200_000,
]


def test_order_and_shards_do_not_count_for_near_copies_either() -> None:
    """Also with questions that are empty, of one word, a megabyte long, or not in Latin script."""
    golds = [{"answer": "24" if nr in (3, 5) else "23"} for nr in range(len(EDITS))]
    table = rows(*({"question": text} | gold for text, gold in zip(EDITS, golds, strict=True)))
    expected = run(table)
    assert [expected[name] for name in "bcde"] == ["same question", "near copy", None, "near copy"]
    assert {expected[name] for name in "fghijkl"} == {None}
    for num_rows, num_buckets in ((1, 1), (2, 2), (16, 7)):
        stage, assets = Dedup(), Assets()
        shuffled = table.sample(fraction=1.0, shuffle=True, seed=num_rows)
        marked = mark_whole(stage, list(shuffled.iter_slices(num_rows)), assets, num_buckets=num_buckets)
        assert dict(marked.select("id", "drop").iter_rows()) == expected


def test_clusters_tell_each_member_and_its_survivor() -> None:
    stage, assets = Dedup(), Assets()
    table = rows(*({"question": text} for text in EDITS[:3]))
    mark_whole(stage, [table], assets)
    clusters = assets.outputs["clusters"]
    assert clusters.select("cluster", "id", "drop").rows() == [
        ("a", "a", None),
        ("a", "b", "same question"),
        ("a", "c", "near copy"),
    ]
    assert clusters["similarity"].min() > 0.8


def test_near_copies_can_be_left_in() -> None:
    table = rows(*({"question": text} for text in EDITS[:3]))
    assert list(run(table, Dedup(near=False)).values()) == [None, "same question", None]


def test_a_template_is_capped() -> None:
    table = rows(*({"question": f"Add {nr}.", "template": "t", "answer": str(nr)} for nr in range(5)))
    assert list(run(table, Dedup(max_per_template=3)).values()).count("too many of one template") == 2
    plain = rows(*({"question": "Which is true?", "template": "t", "options": [str(nr)]} for nr in range(5)))
    assert set(run(plain, Dedup(max_per_template=3)).values()) == {None}


def test_evidence_names_the_survivor() -> None:
    stage, assets = Dedup(), Assets()
    marked = mark_whole(stage, [rows({"question": "Why?"}, {"question": "why"})], assets)
    assert json.loads(marked["evidence"][1]) == {"survivor": "a", "similarity": 1.0}


def test_no_rows() -> None:
    assert run(rows()) == {}


def test_golds_that_are_one_to_the_verifier_do_not_disagree() -> None:
    frame = rows(
        {"id": "a", "question": "What is the sum?", "answer": r"\frac{3}{8}", "canonical": r"\frac{3}{8}"},
        {"id": "b", "question": "What is the sum?", "answer": r"\frac 3 8", "canonical": r"\frac 3 8"},
        {"id": "c", "question": "What is the product?", "answer": "5", "canonical": "5"},
        {"id": "d", "question": "What is the product?", "answer": "6", "canonical": "6"},
    )
    assert run(frame) == {"a": None, "b": "same question", "c": "golds disagree", "d": "golds disagree"}
