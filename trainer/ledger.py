"""What a run leaves behind: every graded completion as Parquet, a line of figures a step, the order of its rows."""

import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.verify import VERSION, grade
from trainer.guards import is_rechecked, second_opinion
from trainer.reward import Completion, Pay, text_of

_FIGURES = ("reward", "accuracy", "format", "unparseable", "truncated")
_FIRST = "0" * 32


class Ledger:
    """Grades each completion once, pays for it, and writes it down; TRL calls it as its reward function.

    folder: the run's. ends: token ids that end a completion. split: `train`, or `validation` while TRL evaluates.
    One process of several writes its own files (rank).
    """

    __name__ = "paid"  # what TRL calls the reward in its logs

    def __init__(self, folder: Path, pay: Pay, *, ends: set[int], recheck: float, rank: int = 0) -> None:
        self.split = "train"
        self.reward_s = 0.0
        self.last_ids: list[str] = []  # the prompts of the last training batch, in their order
        self.held_out: list[float] = []  # what the last evaluation paid, so far
        self._folder, self._pay, self._ends, self._recheck, self._rank = folder, pay, ends, recheck, rank
        self._golds: dict[Any, Any] = {}
        self._parts: dict[tuple[str, int], int] = defaultdict(int)
        (folder / "completions").mkdir(parents=True, exist_ok=True)

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Completion],
        completion_ids: Sequence[Sequence[int]],
        *,
        trainer_state: Any,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Sequence[Any],
    ) -> list[float | None]:
        begun = time.perf_counter()
        step = int(trainer_state.global_step)
        graded = [
            self._graded(step, {name: values[nr] for name, values in columns.items() if name != "log_extra"}, text, ids)
            for nr, (text, ids) in enumerate(zip(map(text_of, completions), completion_ids, strict=True))
        ]
        self._write(step, graded)
        if self.split == "train":
            self.last_ids = list(dict.fromkeys(one["id"] for one in graded))
        else:
            self.held_out += [one["reward"] for one in graded if one["reward"] is not None]
        if log_metric:
            for name, value in figures(graded):
                log_metric(name, value)
        self.reward_s += time.perf_counter() - begun
        return [one["reward"] for one in graded]

    def _graded(self, step: int, row: Mapping[str, Any], text: str, ids: Sequence[int]) -> dict[str, Any]:
        found = grade(row["extra_info"], text, strict=True, golds=self._golds)
        second = None
        if found.extracted.text is not None and is_rechecked(text, self._recheck):
            second = second_opinion(row["extra_info"], found.extracted.text)
        return {
            "step": step,
            **{name: row[name] for name in ("id", "key", "source", "category", "form")},
            "completion": text,
            "extracted": found.extracted.text,
            "score": found.score,
            "format_ok": found.format_ok,
            "reward": self._pay.of(found, len(ids)),
            "reason": found.verdict.reason,
            "tokens": len(ids),
            "truncated": not ids or ids[-1] not in self._ends,
            "second_opinion": second,
            "digest": hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
            "verifier": VERSION,
        }

    def _write(self, step: int, graded: Sequence[Mapping[str, Any]]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        part = self._parts[self.split, step]
        self._parts[self.split, step] += 1
        name = f"{self.split}-{step:06d}-{self._rank:03d}-{part:03d}.parquet"
        table = pa.Table.from_pylist(list(graded), schema=pa.schema(list(_SCHEMA.items())))
        pq.write_table(table, self._folder / "completions" / name, compression="zstd")


_SCHEMA = {
    "step": "int64", "id": "string", "key": "string", "source": "string", "category": "string", "form": "string",
    "completion": "string", "extracted": "string", "score": "double", "format_ok": "bool", "reward": "double",
    "reason": "string", "tokens": "int64", "truncated": "bool", "second_opinion": "bool", "digest": "string",
    "verifier": "int64",
}  # fmt: skip


def figures(graded: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, float]]:
    """Yield the figures of some graded completions: of all, of each source, category and form, and of the groups.

    The denominator is the completions with a score; `masked` is the share of those without one, a fault of ours.
    """
    parts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in graded:
        for name in ("all", f"source/{one['source']}", f"category/{one['category']}", f"form/{one['form']}"):
            parts[name].append(one)
    for name, part in sorted(parts.items()):
        scored = [_figures_of(one) for one in part if one["score"] is not None]
        yield f"{name}/masked", 1.0 - len(scored) / len(part)
        for figure in _FIGURES if scored else ():
            yield f"{name}/{figure}", sum(one[figure] for one in scored) / len(scored)
        for side, score in (("right", 1.0), ("wrong", 0.0)):
            lengths = [one["tokens"] for one in part if one["score"] == score]
            if lengths:
                yield f"{name}/tokens_{side}", sum(lengths) / len(lengths)
    groups: dict[str, list[float]] = defaultdict(list)
    for one in graded:
        if one["reward"] is not None:
            groups[one["id"]].append(one["score"])
    if groups:
        yield "groups/all_right", sum(min(group) == 1.0 for group in groups.values()) / len(groups)
        yield "groups/all_wrong", sum(max(group) == 0.0 for group in groups.values()) / len(groups)
    asked = [one for one in graded if one["second_opinion"] is not None]
    if asked:
        disagree = sum(one["second_opinion"] != (one["score"] == 1.0) for one in asked)
        yield "recheck/disagree", disagree / len(asked)


def _figures_of(one: Mapping[str, Any]) -> dict[str, float]:
    return {
        "reward": one["reward"],
        "accuracy": one["score"],
        "format": float(one["format_ok"]),
        "unparseable": float(one["extracted"] is None),
        "truncated": float(one["truncated"]),
    }


# --- reading it again ------------------------------------------------------------------------------------------------


def completion_files(folder: Path, split: str) -> list[tuple[int, Path]]:
    """Return the files of a split with their steps, in order."""
    files = sorted((folder / "completions").glob(f"{split}-*.parquet"))
    return [(int(path.name.split("-")[1]), path) for path in files]


def read_completions(folder: Path, split: str) -> list[dict[str, Any]]:
    """Return every completion of a split that a run wrote down, in the order of the steps."""
    import pyarrow.parquet as pq

    return [row for _, path in completion_files(folder, split) for row in pq.read_table(path).to_pylist()]


def pass_rates(folder: Path) -> dict[str, tuple[int, int]]:
    """Return successes and attempts by row key, of the training completions so far."""
    import pyarrow.parquet as pq

    found: dict[str, tuple[int, int]] = {}
    for _, path in completion_files(folder, "train"):
        table = pq.read_table(path, columns=["key", "score"])
        for key, score in zip(table["key"].to_pylist(), table["score"].to_pylist(), strict=True):
            if score is not None:
                successes, attempts = found.get(key, (0, 0))
                found[key] = (successes + int(score), attempts + 1)
    return found


class StepLog:
    """`log.jsonl`: a line a step with TRL's figures and ours, and a digest that chains the rows of all steps so far.

    Two runs with the same last digest saw the same rows in the same order.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lines: list[dict[str, Any]] = []
        if path.exists():
            self.lines = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]

    def add(self, step: int, ids: Sequence[str], values: Mapping[str, Any]) -> dict[str, Any]:
        before = next((line["rows"] for line in reversed(self.lines) if "rows" in line), _FIRST)
        rows = hashlib.blake2b("\x1e".join([before, *ids]).encode(), digest_size=16).hexdigest()
        line = {"step": step, **({"rows": rows} if ids else {}), **values}
        self.lines.append(line)
        with self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        return line


def last_checkpoint(folder: Path) -> tuple[int, str]:
    """Return the step and the folder of a run's last whole checkpoint, 0 and "" where there is none.

    The trainer writes its state last, so a checkpoint without it was being written when the run was killed.
    """
    whole = [path.parent for path in (folder / "checkpoints").glob("checkpoint-*/trainer_state.json")]
    steps = {int(path.name.rpartition("-")[2]): str(path) for path in whole}
    return max(steps.items(), default=(0, ""))


def cut_back(folder: Path, step: int) -> None:
    """Take out what a killed run wrote beyond its last checkpoint, at `step`: it will be made again."""
    for split in ("train", "validation"):
        for at, path in completion_files(folder, split):
            if at > step or (at == step and split == "train"):
                path.unlink()
    path = folder / "log.jsonl"
    if path.exists():
        kept = [line for line in path.read_text().splitlines() if line.strip() and json.loads(line)["step"] <= step]
        path.write_text("".join(f"{line}\n" for line in kept))
