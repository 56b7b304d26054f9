"""Compares numbers with units: converted within a dimension, unequal across dimensions."""

from pipeline.verify.fingerprint import Fingerprint
from pipeline.verify.shapes import Answer, Expression, Number, Quantity, Shape
from pipeline.verify.units import COUNT_UNIT, Unit
from pipeline.verify.value import same_value


def same_quantity(gold: Shape, answer: Shape, tolerance: float | None) -> Answer:
    if isinstance(gold, Quantity) and isinstance(answer, Quantity):
        if gold.unit == answer.unit:
            return same_value(gold.amount, answer.amount, tolerance)
        if gold.unit.powers != answer.unit.powers:
            return False
        if any(name.startswith(COUNT_UNIT) for name, _ in gold.unit.powers):
            return False
        return same_value(_scaled(gold.amount, gold.unit), _scaled(answer.amount, answer.unit), tolerance)
    if any(isinstance(side, Number) and side.percent for side in (gold, answer)):
        return False  # 20% is not 20 students
    first, second = (gold.amount, answer) if isinstance(gold, Quantity) else (gold, _amount(answer))
    if not isinstance(first, Number | Expression) or not isinstance(second, Number | Expression):
        return False
    return same_value(first, second, tolerance)


def _amount(shape: Shape) -> Shape:
    return shape.amount if isinstance(shape, Quantity) else shape


def _scaled(amount: Number | Expression, unit: Unit) -> Number | Expression:
    if isinstance(amount, Number):
        return Number(amount.value * unit.factor)
    return Expression(Fingerprint(("mul", amount.fingerprint.node, ("num", unit.factor))))
