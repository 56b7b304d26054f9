"""Makes an engine by its name, ready to be asked: `vllm`, `openai` or `replay`, with cache, counters and budget."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from pipeline.errors import SourceError, did_you_mean
from pipeline.llm.backend import Backend
from pipeline.llm.cache import Cache
from pipeline.llm.metered import Metered
from pipeline.llm.openai_server import OpenAIServer
from pipeline.llm.patience import Patience
from pipeline.llm.record import read_records
from pipeline.llm.replay import Replay
from pipeline.llm.request import Engine, Outcome, Request
from pipeline.llm.usage import Price

ENGINES = ("vllm", "openai", "replay")
OPENAI_URL = "https://api.openai.com/v1"
_FREE = Price()
_GPUS = (Path("/dev/nvidiactl"), Path("/dev/kfd"))  # the drivers of NVIDIA and AMD; asking torch would take seconds


def engine_here(url: str) -> str:
    """Return the engine where none is named: a server with its address, vLLM with a GPU, else what was recorded."""
    return "openai" if url else "vllm" if any(gpu.exists() for gpu in _GPUS) else "replay"


def engine_of(
    name: str,
    *,
    cache: Path,
    url: str = "",
    key_variable: str = "OPENAI_API_KEY",
    concurrency: int = 64,
    patience: Patience = Patience(),  # noqa: B008 (frozen)
    weights: Mapping[str, str] = MappingProxyType({}),
    tensor_parallel: int = 1,
    max_model_tokens: int = 0,
    price: Price = _FREE,
    budget: float | None = None,
) -> Metered:
    """Return the engine `name`. Nothing is loaded or called before a request that the cache cannot answer.

    cache: its SQLite file, made where there is none; for `replay` also a JSONL file of recorded completions.
    openai: url (else OPENAI_BASE_URL, else OpenAI's own), key_variable, concurrency, patience.
    vllm: weights (folders of models whose name is not one on the hub), tensor_parallel, max_model_tokens (0: the
    model's own).
    price: a million tokens' cost. budget: what may be spent in this process, in the price's currency.

    Raises SourceError for an unknown name, or a budget without a price.
    """
    if budget is not None and price == _FREE:
        raise SourceError(f"engine {name}: a budget of {budget:g} without a price; give the price of a million tokens")
    backend = _backend_of(name, url, key_variable, concurrency, patience, weights, tensor_parallel, max_model_tokens)
    return Metered(backend, _cache_of(name, cache), price=price, budget=budget)


def _backend_of(
    name: str,
    url: str,
    key_variable: str,
    concurrency: int,
    patience: Patience,
    weights: Mapping[str, str],
    tensor_parallel: int,
    max_model_tokens: int,
) -> Backend:
    if name == "openai":
        place = url or os.environ.get("OPENAI_BASE_URL", "") or OPENAI_URL
        return OpenAIServer(place, key_variable=key_variable, concurrency=concurrency, patience=patience)
    if name == "vllm":
        from pipeline.llm.vllm_offline import VllmOffline

        return VllmOffline(weights, tensor_parallel=tensor_parallel, max_model_tokens=max_model_tokens)
    if name == "replay":
        return Replay()
    raise SourceError(f"engine {name!r}: there is none; {did_you_mean(name, ENGINES)}")


def _cache_of(name: str, path: Path) -> Cache:
    if name != "replay":
        return Cache(path)
    if not path.is_file():
        mend = "name one with --cache, or what answers with --engine and --url"
        raise SourceError(f"{path}: no such file of recorded completions; {mend}")
    if path.suffix != ".jsonl":
        return Cache(path)
    cache = Cache(None)
    cache.add(read_records(path))
    return cache


def in_order(engine: Engine, requests: Iterable[Request]) -> list[Outcome]:
    """Return the outcomes in the order of `requests`, one for each, repeats too. Holds them all in memory."""
    asked = list(requests)
    outcomes = {outcome.digest: outcome for outcome in engine.complete(asked)}
    return [outcomes[request.digest] for request in asked]
