"""The tree of a blend as a recipe states it: rows grouped by a column, a share for each group, groups in groups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any

from pipeline.errors import did_you_mean
from pipeline.stage import ParameterError
from stages.mixing.scores import read_scores

COLUMNS = (  # what rows may be grouped by; `form` and `difficulty` are made here of `forms` and of the pass rate
    "source", "category", "domain", "licence", "answer_type", "form", "difficulty", "seed_document", "template",
)  # fmt: skip
SEPARATOR = " / "  # between the values that lead to a leaf
_CROSSING = tuple(name for name in COLUMNS if name not in ("seed_document", "template"))  # what targets may be for
_RULES = ("equal", "proportional", "temperature", "capped", "sizes", "scores")


@dataclass(frozen=True)
class Rule:
    """How a group's share is dealt to its values where no shares are stated.

    equal | proportional to the rows there are | temperature: rows ** (1 / number) | capped: rows, at most `number` |
    sizes, scores: in proportion to `given`, and no other value has a part.
    """

    name: str
    number: Fraction = Fraction(1)
    given: Mapping[str, Fraction] = field(default_factory=dict)

    def weights(self, counts: Mapping[str, int]) -> dict[str, Fraction]:
        """Return what each value's share is in proportion to. counts: value -> rows there are."""
        if self.given:
            return dict(self.given)
        names = sorted(value for value, count in counts.items() if count)
        if self.name == "temperature":
            # Rounded, since the last bit of a power differs from machine to machine.
            return {value: Fraction(f"{counts[value] ** (1 / float(self.number)):.9f}") for value in names}
        most = {"equal": 1, "capped": int(self.number)}.get(self.name)
        return {value: Fraction(counts[value] if most is None else min(counts[value], most)) for value in names}


@dataclass(frozen=True)
class Group:
    """Rows by the values of one column: either stated parts, or a rule."""

    by: str
    parts: Mapping[str, "Part"] = field(default_factory=dict)
    rule: Rule | None = None

    def groups(self) -> Iterator["Group"]:
        """Yield this group and all groups in it."""
        yield self
        for part in self.parts.values():
            if part.inside is not None:
                yield from part.inside.groups()

    def named(self) -> dict[str, bool]:
        """Return the values that the recipe names, and whether each has a share above 0."""
        given = self.rule.given if self.rule else {value: part.share for value, part in self.parts.items()}
        return {value: share > 0 for value, share in given.items()}


@dataclass(frozen=True)
class Part:
    """One value's share of its group, and how the rows inside are dealt out."""

    share: Fraction
    inside: Group | None = None


def exact(value: Any, what: str, *keys: str) -> Fraction:
    """Return a number as it is written: 0.1 is a tenth, "2/3" two thirds. Raises ParameterError."""
    try:
        if isinstance(value, bool) or (isinstance(value, float) and not isfinite(value)):
            raise ValueError
        return Fraction(value.replace(" ", "")) if isinstance(value, str) else Fraction(repr(value))
    except (ValueError, ZeroDivisionError, AttributeError) as error:
        raise ParameterError(f"{what} must be a number or a fraction such as 2/3, found {value!r}", *keys) from error


def read_shares(value: Any, folders: Sequence[Path]) -> Group:
    """Return the tree that `shares` states: {source: share}, or groups with `by`. Raises ParameterError.

    {"a": 0.25, "b": 0.75} -> Group("source", {"a": Part(1/4), "b": Part(3/4)})
    """
    if isinstance(value, Mapping) and not {"by", "parts", "rule"} & set(value):
        return Group("source", _parts(value, "source", folders, (), "shares"))
    return _group(value, folders, (), "shares")


def _group(value: Any, folders: Sequence[Path], above: tuple[str, ...], *keys: str) -> Group:
    if not isinstance(value, Mapping):
        raise ParameterError(f"shares: expected sources with their shares, or 'by', found {value!r}", *keys)
    for key in value:
        if key not in ("by", "parts", "rule", "share"):
            raise ParameterError(f"shares: no key {key!r}; {did_you_mean(str(key), ('by', 'parts', 'rule'))}", *keys)
    column = value.get("by")
    if column not in COLUMNS:
        mend = "add it" if column is None else did_you_mean(str(column), COLUMNS)
        raise ParameterError(f"shares: 'by' names no column of a row, found {column!r}; {mend}", *keys, "by")
    if column in above:
        raise ParameterError(f"shares: rows are by {column!r} already; take one 'by' out", *keys, "by")
    if ("parts" in value) == ("rule" in value):
        raise ParameterError(f"shares: by {column!r} needs 'parts' with shares, or a 'rule', one of the two", *keys)
    if "rule" in value:
        return Group(column, rule=_rule(value["rule"], folders, *keys, "rule"))
    return Group(column, _parts(value["parts"], column, folders, above, *keys, "parts"))


def _parts(value: Any, column: str, folders: Sequence[Path], above: tuple[str, ...], *keys: str) -> dict[str, Part]:
    if not isinstance(value, Mapping):
        raise ParameterError(f"shares: expected a share for each {column}, found {value!r}", *keys)
    parts = {}
    for name, given in value.items():
        here = (*keys, str(name))
        is_group = isinstance(given, Mapping)
        if is_group and "share" not in given:
            raise ParameterError(f"{name!r} has no 'share'; add it", *here)
        share = exact(given["share"] if is_group else given, f"share of {name!r}", *here)
        if not 0 <= share <= 1:
            raise ParameterError(f"share {float(share):.10g} of {name!r} must be between 0 and 1", *here)
        inside = _group(given, folders, (*above, column), *here) if is_group and set(given) != {"share"} else None
        parts[str(name)] = Part(share, inside)
    total = sum((part.share for part in parts.values()), Fraction(0))
    if total != 1:
        raise ParameterError(f"shares sum to {float(total):.10g}; make them sum to 1", *keys)
    return parts


def _rule(value: Any, folders: Sequence[Path], *keys: str) -> Rule:
    name, given = next(iter(value.items())) if isinstance(value, Mapping) and len(value) == 1 else (value, None)
    if name not in _RULES:
        raise ParameterError(f"no rule {name!r}; {did_you_mean(str(name), _RULES)}", *keys)
    if (given is None) != (name in ("equal", "proportional")):
        shown = {"temperature": "2", "capped": "50000", "sizes": "{a: 100}", "scores": "scores.yaml"}
        mend = f"write {{{name}: {shown[name]}}}" if name in shown else "it takes none"
        raise ParameterError(f"rule {name!r}: {mend}", *keys)
    if name in ("temperature", "capped"):
        number = exact(given, name, *keys)
        if number <= 0 or (name == "capped" and number.denominator != 1):
            raise ParameterError(f"{name} {given!r} must be {'above 0' if number <= 0 else 'a number of rows'}", *keys)
        return Rule(name, number)
    if name in ("sizes", "scores"):
        found = read_scores(given, folders, *keys) if name == "scores" else given
        if not isinstance(found, Mapping) or not found:
            raise ParameterError(f"{name}: expected a number for each value, found {found!r}", *keys)
        numbers = {str(key): exact(size, f"{name} of {key!r}", *keys, name, str(key)) for key, size in found.items()}
        if min(numbers.values()) < 0 or not any(numbers.values()):
            raise ParameterError(f"{name}: none may be below 0 and one must be above", *keys)
        return Rule(name, given=numbers)
    return Rule(str(name))


def read_targets(value: Any) -> dict[str, dict[str, Fraction]]:
    """Return column -> value -> share, as `marginals` states them. Raises ParameterError."""
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not value:
        raise ParameterError(f"marginals: expected columns with shares of their values, found {value!r}", "marginals")
    targets: dict[str, dict[str, Fraction]] = {}
    for name, shares in value.items():
        if name not in _CROSSING:
            mend = did_you_mean(str(name), _CROSSING)
            raise ParameterError(f"marginals: no column {name!r}; {mend}", "marginals", str(name))
        if not isinstance(shares, Mapping):
            raise ParameterError(f"marginals: expected shares of {name}, found {shares!r}", "marginals", name)
        targets[name] = {
            str(key): exact(share, f"share of {key!r}", "marginals", name, str(key)) for key, share in shares.items()
        }
        total = sum(targets[name].values(), Fraction(0))
        if total != 1 or min(targets[name].values()) < 0:
            raise ParameterError(
                f"marginals: shares of {name} sum to {float(total):.10g}; make them sum to 1, none below 0",
                "marginals", name,
            )  # fmt: skip
    return targets


def with_scores(shares: Any, folders: Sequence[Path]) -> Any:
    """Return `shares` with what stands in files of scores in place of the files' names."""
    if not isinstance(shares, dict):
        return shares
    rule = shares.get("rule")
    if isinstance(rule, dict) and "scores" in rule:
        return {**shares, "rule": {"sizes": read_scores(rule["scores"], folders)}}
    return {key: with_scores(value, folders) for key, value in shares.items()}
