"""Compiles a gold answer once and compares answers with it, tier by tier."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from pipeline.verify.choice import index_of_letter, letter_of, resolve
from pipeline.verify.clean import canonical, plain_characters, unwrap
from pipeline.verify.compare import same
from pipeline.verify.kinds import KINDS, TIER_OF_KIND, Tier, kind_of
from pipeline.verify.limits import MAX_ANSWER_CHARS
from pipeline.verify.measure import letter_quantity
from pipeline.verify.notation import one_notation
from pipeline.verify.read import read
from pipeline.verify.shapes import (
    Clock,
    Expression,
    Number,
    Opaque,
    Quantity,
    Ratio,
    Readings,
    Region,
    Relation,
    Shape,
    Text,
)
from pipeline.verify.text import same_formula, same_text
from pipeline.verify.units import parse_unit

_LETTERED_GOLD: Final = re.compile(
    r"\s*\$?\\text(?:bf|rm)?\s*\{\s*(\([A-E]\))\s*\}\s*\S|(?:\*\*)?\(?([A-E])\)\s+(?=[\d$\\]|-\d)"
)
_DIGITS_ALONE: Final = re.compile(r"[\s\d.,:;'\"/+*-]+")
_ONE_CHARACTER: Final = re.compile(r"(?<=[\^_])\{([A-Za-z0-9])\}")
_RELATIONS: Final = ("=", "<", ">", "\\le", "\\ge", "\\ne", "\\in")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer equals the gold; None where no tier could tell. `tier` settled it, `reason` is for people."""

    equal: bool | None
    tier: Tier
    reason: str


@dataclass(frozen=True, slots=True)
class Gold:
    """A compiled gold answer; compile it once, compare it often; it is never changed."""

    answer: str
    kind: str
    canonical: str
    readings: Readings
    aliases: tuple["Gold", ...] = ()
    tolerance: float | None = None
    options: tuple[str, ...] = ()
    label: int | None = None


class Algebra(Protocol):
    """The last tier: decides what the others leave open, or says None; raises TimeoutError where it was stopped."""

    def same(self, gold: str, answer: str) -> bool | None: ...


def compile_gold(
    answer: str,
    kind: str | None = None,
    options: Sequence[str] | None = None,
    aliases: Iterable[str] = (),
    tolerance: float | None = None,
    unit: str | None = None,
    *,
    label: int | None = None,
) -> Gold:
    """Read a gold answer; `kind` is of the table KINDS, `unit` is added where the answer carries none.

    With `options` the gold is the option at `label`, or the one that `answer` names by letter or text.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"answer type {kind!r} is none of {', '.join(KINDS)}")
    answer = answer or ""
    if kind == "mcq" or (options is not None and kind is None):
        shown = tuple(options or ())
        index = label if label is not None else resolve(answer, shown)
        if index is None and not shown:
            index = index_of_letter(answer, 26)
        return Gold(answer, "mcq", letter_of(index) if index is not None else "", (), (), None, shown, index)
    readings = _chosen(read(answer), kind, answer)
    readings = tuple(_with_unit(reading, unit) for reading in readings) if unit else readings
    lettered = _LETTERED_GOLD.match(answer)  # AMC style: the letter alone is the same answer
    aliases = (*aliases, lettered[1] or lettered[2]) if lettered is not None and kind is None else aliases
    others = tuple(compile_gold(alias, None) for alias in aliases if alias and alias.strip() and alias != answer)
    named = kind or (kind_of(readings[0]) if readings else "none")
    return Gold(answer.strip(), named, canonical(answer), readings, others, tolerance)


def _chosen(readings: Readings, kind: str | None, answer: str) -> Readings:
    """Keep the readings of the kind that is asked for; a text is never read as mathematics."""
    if kind is None:
        return readings
    if kind == "text":
        from pipeline.verify.text import normal_words

        return (Text(normal_words(answer)),) if readings else ()
    return tuple(reading for reading in readings if kind_of(reading) == kind) or readings


def _with_unit(reading: Shape, unit: str) -> Shape:
    parsed = parse_unit(unit)
    if parsed is None or not isinstance(reading, Number | Expression):
        return reading
    return Quantity(reading, parsed)


def verify(gold: Gold, answer: str, algebra: Algebra | None = None) -> Verdict:
    """Compare an answer with a gold; `algebra` is asked only where every other tier leaves it open.

    Deterministic and thread-safe. An answer longer than the cap equals a gold only where it is the same string.
    """
    text = answer.strip() if answer else ""
    if not text:
        return Verdict(False, "none", "empty answer")
    if gold.kind == "mcq":
        return _verify_choice(gold, text)
    if not gold.readings:
        return Verdict(False, "none", "empty gold")
    if text == gold.answer:
        return Verdict(True, "string", "same string")
    if len(text) > MAX_ANSWER_CHARS:
        return Verdict(False, "none", "answer too long")
    if gold.aliases and _other_letter(gold.answer, text):
        return Verdict(False, "choice", "another letter")
    try:
        verdict = _verify_read(gold, text)
    except RecursionError:  # the caps on depth and tokens leave room, but not under every caller's stack
        verdict = Verdict(False, "none", "nested too deep")
    if verdict.equal is not True:
        for alias in gold.aliases:
            other = _verify_read(alias, text) if text != alias.answer else Verdict(True, "string", "an alias")
            if other.equal:
                return Verdict(True, other.tier, "an alias")
    if verdict.equal is None and algebra is not None:
        return _ask(algebra, gold.answer, text)
    return verdict


def _other_letter(gold: str, answer: str) -> bool:
    """Say whether both begin with an option's letter, and not the same."""
    left, right = _LETTERED_GOLD.match(gold), _LETTERED_GOLD.match(answer)
    if left is None or right is None:
        return False
    return (left[1] or left[2]).strip("()") != (right[1] or right[2]).strip("()")


def _ask(algebra: Algebra, gold: str, answer: str) -> Verdict:
    try:
        decided = algebra.same(gold, answer)
    except TimeoutError:
        return Verdict(None, "algebra", "time-out")
    return (
        Verdict(decided, "algebra", "computer algebra") if decided is not None else Verdict(None, "none", "undecided")
    )


def verify_all(gold: Gold, answers: Iterable[str], algebra: Algebra | None = None) -> list[Verdict]:
    """Compare many answers with one gold."""
    return [verify(gold, answer, algebra) for answer in answers]


def _verify_choice(gold: Gold, text: str) -> Verdict:
    if gold.label is None:
        return Verdict(False, "none", "gold names no option")
    count = len(gold.options) or 26
    index = resolve(text, gold.options) if gold.options else index_of_letter(text, count)
    if index is None:
        return Verdict(False, "choice", "names no one option")
    return Verdict(index == gold.label, "choice", f"option {letter_of(index)}")


def _verify_read(gold: Gold, text: str) -> Verdict:
    first = gold.readings[0]
    if isinstance(first, Text):
        return _verify_text(gold, text)
    readings = read(text)
    if not readings:
        return Verdict(False, "none", "empty answer")
    if isinstance(first, Quantity) and isinstance(readings[0], Expression):
        measured = letter_quantity(one_notation(unwrap(plain_characters(text))))
        readings = readings if measured is None else (*readings, measured)
    tier = TIER_OF_KIND[gold.kind]
    is_clock = isinstance(first, Clock) and gold.kind != "ratio"
    undecided = False
    for left in gold.readings:
        if is_clock and isinstance(left, Ratio):
            continue  # 1:20 and 2:40 are two times, though one ratio
        for right in readings:
            equal = same(left, right, gold.tolerance)
            if equal:
                return Verdict(True, tier, f"same {kind_of(left)}")
            undecided = undecided or equal is None
    if undecided:
        if canonical(_bare(text)) == canonical(_bare(gold.answer)):
            return Verdict(True, "string", "same but for spacing")
        return Verdict(None, "none", "undecided")
    if same_formula(gold.answer, text):
        return Verdict(True, "text", "same formula")
    if isinstance(readings[0], Text) or isinstance(first, Opaque):
        return _text_against_mathematics(gold, text)
    kind = kind_of(readings[0])
    alike = kind == gold.kind or {kind, gold.kind} <= {"integer", "number", "expression", "percent", "quantity"}
    return Verdict(False, tier, f"another {gold.kind}") if alike else Verdict(False, "kind", f"{kind}, not {gold.kind}")


def _bare(text: str) -> str:
    """Take the braces off single characters: `_{k=1}^{n}` -> `_{k=1}^n`."""
    return _ONE_CHARACTER.sub(r"\1", text)


def _verify_text(gold: Gold, text: str) -> Verdict:
    if canonical(text) == gold.canonical:
        return Verdict(True, "string", "same but for spacing")
    if _DIGITS_ALONE.fullmatch(gold.answer):
        return Verdict(False, "text", "other digits")  # 0.123... is not 0.123
    if not any(sign in text or sign in gold.answer for sign in _RELATIONS):
        if same_text(gold.answer, text):
            return Verdict(True, "text", "same words")
        return Verdict(False, "text", "other words")
    for left in gold.readings:
        for right in read(text):
            if not isinstance(right, Text) and same(left, right):
                return Verdict(True, "structure", "same set")
    return Verdict(False, "text", "other words")


def _text_against_mathematics(gold: Gold, text: str) -> Verdict:
    """Compare words with a gold of letters alone: `point C` is not C, but `\\text{(C)}` is."""
    if canonical(text) == gold.canonical:
        return Verdict(True, "string", "same but for spacing")
    if isinstance(gold.readings[0], Region | Relation) or any(sign in text for sign in _RELATIONS):
        return Verdict(False, "kind", f"text, not {gold.kind}")
    letters = gold.canonical.replace(",", "").replace(" ", "").strip("()")
    if letters.isalpha() and same_text(gold.answer, text):
        return Verdict(True, "text", "same words")
    return Verdict(False, "kind", f"text, not {gold.kind}")
