"""Rewrites other notations of the same mathematics into the one that the grammar reads."""

import re
from collections.abc import Callable
from typing import Final

_TRIGGER: Final = re.compile(
    r"\\(?:not|prime|top|intercal|pounds|euro|Bbb|mathbf|dot)|\{:\}|\.\\overline|array|C|P|\\\$\s*\}|R\s*\}?[\^_]|\^\s*\{?\s*-1|(?:^|\s)\]|^<|\\left\s?<|[)\]]\s*U|10\s*(?:\^|\*\*)|\[$|T\s*\}|!:"
)
_SPACES: Final = re.compile(r"\s+")
_COUNT: Final = r"(\d{1,4}|[nm](?![A-Za-z]))"
_BRACED_COUNT: Final = re.compile(r"([_^])\s*\{\s*(\d{1,4}|[nm])\s*\}")
_CHOICES: Final = re.compile(r"C\s*[_^(]|C\s*\}\s*[_^]")
_CHOOSE_SIGN: Final = r"(?:\\(?:mathrm|text|mathbf|operatorname)\s*\{\s*C\s*\}|(?<![A-Za-z\\])C)"
_CHOSEN: Final = (  # n first
    re.compile(rf"(?:\{{\s*\}}|(?<![\w)}}\]]))_\s*{_COUNT}\s*{_CHOOSE_SIGN}\s*_\s*{_COUNT}"),
    re.compile(rf"(?:\{{\s*\}}|(?<![\w)}}\]]))\^\s*{_COUNT}\s*{_CHOOSE_SIGN}\s*_\s*{_COUNT}"),
    re.compile(rf"{_CHOOSE_SIGN}\s*_\s*{_COUNT}\s*\^\s*{_COUNT}"),
    re.compile(r"(?<![A-Za-z\\])C\s*\(\s*(\d{1,4}|[nm])\s*,\s*(\d{1,4})\s*\)"),
)
_CHOSEN_LAST: Final = re.compile(rf"{_CHOOSE_SIGN}\s*\^\s*{_COUNT}\s*_\s*{_COUNT}")
_ARRANGED: Final = re.compile(rf"(?:\{{\s*\}}|(?<![\w)}}\]]))[_^]\s*{_COUNT}\s*P\s*_\s*{_COUNT}")
_TURNED: Final = re.compile(r"([\[\]])([^\[\]]{1,120})([\[\]])")
_SIMPLE: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\\not\s*="), r"\\ne "),
    (re.compile(r"\\left\s*<"), r"\\langle "),
    (re.compile(r"\\right\s*>"), r"\\rangle "),
    (re.compile(r"^<([^<>=]+,[^<>=]+)>$"), r"\\langle \1\\rangle "),
    (re.compile(r"(?<=[)\]])\s*U\s*(?=[(\[])"), r"\\cup "),
    (re.compile(r"(?<=\d)\s*[xX]\s*(?=10\s*(?:\^|\*\*))"), r"\\times "),
    (re.compile(r"\\not\s*\\in(?![A-Za-z])"), r"\\notin "),
    (re.compile(r"\^\s*(?:\{\s*\\prime\s*\\prime\s*\}|\\prime\s*\\prime(?![A-Za-z]))"), "''"),
    (re.compile(r"\^\s*(?:\{\s*\\prime\s*\}|\\prime(?![A-Za-z]))"), "'"),
    (re.compile(r"\{:\}|\\!\s*:\s*\\!"), ":"),
    (re.compile(r"(?<!\d)\.(?=\\overline)"), "0."),
    (re.compile(r"^([A-Za-z])\s*\^\s*(?:\{\s*-1\s*\}|-1)\s*(?=\([a-z]\)\s*=)"), r"\\inverse_\1"),
    (
        re.compile(
            r"\\left\s*\\\{\s*\\begin\s*\{array\}\s*(?:\{[lcr| ]*\})?(.*)\\end\s*\{array\}\s*\\right\s*\.?", re.DOTALL
        ),
        r"\\begin{cases}\1\\end{cases}",
    ),
    (re.compile(r"\\(?:text|mathrm)\s*\{\s*\\\$\s*\}"), r"\\$"),
    (re.compile(r"\\pounds(?![A-Za-z])\s*"), "£"),
    (re.compile(r"\\euro(?![A-Za-z])\s*"), "€"),
    (re.compile(r"\\Bbb\s*\{?\s*([A-Z])\s*\}?"), r"\\mathbb{\1}"),
    (re.compile(r"(\\in\s*)\\mathbf\s*\{?\s*([RZNQ])\s*\}?|^\\mathbf\s*\{?\s*(R)\s*\}?$"), r"\1\\mathbb{\2\3}"),
    (re.compile(r"\\mathbb\s*\{?\s*R\s*\}?\s*[\^_]\s*(?:\{\s*(?:\+|>\s*0)\s*\}|\+)"), r"(0,\\infty)"),
    (re.compile(r"\\mathbb\s*\{?\s*R\s*\}?\s*[\^_]\s*(?:\{\s*-\s*\}|-(?!\s*\d)|\{\s*<\s*0\s*\})"), r"(-\\infty,0)"),
    (re.compile(r"\\mathbb\s*\{?\s*R\s*\}?\s*_\s*\{\s*(?:\\geq?(?:slant)?|\+\s*,\s*0)\s*0\s*\}"), r"[0,\\infty)"),
    (
        re.compile(
            r"\^\s*(?:\{\s*)?(?:\\(?:mathrm|text|mathsf|rm)\s*\{?\s*T\s*\}?|\\top|\\intercal)(?![A-Za-z])(?:\s*\})?"
        ),
        "^T",
    ),
)


def one_notation(source: str) -> str:
    r"""Rewrite what is written another way elsewhere: `]0, 1[` -> `(0, 1)`, `{}_5C_2` -> `\binom{5}{2}`."""
    if _TRIGGER.search(source) is None:
        return source
    source = _SPACES.sub(" ", source)  # so that no pattern below meets a long run
    for pattern, plain in _SIMPLE:
        source = pattern.sub(plain, source)
    if _CHOICES.search(source):
        source = _BRACED_COUNT.sub(r"\1\2 ", source)
        for pattern in _CHOSEN:
            source = pattern.sub(_choice(1, 2), source)
        source = _CHOSEN_LAST.sub(_choice(2, 1), source)
    if "P" in source and "_" in source:
        source = _ARRANGED.sub(_arrangement, source)
    bare = source.replace("\\left", "").replace("\\right", "").strip()
    if bare.startswith("]") or (bare.endswith("[") and "\\infty" not in bare[-2:]):
        source = _TURNED.sub(_usual_brackets, bare)
    return source


def _choice(top: int, chosen: int) -> Callable[[re.Match[str]], str]:
    def written(match: re.Match[str]) -> str:
        first, second = match[top], match[chosen]
        if first.isdigit() and second.isdigit():
            makes_sense = int(first) >= int(second)
        else:
            makes_sense = first.isalpha() and first != second
        return rf"\binom{{{first}}}{{{second}}}" if makes_sense else match[0]

    return written


def _arrangement(match: re.Match[str]) -> str:
    if match[1].isalpha() or match[2].isalpha():
        return match[0]
    first, second = int(match[1]), int(match[2])
    return rf"\frac{{{first}!}}{{{first - second}!}}" if first >= second else match[0]


def _usual_brackets(match: re.Match[str]) -> str:
    """Turn `]a, b[` round: a bracket that faces away from its interval is open."""
    if "," not in match[2] and ";" not in match[2]:
        return match[0]
    return ("[" if match[1] == "[" else "(") + match[2] + ("]" if match[3] == "]" else ")")
