"""Finds the answer in a completion; it never looks at the gold, and records which rule found it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.verify.choice import resolve
from pipeline.verify.limits import MAX_ANSWER_CHARS, MAX_COMPLETION_CHARS

Form = Literal["mcq", "open"]
_OPEN_THINK: Final = "<think>"
_CLOSE_THINK: Final = "</think>"
_BOX: Final = re.compile(r"\\(?:boxed|fbox)\s{0,4}\{")
_BARE_BOX: Final = re.compile(r"\\(?:boxed|fbox)[ \t]{1,3}([^\s${}\\]{1,40})")  # \\boxed 5
_SPECIAL: Final = re.compile(r"(?:\s|<\|[^|<>\s]{1,30}\|>|</s>|<eos>|<end_of_turn>)+\Z")  # what a chat template leaves
_BRACES: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_JOINT: Final = re.compile(
    r"(?:[\s$]|\\[)(\],]|,|;|and|or|\\quad|\\qquad|\\text\{\s*(?:,\s*)?(?:and|or)\s*\}"
    r"|(?<![A-Za-z])[A-Za-z](?:_\{?\d\}?)?\s*=)*"
)
_SEPARATOR: Final = re.compile(r",|;|and|or|quad")
_MOST_BOXES: Final = 24  # looked at from the end; a flood of boxes is no reason to read them all
_LIST_OF_NUMBERS: Final = 6
_MARKS: Final = 200  # characters at the end among which a template's marks stand
_STATED_OFTEN: Final = 4
_STATED_TAIL: Final = 500  # ... for an open answer: further up stand steps, not the answer
_SHORT: Final = 80  # characters of a completion that is nothing but its answer
_TAIL: Final = 4_000  # characters in which a stated answer is looked for when there is no box
_LINE: Final = re.compile(
    r"(?:final\s+answer|answer|final\s+result|(?:final|correct)\s+(?:option|choice)|option\s+selected)"
    r"[ \t]*(?:\*{0,2})[ \t]*"
    r"(?:is[ \t]*:?|:|=)[ \t]*(?:\*{0,2})[ \t]*(?:option\s+|choice\s+)?([^\n]{1,400})",
    re.IGNORECASE,
)
_CHOICE_LINE: Final = re.compile(
    r"(?:(?i:answer)|(?i:closest|nearest)(?=[ \t]+is)|(?i:correct|right|best|final|choose|select|pick|chosen)[ \t]+"
    r"(?i:option|choice|letter)|(?i:option|choice)(?=[ \t]+(?:selected|chosen)"
    r"|[^\n]{0,8}[ \t]is[ \t]+(?:the[ \t]+)?(?:correct|right|best|answer)))"
    r"(?:[ \t]+selected|[ \t]+chosen)?[ \t]*(?:\*{0,2})[ \t]*"
    r"(?i:is|:|=|(?:would|must|should|has to)[ \t]+be)?[ \t]*:?[ \t]*"
    r"(?:\*{0,2})[ \t]*(?i:option|choice|letter)?[ \t]*(?:\$?\\(?:text|textbf|mathbf|mathrm|boxed)\{[ \t]*)?"
    r"(?:[(\[][ \t]*(?:([A-Z])[ \t]*[)\]]|([a-z])[ \t]*[)\]](?=[ \t]*[.,;*]*[ \t]*(?:\n|\Z)))"
    r"|([A-Z])(?![A-Za-z0-9'’+^_=]))",
)
_LISTED_OPTION: Final = re.compile(r"[-*(]{0,3}[A-Z](?:[).:]|\s*\Z)")
_CLOSING_CHOICE: Final = re.compile(
    r"(?:[,:;(-][ \t]*(?:option|choice)|(?:choose|select|pick|go with))[ \t]+(?:\*\*)?\(?([A-Z])\)?[.)*]{0,4}\s*\Z"
)
_DENIED: Final = re.compile(
    r"[ \t]*(?:is|was|cannot|can't|must)[ \t]+(?:be[ \t]+)?(?:false|wrong|incorrect|not|ruled)\b"
)
_BOLD: Final = re.compile(r"\*\*\s*[(]?([A-Z])[).]?(?:[.:)]\s+[^*\n]{1,300})?\s*\*\*")
_MATH: Final = re.compile(r"\$\$?([^$\n]{1,400})\$\$?|\\\(([^\n]{1,400}?)\\\)|\\\[([^\n]{1,400}?)\\\]")
_WHOLE_BOLD: Final = re.compile(r"\*\*([^*\n]{1,200})\*\*\.?")
_NUMBER: Final = re.compile(r"-?(?:\\?\$\s?)?\d(?:[\d,]*\d)?(?:\.\d+)?(?:\s?\\?%)?(?:/\d+)?")
_SENTENCE_END: Final = re.compile(r"(?<=[\w)}$%])[.!](?=\s|\*|$)")


@dataclass(frozen=True, slots=True)
class Extracted:
    """The answer's text, or None, and the rule that found it (or why none did)."""

    text: str | None
    rule: str


def extract(completion: str, form: Form, options: Sequence[str] | None = None, *, strict: bool = False) -> Extracted:
    """Find the answer after the thinking: in the last complete box, else (unless `strict`) by weaker signs.

    Lenient order: box, <answer>, ####, "the answer is", and for MCQ a bold or sole letter, an option's text;
    for open answers the last mathematics, then the last number of the last line.
    """
    text = completion[-MAX_COMPLETION_CHARS:] if len(completion) > MAX_COMPLETION_CHARS else completion
    closed = text.rfind(_CLOSE_THINK)
    if closed >= 0:
        text = text[closed + len(_CLOSE_THINK) :]
    if _OPEN_THINK in text or (closed < 0 and _OPEN_THINK in completion):
        return Extracted(None, "open think block")
    boxed = last_box(text)
    if text.endswith(">"):
        text = text[:-_MARKS] + _SPECIAL.sub("", text[-_MARKS:])
    if strict or (boxed is not None and form == "open"):
        return _boxed(boxed)
    if form == "mcq" and options:
        return _extract_choice(text, boxed, options)
    if boxed is not None:
        return _boxed(boxed)
    return _stated(text, form)


def _boxed(boxed: str | None) -> Extracted:
    if boxed is None:
        return Extracted(None, "no box")
    return Extracted(boxed, "box") if boxed else Extracted(None, "empty box")


def last_box(text: str) -> str | None:
    """Return what the last complete box holds; boxes with only commas or and/or between them are one answer."""
    end = len(text)
    found: list[str] = []
    start_of_next = -1
    for _ in range(_MOST_BOXES):
        begin = max(text.rfind("\\boxed", 0, end), text.rfind("\\fbox", 0, end))
        if begin < 0:
            break
        end = begin
        box = _complete(text, begin)
        if box is None:
            if found:
                break
            continue
        content, after = box
        if found:
            between = text[after:start_of_next]
            if len(between) > 60 or not _JOINT.fullmatch(between) or not _SEPARATOR.search(between):
                break
        found.append(content.strip())
        start_of_next = begin
    return ", ".join(reversed(found)) if found else None


def _complete(text: str, begin: int) -> tuple[str, int] | None:
    """Read the box that begins at `begin`: its content and the position behind it; None where no brace closes it."""
    opening = _BOX.match(text, begin)
    if opening is None:
        bare = _BARE_BOX.match(text, begin)
        return (bare[1].rstrip(".,"), bare.end()) if bare is not None else None
    depth, start = 1, opening.end()
    limit = min(len(text), start + 2 * MAX_ANSWER_CHARS)
    for brace in _BRACES.finditer(text, start, limit):
        if brace[0] == "{":
            depth += 1
        elif brace[0] == "}":
            depth -= 1
            if depth == 0:
                return text[start : brace.start()], brace.end()
    return None


def _stated(text: str, form: Form) -> Extracted:
    """Look for an answer without a box, the clearest sign first."""
    tail = text[-_TAIL:]
    closing = tail.rfind("</answer>")
    if closing >= 0:
        opening = tail.rfind("<answer>", 0, closing)
        if opening >= 0 and tail[opening + 8 : closing].strip():
            return Extracted(tail[opening + 8 : closing].strip(), "answer tag")
    hashes = tail.rfind("####")
    if hashes >= 0:
        line = tail[hashes + 4 :].strip().split("\n", 1)[0].strip()
        if line:
            return Extracted(line, "hashes")
    stated = _last_match(_LINE, tail if form == "mcq" else tail[-_STATED_TAIL:])
    if stated is not None and stated[1].strip(" *$."):
        return Extracted(_trimmed(stated[1]), "stated")
    line = tail.rstrip().rsplit("\n", 1)[-1].strip()
    found = _last_line(line, form)
    if found.text is None and line and line == text.strip() and len(line) <= _SHORT:
        return Extracted(line, "whole")
    return found


def _trimmed(text: str) -> str:
    """Cut a stated answer at its sentence's end, and to its mathematics where it is all of one formula."""
    formula = _MATH.match(text.strip())
    if formula is not None:
        return next(group for group in formula.groups() if group is not None).strip()
    end = _SENTENCE_END.search(text)
    return (text[: end.start()] if end else text).strip().strip("*").strip()


def _last_line(line: str, form: Form) -> Extracted:
    if form == "mcq":
        return Extracted(line[:400], "last line") if line else Extracted(None, "no answer")
    formula = _last_match(_MATH, line[-1000:])
    if formula is not None:
        return Extracted(next(group for group in formula.groups() if group is not None).strip(), "last formula")
    bold = _WHOLE_BOLD.fullmatch(line)
    if bold is not None:
        return Extracted(bold[1].strip(), "bold")
    numbers = [match[0] for match in _NUMBER.finditer(line[-1000:])]
    if len(numbers) >= _LIST_OF_NUMBERS and line.rstrip(". ").endswith(f", {numbers[-1]}"):
        return Extracted(None, "no answer")  # a list that is cut off
    return Extracted(numbers[-1], "last number") if numbers else Extracted(None, "no answer")


def _last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for match in pattern.finditer(text):
        found = match
    return found


def _extract_choice(text: str, boxed: str | None, options: Sequence[str]) -> Extracted:
    """Find the option a completion names; a stated letter wins over a box that names no option."""
    if boxed and resolve(boxed, options) is not None:
        return Extracted(boxed, "box")
    tail = text[-_TAIL:]
    letter = _stated_letter(tail, len(options))
    if letter is not None:
        return Extracted(letter, "stated") if letter else Extracted(None, "many answers")
    if boxed is not None:
        return _boxed(boxed)
    bold = [match[1] for match in _BOLD.finditer(tail) if ord(match[1]) - ord("A") < len(options)]
    stated = _stated(text, "mcq")
    if stated.text is not None and resolve(stated.text, options, with_gloss=stated.rule != "last line") is not None:
        listing = stated.rule == "last line" and _ends_in_listing(tail)
        return Extracted(None, "options listed") if listing else stated
    if bold and len(set(bold)) == 1:
        return Extracted(bold[-1], "bold")
    closing = _CLOSING_CHOICE.search(tail[-_SHORT:])
    if closing is not None and ord(closing[1]) - ord("A") < len(options):
        return Extracted(closing[1], "last line")
    first = tail.strip().split("\n", 1)[0].strip()
    if resolve(first, options, with_gloss=False) is not None:
        return Extracted(first, "first line")
    return Extracted(None, "no answer") if stated.rule == "last line" else stated


def _stated_letter(tail: str, count: int) -> str | None:
    letters: list[str] = []
    for match in _CHOICE_LINE.finditer(tail):
        letter = (match[1] or match[2] or match[3]).upper()
        denied = _DENIED.match(tail, match.end()) is not None
        if ord(letter) - ord("A") < count and not denied and not _article(match[3], tail, match.end()):
            letters.append(letter)
    if len(letters) >= _STATED_OFTEN and len(set(letters[-_STATED_OFTEN:])) > 1:
        return ""  # a model that goes round through the letters has stated none
    return letters[-1] if letters else None


def _ends_in_listing(tail: str) -> bool:
    """Say whether the last lines go through the options, or repeat one: a text cut off there has no answer."""
    lines = [line.strip() for line in tail.rstrip().rsplit("\n", 3)[1:]]
    return sum(_LISTED_OPTION.match(line) is not None for line in lines) >= 2


def _article(bare: str | None, tail: str, end: int) -> bool:
    """Say whether a bare capital A or I goes on as a sentence: `The answer is A dog`."""
    return bare in ("A", "I") and re.match(r"\s+[a-z]", tail[end : end + 4]) is not None
