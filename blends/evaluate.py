"""What `crossthink evaluate` does: a model answers the benchmarks zero-shot, the curation's verifier grades it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from blends.build import HERE
from blends.screen import out, table
from blends.synthesize import EngineOptions
from pipeline.errors import RecipeError, SourceError, did_you_mean
from pipeline.files import read_json, write_frame, write_json
from pipeline.fingerprint import FileDigests
from pipeline.llm.request import Message, Outcome, Request, Sampling
from pipeline.read import read_batches
from pipeline.step import RawSource
from pipeline.verify import VERSION, grade
from pipeline.verify.gold import Gold
from stages.source_map import file_map, hub_map, sample_map
from stages.sources import BENCHMARKS
from stages.template import prompt
from trainer.report import Accuracy

# One graded answer of a benchmark item; its request is in the cache under `digest`.
ANSWER = pl.Schema(
    {
        "benchmark": pl.String(),
        "id": pl.String(),
        "run": pl.Int64(),
        "digest": pl.String(),
        "completion": pl.String(),
        "extracted": pl.String(),
        "score": pl.Float64(),  # 1, 0, or null for a fault of ours or the engine's, never a wrong answer
        "paid": pl.Float64(),  # as training pays: boxed, behind a closed think block
        "reason": pl.String(),
        "finish": pl.String(),
        "tokens": pl.Int64(),
        "verifier": pl.Int64(),
    }
)


@dataclass(frozen=True)
class Asked:
    """How the benchmarks are asked. runs: with a seed each; of a greedy run one is enough. rows: of each; 0: all."""

    model: str
    runs: int = 1
    temperature: float = 0.0
    max_tokens: int = 4_096
    rows: int = 0

    def requests(self, item: Mapping[str, Any]) -> Iterator[Request]:
        form = "mcq" if item["options"] else "open"
        messages = (Message("user", prompt(item, form, "long")),)
        for seed in range(self.runs):
            yield Request(self.model, messages, Sampling(self.temperature, 1.0, self.max_tokens, seed))


def evaluate_model(
    asked: Asked, sources: str, only: Sequence[str], data: Path, options: EngineOptions, folder: Path, source: str
) -> None:
    """Ask a model the benchmarks that the source map has, grade the answers, print and write what it reached.

    only: benchmarks; none is all. source: the one that the model was trained on alone; its average then joins
    `scores.json` of the data folder, which the mixture by scores reads.
    """
    found = benchmarks_of(sources, only, data)
    answers, facts = [], {}
    with options.maker(data)() as engine:
        for name, raw in found.items():
            items, unusable = items_of(raw, asked.rows)
            named = [(item, run, request) for item in items for run, request in enumerate(asked.requests(item))]
            outcomes = {outcome.digest: outcome for outcome in engine.complete(request for _, _, request in named)}
            golds: dict[Any, Gold] = {}
            graded = [_graded(name, item, run, outcomes[request.digest], golds) for item, run, request in named]
            frame = pl.DataFrame(graded, schema=ANSWER)
            answers.append(frame)
            facts[name] = facts_of(frame) | {"unusable": unusable}
            out.print(f"{name}: {len(items):,} items, {engine.usage}")
    write_frame(folder / "answers.parquet", pl.concat(answers))
    average = 100 * sum(fact["accuracy"] for fact in facts.values()) / len(facts)
    missing = sorted(set(BENCHMARKS) - set(facts))
    told = {"model": asked.model, "runs": asked.runs, "temperature": asked.temperature, "verifier": VERSION,
            "average": average, "benchmarks": facts, "not_asked": missing}  # fmt: skip
    write_json(folder / "scores.json", told)
    if source:
        write_json(data / "scores.json", {**(read_json(data / "scores.json") or {}), source: round(average, 2)})
    _show(facts, average)
    if missing:
        out.print(f"not asked: {', '.join(missing)}")
    out.print(f"{folder}: scores.json, answers.parquet", markup=False)


def benchmarks_of(sources: str, only: Sequence[str], data: Path) -> dict[str, RawSource]:
    """Return the wanted benchmarks of the sample, the Hub or a source map. Raises RecipeError."""
    digests = FileDigests(data / "digests.json")
    if sources == "sample":
        found = sample_map(HERE / "sample", digests)
    elif sources == "hub":
        found = hub_map(data / "hub.lock.json", set(), set(only) & set(BENCHMARKS) or set(BENCHMARKS))
    else:
        found = file_map(Path(sources), digests)
    for name in only:
        if name not in found.benchmarks:
            known = found.benchmarks or BENCHMARKS
            raise RecipeError(f"--benchmark {name}: not in the source map; {did_you_mean(name, known)}")
    if not found.benchmarks:
        raise RecipeError(f"{sources}: no benchmarks; name them in the source map")
    return {name: raw for name, raw in found.benchmarks.items() if not only or name in only}


def items_of(raw: RawSource, num_rows: int) -> tuple[list[dict[str, Any]], int]:
    """Return a benchmark's items as rows that can be asked and graded, and how many could not be used."""
    frames = [
        raw.birth.born(batch.rows, uri=file.uri, revision=file.revision)
        for file in raw.place.locate()
        for batch in read_batches(file.path, raw.birth.columns, shown=file.uri)
    ]
    items, unusable = [], 0
    for row in pl.concat(frames).iter_rows(named=True):
        choices = row["options"] or None
        label = choices.index(row["answer"]) if choices and row["answer"] in choices else None
        if row["drop"] or not row["answer"] or (choices and label is None):
            unusable += 1
            continue
        form = "mcq" if choices else "open"
        items.append({**row, "options": choices, "label": label, "form": form, "answer_type": None})
    return (items[:num_rows] if num_rows else items), unusable


def _graded(
    benchmark: str, item: Mapping[str, Any], run: int, outcome: Outcome, golds: dict[Any, Gold]
) -> dict[str, Any]:
    known = {"benchmark": benchmark, "id": item["id"], "run": run, "digest": outcome.digest, "verifier": VERSION}
    if outcome.text is None:
        return {**known, "reason": f"engine: {outcome.fault}"}
    graded = grade(item, outcome.text, golds=golds)
    strict = grade(item, outcome.text, strict=True, golds=golds)
    paid = None if strict.score is None else float(strict.score == 1.0 and strict.format_ok)
    return {
        **known,
        "completion": outcome.text,
        "extracted": graded.extracted.text,
        "score": graded.score,
        "paid": paid,
        "reason": graded.verdict.reason,
        "finish": outcome.finish,
        "tokens": outcome.completion_tokens,
    }


def facts_of(answers: pl.DataFrame) -> dict[str, Any]:
    """Return what a benchmark came to. The interval is of the items, each weighed by the mean of its runs."""
    scored = answers.filter(pl.col("score").is_not_null())
    if scored.is_empty():
        raise SourceError(f"{answers.item(0, 'benchmark')}: no answer has a score; the engine answered nothing")
    by_item = scored.group_by("id").agg(pl.col("score").mean(), pl.col("paid").mean())
    scores = by_item.get_column("score").to_list()
    right, items = sum(scores), by_item.height
    low, high = Accuracy(right, items).interval
    by_run = scored.group_by("run").agg(pl.col("score").mean()).get_column("score")
    lengths = dict(scored.group_by("score").agg(pl.col("tokens").mean()).iter_rows())
    return {
        "items": items,
        "accuracy": right / items,
        "interval": [low, high],
        "runs": [by_run.min(), by_run.max()],
        "paid": by_item.get_column("paid").mean(),
        "tokens_right": lengths.get(1.0),
        "tokens_wrong": lengths.get(0.0),
        "unparseable": scored.get_column("extracted").is_null().mean(),
        "truncated": (scored.get_column("finish") == "length").mean(),
        "without_score": answers.height - scored.height,
    }


def _show(facts: Mapping[str, Mapping[str, Any]], average: float) -> None:
    made = table("benchmark", "items", "accuracy", "95 %", "as paid", "tokens right", "wrong", "truncated", "no score")
    for name, fact in facts.items():
        low, high = fact["interval"]
        lengths = ["-" if fact[side] is None else f"{fact[side]:.0f}" for side in ("tokens_right", "tokens_wrong")]
        made.add_row(
            name, f"{fact['items']:,}", f"{100 * fact['accuracy']:.2f}", f"{100 * low:.1f} .. {100 * high:.1f}",
            f"{100 * fact['paid']:.2f}", *lengths, f"{100 * fact['truncated']:.1f} %", f"{fact['without_score']:,}",
        )  # fmt: skip
    made.add_row("average", "", f"{average:.2f}")
    out.print()
    out.print(made)
