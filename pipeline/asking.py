"""Model work in a plan: a stage says which completions its rows need, the engine answers, the stage marks from that."""

import json
from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from pipeline.errors import PipelineError
from pipeline.files import write_frame
from pipeline.fingerprint import literal
from pipeline.llm.request import Engine, Outcome, Request
from pipeline.stage import Assets, Stage
from pipeline.step import Step, StepFolder, input_shards, steps_folder

ANSWERS = "answers"  # the asset in which `mark` finds what the engine said about its rows
# A line a request of a shard, in the order in which the stage named them.
ASKED = pl.Schema(
    {
        "id": pl.String(),  # the row that wanted it
        "digest": pl.String(),
        "model": pl.String(),
        "messages": pl.String(),  # JSON
        "sampling": pl.String(),  # JSON
        "text": pl.String(),
        "finish": pl.String(),
        "fault": pl.String(),
        "prompt_tokens": pl.Int64(),
        "completion_tokens": pl.Int64(),
    }
)
# Faults that asking again, or another engine, may mend; a refusal is final: the prompt is too long, say.
_PASSING = ("timed out", "server error", "over budget", "stopped", "not recorded")


class ModelStage(Stage):
    """A stage that marks its rows from a model's completions. Its prompts are part of its identity."""

    prompts: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def requests(self, rows: pl.DataFrame, assets: Assets) -> Iterator[tuple[str, Request]]:
        """Yield the id of a row with a request of it, row by row. `mark` gets the answers in `assets.inputs`."""

    @abstractmethod
    def prompt_digest(self, name: str) -> str:
        """Return the digest of a prompt file."""

    def identity(self) -> Any:
        return {**literal(self), "prompts": {name: self.prompt_digest(name) for name in self.prompts}}


@dataclass(frozen=True)
class Answer:
    """What came of one request of a row. text: None where the engine failed, and `fault` says how."""

    digest: str
    text: str | None
    finish: str
    fault: str | None


def answers_of(assets: Assets) -> dict[str, list[Answer]]:
    """Return the answers to each row's requests, in the order of the requests."""
    found: dict[str, list[Answer]] = {}
    for row in assets.inputs[ANSWERS].select("id", "digest", "text", "finish", "fault").iter_rows():
        found.setdefault(row[0], []).append(Answer(*row[1:]))
    return found


@dataclass(frozen=True)
class Asking:
    """What the runner calls before a level of steps works: it has the engine answer what the level's stages want.

    finish: rows whose requests failed in a passing way are judged without them, instead of waiting for another run.
    """

    engine: Engine
    data: Path
    tell: Callable[[str, int, int], None]  # step name, requests answered, shards done
    finish: bool = False

    def __call__(self, step: Step) -> None:
        """Answer the requests of every shard of a step that has none yet.

        Raises PipelineError when requests failed in a way that another run may mend; what was answered is stored.
        """
        if not isinstance(step.stage, ModelStage):
            return
        own = StepFolder(steps_folder(self.data) / step.folder)
        failed: dict[str, int] = {}
        from pipeline.work import assets_of

        assets = assets_of(step, self.data)
        num_asked = 0
        for rank, path in enumerate(input_shards(self.data, step.parents)):
            if own.asked(rank).exists():
                continue
            wanted = list(step.stage.requests(pl.read_parquet(path), assets))
            outcomes: dict[str, Outcome] = {}
            for outcome in self.engine.complete(request for _, request in wanted):
                outcomes[outcome.digest] = outcome
                num_asked += 1
                self.tell(step.name, num_asked, rank)
            faults = [outcomes[request.digest].fault for _, request in wanted]
            passing = [fault for fault in faults if fault in _PASSING]
            for fault in passing:
                failed[str(fault)] = failed.get(str(fault), 0) + 1
            if not passing or self.finish:
                write_frame(own.asked(rank), _frame(wanted, outcomes))
            if "over budget" in passing or "stopped" in passing:
                break
        if failed and not self.finish:
            said = ", ".join(f"{fault} {num:,}" for fault, num in sorted(failed.items()))
            mend = "name another engine" if set(failed) == {"not recorded"} else "run the same command"
            raise PipelineError(
                f"{step.name} of {step.source}: {sum(failed.values()):,} requests without an answer ({said}); "
                f"what was answered is kept: {mend} to go on, or add --finish to do without them"
            )


def _frame(wanted: list[tuple[str, Request]], outcomes: dict[str, Outcome]) -> pl.DataFrame:
    rows = []
    for row_id, request in wanted:
        outcome = outcomes[request.digest]
        rows.append(
            {
                "id": row_id,
                "digest": request.digest,
                "model": request.model,
                "messages": json.dumps([asdict(message) for message in request.messages], ensure_ascii=False),
                "sampling": json.dumps(asdict(request.sampling)),
                "text": outcome.text,
                "finish": outcome.finish,
                "fault": outcome.fault,
                "prompt_tokens": outcome.prompt_tokens,
                "completion_tokens": outcome.completion_tokens,
            }
        )
    return pl.DataFrame(rows, schema=ASKED)
