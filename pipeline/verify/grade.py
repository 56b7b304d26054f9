"""Grades a completion against a row: extraction, comparison, score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.verify.extract import Extracted, Form, extract, last_box
from pipeline.verify.gold import Algebra, Gold, Verdict, compile_gold, verify
from pipeline.verify.kinds import KINDS

VERSION: Final = 2  # raise when a completion would be graded otherwise; every stored grade names it


@dataclass(frozen=True, slots=True)
class Grade:
    """1.0 or 0.0; None only for our own fault or time-out: it is masked and counted, never paid as a wrong answer."""

    score: float | None
    extracted: Extracted
    verdict: Verdict
    format_ok: bool


def grade(
    row: Mapping[str, Any],
    completion: str,
    *,
    strict: bool = False,
    algebra: Algebra | None = None,
    golds: dict[Any, Gold] | None = None,
) -> Grade:
    """Grade one completion; `strict` reads the box alone, as training does.

    `row` has answer, answer_type, form, options, label, aliases, unit, tolerance; other keys are ignored.
    `golds`, held by the caller, keeps compiled golds between calls: in training each is compared many times.
    """
    try:
        gold = gold_of(row, golds)
        form: Form = "mcq" if gold.kind == "mcq" else "open"
        extracted = extract(completion, form, gold.options or None, strict=strict)
        if extracted.text is None:
            return Grade(0.0, extracted, Verdict(False, "none", extracted.rule), well_formed(completion))
        verdict = verify(gold, extracted.text, algebra)
        score = None if verdict.equal is None and verdict.tier == "algebra" else float(verdict.equal is True)
        return Grade(score, extracted, verdict, well_formed(completion))
    except Exception as fault:
        # The boundary where a fault of ours becomes data: the score is masked, the reason kept.
        return Grade(None, Extracted(None, "fault"), Verdict(None, "none", f"fault: {type(fault).__name__}"), False)


def gold_of(row: Mapping[str, Any], golds: dict[Any, Gold] | None = None) -> Gold:
    """Compile the gold of a row, or take it from `golds`."""
    options: Sequence[str] | None = row.get("options")
    form = row.get("form") or ("mcq" if options else "open")
    kind = row.get("answer_type")
    answer, aliases = str(row.get("answer") or ""), tuple(row.get("aliases") or ())
    shown = tuple(options or ()) if form == "mcq" else None
    label = row.get("label") if form == "mcq" else None
    if form == "mcq":
        kind = "mcq"
    elif kind == "mcq" or kind not in KINDS:
        kind = None
    key = (answer, kind, shown, label, aliases, row.get("unit"), row.get("tolerance"))
    if golds is not None and key in golds:
        return golds[key]
    gold = compile_gold(answer, kind, shown, aliases, row.get("tolerance"), row.get("unit"), label=label)
    if golds is not None:
        golds[key] = gold
    return gold


def grade_all(
    pairs: Iterable[tuple[Mapping[str, Any], str]],
    *,
    strict: bool = False,
    algebra: Algebra | None = None,
    golds: dict[Any, Gold] | None = None,
) -> list[Grade]:
    """Grade many completions; pass `golds` where rows repeat."""
    held: dict[Any, Gold] = {} if golds is None else golds
    return [grade(row, completion, strict=strict, algebra=algebra, golds=held) for row, completion in pairs]


def well_formed(completion: str) -> bool:
    """Say whether a completion is one closed think block and, behind it, a complete box that is not empty."""
    if completion.count("<think>") != 1 or completion.count("</think>") != 1:
        return False
    opened, closed = completion.find("<think>"), completion.find("</think>")
    return opened < closed and bool(last_box(completion[closed + 8 :]))
