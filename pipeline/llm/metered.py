"""An engine as the rest of the project sees it: a backend with its cache, its counters and its budget."""

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pipeline.llm.backend import Backend
from pipeline.llm.cache import Cache
from pipeline.llm.request import Outcome, Request
from pipeline.llm.seen import Seen
from pipeline.llm.usage import Price, Usage

_READ_S = 0.01  # how long requests are gathered, so that the store is asked once for many
_POLL_S = 0.02  # how often another process's answer is looked for


class Metered:
    """Answers from the cache, else from the backend; counts in `usage`; stops asking before `budget` is passed.

    The backend starts at the first request that the cache does not answer: a rerun needs no model, server or key.
    """

    def __init__(self, backend: Backend, cache: Cache, *, price: Price, budget: float | None) -> None:
        self.cache = cache
        self.usage = Usage()
        self._backend = backend
        self._price = price
        self._budget = budget
        self._at_most: dict[str, float] = {}  # of the requests under way, by digest
        self._reserved = 0.0
        self._elsewhere: list[Request] = []  # another process is asking these
        self._is_running = False
        self._is_started = False
        self._started_s = 0.0
        self._is_spent = False

    def complete(self, requests: Iterable[Request]) -> Iterator[Outcome]:
        """Yield one outcome for each different request, as they finish; what arrives is stored before it is yielded.

        Requests are read in this thread, no more than the backend wants under way.
        """
        assert not self._is_running, "one call of complete at a time"
        self._is_running = True
        seen = Seen()
        source = iter(requests)
        try:
            while some := self._read(source):
                new = seen.add([request.digest for request in some])
                different = {request.digest: request for request in some if request.digest in new}
                self.usage.requests += len(different)
                yield from self._answer(list(different.values()))
                while len(self._at_most) >= self._backend.room:
                    yield from self._take(wait=True)
                while len(self._elsewhere) >= self._backend.room:
                    yield from self._take(wait=False)
                    yield from self._look_elsewhere()
            while self._at_most or self._elsewhere:
                yield from self._take(wait=not self._elsewhere)
                yield from self._look_elsewhere()
        finally:
            seen.close()
            self._stop()
            self._is_running = False

    def _read(self, source: Iterator[Request]) -> list[Request]:
        """Read what the backend has room for, or less where reading is slow."""
        until = time.monotonic() + _READ_S
        some: list[Request] = []
        for request in islice(source, max(1, self._backend.room - len(self._at_most))):
            some.append(request)
            if time.monotonic() > until:
                break
        return some

    def _answer(self, some: Sequence[Request]) -> Iterator[Outcome]:
        """Answer requests from the cache or put them under way, and yield what has arrived."""
        known = self.cache.get([request.digest for request in some])
        self.usage.cached += len(known)
        yield from known.values()
        unknown = [request for request in some if request.digest not in known]
        if self._budget is None:
            self._ask(unknown)
        else:
            for request in unknown:
                yield from self._ask_within_budget(request, self._budget)
        yield from self._take(wait=False)

    def _ask_within_budget(self, request: Request, budget: float) -> Iterator[Outcome]:
        """Ask a request as soon as what is under way leaves enough for the most it may cost, or name it over budget."""
        cost = self._price.at_most(request)
        while not self._is_spent and self.usage.cost + self._reserved + cost > budget:
            self._is_spent = not self._at_most  # then a later, smaller one is not asked either
            yield from self._take(wait=True)
        if self._is_spent:
            self.usage.faults["over budget"] += 1
            yield Outcome(request.digest, None, fault="over budget", detail=f"the budget is {budget:g}")
        else:
            self._ask([request])

    def _ask(self, some: Sequence[Request]) -> None:
        claimed = self.cache.claim([request.digest for request in some])
        for request in some:
            if request.digest not in claimed:
                self._elsewhere.append(request)
                continue
            if not self._is_started:
                self._started_s = time.monotonic()
                self._backend.start(self._arrived)
                self._is_started = True
            self._at_most[request.digest] = self._price.at_most(request)
            self._reserved += self._at_most[request.digest]
            self._backend.ask(request)

    def _arrived(self, arrivals: Sequence[tuple[Request, Outcome]]) -> None:
        self.cache.put(arrivals, made_by=self._backend.name)

    def _take(self, *, wait: bool) -> Iterator[Outcome]:
        if not self._at_most:
            return
        for outcome in self._backend.take(wait=wait):
            cost = self._at_most.pop(outcome.digest)
            self._reserved = self._reserved - cost if self._at_most else 0.0  # no rounding error gathers
            self.usage.add(outcome, self._price, cost)
            yield outcome

    def _look_elsewhere(self) -> Iterator[Outcome]:
        """Look once after the requests that another process has; ask those where that process has failed."""
        waiting, self._elsewhere = self._elsewhere, []
        if waiting:
            yield from self._answer(waiting)
        if waiting and len(self._elsewhere) == len(waiting):
            time.sleep(_POLL_S)

    def _stop(self) -> None:
        """Give up what is under way: it is asked again by the next run, its completions stored stay."""
        if self._is_started:
            self._backend.stop()
            self._is_started = False
            self.usage.asking_s += time.monotonic() - self._started_s
        self._at_most.clear()
        self._elsewhere.clear()
        self._reserved = 0.0
        self.cache.release()

    def close(self) -> None:
        """Close the cache."""
        self.cache.close()

    def __enter__(self) -> "Metered":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
