"""Engines by name, and replay, which answers only what was recorded."""

from pathlib import Path

import pytest

import pipeline.llm.engines
from pipeline.errors import SourceError
from pipeline.llm.cache import Cache
from pipeline.llm.engines import engine_here, engine_of, in_order
from pipeline.llm.record import write_records
from tests.llm.ask import answers, ask, said
from tests.llm.faulty import FaultyServer, running


@pytest.mark.parametrize("name", ["recorded.jsonl", "cache.sqlite"])
def test_replay_answers_what_was_recorded_and_names_the_rest(name: str, tmp_path: Path) -> None:
    requests = [ask(f"question {n}") for n in range(10)]
    with running(FaultyServer()) as server:
        answers(server.url, tmp_path, requests[:7])
    if name.endswith(".jsonl"):
        write_records(tmp_path / name, Cache(tmp_path / "cache.sqlite").records())
    with engine_of("replay", cache=tmp_path / name) as engine:
        outcomes = in_order(engine, requests)
        usage = engine.usage
    assert [outcome.text for outcome in outcomes[:7]] == [said(request) for request in requests[:7]]
    assert [outcome.fault for outcome in outcomes[7:]] == ["not recorded"] * 3
    assert (usage.requests, usage.cached, usage.faults) == (10, 7, {"not recorded": 3})


def test_a_missing_recording_is_not_an_empty_one(tmp_path: Path) -> None:
    for name in ("none.jsonl", "none.sqlite"):
        with pytest.raises(SourceError, match=f"{name}: .*recorded completions"):
            engine_of("replay", cache=tmp_path / name)


def test_what_is_cached_needs_no_server_and_no_key(tmp_path: Path) -> None:
    requests = [ask(f"question {n}") for n in range(10)]
    with running(FaultyServer()) as server:
        answers(server.url, tmp_path, requests)
    for name in ("openai", "vllm"):  # neither is reached: the server is gone, and no model has this name
        with engine_of(name, cache=tmp_path / "cache.sqlite", url=server.url) as engine:
            assert [outcome.cached for outcome in in_order(engine, requests)] == [True] * 10


def test_an_unknown_engine_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="'open-ai': there is none; did you mean 'openai'"):
        engine_of("open-ai", cache=tmp_path / "c.sqlite")
    assert not (tmp_path / "c.sqlite").exists()


def test_without_a_name_an_address_a_gpu_or_what_is_recorded_decides(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pipeline.llm.engines, "_GPUS", (tmp_path / "driver",))
    assert (engine_here("http://127.0.0.1:8000/v1"), engine_here("")) == ("openai", "replay")
    (tmp_path / "driver").touch()
    assert (engine_here("http://127.0.0.1:8000/v1"), engine_here("")) == ("openai", "vllm")
