"""Which row of a blend it places where: rows without a place in the tree go, the others by leaf, form and cell."""

from collections.abc import Sequence

import polars as pl

from pipeline.row import FORMS
from stages.mixing.tree import SEPARATOR, Group

NONE = "none"  # how a missing value is called
BETWEEN = "\x1f"  # the values of a cell
_RATE = pl.col("successes") / pl.col("attempts")


def column(name: str, form: str) -> pl.Expr:
    """Return a column that rows are grouped by, as text; a row asked in `form`."""
    if name == "form":
        return pl.lit(form)
    if name == "difficulty":
        return difficulty_band()
    return pl.col(name).cast(pl.String).fill_null(NONE)


def difficulty_band() -> pl.Expr:
    """Return the band of a row's measured pass rate: never, hard, medium, easy, always, or not measured."""
    return (
        pl.when(pl.col("attempts").fill_null(0) == 0).then(pl.lit("not measured"))
        .when(pl.col("successes") == 0).then(pl.lit("never"))
        .when(_RATE < 1 / 3).then(pl.lit("hard"))
        .when(_RATE <= 2 / 3).then(pl.lit("medium"))
        .when(_RATE < 1).then(pl.lit("easy"))
        .otherwise(pl.lit("always"))
    )  # fmt: skip


def raw_columns(names: Sequence[str]) -> set[str]:
    """Return the columns of the row that the columns rows are grouped by are made of."""
    made_of = {"form": {"forms"}, "difficulty": {"attempts", "successes"}}
    return set().union(*(made_of.get(name, {name}) for name in names))


def placed(rows: pl.DataFrame, group: Group, targets: Sequence[str], prefer_mcq: pl.Expr) -> pl.DataFrame:
    """Return the columns `leaf` (null: no place), `form`, and `cell`, the values of `targets`' columns.

    prefer_mcq: whether a row that may be asked in both forms, and has a place in both, is asked as multiple choice.
    """
    leaves = {form: _leaf(group, "", form) for form in FORMS}
    mcq, opened = (pl.col("forms").list.contains(form) & leaf.is_not_null() for form, leaf in leaves.items())
    takes = pl.when(mcq & (prefer_mcq | ~opened)).then(pl.lit("mcq")).when(opened).then(pl.lit("open"))
    by_form = {form: [column(name, form) for name in targets] for form in FORMS}
    cells = {form: pl.concat_str(by, separator=BETWEEN) if by else pl.lit("") for form, by in by_form.items()}
    is_mcq = pl.col("form") == "mcq"
    found = rows.with_columns(takes=takes).with_columns(form=pl.coalesce("takes", pl.col("forms").list.first()))
    return found.select(
        "form",
        leaf=pl.when(pl.col("takes").is_null()).then(None)
        .when(is_mcq).then(leaves["mcq"]).otherwise(leaves["open"]),
        cell=pl.when(is_mcq).then(cells["mcq"]).otherwise(cells["open"]),
    )  # fmt: skip


def _leaf(group: Group, name: str, form: str) -> pl.Expr:
    """Return the leaf of a row asked in `form`: the values on the way to it; null where no part takes it."""
    value, prefix = column(group.by, form), f"{name}{SEPARATOR}" if name else ""
    leaf = pl.concat_str(pl.lit(prefix), value) if prefix else value
    if group.rule is not None:
        return pl.when(value.is_in(list(group.rule.given))).then(leaf) if group.rule.given else leaf
    inside = {part_value: part.inside for part_value, part in group.parts.items() if part.inside is not None}
    plain = [part_value for part_value in group.parts if part_value not in inside]
    found: pl.Expr = pl.when(value.is_in(plain)).then(leaf)
    for part_value, below in inside.items():
        found = pl.when(value == part_value).then(_leaf(below, prefix + part_value, form)).otherwise(found)
    return found


def named_values(group: Group, name: str) -> tuple[dict[str, bool], bool]:
    """Return the values of a column that a tree names, with whether it has a share, and whether others may stay."""
    if group.by == name:
        return group.named(), group.rule is not None and not group.rule.given
    named, takes_others = dict[str, bool](), group.rule is not None
    for part in group.parts.values():
        inside, others = ({}, True) if part.inside is None else named_values(part.inside, name)
        takes_others |= others and part.share > 0
        for value, has_share in inside.items():
            named[value] = named.get(value, False) or (has_share and part.share > 0)
    return named, takes_others
