"""Reads numbers with units, currencies and counted nouns."""

import itertools
import re
from fractions import Fraction
from typing import Final

from pipeline.verify.mathematics import mathematics
from pipeline.verify.shapes import Assignment, Expression, Number, Quantity, Shape
from pipeline.verify.units import SCALE_WORDS, Unit, count_unit, parse_unit
from pipeline.verify.words import spoken_number

_LETTER_UNIT: Final = re.compile(r"([+-]?[\d.,]*\d)(\s*)(\S.*)")
_LONGEST_MEASURED: Final = 80
_GAP: Final = re.compile(r"(?:\s|~|\\[,;:! ]){0,20}[({]?$")  # between a number and its unit
_UNIT_START: Final = re.compile(
    r"\\(?:text|mathrm|textrm|textbf|rm|mbox|operatorname|unit|mu|Omega)(?![A-Za-z])|\^\s*\{?\s*\\circ|\\%"
    r"|(?<![\\A-Za-z])[A-Za-z]|[€£¥¢₹]|\\\$|\\[dt]?frac\s*\{\s*\\(?:text|mathrm)|\"|''"
)
_TEMPERATURE: Final = re.compile(
    r"\\?\b(?:deg|degrees?)\s+\\?(?:(?:text|mathrm)\s*\{\s*)?([CF])(?:elsius|ahrenheit)?\b\}?", re.IGNORECASE
)
_MACRO_UNIT: Final = re.compile(
    r"([+-]?[\d.,]*\d)(?:\s|~|\\[,;: ])*((?:[kM]\s*)?\\Omega|\\mu\s*(?:\\(?:text|mathrm)\s*\{\s*)?[A-Za-z]{1,3}\s*\}?)"
)
_UNIT_PART: Final = r"\{((?:[^{}]|\{[^{}]*\}){1,60})\}"
_RATIO_OF_UNITS: Final = re.compile(rf"\\[dt]?frac\s*{_UNIT_PART}\s*{_UNIT_PART}")
_CURRENCY: Final = re.compile(r"([+-]?)\s*(\\\$|\$|€|£|¥|USD|US\$|Rs\.?|₹|EUR|GBP)\s*([+-]?[\d.(\\].*)", re.DOTALL)
_RATE: Final = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(?:per\s|/)\s*(?:\\text\s*\{)?([A-Za-z ]{1,20})\}?")
_CURRENCY_UNIT: Final = {"\\$": "dollar", "$": "dollar", "US$": "dollar", "Rs.": "Rs"}


def money(source: str, depth: int) -> Shape | None:
    match = _CURRENCY.fullmatch(source)
    if match is None:
        return None
    rate = _RATE.fullmatch(match[3])
    if rate is not None:
        unit = parse_unit(f"{_CURRENCY_UNIT.get(match[2], match[2])} per {rate[2]}")
        value = Fraction(rate[1].replace(",", ""))
        return None if unit is None else Quantity(Number(-value if match[1] == "-" else value), unit)
    unit = parse_unit(_CURRENCY_UNIT.get(match[2], match[2]))
    amounts = mathematics(match[1] + match[3]) or tuple(filter(None, [measured(match[1] + match[3], depth)]))
    amount = amounts[0] if amounts else None
    if isinstance(amount, Quantity):
        return amount if amount.unit == unit else None
    return Quantity(amount, unit) if isinstance(amount, Number | Expression) and unit is not None else None


def measured(source: str, depth: int) -> Shape | None:
    """Cut `3\\sqrt{2} \\text{ cm}` where its unit begins; what stands before must be a number, what behind a unit."""
    for match in list(_UNIT_START.finditer(source))[:12]:
        if match.start() == 0:
            continue
        before, behind = _GAP.sub("", source[: match.start()]), source[match.start() :]
        quantity = _quantity(before, behind)
        if quantity is not None:
            return quantity
    return _sum_of_quantities(source, depth)


def worded(source: str, depth: int) -> Shape | None:
    """Read `one year`, `twenty-five dollars`: number words and a known unit."""
    words = re.sub(r"\\(?:text\w*|mathrm)\s*\{([^{}]*)\}", r" \1 ", source).split()
    if not 2 <= len(words) <= 8 or depth:
        return None
    value, unit = spoken_number(" ".join(word for word in words[:-1] if word != "a")), parse_unit(words[-1])
    return _attached(Number(value), unit, 1, counted=False) if value is not None and unit is not None else None


def spaced_quantity(source: str) -> Shape | None:
    """Read `5 m` and `20 m/s` as quantities too: a plain number, a space or a slash, and letters that are units."""
    macro = _MACRO_UNIT.fullmatch(source) if "\\" in source and len(source) < 60 else None
    if macro is not None:
        unit = parse_unit(macro[2])
        return None if unit is None else _attached(Number(Fraction(macro[1].replace(",", ""))), unit, 1, counted=False)
    match = _LETTER_UNIT.fullmatch(source) if len(source) < 40 else None
    if match is None or not match[3][0].isalpha() or "\\" in source or not (match[2] or "/" in match[3]):
        return None
    unit = parse_unit(match[3])
    return _attached(Number(Fraction(match[1].replace(",", ""))), unit, 1, counted=False) if unit is not None else None


def letter_quantity(source: str) -> Shape | None:
    """Read `12m` or `6.63e-34 J s` as a quantity, where what it is compared with has a unit."""
    if len(source) <= _LONGEST_MEASURED and (found := measured(source, 0)) is not None:
        return found
    match = _LETTER_UNIT.fullmatch(source) if len(source) < 40 else None
    unit = parse_unit(match[3]) if match is not None and match[3][0].isalpha() else None
    return (
        Quantity(Number(Fraction(match[1].replace(",", ""))), unit) if match is not None and unit is not None else None
    )


def _quantity(before: str, behind: str) -> Shape | None:
    """Attach the unit `behind` to the amount `before`."""
    if behind.count("{") != behind.count("}") or not behind.replace("{", "").replace("}", "").strip():
        return None
    if not before or (
        not any(character.isdigit() for character in before[-6:]) and not before.endswith(("}", ")", "i", "e"))
    ):
        return None
    words = re.sub(r"\\(?:text\w*|mathrm|rm|mbox)\s*\{([^{}]*)\}", r" \1 ", behind).replace("~", " ")
    scale = 1
    first = words.strip(" \\,").split(" ", 1)
    if first[0].lower() in SCALE_WORDS:
        scale, words = SCALE_WORDS[first[0].lower()], first[1] if len(first) > 1 else ""
    unit = parse_unit(_unit_words(behind if scale == 1 else words)) if words.strip() else None
    counted = False
    if unit is None and words.strip():
        unit, counted = _noun(words), True
        if unit is None:
            return None
    readings = mathematics(before.strip())
    if not readings:
        return None
    return _attached(readings[0], unit, scale, counted=counted)


def _unit_words(text: str) -> str:
    text = re.sub(r"\^\s*\{?\s*\\circ\s*\}?\s*(?:\\(?:text|mathrm)\s*\{\s*)?([CF])\b\}?", r" deg\1 ", text)
    text = re.sub(r"\^\s*\{?\s*\\circ\s*\}?", " deg ", text)
    text = text.replace("per cent", "percent")
    text = _TEMPERATURE.sub(lambda match: f" deg{match[1].upper()} ", text)
    if text.strip() in ("\\$", '"', "''"):
        return "dollar" if text.strip() == "\\$" else "inch"
    return _RATIO_OF_UNITS.sub(r" \1 / \2 ", text) if "frac" in text else text


def _noun(words: str) -> Unit | None:
    """Take up to three plain words as what is counted: `350,000 pages`, `9 (apples)`."""
    words = words.strip(" ()\\,.{}")
    parts = words.split()
    parts = [part.rstrip(".") for part in parts]
    plain = all(part.replace("-", "").replace("'", "").isalpha() for part in parts)
    if (
        not plain
        or not 1 <= len(parts) <= 2
        or max(map(len, parts)) < 3
        or any(part in ("and", "or", "if") for part in parts)
    ):
        return None
    return count_unit(words)


def _attached(amount: Shape, unit: Unit | None, scale: int, *, counted: bool) -> Shape | None:
    if isinstance(amount, Assignment):
        value = _attached(amount.value, unit, scale, counted=counted)
        return None if value is None else Assignment(amount.name, value, None, None)
    if isinstance(amount, Number):
        if counted and amount.percent:
            return None
        amount = Number(amount.value * scale, amount.places if scale == 1 else None, amount.percent)
        if unit is not None and unit.powers == (("percent", 1),):
            return Number(Fraction(amount.value) / 100, None, True)
        return amount if unit is None else Quantity(amount, unit)
    if isinstance(amount, Expression) and unit is not None and not (counted and amount.fingerprint.symbols):
        return Quantity(amount, unit)
    return None


def _sum_of_quantities(source: str, depth: int) -> Shape | None:
    """Add `7 minutes and 20 seconds`, `5 feet 6 inches`: parts of one dimension, from large to small."""
    plain = re.sub(r"\\(?:text\w*|mathrm)\s*\{([^{}]*)\}", r" \1 ", source)
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)\.?\s*(?:,|and)?\s*", plain)
    if not 2 <= len(parts) <= 3 or re.sub(r"\d+(?:\.\d+)?\s*[A-Za-z]+\.?\s*(?:,|and\b)?\s*", "", plain).strip():
        return None
    units = [parse_unit(word) for _, word in parts]
    known = [unit for unit in units if unit is not None]
    if len(known) != len(parts) or any(unit.powers != known[0].powers for unit in known):
        return None
    if any(small.factor >= large.factor for large, small in itertools.pairwise(known)):
        return None
    total = sum((Fraction(number) * unit.factor for (number, _), unit in zip(parts, known, strict=True)), Fraction(0))
    return Quantity(Number(total / known[-1].factor), known[-1])
