"""What `crossthink regrade` does: grades stored completions again, and lists where recorded labels disagree."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from blends.screen import out, table
from pipeline.errors import DataError
from pipeline.files import write_frame, write_whole
from pipeline.row import LETTERS
from pipeline.verify import VERSION, grade
from pipeline.verify.gold import Gold

_NEEDED = ("id", "gold", "completion", "label")
_VERDICT = {"score": pl.Float64(), "extracted": pl.String(), "reason": pl.String(), "verifier": pl.Int64()}


def regrade_files(files: Sequence[Path], questions: Sequence[Path], folder: Path) -> None:
    """Grade each file's completions with the verifier and print how often its labels agree.

    A file has id, gold, completion, label (true, false or null) and, for multiple choice, options with the gold as a
    letter; where the options were left out, they are found in `questions` by the last part of the id.
    """
    options = _options_of(questions)
    made = table("file", "completions", "labelled", "agree", "label right, we not", "we right, label not", "no verdict")
    for path in files:
        rows = _read(path)
        graded = _graded(rows, options)
        write_frame(folder / path.name, graded)
        compared = graded.filter(pl.col("label").is_not_null())
        ours = pl.col("score") == 1.0
        counts = compared.select(
            agree=(pl.col("label") == ours).fill_null(False).sum(),
            stricter=(pl.col("label") & ~ours).fill_null(False).sum(),
            laxer=(~pl.col("label") & ours).fill_null(False).sum(),
            none=pl.col("score").is_null().sum(),
        ).row(0)
        share = f" ({counts[0] / compared.height:.4f})" if compared.height else ""
        made.add_row(
            path.stem, f"{rows.height:,}", f"{compared.height:,}", f"{counts[0]:,}{share}", *map(str, counts[1:])
        )
        _list_disagreements(compared, folder / f"{path.stem}-disagreements.jsonl")
    out.print(made)
    out.print(f"{folder}: the verdicts, and each disagreement with its reason", markup=False)


def _read(path: Path) -> pl.DataFrame:
    try:
        rows = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise DataError(f"{path}: not a Parquet file that can be read ({str(fault).splitlines()[0]})") from fault
    for name in _NEEDED:
        if name not in rows.columns:
            raise DataError(f"{path}: no column {name!r}; stored completions need {', '.join(_NEEDED)}")
    if "options" not in rows.columns:
        rows = rows.with_columns(options=pl.lit(None, pl.List(pl.String())))
    return rows


def _options_of(questions: Sequence[Path]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in questions:
        for row_id, options in _read_questions(path).iter_rows():
            if options:
                found[row_id.rpartition("-")[2]] = options
    return found


def _read_questions(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, columns=["id", "options"])
    except (OSError, pl.exceptions.PolarsError) as fault:
        raise DataError(f"{path}: no columns id and options ({str(fault).splitlines()[0]})") from fault


def _graded(rows: pl.DataFrame, options: dict[str, list[str]]) -> pl.DataFrame:
    golds: dict[Any, Gold] = {}
    verdicts = []
    for row in rows.select("id", "gold", "completion", "options").iter_rows(named=True):
        verdicts.append(_verdict(row, row["options"] or options.get(row["id"].rpartition("-")[2]), golds))
    return rows.with_columns(pl.DataFrame(verdicts, schema=_VERDICT, orient="row"))


def _verdict(row: dict[str, Any], choices: list[str] | None, golds: dict[Any, Gold]) -> tuple[Any, ...]:
    gold, label = str(row["gold"] or ""), None
    if choices and len(gold) == 1 and gold in LETTERS[: len(choices)]:
        label = LETTERS.index(gold)
        gold = choices[label]
    asked = {"answer": gold, "options": choices if label is not None else None, "label": label}
    asked["form"] = "mcq" if label is not None else "open"
    found = grade(asked, row["completion"] or "", golds=golds)
    return found.score, found.extracted.text, found.verdict.reason, VERSION


def _list_disagreements(compared: pl.DataFrame, path: Path) -> None:
    apart = compared.filter((pl.col("score") == 1.0) != pl.col("label"))
    lines = [
        orjson.dumps({**row, "completion_end": row.pop("completion")[-300:]}) + b"\n"
        for row in apart.select("id", "gold", "label", "score", "extracted", "reason", "completion").to_dicts()
    ]
    write_whole(path, lambda part: part.write_bytes(b"".join(lines)))
