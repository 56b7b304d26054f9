"""Set apart options that stand in the text of a question, so that it is compared as the question that it is."""

import re

import polars as pl

_LISTED = r"(?s)\s\(?A[.):]\s.+\s\(?B[.):]\s"
_LETTERS = "ABCDEFGHIJ"
_MARKER = re.compile(r"\s\(?([A-J])[.):]\s")


def with_options_apart(rows: pl.DataFrame) -> pl.DataFrame:
    r"""Return `question` and `options`; `Which?\nA. one\nB. two` -> `Which?`, [one, two] where a row has no options."""
    rows = rows.select("question", pl.col("options").cast(pl.List(pl.String)))
    listed = pl.col("question").str.contains(_LISTED) & pl.col("options").list.len().fill_null(0).eq(0)
    numbers = rows.select(listed.fill_null(False).arg_true()).to_series()
    if not len(numbers):
        return rows
    parts = [_parts(text) for text in rows["question"].gather(numbers)]
    schema = pl.Schema({"row": pl.UInt32(), "stem": pl.String(), "apart": pl.List(pl.String())})
    apart = pl.DataFrame([(row, *part) for row, part in zip(numbers, parts, strict=True)], schema=schema, orient="row")
    rows = rows.with_row_index("row").join(apart, on="row", how="left", maintain_order="left")
    return rows.select(question=pl.coalesce("stem", "question"), options=pl.coalesce("apart", "options"))


def _parts(text: str) -> tuple[str, list[str] | None]:
    """Return the stem and the options; where the letters are not in their order from A on, the text as it is."""
    found = list(_MARKER.finditer(text))
    listed = (
        found[nr:] for nr, one in enumerate(found) if one[1] == "A"
    )  # `the determinant of A. Is it` lists nothing
    found = next((run for run in listed if len(run) > 1 and "".join(one[1] for one in run) == _LETTERS[: len(run)]), [])
    if not found:
        return text, None
    ends = [one.start() for one in found[1:]] + [len(text)]
    stem = text[: found[0].start()]
    return (
        (stem, [text[one.end() : end].strip() for one, end in zip(found, ends, strict=True)]) if stem else (text, None)
    )
