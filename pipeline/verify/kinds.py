"""The vocabulary of answer types, and which tier settles each."""

from typing import Final, Literal

from pipeline.verify.shapes import (
    Assignment,
    Boolean,
    Clock,
    Congruence,
    Date,
    Expression,
    Family,
    Group,
    Matrix,
    Number,
    Numeral,
    Opaque,
    Quantity,
    Ratio,
    Region,
    Relation,
    Shape,
)

Tier = Literal["string", "number", "structure", "expression", "text", "choice", "boolean", "kind", "algebra", "none"]
# answer_type -> what it is
KINDS: Final[dict[str, str]] = {
    "integer": "a whole number: 72, 1,234, seven",
    "number": "another exact number: 3/4, 0.75, 1.2e5, 1 2/3",
    "percent": "a number with a per cent sign: 20%",
    "quantity": "a number with a unit or currency: 5 km, $3.50, 60 degrees",
    "numeral": "digits in a base that is written: 1103_6",
    "expression": "anything else with a value: 2 sqrt(3), x^2 + 1, sin 2x",
    "tuple": "several values in an order: (1, 2), <1, 2, 3>",
    "list": "several values in no order: 3, -3",
    "set": "values in braces, in no order: {1, 2}",
    "interval": "real numbers: (1, 2], x > 3, a union, all reals",
    "equation": "an equation: x^2 + y^2 = 1",
    "inequality": "an inequality in several symbols: b - a > 1",
    "matrix": "rows of cells",
    "ratio": "parts: 5:6",
    "congruence": "residues of a modulus: x = 3 mod 7",
    "family": "what holds for numbers of a kind: k pi, k in Z",
    "time": "a time of day, or a duration with colons: 9:24, 2:30 PM",
    "date": "a date: July 14, 1789",
    "boolean": "yes or no, true or false",
    "text": "words, at most ten",
    "mcq": "one of the options that are shown",
    "unevaluable": "mathematics of the last tier only: integrals, sums, limits",
    "none": "no answer",
}
TIER_OF_KIND: Final[dict[str, Tier]] = {
    "integer": "number", "number": "number", "percent": "number", "quantity": "number", "numeral": "number",
    "time": "number", "date": "number", "expression": "expression", "tuple": "structure", "list": "structure",
    "set": "structure", "interval": "structure", "equation": "structure", "inequality": "structure",
    "matrix": "structure", "ratio": "structure", "boolean": "boolean", "text": "text", "mcq": "choice",
    "congruence": "structure", "family": "structure", "unevaluable": "none", "none": "none",
}  # fmt: skip


def kind_of(shape: Shape) -> str:
    """Name the answer type of a shape; a value with a name before it has the value's type."""
    if isinstance(shape, Assignment):
        return kind_of(shape.value)
    if isinstance(shape, Number):
        return "percent" if shape.percent else "integer" if shape.value.denominator == 1 else "number"
    if isinstance(shape, Group):
        return {"": "list", "{}": "set"}.get(shape.brackets, "tuple")
    if isinstance(shape, Relation):
        return "equation" if shape.operator == "=" else "inequality"
    for kind, named in _OTHERS:
        if isinstance(shape, kind):
            return named
    return "text"


_OTHERS: Final[tuple[tuple[type, str], ...]] = (
    (Expression, "expression"),
    (Quantity, "quantity"),
    (Region, "interval"),
    (Matrix, "matrix"),
    (Ratio, "ratio"),
    (Clock, "time"),
    (Date, "date"),
    (Numeral, "numeral"),
    (Congruence, "congruence"),
    (Family, "family"),
    (Boolean, "boolean"),
    (Opaque, "unevaluable"),
)
