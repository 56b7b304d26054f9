"""Judge: a model settles what `decontaminate` and `paraphrase` left in the grey zone; the rest of the rows pass by."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson
import polars as pl

from pipeline.asking import Answer, ModelStage, answers_of
from pipeline.llm.request import Request, Sampling
from pipeline.stage import Assets, keep_all
from stages.decontaminate import checked_benchmarks
from stages.prompt import prompt

_FINDERS = ("decontaminate", "paraphrase")  # whose marks are settled
_VERDICT = re.compile(r"\\boxed\{\s*(?:\\text\{)?\s*(yes|no)\b", re.IGNORECASE)

Finding = Mapping[str, Any]  # benchmark, item, step, score


@dataclass(frozen=True)
class Judge(ModelStage):
    """Asks, for each row with a finding in the grey zone, whether it and the benchmark item ask the same thing.

    A row goes when the judge says yes. One without a clear verdict stays with its mark: nothing goes on a guess.
    """

    needs: ClassVar[tuple[str, ...]] = ("benchmarks",)
    prompts: ClassVar[tuple[str, ...]] = ("judge",)

    judge: str  # the model
    max_tokens: int = 1_024

    def prompt_digest(self, name: str) -> str:
        return prompt(name).digest

    def requests(self, rows: pl.DataFrame, assets: Assets) -> Iterator[tuple[str, Request]]:
        items = _items(assets)
        for row in rows.select("id", "question", "options", "marks").iter_rows(named=True):
            for finding in findings(row["marks"]):
                item = items[finding["benchmark"], finding["item"]]
                theirs = {"item": item["question"], "item_options": item["options"]}
                messages = prompt("judge").messages(question=row["question"], options=row["options"], **theirs)
                yield row["id"], Request(self.judge, messages, Sampling(max_tokens=self.max_tokens))

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        answers = answers_of(assets)
        judged = [
            self._judged(findings(marks), answers.get(row_id, []))
            for row_id, marks in rows.select("id", "marks").iter_rows()
        ]
        return keep_all(rows).with_columns(
            drop=pl.Series([reason for reason, _ in judged], dtype=pl.String),
            evidence=pl.Series([evidence for _, evidence in judged], dtype=pl.String),
        )

    def _judged(self, found: list[Finding], answers: list[Answer]) -> tuple[str | None, str | None]:
        """Return why a row goes, and what was said of each finding."""
        if not found:
            return None, None
        verdicts = [verdict(answer) for answer in answers]
        said = [
            {**finding, "judge": self.judge, "verdict": said, "completion": answer.digest, "fault": answer.fault}
            for finding, said, answer in zip(found, verdicts, answers, strict=True)
        ]
        reason = "benchmark question by the judge" if "yes" in verdicts else None
        return reason, orjson.dumps({"findings": said}).decode()


def findings(marks: list[str] | None) -> list[Finding]:
    """Return what earlier stages found alike in a row, each item once."""
    found: dict[tuple[str, str], Finding] = {}
    for mark in marks or ():
        stage, _, text = mark.partition(": ")
        if stage in _FINDERS:
            finding = orjson.loads(text)
            kept = {name: finding[name] for name in ("benchmark", "item", "step", "score")}
            found.setdefault((finding["benchmark"], finding["item"]), kept)
    return list(found.values())


def verdict(answer: Answer) -> str | None:
    """Return the last verdict that a completion boxes, `yes` or `no`; None without one."""
    said = _VERDICT.findall(answer.text or "")
    return said[-1].lower() if said else None


def _items(assets: Assets) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the benchmark items by benchmark and item."""
    frame = checked_benchmarks(assets.inputs["benchmarks"])
    return {(item["benchmark"], item["item"]): item for item in frame.iter_rows(named=True)}
