"""In which forms a row may be asked, what cannot be asked at all, and in which order options stand."""

import json
from collections import Counter

import pytest

from stages.forms import Forms, speaks_of_others
from stages.normalize import Normalize
from tests.rows import mark, reasons, rows

OPTIONS = ["north", "east", "south", "west"]


def mcq(question: str, options: list[str] | None = None, label: int = 1) -> dict[str, object]:
    options = options or OPTIONS
    return {"question": question, "options": options, "label": label, "answer": options[label]}


def forms_of(*given: dict[str, object]) -> list[list[str]]:
    return mark(Forms(), rows(*given)).get_column("forms").to_list()


NEEDS_ITS_OPTIONS = [
    "Which of the following is a direction?",
    "Where does the sun rise, according to the following?",
    "In which of these does it rise?",
    "Which statement about the sun holds?",
    "All of these are directions EXCEPT",
    "Which is NOT true?",
    "The sun most likely rises in the",
    "What is the best description of sunrise?",
    "Choose from the options given: the sun rises in the",
    "Is option B or option C right?",
    "The sun rises in the",
    "The sun rises in the ...",
    "Sunrise, seen from Rome,",
]
STANDS_ALONE = [
    "Where does the sun rise?",
    "Name the direction of sunrise.",
    "Find the direction in which it rises",
    "It rises in the ____.",
    "The sun followed the road east. In which direction did it go?",
    "What does the following sentence say about the sun? It rises in the east.",
]


@pytest.mark.parametrize("question", NEEDS_ITS_OPTIONS)
def test_a_stem_that_needs_its_options_stays_multiple_choice(question: str) -> None:
    assert forms_of(mcq(question)) == [["mcq"]]


@pytest.mark.parametrize("question", STANDS_ALONE)
def test_a_stem_that_stands_alone_may_be_asked_in_both(question: str) -> None:
    assert forms_of(mcq(question)) == [["mcq", "open"]]


def test_a_row_without_options_is_open() -> None:
    assert forms_of({"question": "Which of the following is it?", "answer": "x"}) == [["open"]]


@pytest.mark.parametrize("gold", ["All of the above", "both", "Neither of them", "None of these", "see above"])
def test_a_gold_that_speaks_of_options_is_never_open(gold: str) -> None:
    assert forms_of(mcq("Where does the sun rise?", [gold, "north", "south"], 0)) == [["mcq"]]


NEEDS_A_PICTURE = [
    "What is the area of the figure below?",
    "In the diagram, AB = 5. Find BC.",
    "As shown in the figure, AB is 5 units long. How long is BC?",
    "The following graph shows the price of bread. When was it highest?",
    "Look at the picture above. What is it?",
    "See ![graph](a.png). What is its slope?",
    'What is the slope? <img src="a.png">',
    "Use the chart to answer: how many were sold?",
    "The map shows the trade routes of Rome. Where do they end?",
    "How many faces does the solid pictured here have? [image]",
    "According to the accompanying figure, who is it?",
]
NEEDS_NO_PICTURE = [
    'Which figure of speech is "as brave as a lion"?',
    "What figure of speech is used in the following figure of speech: 'time flies'?",
    "A square of side 4 stands on a rectangle. What is the area of the figure?",
    "Round 3.14159 to three significant figures.",
    "Which of the following figures is a contemporary installation artist?",
    "Which of the following charts records the results of a process?",
    "The following figures are taken from the accounts: sales 12, costs 5. What is the profit?",
    "Consider the following map f : X -> Y that takes x to its square. Is it injective?",
    "Who drew the map of Vinland?",
    "How many vertices has the complete graph on 5 nodes?",
    "Find the least value on the graph of $y = x^2$.",
    "What does an image of the kernel under a linear map hold?",
    "Draw a diagram and find the number of paths.",
    "Find $AB$. [asy] draw((0,0)--(1,1)); [/asy] It is shown in the diagram.",
]


@pytest.mark.parametrize("question", NEEDS_A_PICTURE)
def test_a_question_about_a_picture_goes(question: str) -> None:
    made = mark(Forms(), rows({"question": question, "answer": "5"})).row(0, named=True)
    assert made["drop"] == "needs a picture"
    assert json.loads(made["evidence"])["words"] in question.lower()


@pytest.mark.parametrize("question", NEEDS_NO_PICTURE)
def test_words_of_pictures_alone_need_none(question: str) -> None:
    assert reasons(Forms(), rows({"question": question, "answer": "5"})) == [None]


UNFIT = [
    ({"options": OPTIONS, "label": None}, "gold not among options"),
    ({"options": [], "label": None}, "gold not among options"),
    ({"options": ["north", "north", "east"], "label": 0}, "options repeat"),
    ({"options": ["north"], "label": 0}, "one option"),
    ({"options": [f"number {nr}" for nr in range(27)], "label": 0}, "more options than letters"),
    ({"options": [f"number {nr}" for nr in range(26)], "label": 25}, None),
]


@pytest.mark.parametrize(("given", "reason"), UNFIT)
def test_options_that_cannot_be_asked_go(given: dict[str, object], reason: str | None) -> None:
    made = mark(Forms(), rows({"question": "Where is it?", "answer": "north"} | given)).row(0, named=True)
    assert made["drop"] == reason
    if reason:
        assert set(json.loads(made["evidence"])) == {"options", "label"}


def test_options_in_the_text_become_options_where_the_gold_is_a_letter() -> None:
    text = "Where does the sun rise?\n(A) in the north\n(B) in the east\n(C) in the south"
    made = mark(Forms(), rows({"question": text, "answer": r"\text{(B)}"})).row(0, named=True)
    assert made["question"] == "Where does the sun rise?"
    assert sorted(made["options"]) == ["in the east", "in the north", "in the south"]
    assert made["options"][made["label"]] == made["answer"] == "in the east"
    assert made["forms"] == ["mcq", "open"]


@pytest.mark.parametrize(("answer", "number"), [("the east", None), ("D", None), ("", None), (None, None)])
def test_options_in_the_text_stay_there_where_no_letter_names_one(answer: str | None, number: int | None) -> None:
    text = "Where does the sun rise?\n(A) in the north\n(B) in the east\n(C) in the south"
    made = mark(Forms(), rows({"question": text, "answer": answer})).row(0, named=True)
    assert (made["question"], made["options"], made["label"], made["answer"]) == (text, None, number, answer)


def with_keys(*given: dict[str, object]) -> list[dict[str, object]]:
    return mark(Forms(), mark(Normalize(), rows(*given)).drop("drop", "evidence")).to_dicts()


def test_gold_letters_are_uniform_whatever_they_were_upstream() -> None:
    # 2,000 rows whose gold is always the second of four: each letter is due 500 times, give or take 2 points.
    given = [mcq(f"What is {nr} degrees?", [f"{nr} {name}" for name in OPTIONS], 1) for nr in range(2_000)]
    golds = Counter(row["label"] for row in with_keys(*given))
    assert set(golds) == {0, 1, 2, 3}
    assert all(abs(count - 500) <= 40 for count in golds.values()), golds


def test_every_option_comes_to_every_place_equally_often() -> None:
    given = [mcq(f"What is {nr} degrees?") for nr in range(2_000)]
    placed = Counter((row["options"].index(name), name) for row in with_keys(*given) for name in OPTIONS)  # type: ignore[attr-defined]
    assert len(placed) == 16
    assert all(abs(count - 500) <= 60 for count in placed.values()), placed


def test_the_order_upstream_does_not_count() -> None:
    turned = [mcq("Where is it?", ["west", "north", "south", "east"], 3), mcq("Where is it?")]
    one, two = with_keys(*turned)
    assert one["options"] == two["options"]
    assert one["label"] == two["label"]


def test_the_gold_keeps_its_text() -> None:
    for row in with_keys(*(mcq(f"Where is {nr}?", label=nr % 4) for nr in range(50))):
        assert row["options"][row["label"]] == row["answer"]  # type: ignore[index]


SPEAKS = [
    "All of the above", "None of the above.", "all the above", "None of these", "Both of the above", "Both A and B",
    "Neither B nor C", "A and C", "A, B and C", "(A) and (C)", "A & B", "A only", "Only B", "Either A or B",
    "A and B only", "Both A and B are correct", "Options A and C", "All are correct", "None of the other answers",
    "All of the options given are correct", "Two of the above",
]  # fmt: skip
SPEAKS_NOT = [
    "All of Europe", "both parents", "vitamins B and D in milk", "A dog", "B cells and T cells", "He has a choice",
    "above the equator", "none", "Blood group A", "the price above marginal cost", "A", "5 and 6", "an option value",
]  # fmt: skip


@pytest.mark.parametrize("option", SPEAKS)
def test_options_that_speak_of_others_keep_their_order(option: str) -> None:
    assert speaks_of_others(option)
    given = [mcq(f"Where is {nr}?", ["one", "two", "three", option], 3) for nr in range(20)]
    assert {tuple(row["options"]) for row in with_keys(*given)} == {("one", "two", "three", option)}  # type: ignore[arg-type]


@pytest.mark.parametrize("option", SPEAKS_NOT)
def test_options_that_only_sound_like_it_are_shuffled(option: str) -> None:
    assert not speaks_of_others(option)
    given = [mcq(f"Where is {nr}?", ["one", "two", "three", option], 3) for nr in range(20)]
    assert len({tuple(row["options"]) for row in with_keys(*given)}) > 5  # type: ignore[arg-type]


def test_the_paper_s_rules_mark_what_ours_drop() -> None:
    given = rows(
        {"question": "What does the figure below show?", "answer": "7"},
        {"question": "Which?", "options": ["a", "a", "b"], "label": 2, "answer": "b"},
        {"question": "What does the figure below show?", "options": ["a", "b"], "answer": "c"},
        {"question": "What is 1 + 1?", "answer": "2"},
    )
    assert reasons(Forms(), given) == ["needs a picture", "options repeat", "needs a picture", None]
    made = mark(Forms(rules="paper"), given)
    assert made["drop"].to_list() == [None, None, "gold not among options", None]
    assert [finding and "finding" in finding for finding in made["evidence"]] == [True, True, False, None]
