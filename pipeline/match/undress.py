"""Bring look-alike and non-Latin characters to one spelling, so that the tokeniser can work byte by byte."""

from collections.abc import Callable

import polars as pl

# Characters that NFKD leaves as they are, or would turn into something else than they mean (≠ into =).
_MEANT = {
    "²": "^2", "³": "^3", "¹": "^1", "⁴": "^4", "ⁿ": "^n", "⁻": "^-", "½": " 1/2 ", "¼": " 1/4 ", "¾": " 3/4 ",
    "⅓": " 1/3 ", "⅔": " 2/3 ",
    "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/",
    "⁄": "/", "−": "-", "–": "-", "‐": "-", "‑": "-", "—": " ", "‘": "'", "’": "'", "ʼ": "'", "´": "'", "“": " ",
    "”": " ", "„": " ", "«": " ", "»": " ", "‹": " ", "›": " ", "…": " ", "•": " ", "°": " degree ", "\u200b": "",
    "\ufeff": "", "\u00ad": "", "、": " ", "。": " ", "「": " ", "」": " ", "『": " ", "』": " ", "《": " ", "》": " ",
    "،": " ", "؛": " ", "؟": " ", "।": " ", "√": " sqrt ", "∞": " infty ", "∑": " sum ", "∏": " prod ", "∫": " int ",
    "∈": " in ", "∪": " cup ", "∩": " cap ", "∠": " angle ", "△": " triangle ", "→": " to ", "±": " pm ",
    "α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "ε": " epsilon ", "θ": " theta ", "λ": " lambda ",
    "μ": " mu ", "π": " pi ", "ρ": " rho ", "σ": " sigma ", "τ": " tau ", "φ": " phi ", "ω": " omega ",
}  # fmt: skip
# Scripts without spaces between words: a character is a word.
UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"

# What a sheet of exercises puts around a question: `Question 12:`, `3) `, `(5 points)`.
_NUMBERED = r"^\s*\**(?:(?i:question|problem|exercise|example|task|q|ex)(?:\.?\s*\d+\s*[.:)]|\s*:)|\(?\d+[.)]\s)\**\s*"
_BEYOND_ASCII = r"[^\x00-\x7f]"
_LOOSE = r"\s\s|[^\S ]|^\s|\s$"
_POINTS = r"[(\[]\s*\d+\s*(?i:points?|marks?|pts?)\.?\s*[)\]]\s*$"


def undressed(text: pl.Series) -> pl.Series:
    """Return `text` without nulls; rows of pure ASCII, most rows, are left as they are.

    `“3 ≤ x²”` -> ` 3 <= x^2 `; accents go, full-width forms become narrow, every Chinese character stands alone.
    """
    return _beyond_ascii(text.fill_null(""), _one_spelling)


def _beyond_ascii(text: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return `text` with the rows changed that hold more than ASCII; they are few."""
    plain = text.str.len_bytes() == text.str.len_chars()
    if plain.all():
        return text
    numbers = (~plain).arg_true()
    return text.scatter(numbers, change(text.gather(numbers)))


def unnumbered(question: pl.Series) -> pl.Series:
    """Return questions without the number and the points that a sheet of exercises gives them."""
    return question.str.replace(_NUMBERED, "").str.replace(_POINTS, "")


def squeezed(text: pl.Series) -> pl.Series:
    """Return `text` with one space between words and none around it."""
    loose = text.str.contains(_LOOSE).arg_true()
    return text.scatter(loose, [" ".join(one.split()) for one in text.gather(loose)]) if len(loose) else text


def _one_spelling(text: pl.Series) -> pl.Series:
    """Return `text` in one spelling.

    Every rule looks at one character, so the rules are applied to those that are there, some hundreds.
    """
    there = text.str.extract_all(_BEYOND_ASCII).explode().unique().sort()
    return text.str.replace_many(there.to_list(), _spelled(there).to_list())


def _spelled(character: pl.Series) -> pl.Series:
    """Return characters without accents and forms of width, in scripts whose words, or characters, stand alone."""
    return (
        character.replace(_MEANT)
        .str.normalize("NFKD")
        .str.to_lowercase()  # ASCII is not among them: HAC may name an angle, and the tokeniser reads it
        .str.replace_many(list(_MEANT), list(_MEANT.values()))
        .str.replace_all(r"\p{M}", "")
        .str.replace_all(f"({UNSPACED})", " $1 ")
        .str.replace_all(r"([\p{S}--\p{ASCII}])", " $1 ")  # a sign of mathematics is a word of its own
        .str.replace_all(r"[^\p{L}\p{N}\p{S}\x00-\x7f]", " ")
    )
