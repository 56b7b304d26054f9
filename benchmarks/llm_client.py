"""What the engines add to a bare client and to vLLM: rate, memory, throughput, all with the cache on.

    python -m benchmarks.llm_client [--requests 10000] [--runs 5] [--concurrency 64] [--long 100000]
    python -m benchmarks.llm_client --vllm MODEL_FOLDER    (where vllm is installed; instead of the others)

Rate: against a loopback server that answers at once, in turn with a bare asynchronous client of the same library
(httpx2; no cache, no retries), in two forms: one client, and one client for each 16 connections. Each run is a process.
"""

import argparse
import asyncio
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.llm.backend import Arrived
from pipeline.llm.cache import Cache
from pipeline.llm.chat import body_of
from pipeline.llm.engines import engine_of
from pipeline.llm.metered import Metered
from pipeline.llm.request import Message, Outcome, Request, Sampling
from pipeline.llm.usage import Price

_PASSAGE = "The glacier that feeds the river has lost a third of its ice since the first survey. " * 5
_TEXT = "<think>" + "The passage says so, and the survey agrees. " * 8 + "</think>\n\\boxed{42}"


def requests(count: int, *, max_tokens: int = 1024) -> Iterator[Request]:
    """Yield questions of about 500 bytes, as synthesis asks them."""
    for number in range(count):
        messages = (Message("user", f"Question {number}. {_PASSAGE}"),)
        yield Request("tiny", messages, Sampling(1.0, 1.0, max_tokens, number))


_CHOICE = {"index": 0, "message": {"role": "assistant", "content": _TEXT}, "finish_reason": "stop"}
_BODY = json.dumps({"choices": [_CHOICE], "usage": {"prompt_tokens": 120, "completion_tokens": 90}}).encode()
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY) + _BODY


class AtOnce(asyncio.Protocol):
    """The server: one answer for all, sent as soon as a call is whole."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(b"\r\n\r\n")) >= 0:
            head = self.held[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            if len(self.held) < end + 4 + length:
                return
            self.held = self.held[end + 4 + length :]
            self.transport.write(_ANSWER)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(AtOnce, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def ask_bare(url: str, count: int, concurrency: int, per_client: int) -> None:
    import httpx2

    todo = requests(count)
    limits = httpx2.Limits(max_connections=per_client, max_keepalive_connections=per_client)
    clients = [httpx2.AsyncClient(limits=limits, timeout=600) for _ in range(0, concurrency, per_client)]
    headers = {"Content-Type": "application/json"}

    async def worker(client: httpx2.AsyncClient) -> None:
        for request in todo:
            body = body_of(request, limit="max_tokens")
            answer = await client.post(f"{url}/chat/completions", content=body, headers=headers)
            assert answer.json()["choices"][0]["message"]["content"] == _TEXT

    await asyncio.gather(*(worker(clients[number // per_client]) for number in range(concurrency)))


class InProcess:
    """A backend that answers by itself, to see the memory of all that stands around one."""

    name = "in process"
    room = 128

    def start(self, arrived: Arrived) -> None:
        self._arrived = arrived
        self._done: list[Outcome] = []

    def ask(self, request: Request) -> None:
        self._done.append(Outcome(request.digest, _TEXT, "stop", 120, 90))
        self._arrived([(request, self._done[-1])])

    def take(self, *, wait: bool) -> list[Outcome]:
        done, self._done = self._done, []
        return done

    def stop(self) -> None:
        self._done = []


def child(kind: str, url: str, count: int, concurrency: int, folder: Path) -> dict[str, float]:
    """Ask `count` requests in this process and return its rate, CPU time and peak of memory."""
    start, start_cpu = time.perf_counter(), time.process_time()
    if kind == "bare":
        asyncio.run(ask_bare(url, count, concurrency, concurrency))
    elif kind == "bare16":
        asyncio.run(ask_bare(url, count, concurrency, 16))
    else:
        path = folder / "cache.sqlite"
        if kind == "simulated":
            engine = Metered(InProcess(), Cache(path), price=Price(), budget=None)
        else:
            engine = engine_of("openai", cache=path, url=url, concurrency=concurrency)
        with engine:
            answered = sum(outcome.text == _TEXT for outcome in engine.complete(requests(count)))
        assert answered == count == engine.usage.answered, engine.usage
    rate, cpu_us = count / (time.perf_counter() - start), (time.process_time() - start_cpu) / count * 1e6
    return {"rate": rate, "cpu_us": cpu_us, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def run(kind: str, url: str, count: int, concurrency: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        words = ["--child", kind, url, str(count), str(concurrency), folder]
        command = [sys.executable, "-m", "benchmarks.llm_client", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def middle(values: Sequence[float]) -> str:
    return f"{statistics.median(values):,.0f} (of {len(values)}: {min(values):,.0f} .. {max(values):,.0f})"


def show_rate(url: str, count: int, num_runs: int, concurrency: int) -> None:
    kinds = ("bare", "bare16", "ours")
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    costs: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(num_runs):
        for kind in kinds:
            told = run(kind, url, count, concurrency)
            rates[kind].append(told["rate"])
            costs[kind].append(told["cpu_us"])
    print(f"\nrequests a second, {count:,} requests, {concurrency} connections")
    for kind in kinds:
        print(f"  {kind:7} {middle(rates[kind])}; CPU microseconds a request: {middle(costs[kind])}")
    for bare in kinds[:2]:
        share = [mine / theirs for mine, theirs in zip(rates["ours"], rates[bare], strict=True)]
        print(f"  ours / {bare}: {statistics.median(share):.2f} ({min(share):.2f} .. {max(share):.2f})")


def show_memory(kind: str, url: str, counts: Sequence[int], concurrency: int) -> None:
    print(f"\npeak memory, {kind}")
    for count in counts:
        told = run(kind, url, count, concurrency)
        print(f"  {count:>9,} requests: {told['peak_mib']:.0f} MiB, {told['rate']:,.0f} a second", flush=True)


def show_vllm(weights: str, count: int, num_runs: int) -> None:
    """Time our engine and `LLM.chat` by turns on one loaded model."""
    import vllm

    from pipeline.llm.vllm_offline import VllmOffline

    backend = VllmOffline({"tiny": weights}, tensor_parallel=1, max_model_tokens=512)
    asked = list(requests(count, max_tokens=64))
    messages = [[{"role": "user", "content": request.messages[0].content}] for request in asked]
    params = [vllm.SamplingParams(temperature=1.0, seed=request.sampling.seed, max_tokens=64) for request in asked]
    direct_rates, our_rates, shares = [], [], []
    for number in range(-1, num_runs):  # the first only warms up
        with tempfile.TemporaryDirectory() as folder, Cache(Path(folder) / "c.sqlite") as cache:
            engine = Metered(backend, cache, price=Price(), budget=None)
            start = time.perf_counter()
            tokens = sum(outcome.completion_tokens for outcome in engine.complete(asked))
            ours = tokens / (time.perf_counter() - start)
        llm = backend._llm
        assert llm is not None
        llm.reset_prefix_cache()
        start = time.perf_counter()
        outputs = llm.chat(messages, params, use_tqdm=False)
        direct = sum(len(output.outputs[0].token_ids) for output in outputs) / (time.perf_counter() - start)
        llm.reset_prefix_cache()
        if number >= 0:
            our_rates, direct_rates, shares = [*our_rates, ours], [*direct_rates, direct], [*shares, ours / direct]
    print(f"\ntokens a second, {count:,} prompts, vllm {vllm.__version__}")
    print(f"  LLM.chat {middle(direct_rates)}\n  ours     {middle(our_rates)}")
    print(f"  ours / LLM.chat: {statistics.median(shares):.3f} ({min(shares):.3f} .. {max(shares):.3f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in {
        "requests": 10_000,
        "runs": 5,
        "concurrency": 64,
        "long": 100_000,
        "simulated": 1_000_000,
    }.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--vllm", metavar="MODEL_FOLDER", default="")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        return asyncio.run(serve())
    if args.child:
        kind, url, count, concurrency, folder = args.child
        return print(json.dumps(child(kind, url, int(count), int(concurrency), Path(folder))))
    print(f"Python {platform.python_version()}, httpx2 {version('httpx2')}, {os.cpu_count()} cores")
    if args.vllm:
        return show_vllm(args.vllm, min(args.requests, 1_000), args.runs)
    command = [sys.executable, "-m", "benchmarks.llm_client", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
        try:
            show_rate(url, args.requests, args.runs, args.concurrency)
            show_memory("ours", url, [args.long // 100, args.long // 10, args.long], args.concurrency)
            show_memory(
                "simulated", url, [args.simulated // 100, args.simulated // 10, args.simulated], args.concurrency
            )
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
