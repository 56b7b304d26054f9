"""Counts what was asked and answered and what it cost, and says what a request may cost at most before it is asked."""

from collections import Counter
from dataclasses import dataclass, field

from pipeline.llm.request import Outcome, Request

_MESSAGE_TOKENS = 64  # more than any chat template in use puts around a message


@dataclass(frozen=True)
class Price:
    """What a million tokens cost, in any currency, as a budget is."""

    prompt: float = 0.0
    completion: float = 0.0

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1e6

    def at_most(self, request: Request) -> float:
        """Return what a call may cost at most: no tokenizer in use makes more tokens than bytes."""
        prompt_bytes = len(request.asked.encode())  # model, schema and quoting too
        return self.of(prompt_bytes + _MESSAGE_TOKENS * (len(request.messages) + 1), request.sampling.max_tokens)


@dataclass
class Usage:
    """The counters of an engine. requests = cached + answered + faults; tokens, time and cost are of the calls made.

    asking_s: while anything was under way, the loading of a model included.
    lost_calls: calls without a whole answer that the server may have charged for; each is in `cost` at its most.
    """

    requests: int = 0
    cached: int = 0
    answered: int = 0
    cut: int = 0  # of the answered: by the token limit
    lost_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    asking_s: float = 0.0
    cost: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome, price: Price, at_most: float) -> None:
        """Count the outcome of a request that a call was made for, and that may have cost `at_most`."""
        self.lost_calls += outcome.lost_calls
        self.cost += outcome.lost_calls * at_most
        if outcome.fault:
            self.faults[outcome.fault] += 1
            return
        self.answered += 1
        self.cut += outcome.finish == "length"
        self.prompt_tokens += outcome.prompt_tokens
        self.completion_tokens += outcome.completion_tokens
        uncounted = outcome.text and not outcome.completion_tokens  # a server that does not say what it charges
        self.cost += at_most if uncounted else price.of(outcome.prompt_tokens, outcome.completion_tokens)

    def __str__(self) -> str:
        """`1,104 requests: 200 cached, 900 answered (3 cut), 4 timed out; 9,112 + 21,003 tokens in 96 s; cost 0.54`"""
        parts = [
            f"{self.cached:,} cached",
            f"{self.answered:,} answered" + (f" ({self.cut:,} cut)" if self.cut else ""),
        ]
        parts += [f"{count:,} {fault}" for fault, count in sorted(self.faults.items())]
        text = f"{self.requests:,} requests: {', '.join(parts)}"
        text += f"; {self.prompt_tokens:,} + {self.completion_tokens:,} tokens"
        text += f" in {self.asking_s:,.0f} s" if self.asking_s >= 0.5 else ""
        text += f"; {self.lost_calls:,} calls lost" if self.lost_calls else ""
        return text + (f"; cost {self.cost:.4g}" if self.cost else "")
