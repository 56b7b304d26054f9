"""Units of measure: which are of one dimension, and how many of one make another."""

import re
from fractions import Fraction
from typing import Final, NamedTuple

# Every unit is (factor, dimension); a dimension is a text of base letters with powers, such as "m1 s-2".
_F: Final = Fraction


class Unit(NamedTuple):
    """A unit as a factor and the powers of base units: km/h -> (5/18, (("m", 1), ("s", -1)))."""

    factor: Fraction
    powers: tuple[tuple[str, int], ...]


_BASE: Final[dict[str, tuple[Fraction | int, str]]] = {
    "m": (1, "m1"), "meter": (1, "m1"), "metre": (1, "m1"), "g": (_F(1, 1000), "kg1"), "gram": (_F(1, 1000), "kg1"),
    "gramme": (_F(1, 1000), "kg1"), "s": (1, "s1"), "sec": (1, "s1"), "second": (1, "s1"), "A": (1, "A1"),
    "amp": (1, "A1"), "ampere": (1, "A1"), "K": (1, "K1"), "kelvin": (1, "K1"), "mol": (1, "mol1"),
    "mole": (1, "mol1"), "cd": (1, "cd1"), "L": (_F(1, 1000), "m3"), "l": (_F(1, 1000), "m3"),
    "liter": (_F(1, 1000), "m3"), "litre": (_F(1, 1000), "m3"), "N": (1, "kg1 m1 s-2"), "newton": (1, "kg1 m1 s-2"),
    "J": (1, "kg1 m2 s-2"), "joule": (1, "kg1 m2 s-2"), "W": (1, "kg1 m2 s-3"), "watt": (1, "kg1 m2 s-3"),
    "Pa": (1, "kg1 m-1 s-2"), "pascal": (1, "kg1 m-1 s-2"), "Hz": (1, "s-1"), "hertz": (1, "s-1"),
    "C": (1, "A1 s1"), "coulomb": (1, "A1 s1"), "V": (1, "A-1 kg1 m2 s-3"), "volt": (1, "A-1 kg1 m2 s-3"),
    "F": (1, "A2 kg-1 m-2 s4"), "farad": (1, "A2 kg-1 m-2 s4"), "ohm": (1, "A-2 kg1 m2 s-3"),
    "Ω": (1, "A-2 kg1 m2 s-3"), "T": (1, "A-1 kg1 s-2"), "tesla": (1, "A-1 kg1 s-2"), "Wb": (1, "A-1 kg1 m2 s-2"),
    "H": (1, "A-2 kg1 m2 s-2"), "eV": (_F("1.602176634e-19"), "kg1 m2 s-2"), "cal": (_F("4.184"), "kg1 m2 s-2"),
    "calorie": (_F("4.184"), "kg1 m2 s-2"), "bar": (100000, "kg1 m-1 s-2"), "D": (1, "debye1"), "M": (1000, "m-3 mol1"),
    "B": (8, "bit1"), "byte": (8, "bit1"), "bit": (1, "bit1"), "lm": (1, "lm1"), "Sv": (1, "m2 s-2"),
}  # fmt: skip
_PREFIXED: Final = {"k": 3, "M": 6, "G": 9, "T": 12, "c": -2, "d": -1, "m": -3, "u": -6, "µ": -6, "n": -9, "p": -12,
                    "f": -15, "h": 2}  # fmt: skip
_LONG_PREFIX: Final = {"kilo": 3, "mega": 6, "giga": 9, "tera": 12, "centi": -2, "deci": -1, "milli": -3,
                       "micro": -6, "nano": -9, "pico": -12, "hecto": 2}  # fmt: skip
_PREFIXABLE: Final = ("m", "g", "s", "A", "K", "mol", "L", "l", "N", "J", "W", "Pa", "Hz", "C", "V", "F", "ohm", "Ω",
                      "T", "Wb", "H", "eV", "cal", "bar", "M", "B", "bit")  # fmt: skip
_LONG_PREFIXABLE: Final = ("meter", "metre", "gram", "gramme", "second", "amp", "ampere", "kelvin", "mole", "liter",
                           "litre", "newton", "joule", "watt", "pascal", "hertz", "coulomb", "volt", "farad", "ohm",
                           "tesla", "calorie", "byte", "bit")  # fmt: skip
_OTHER: Final[dict[str, tuple[Fraction | int, str]]] = {
    "in": (_F("0.0254"), "m1"), "inch": (_F("0.0254"), "m1"), "inche": (_F("0.0254"), "m1"), "ft": (_F("0.3048"), "m1"),
    "foot": (_F("0.3048"), "m1"), "feet": (_F("0.3048"), "m1"), "yd": (_F("0.9144"), "m1"),
    "yard": (_F("0.9144"), "m1"), "mi": (_F("1609.344"), "m1"), "mile": (_F("1609.344"), "m1"),
    "angstrom": (_F(1, 10**10), "m1"), "lb": (_F("0.45359237"), "kg1"), "pound": (_F("0.45359237"), "kg1"),
    "oz": (_F("0.028349523125"), "kg1"), "ounce": (_F("0.028349523125"), "kg1"), "ton": (1, "ton1"),
    "tonne": (1000, "kg1"), "min": (60, "s1"), "minute": (60, "s1"), "h": (3600, "s1"), "hr": (3600, "s1"),
    "hour": (3600, "s1"), "day": (86400, "s1"), "week": (604800, "s1"), "wk": (604800, "s1"), "month": (1, "month1"),
    "year": (12, "month1"), "yr": (12, "month1"), "decade": (120, "month1"), "century": (1200, "month1"),
    "mph": (_F("0.44704"), "m1 s-1"), "kph": (_F(5, 18), "m1 s-1"), "kmh": (_F(5, 18), "m1 s-1"),
    "gal": (1, "gallon1"), "gallon": (1, "gallon1"), "quart": (_F(1, 4), "gallon1"), "pint": (_F(1, 8), "gallon1"),
    "cup": (_F(1, 16), "gallon1"), "acre": (_F("4046.8564224"), "m2"), "hectare": (10000, "m2"), "ha": (10000, "m2"),
    "atm": (101325, "kg1 m-1 s-2"), "torr": (_F(101325, 760), "kg1 m-1 s-2"), "mmHg": (_F(101325, 760), "kg1 m-1 s-2"),
    "psi": (1, "psi1"), "deg": (1, "degree1"), "degree": (1, "degree1"), "rad": (1, "radian1"),
    "radian": (1, "radian1"), "rpm": (_F(1, 60), "turn1 s-1"), "rev": (1, "turn1"), "revolution": (1, "turn1"),
    "turn": (1, "turn1"), "dollar": (1, "dollar1"), "usd": (1, "dollar1"), "USD": (1, "dollar1"),
    "buck": (1, "dollar1"), "cent": (_F(1, 100), "dollar1"), "¢": (_F(1, 100), "dollar1"), "€": (1, "euro1"),
    "euro": (1, "euro1"), "EUR": (1, "euro1"), "£": (1, "sterling1"), "GBP": (1, "sterling1"), "¥": (1, "yen1"),
    "yen": (1, "yen1"), "yuan": (1, "yuan1"), "RMB": (1, "yuan1"), "CNY": (1, "yuan1"), "rupee": (1, "rupee1"),
    "Rs": (1, "rupee1"), "₹": (1, "rupee1"), "dozen": (12, "piece1"), "percent": (1, "percent1"),
    "degC": (1, "celsius1"), "celsius": (1, "celsius1"), "Celsius": (1, "celsius1"), "degF": (1, "fahrenheit1"),
    "fahrenheit": (1, "fahrenheit1"), "Fahrenheit": (1, "fahrenheit1"), "dB": (1, "decibel1"), "u": (1, "dalton1"),
    "amu": (1, "dalton1"), "sq": (1, ""), "cc": (_F(1, 10**6), "m3"), "erg": (_F(1, 10**7), "kg1 m2 s-2"),
    "unit": (1, "unit1"),    "kWh": (3600000, "kg1 m2 s-2"), "dyne": (_F(1, 10**5), "kg1 m1 s-2"),
}  # fmt: skip
SCALE_WORDS: Final = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
COUNT_UNIT: Final = "count:"  # the prefix of a dimension that is a plain noun: 3 apples
_POWER: Final = re.compile(r"([A-Za-zΩµ¢€£¥₹]+)(?:\s*(?:\^|\*\*)\s*\{?\s*(-?\d)\s*\}?|(-?\d)(?!\d))?\.?")
_MICRO: Final = re.compile(r"\\mu\s*(?:\\(?:text|mathrm|rm)\s*\{)?\s*")
_GAPS: Final = re.compile(
    r"\\(?:text(?:rm|bf|it|sf|tt|normal)?|math(?:rm|it|sf)|rm|mbox|hbox|unit|operatorname)(?![A-Za-z])\s*"
    r"|\\[,;:! ]|[~{}]|\\left|\\right"
)


def _table() -> dict[str, tuple[Fraction, str]]:
    table = {name: (_F(factor), powers) for name, (factor, powers) in (_BASE | _OTHER).items()}
    for name in _PREFIXABLE:
        for prefix, exponent in _PREFIXED.items():
            factor, powers = _BASE[name]
            table.setdefault(prefix + name, (_F(10) ** exponent * factor, powers))
    for name in _LONG_PREFIXABLE:
        for prefix, exponent in _LONG_PREFIX.items():
            factor, powers = _BASE[name]
            table.setdefault(prefix + name, (_F(10) ** exponent * factor, powers))
    return table


_UNITS: Final = _table()


def lookup(word: str) -> tuple[Fraction, str] | None:
    """Find one unit word, singular or plural, its case kept where case tells units apart: `kilometers`, `kPa`."""
    found = _UNITS.get(word)
    if found is None and len(word) > 2:
        lower = word.lower()
        found = _UNITS.get(lower) if len(lower) > 3 else None
        if found is None and lower.endswith("s"):
            found = _UNITS.get(word[:-1]) or (_UNITS.get(lower[:-1]) if len(lower) > 4 else None)
    return found


def parse_unit(text: str) -> Unit | None:
    r"""Read a whole unit: `km/h`, `\mathrm{~kJ} \mathrm{~mol}^{-1}`, `square feet`; None where a word is no unit."""
    text = _MICRO.sub("u", text).replace("\\Omega", "Ω").replace("\\cdot", " ")
    text = _GAPS.sub(" ", text).strip(" .")
    if not text or len(text) > 60 or text[-1] in "*/·(-" or text.count("(") != text.count(")"):
        return None
    factor, powers, sign, once, square = _F(1), dict[str, int](), 1, False, 1
    position = 0
    while position < len(text):
        character = text[position]
        if character in " *·()-":
            position += 1
            continue
        if character == "/":
            sign, once, position = -1, False, position + 1
            continue
        match = _POWER.match(text, position)
        if match is None:
            return None
        position = match.end()
        word = match[1]
        lower = word.lower()
        if lower in ("per", "a") and powers:
            sign, once = -1, True
            continue
        if lower in ("square", "sq", "squared", "cubic", "cu", "cubed"):
            exponent = 3 if lower.startswith("cu") else 2
            if lower.endswith("ed"):
                return None
            square = exponent
            continue
        found = lookup(word)
        if found is None:
            return None
        exponent = sign * square * int(match[2] or match[3] or 1)
        square, sign = 1, (1 if once else sign)
        once = False
        if abs(exponent) > 12:
            return None
        factor *= found[0] ** exponent
        for base in found[1].split():
            name = base.rstrip("-0123456789")
            powers[name] = powers.get(name, 0) + int(base[len(name) :]) * exponent
    kept = tuple(sorted((name, power) for name, power in powers.items() if power))
    return Unit(factor, kept) if powers and not once else None  # "km per" is cut off


def count_unit(words: str) -> Unit:
    """Make a unit of a plain noun: `350,000 pages` counts pages."""
    name = words.lower().strip(" .")
    if name.endswith("s") and not name.endswith("ss"):
        name = name[:-1]
    return Unit(_F(1), ((COUNT_UNIT + name, 1),))
