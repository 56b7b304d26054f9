"""Rows counted by leaf are those of the tree of shares, as far as a row tells its leaf."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.publish.leaves import count_leaves, granted_below, leaf_of

ROW = {"source": "syn_qa", "category": "gpr", "domain": None, "licence": "mit", "form": "mcq"}


@pytest.mark.parametrize(
    ("shares", "leaf"),
    [
        ({"syn_qa": 0.5, "math": 0.5}, "syn_qa"),
        ({"by": "category", "parts": {"gpr": 0.5, "mr": 0.5}}, "gpr"),
        ({"by": "category", "parts": {"gpr": {"share": 0.5, "by": "source", "rule": "equal"}, "mr": 0.5}},
         "gpr / syn_qa"),
        ({"by": "category", "rule": "equal"}, "gpr"),
        ({"by": "domain", "rule": "proportional"}, "none"),
        ({"by": "answer_type", "rule": "equal"}, ""),
        ({"by": "form", "parts": {"mcq": {"share": 1, "by": "difficulty", "rule": "equal"}}}, "mcq"),
    ],
)  # fmt: skip
def test_a_row_is_in_the_leaf_that_its_values_lead_to(shares: Any, leaf: str) -> None:
    assert leaf_of(ROW, shares) == leaf


def test_a_group_was_granted_what_its_leaves_were() -> None:
    shares = [
        {"source": "gpr / a", "granted": 2},
        {"source": "gpr / b", "granted": 3},
        {"source": "gprs", "granted": 7},
    ]
    assert [granted_below(shares, name) for name in ("gpr", "gpr / a", "gprs", "")] == [5, 2, 7, 12]


def test_rows_are_counted_in_every_file(tmp_path: Path) -> None:
    empty = dict.fromkeys(("domain", "seed_document", "template"))
    for number, sources in enumerate((["a", "b"], ["a"])):
        rows = [{"source": source, "category": "mr", "licence": "mit", "form": "open"} | empty for source in sources]
        pl.DataFrame(rows).write_parquet(tmp_path / f"{number}.parquet")
    assert count_leaves(sorted(tmp_path.glob("*.parquet")), {"a": 0.6, "b": 0.4}) == {"a": 2, "b": 1}
