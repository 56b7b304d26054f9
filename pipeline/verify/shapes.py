"""What an answer is once it is read: one small class for each shape that is compared by its own rule."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from pipeline.verify.fingerprint import Fingerprint
from pipeline.verify.interval import RealSet
from pipeline.verify.nodes import Node
from pipeline.verify.units import Unit


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number; `places` behind the point where it is written as a decimal; `percent` where a % stands."""

    value: Fraction | int
    places: int | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """Anything else that evaluates to a number at a point."""

    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit."""

    amount: "Number | Expression"
    unit: Unit


@dataclass(frozen=True, slots=True)
class Group:
    """Several answers: `brackets` is "" for a bare list, "{}" for a set, "order" for a < b < c, else a tuple's two."""

    brackets: str
    items: tuple["Shape", ...]
    join: str = ","


@dataclass(frozen=True, slots=True)
class Assignment:
    """A name given a value: x = 5, f(x) = e, (x, y) = (1, 2)."""

    name: str
    value: "Shape"
    left: Node | None
    right: Node | None


@dataclass(frozen=True, slots=True)
class Relation:
    """One equation or inequality that is no assignment."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Region:
    """A set of real numbers: an inequality in one variable, an interval, a union; `variable` where one is named."""

    variable: str | None
    numbers: RealSet


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of cells."""

    rows: tuple[tuple["Shape", ...], ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Parts of a ratio; `spoken` where it is written 5 to 6, which may be a range as well."""

    parts: tuple["Shape", ...]
    spoken: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day or a duration written with colons: seconds, and am/pm where it stands."""

    parts: tuple[int, ...]
    half: str


@dataclass(frozen=True, slots=True)
class Date:
    """A date of which a part may be missing."""

    year: int | None
    month: int | None
    day: int | None


@dataclass(frozen=True, slots=True)
class Numeral:
    """Digits in a base that is written: 1103_6."""

    value: int
    base: int


@dataclass(frozen=True, slots=True)
class Congruence:
    """Residues of a modulus: x = 3 mod 7."""

    variable: str | None
    residues: frozenset[int]
    modulus: int


@dataclass(frozen=True, slots=True)
class Family:
    """One value for each whole number, k pi, k in Z, or the numbers of a kind under a condition; `domain`: Z, N, N0."""

    head: "Shape"
    variable: str
    domain: str


@dataclass(frozen=True, slots=True)
class Boolean:
    """Yes or no, true or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Text:
    """Words; `words` is their normal form."""

    words: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """Mathematics that is not evaluated here: integrals, sums, limits."""

    source: str


Shape: TypeAlias = (
    Number
    | Expression
    | Quantity
    | Group
    | Assignment
    | Relation
    | Region
    | Matrix
    | Ratio
    | Clock
    | Date
    | Numeral
    | Congruence
    | Family
    | Boolean
    | Text
    | Opaque
)
Answer: TypeAlias = bool | None  # equal, unequal, or open
Readings: TypeAlias = tuple[Shape, ...]  # the ways an answer can be read, the likeliest first
