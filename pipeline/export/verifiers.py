"""verifiers (Prime Intellect): JSON lines of prompt, answer and info, and the taskset that pays them."""

from typing import Any

from pipeline.export.format import Format, Row, content

_TASKSET = '''"""This blend as a taskset of verifiers (v1), paid by crossthink's own verifier. Needs crossthink."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import verifiers.v1 as vf

from trainer.label import label_score

__all__ = ["BlendTaskset"]


class BlendData(vf.TaskData):
    answer: str  # the gold, as the prompt asks for it
    info: dict[str, Any]  # how it is graded: form, options, tolerance ...


class BlendTask(vf.Task[BlendData]):
    @vf.reward
    async def correct(self, trace: vf.Trace) -> float:
        return self._paid(trace.last_reply)

    async def validate(self, runtime: vf.Runtime) -> bool:
        """Tell whether the gold earns 1, and an answer that nobody would give 0: for vf-validate."""
        return self._paid(_boxed(self.data.answer)) == 1.0 and self._paid(_boxed("no such answer")) == 0.0

    def _paid(self, completion: str) -> float:
        score = label_score(self.data.info, completion)
        if score is None:  # our fault or out of time: a rollout without reward, not one of 0
            raise vf.TaskError(f"{self.data.id}: the verifier failed")
        return score


class BlendTasksetConfig(vf.TasksetConfig):
    split: str = "train"


class BlendTaskset(vf.Taskset[BlendTask, BlendTasksetConfig]):
    def load(self) -> Iterator[BlendTask]:
        with (Path(__file__).parent / f"{self.config.split}.jsonl").open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                data = BlendData(id=row["info"]["id"], prompt=row["prompt"], answer=row["answer"], info=row["info"])
                yield BlendTask(data, self.config.task)


def _boxed(answer: str) -> str:
    return f"<think>because</think> \\\\boxed{{{answer}}}"
'''


def _record(row: Row) -> dict[str, Any]:
    return {
        "prompt": list(row["prompt"]),
        "answer": row["ground_truth"],
        "info": {**row["extra_info"], "source": row["source"]},
        "task": row["form"],
    }


VERIFIERS = Format(
    name="verifiers",
    record=_record,
    asked=lambda record: (content(record["prompt"]), record["answer"]),
    beside={"crossthink_blend.py": _TASKSET},
    use="""\
    PYTHONPATH=$PWD vf-validate crossthink_blend        # every gold earns 1, before any model is asked
    PYTHONPATH=$PWD vf-eval crossthink_blend --model ...

A taskset for verifiers 0.4 (v1). Earlier versions read `train.jsonl` as it is: `prompt`, `answer`, `info`; there the
reward is `trainer.label.label_score(info, completion)`.
""",
)
