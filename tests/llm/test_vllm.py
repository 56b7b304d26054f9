"""A real vLLM, on a CPU too, with a tiny random model: in process, and as a server behind the openai engine.

Runs where vllm (or vllm-cpu) is installed: `make test-vllm`.
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SourceError
from pipeline.llm.cache import Cache
from pipeline.llm.engines import engine_of, in_order
from pipeline.llm.metered import Metered
from pipeline.llm.request import Message, Outcome, Request, Sampling
from tests.conftest import free_port
from tests.llm.tiny import write_tiny_model

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed"),
]
ROOT = Path(__file__).parents[2]
SETTINGS = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB; else it takes nearly all memory
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",  # the cores are shared
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
}
LONGEST = 512  # tokens of prompt and completion
ANSWER = {
    "type": "object",
    "properties": {
        "answer": {"type": "string", "maxLength": 8},  # bounded, since a random model rambles
        "level": {"enum": [1, 2, 3, 4, 5]},
    },
    "required": ["answer", "level"],
    "additionalProperties": False,
}


def ask(number: int, *, schema: Any = None, model: str = "tiny", **sampling: Any) -> Request:
    messages = Message("system", "Answer."), Message("user", f"What is {number} plus 1?")
    return Request(
        model, messages, Sampling(**({"temperature": 1.0, "seed": number, "max_tokens": 24} | sampling)), schema
    )


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    os.environ |= SETTINGS  # vLLM reads them as it is imported
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_model(folder)
    return folder


@pytest.fixture(scope="module")
def offline(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metered]:
    cache = tmp_path_factory.mktemp("offline") / "c.sqlite"
    with engine_of("vllm", cache=cache, weights={"tiny": str(weights)}, max_model_tokens=LONGEST) as engine:
        yield engine


@pytest.fixture(scope="module")
def url(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """vLLM's own server, ready to answer."""
    port = free_port()
    log = tmp_path_factory.mktemp("server") / "log"
    options = {"model": weights, "served-model-name": "tiny", "dtype": "float32", "max-model-len": LONGEST,
               "max-num-seqs": 32, "host": "127.0.0.1", "port": port}  # fmt: skip
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--enforce-eager"]
    command += ["--no-enable-chunked-prefill"]  # with which seeded requests kill vLLM 0.31 on a CPU
    command += [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | SETTINGS)
    try:
        while True:
            assert server.poll() is None, log.read_text()[-3000:]
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
                break
            except OSError:
                time.sleep(1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait()


def num_done(url: str) -> int:
    """The server's own count of the requests that it has answered."""
    text = urllib.request.urlopen(url.replace("/v1", "/metrics")).read().decode()
    lines = [line for line in text.splitlines() if line.startswith("vllm:request_success_total{")]
    return round(sum(float(line.split()[-1]) for line in lines if "abort" not in line))


def follows_schema(text: str | None) -> bool:
    """Control characters within strings are let through by vLLM's grammar, hence not strict."""
    value = json.loads(text or "", strict=False)
    return set(value) == {"answer", "level"} and isinstance(value["answer"], str) and value["level"] in range(1, 6)


def all_answered(requests: Sequence[Request], outcomes: Sequence[Outcome]) -> bool:
    digests = [outcome.digest for outcome in outcomes] == [request.digest for request in requests]
    return digests and all(outcome.text is not None and outcome.completion_tokens > 0 for outcome in outcomes)


def test_offline_answers_each_once_and_counts_its_tokens(offline: Metered, weights: Path) -> None:
    from transformers import AutoTokenizer

    requests = [ask(number) for number in range(60)]
    before = offline.usage.answered
    outcomes = in_order(offline, requests)
    assert all_answered(requests, outcomes)
    assert offline.usage.answered - before == 60
    messages = [{"role": message.role, "content": message.content} for message in requests[0].messages]
    prompt = AutoTokenizer.from_pretrained(weights).apply_chat_template(
        messages, add_generation_prompt=True, tokenize=False
    )
    assert prompt.endswith("<|im_start|>assistant\n")
    assert outcomes[0].prompt_tokens == len(AutoTokenizer.from_pretrained(weights)(prompt)["input_ids"])
    assert {(outcome.finish, outcome.completion_tokens) for outcome in outcomes} >= {("length", 24)}
    assert all(outcome.cached for outcome in in_order(offline, requests))
    assert {record.made_by.split()[0] for record in offline.cache.records()} == {"vllm"}


def test_offline_text_follows_a_schema(offline: Metered) -> None:
    requests = [ask(number, schema=ANSWER, max_tokens=200) for number in range(16)]
    outcomes = in_order(offline, requests)
    assert [follows_schema(outcome.text) for outcome in outcomes if outcome.finish == "stop"].count(True) >= 14
    assert all(follows_schema(outcome.text) for outcome in outcomes if outcome.finish == "stop")


def test_offline_seeds_draw_differently_and_stops_are_obeyed(offline: Metered) -> None:
    draws = in_order(offline, [ask(1, seed=seed) for seed in range(100, 108)])
    assert len({draw.text for draw in draws}) == 8
    stopped = in_order(offline, [ask(1, seed=seed, stop=("a", "e", "i", "1")) for seed in range(8)])
    assert not any(set(outcome.text or "") & set("aei1") for outcome in stopped)


def test_offline_refuses_what_is_too_long_and_answers_the_rest(offline: Metered) -> None:
    long = Request("tiny", (Message("user", "what? " * 600),))
    refused, answered = in_order(offline, [long, ask(7, seed=77)])
    assert (refused.fault, answered.fault) == ("refused", None)
    assert "512" in refused.detail


def test_offline_can_be_left_and_asked_again(offline: Metered) -> None:
    requests = [ask(number, seed=5) for number in range(200)]
    outcomes = offline.complete(requests)
    first = [next(outcomes) for _ in range(5)]
    outcomes.close()  # type: ignore[attr-defined]
    again = in_order(offline, requests)
    assert all_answered(requests, again)
    assert {outcome.digest for outcome in first} <= {outcome.digest for outcome in again if outcome.cached}


def test_no_such_model_is_one_line(tmp_path: Path, weights: Path) -> None:
    with (
        engine_of("vllm", cache=tmp_path / "c.sqlite", weights={"tiny": str(tmp_path / "none")}) as engine,
        pytest.raises(SourceError, match="vLLM cannot load it") as stop,
    ):
        in_order(engine, [ask(1)])
    assert "\n" not in str(stop.value)


def test_the_server_answers_text_and_schemas(url: str, tmp_path: Path) -> None:
    plain = [ask(number) for number in range(64)]
    formed = [ask(number, schema=ANSWER, max_tokens=200) for number in range(16)]
    with engine_of("openai", cache=tmp_path / "c.sqlite", url=url) as engine:
        outcomes = in_order(engine, [*plain, *formed])
    assert all_answered([*plain, *formed], outcomes)
    finished = [follows_schema(outcome.text) for outcome in outcomes[64:] if outcome.finish == "stop"]
    assert all(finished)
    assert len(finished) >= 14


def test_server_and_offline_see_the_same_prompt(url: str, offline: Metered, tmp_path: Path) -> None:
    requests = [ask(number, temperature=0.0) for number in range(8)]
    with engine_of("openai", cache=tmp_path / "c.sqlite", url=url) as engine:
        there = in_order(engine, requests)
    here = in_order(offline, requests)
    assert [outcome.prompt_tokens for outcome in there] == [outcome.prompt_tokens for outcome in here]


def test_the_servers_refusals_are_understood(url: str, tmp_path: Path) -> None:
    long = Request("tiny", (Message("user", "what? " * 600),))
    with engine_of("openai", cache=tmp_path / "c.sqlite", url=url) as engine:
        (refused,) = in_order(engine, [long])
        assert refused.fault == "refused"
        with pytest.raises(SourceError, match="no model 'tin'; did you mean 'tiny'"):
            in_order(engine, [ask(1, model="tin")])


def test_a_killed_run_repeats_no_finished_request(url: str, tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    command = [sys.executable, "-m", "tests.llm.client", url, str(path), "0", "400"]
    start = num_done(url)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    for _ in range(100):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    time.sleep(2)  # vLLM gives up those whose asker has gone
    stored, killed_at = len(Cache(path)), num_done(url)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert 100 <= stored < 400
    assert killed_at - start - stored <= 32  # lost: at most what was under way
    assert num_done(url) - killed_at == 400 - stored
    assert f"400 requests: {stored} cached, {400 - stored} answered" in done.stdout


TWO_MODELS = """
import sys
from pathlib import Path
from pipeline.llm.engines import engine_of, in_order
from tests.llm.test_vllm import LONGEST, ask
if __name__ == "__main__":
    weights = {"writer": sys.argv[1], "solver": sys.argv[1]}
    with engine_of("vllm", cache=Path(sys.argv[2]), weights=weights, max_model_tokens=LONGEST) as engine:
        for model in ("writer", "solver"):
            outcomes = in_order(engine, [ask(number, model=model) for number in range(8)])
            print(model, sum(outcome.text is not None for outcome in outcomes), flush=True)
"""


def test_a_second_model_takes_the_place_of_the_first(weights: Path, tmp_path: Path) -> None:
    """As users have it: the model runs in a process of its own, which ends before the next model is loaded."""
    (tmp_path / "two.py").write_text(TWO_MODELS)
    command = [sys.executable, str(tmp_path / "two.py"), str(weights), str(tmp_path / "c.sqlite")]
    settings = os.environ | SETTINGS | {"VLLM_ENABLE_V1_MULTIPROCESSING": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert [line for line in done.stdout.splitlines() if line.endswith(" 8")] == ["writer 8", "solver 8"]
