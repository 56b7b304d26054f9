"""The blind tables: written from the rules apart from the code; every pair of them gets its verdict."""

import pytest
from cases import (
    blind_first,
    blind_first_read,
    blind_fourth,
    blind_fourth_read,
    blind_second,
    blind_third,
    blind_third_read,
    look_alikes,
)

from pipeline.verify import compile_gold, grade, verify

ANSWERS = [*blind_first.CASES, *blind_second.CASES, *blind_third.CASES, *blind_fourth.CASES]
COMPLETIONS = [*blind_first_read.COMPLETIONS, *blind_third_read.COMPLETIONS, *blind_fourth_read.COMPLETIONS]
CHOICES = [*blind_first_read.CHOICES, *blind_third_read.CHOICES, *blind_fourth_read.CHOICES]


@pytest.mark.parametrize(("gold", "right", "wrong"), ANSWERS)
def test_an_answer_gets_its_verdict(gold: str, right: list[str], wrong: list[str]) -> None:
    compiled = compile_gold(gold)
    refused = [answer for answer in right if verify(compiled, answer).equal is not True]
    accepted = [answer for answer in wrong if verify(compiled, answer).equal is True]
    assert (refused, accepted) == ([], [])


@pytest.mark.parametrize(("gold", "right", "wrong"), COMPLETIONS)
def test_a_completion_gets_its_score(gold: str, right: list[str], wrong: list[str]) -> None:
    refused = [text for text in right if grade({"answer": gold}, text).score != 1]
    accepted = [text for text in wrong if grade({"answer": gold}, text).score == 1]
    assert (refused, accepted) == ([], [])


@pytest.mark.parametrize(("options", "label", "right", "wrong"), CHOICES)
def test_a_completion_names_its_option(
    options: tuple[str, ...], label: int, right: list[str], wrong: list[str]
) -> None:
    row = {"answer": "ABCDEFGHIJ"[label], "options": list(options), "form": "mcq"}
    refused = [text for text in right if grade(row, text).score != 1]
    accepted = [text for text in wrong if grade(row, text).score == 1]
    assert (refused, accepted) == ([], [])


@pytest.mark.parametrize(("first", "second"), look_alikes.CASES)
def test_look_alikes_are_not_equal(first: str, second: str) -> None:
    assert verify(compile_gold(first), second).equal is not True
    assert verify(compile_gold(second), first).equal is not True
