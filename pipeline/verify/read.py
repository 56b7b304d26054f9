"""Reads an answer into a shape; where it can be read in two ways, both are returned, the likelier first."""

import re
from typing import Final

from pipeline.verify.clean import plain_characters, unwrap
from pipeline.verify.compare import same
from pipeline.verify.family import cut_family
from pipeline.verify.limits import MAX_ANSWER_CHARS
from pipeline.verify.mathematics import mathematics
from pipeline.verify.measure import measured, money, spaced_quantity, worded
from pipeline.verify.notation import one_notation
from pipeline.verify.shapes import (
    Assignment,
    Clock,
    Family,
    Group,
    Number,
    Opaque,
    Quantity,
    Readings,
    Region,
    Shape,
    Text,
)
from pipeline.verify.special import simple_number, special_form
from pipeline.verify.text import normal_words, plain_text
from pipeline.verify.words import spoken_number

_INTEGER: Final = re.compile(r"[+-]?\d{1,18}")
_ANNOUNCEMENT: Final = re.compile(
    r"(?:the\s+)?(?:final\s+|correct\s+)?(?:answer|solution)s?\s*(?:is|are|:)(?:\s*:)?\s+(?=\S)", re.IGNORECASE
)
_LETTERED: Final = re.compile(
    r"\\text(?:bf|rm|it)?\s*\{\s*\(?[A-E]\)?\s*[.:]?\s*\}(?:\s|\\[ ,;:!]|\\q?quad|~)*(?=[^\s}])"
)
_OPTION: Final = re.compile(r"\(?[A-E]\)\s+(?=[\d$]|-\d|\\[dt]?frac|\\sqrt|\\\()")  # B) 22
_ABOUT: Final = re.compile(r"\\approx\s*(?=\\?\$?\d+\.\d)")
_LONGEST_WITH_WORDS: Final = 400  # the readers of words and units try several cuts: longer texts are words only
_SCIENTIFIC: Final = re.compile(r"[+-]?\d{1,9}[eE][+-]?\d{1,2}")  # 2e-1 may be 2e - 1 as well
_LEFT_SIDE: Final = re.compile(
    r"(?:\\?[A-Za-z]+'{0,2}|\\(?:text|mathrm|mathbf|vec|overline|operatorname)\s*\{[^{}=]{1,40}\}|\\angle\s*[A-Z]{1,3})"
    r"(?:_\{?[A-Za-z0-9, ]{1,8}\}?)?'{0,2}(?:\s*\([^()=<>]{1,40}\))?"
)
_EVENT: Final = re.compile(
    r"((?:\\(?:mathbb|mathrm|operatorname|text)\s*\{[A-Za-z]{1,8}\}|\\Pr|[A-Z][a-z]{0,3})\s*(?:\\left)?\s*"
    r"[(\[][^()\[\]]{1,60}[)\]])\s*=\s*(?=\S)"
)
_RATIO_SIDE: Final = re.compile(r"[A-Za-z](?:\s*:\s*[A-Za-z]){1,5}")
_WHOLE_NUMBERS: Final = re.compile(r"\\in\s*\\(?:mathbb|mathbf)|integer|=[^=]*dots|=[^=]*\.\.\.|natural")
_EXCEPT: Final = re.compile(
    r"(?:the\s+)?(?:set\s+of\s+)?(?:all\s+)?reals?(?:\s+(?:numbers?|values?))?(?:\s+(?:of\s+)?\$?[a-z]\$?)?,?\s+"
    r"(?:except|other\s+than|excluding|besides|but)\s+(?:for\s+)?(?:\$?[a-z]\s*=\s*)?(.{1,60})",
    re.IGNORECASE,
)
_LONGEST_EXCEPTION: Final = 160
_WHOLE_TEXT: Final = re.compile(r"\\text(?:bf|rm|it)?\s*\{([^{}]*)\}")
_WORD_SIDE: Final = re.compile(r"[A-Za-z][A-Za-z ]{1,40}")
_ITEM_CUT: Final = re.compile(
    r"\\(?:text|textrm|mathrm)\s*\{\s*(?:,\s*)?(?:and|or)\s*\}|\\(?:quad|qquad)|(?<![A-Za-z\\])(?:and|or)(?![A-Za-z])|[,;]"
)


def read(text: str, *, depth: int = 0) -> Readings:
    r"""Read an answer: `\frac{1}{2}` -> Number, `(1, 2]` -> Group, `two lines` -> Text; empty text -> no reading."""
    source = _announced(unwrap(plain_characters(text))) if depth == 0 else text.strip()
    if not source:
        return ()
    if len(source) > MAX_ANSWER_CHARS:
        return (Opaque(source),)
    if (
        len(source) < _LONGEST_EXCEPTION
        and "real" in source
        and (match := _EXCEPT.fullmatch(plain_text(source).strip())) is not None
    ):
        spoken = spoken_number(match[1])
        points = match[1].replace(" and ", ",") if spoken is None else str(spoken)
        source = rf"\mathbb{{R}}\setminus\{{{points}\}}"
    if source.startswith("\\text") and depth == 0 and (match := _WHOLE_TEXT.fullmatch(source)) is not None:
        inside = read(match[1], depth=1)  # numbers are numbers in \\text too, words stay words
        if inside and isinstance(inside[0], Number | Quantity):
            return inside
    if _INTEGER.fullmatch(source):
        return (Number(int(source)),)
    simple = simple_number(source)
    if simple is not None:
        return (simple,)
    source = one_notation(source)
    special = special_form(source)
    if special is not None and not isinstance(special, Clock) and not _SCIENTIFIC.fullmatch(source):
        return (special,)
    if source.count("{") - source.count(r"\{") != source.count("}") - source.count(r"\}"):
        return _words_of(source)
    if _WHOLE_NUMBERS.search(source) and depth == 0 and len(source) <= _LONGEST_WITH_WORDS:
        family = _family(source)
        if family is not None:
            return (family,)
    readings = mathematics(source)
    if special is not None:
        return (special, *readings)
    if readings:
        quantity = spaced_quantity(source)
        return (*readings, quantity) if quantity is not None else readings
    return _with_words(source, depth)


def _announced(source: str) -> str:
    """Take off what announces an answer: `Solution is: $k=4$`, `\\textbf{(E)}\\ 55`."""
    if ":" in source or " is " in source or "are " in source:
        match = _ANNOUNCEMENT.match(source)
        if match is not None:
            return unwrap(source[match.end() :])
    if ")" in source[:5] and (match := _OPTION.match(source)) is not None:
        return unwrap(source[match.end() :])
    if source.startswith("\\approx") and (match := _ABOUT.match(source)) is not None:
        return source[match.end() :]
    if source.startswith("\\text") and (match := _LETTERED.match(source)) is not None:
        return unwrap(source[match.end() :])
    return source


def _with_words(source: str, depth: int) -> Readings:
    for reader in (money, measured, worded, _assigned, _listed, _stated_twice):
        found = reader(source, depth) if depth < 3 and len(source) <= _LONGEST_WITH_WORDS else None
        if found is not None:
            return (found,)
    return _words_of(source)


def _words_of(source: str) -> Readings:
    words = normal_words(source)
    return (Text(words),) if words else ()


def _family(source: str) -> Shape | None:
    r"""Read `x = k\pi, k \in \mathbb{Z}`: a value for every whole number k."""
    cut = cut_family(source)
    head = None if cut is None else _one(cut[0], 0)
    return None if cut is None or head is None else Family(head, cut[1], cut[2])


def _stated_twice(source: str, depth: int) -> Shape | None:
    """Read `-1 < x \\le 1 : (-1, 1]`, where both sides of the colon are one set."""
    left, colon, right = source.partition(":")
    if not colon or ":" in right:
        return None
    first, second = _one(left, depth), _one(right, depth)
    regions = isinstance(first, Region | Group) and isinstance(second, Region | Group)
    return first if regions and first is not None and second is not None and same(first, second) is True else None


def _one(text: str, depth: int) -> Shape | None:
    readings = read(text, depth=depth + 1)
    return readings[0] if readings and not isinstance(readings[0], Text | Opaque) else None


def _assigned(source: str, depth: int) -> Shape | None:
    """Read `\\text{Area} = 12 \\text{ cm}^2`: a name, one equals sign, a value with words."""
    event = _EVENT.match(source) if "(" in source or "[" in source else None
    if event is not None:  # P(X = 1) = 0.3
        value = _one(source[event.end() :], depth)
        return None if value is None else Assignment("".join(event[1].split()), value, None, None)
    if source.count("=") != 1 or any(sign in source for sign in ("<", ">", "\\le", "\\ge")):
        return None
    left, _, right = source.partition("=")
    name = left.strip()
    if not _LEFT_SIDE.fullmatch(name) and not _WORD_SIDE.fullmatch(name) and not _RATIO_SIDE.fullmatch(name):
        return None
    value = _one(right, depth)
    return None if value is None else Assignment(name.replace(" ", ""), value, None, None)


def _listed(source: str, depth: int) -> Shape | None:
    """Read a list whose items carry units or words: `75^\\circ, 75^\\circ`, `5 cm and 3 cm`."""
    opening, closing = source[:1], source[-1:]
    inner, brackets = source, ""
    if opening + closing in ("()", "[]"):
        inner, brackets = source[1:-1], opening + closing
    elif source.startswith("\\{") and source.endswith("\\}"):
        inner, brackets = source[2:-2], "{}"
    parts = _cut(inner)
    if parts is None or not 2 <= len(parts) <= 20:
        return None
    items: list[Shape] = []
    for part in parts:
        item = _one(part, depth)
        if item is None:
            return None
        items.append(item)
    return Group(brackets, tuple(items))


def _cut(text: str) -> list[str] | None:
    """Cut at the separators that stand in no bracket."""
    cuts = [(match.start(), match.end()) for match in _ITEM_CUT.finditer(text)]
    if not cuts:
        return None
    parts: list[str] = []
    depth, position, start = 0, 0, 0
    for cut, after in cuts:
        piece = text[position:cut]
        depth += sum(map(piece.count, "([{")) - sum(map(piece.count, ")]}"))
        position = cut
        if depth == 0:
            if text[start:cut].strip():
                parts.append(text[start:cut])
            start = position = after
    parts.append(text[start:])
    return parts
