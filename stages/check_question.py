"""Check question: a synthesized question stands by itself, does not tell its answer, and its passage supports it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl
from rapidfuzz import fuzz

from pipeline.stage import Assets, Stage, keep_all
from pipeline.verify import compile_gold, verify
from stages.forms import NEEDS_PICTURE, speaks_of_others

# Words that only someone who holds the passage understands.
_SOURCE = (
    r"(?:passage|text|excerpt|article|author|paragraph|document|source|section|chapter|page|webpage|website|essay)s?"
)
_LEANS = re.compile(
    rf"\b(?:according to|based on|as (?:stated|mentioned|described|discussed|noted|explained) (?:in|by)|in|from|per|by)"
    rf" (?:the|this|that) (?:given |above |provided |following |preceding )?{_SOURCE}\b"
    rf"|\b(?:the|this) {_SOURCE} (?:says?|states?|mentions?|describes?|suggests?|implies|explains?|notes?|claims?)\b"
    r"|\b(?:mentioned|described|discussed|listed|shown|given) (?:above|below|earlier|previously|here)\b"
    r"|\bthe (?:study|experiment|example|case|table|equation) (?:above|below|described|mentioned|in question)\b",
    re.IGNORECASE,
)
_PICTURE = re.compile(NEEDS_PICTURE, re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_NUMBER = re.compile(r"[-+]?[\d.,\s]*\d%?")
_COMPUTED = ("undergraduate", "graduate", "expert")  # levels at which a value may be worked out from the passage
_VALUES = ("integer", "number", "percent", "quantity", "ratio", "time", "expression")  # answer types of such values


@dataclass(frozen=True)
class CheckQuestion(Stage):
    """Drops synthesized questions by rule; every reason names what was found.

    min_support: least likeness (0..100, rapidfuzz) of the answer to the words of the passage. A value must stand
    there too, unless the question is of a level at which it may be worked out.
    """

    min_support: float = 75.0
    min_question_words: int = 5

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        columns = ("question", "options", "label", "answer", "span", "difficulty")
        judged = [self.judged(row) for row in rows.select(columns).iter_rows(named=True)]
        return keep_all(rows).with_columns(
            drop=pl.Series([reason for reason, _ in judged], dtype=pl.String),
            evidence=pl.Series([orjson.dumps(e).decode() if e else None for _, e in judged], dtype=pl.String),
        )

    def judged(self, row: Mapping[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
        """Return why a row goes with the proof, or (None, None)."""
        question, answer, passage = row["question"], row["answer"], row["span"]
        asked: dict[str, Any] = {"question": question, "answer": answer}
        if len(question.split()) < self.min_question_words:
            return "question too short", asked
        leans = _LEANS.search(question) or _PICTURE.search(question.lower())
        if leans:
            return "question leans on its passage", asked | {"words": leans.group(0)[:120]}
        if told := _told(question, answer):
            return "answer told in question", asked | {"words": told}
        if row["options"] is not None:
            reason, found = _options_judged(row["options"], row["label"])
            if reason:
                return reason, asked | {"options": row["options"]} | found
        likeness = support(answer, passage)
        computed = row["difficulty"] in _COMPUTED and compile_gold(answer).kind in _VALUES
        if likeness < self.min_support and not computed:
            return "answer not supported", asked | {"likeness": round(likeness, 1), "passage": passage}
        return None, None


def _told(question: str, answer: str) -> str | None:
    """Return the words of the question that give the answer away, or None. A lone number or letter tells nothing."""
    words = _WORD.findall(answer.lower())
    if len(answer) < 4 or not words or _NUMBER.fullmatch(answer.strip()):
        return None
    found = re.search(r"\b" + r"\W+".join(map(re.escape, words)) + r"\b", question.lower())
    return found.group(0) if found else None


def _options_judged(options: Sequence[str], label: int) -> tuple[str | None, dict[str, Any]]:
    gold = compile_gold(options[label])
    others = [(nth, option) for nth, option in enumerate(options) if nth != label]
    equal = next((option for _, option in others if verify(gold, option).equal), None)
    if equal is not None:
        return "distractor equals the answer", {"distractor": equal}
    plain = [" ".join(_WORD.findall(option.lower())) or option for option in options]
    if len(set(plain)) < len(plain):
        return "options repeat", {}
    speaking = next(filter(speaks_of_others, options), None)
    return ("option speaks of others", {"option": speaking}) if speaking else (None, {})


def support(answer: str, passage: str) -> float:
    """Return how well a passage supports an answer, 0..100: its words in a row, or each of them somewhere.

    A number counts whole: "12" is not supported by "120".
    """
    words, held = _WORD.findall(answer.lower()), _WORD.findall(passage.lower())
    if not words:
        return 100.0 if answer.strip() in passage else 0.0
    if _NUMBER.fullmatch(answer.strip()):
        return 100.0 if set(words) <= set(held) else 0.0
    in_a_row = fuzz.partial_ratio(" ".join(words), " ".join(held)) if len(answer) > 3 else 100.0 * (words[0] in held)
    content = [word for word in words if len(word) > 3] or words
    known = sorted(set(held))
    anywhere = sum(max(fuzz.ratio(word, other) for other in known) >= 85 for word in content) / len(content)
    return max(in_a_row, 100.0 * anywhere)
