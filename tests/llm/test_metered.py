"""Counters and budget: what was asked is counted once, and no more is spent than was allowed."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.llm.request import Outcome
from pipeline.llm.usage import Price, Usage
from tests.llm.ask import answers, ask, client
from tests.llm.faulty import COMPLETION_TOKENS, PROMPT_TOKENS, FaultyServer, running

PRICE = Price(prompt=1.0, completion=10.0)
CHARGED = PRICE.of(PROMPT_TOKENS, COMPLETION_TOKENS)  # by the server, for one answer


def test_counters_add_up(tmp_path: Path) -> None:
    fate = {"question 1 #0": "400", "question 2 #0": "500"}
    with running(FaultyServer(lambda question, _: fate.get(question))) as server:
        answers(server.url, tmp_path, [ask("question 0")])
        with client(server.url, tmp_path, price=PRICE) as engine:
            list(engine.complete(ask(f"question {n}") for n in [0, 1, 2, 3, 4, 4]))
            usage = engine.usage
    assert (usage.requests, usage.cached, usage.answered) == (5, 1, 2)
    assert usage.faults == {"refused": 1, "server error": 1}
    assert (usage.prompt_tokens, usage.completion_tokens) == (2 * PROMPT_TOKENS, 2 * COMPLETION_TOKENS)
    assert usage.cost == pytest.approx(2 * CHARGED)
    assert usage.asking_s > 0
    wanted = "5 requests: 1 cached, 2 answered, 1 refused, 1 server error; 80 + 20 tokens in 62 s; cost 0.00028"
    assert str(replace(usage, asking_s=61.7)) == wanted


@pytest.mark.parametrize("num_affordable", [0, 1, 7, 50])
def test_a_budget_is_used_and_never_passed(num_affordable: int, tmp_path: Path) -> None:
    """What may still come is reserved for each request under way: 1,000 tokens are allowed, 10 are made."""
    requests = [ask(f"question {n}", max_tokens=1000) for n in range(100)]
    budget = num_affordable * CHARGED + PRICE.at_most(requests[99]) - CHARGED / 2
    with running(FaultyServer()) as server:
        with client(server.url, tmp_path, price=PRICE, budget=budget) as engine:
            outcomes = list(engine.complete(requests))
            usage = engine.usage
        assert usage.cost == pytest.approx(len(server.answered) * CHARGED)
        assert usage.cost <= budget
        assert usage.answered == num_affordable
        assert usage.faults["over budget"] == 100 - usage.answered
        assert len({outcome.digest for outcome in outcomes}) == len(outcomes) == 100
        again = answers(server.url, tmp_path, requests)  # with more money, only the rest is asked
    assert all(outcome.text for outcome in again)
    assert set(server.answered.values()) == {1}


def test_what_is_cached_costs_nothing(tmp_path: Path) -> None:
    requests = [ask(f"question {n}") for n in range(20)]
    with running(FaultyServer()) as server:
        answers(server.url, tmp_path, requests[:19])
        outcomes = answers(server.url, tmp_path, requests[::-1], price=PRICE, budget=1e-9)
    assert [outcome.fault for outcome in outcomes] == ["over budget"] + [None] * 19


def test_a_budget_needs_a_price(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="give the price"):
        client("http://127.0.0.1:1/v1", tmp_path, budget=1.0)


def test_calls_without_an_answer_count_at_their_most() -> None:
    usage = Usage()
    usage.add(Outcome("00", "x", "stop", 10, 10, lost_calls=2), PRICE, 0.5)
    usage.add(Outcome("01", "x", "stop"), PRICE, 0.5)  # a server that tells no tokens
    assert usage.cost == pytest.approx(2 * 0.5 + PRICE.of(10, 10) + 0.5)


def test_the_most_a_call_may_cost_covers_any_text() -> None:
    for text in ("word " * 100, "é漢字🙂" * 100, '\n\t"\\' * 100):
        at_most = Price(prompt=1e6).at_most(ask(text))
        assert at_most > len(text.encode())


def test_one_engine_answers_one_caller_at_a_time(tmp_path: Path) -> None:
    with running(FaultyServer()) as server, client(server.url, tmp_path) as engine:
        outcomes = engine.complete(ask(f"question {n}") for n in range(9))
        next(outcomes)
        with pytest.raises(AssertionError, match="one call of complete at a time"):
            next(iter(engine.complete([ask("other")])))
        assert len(list(outcomes)) == 8
