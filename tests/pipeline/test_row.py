"""What rows are ranked by: one rank for a key, whatever stands beside it."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.row import rank_digest, ranks


@given(st.integers(0, 2**70), st.lists(st.text(max_size=300), max_size=8))
def test_a_rank_is_the_digest_as_a_number(seed: int, keys: list[str]) -> None:
    assert ranks(seed, pl.Series(keys, dtype=pl.String)).to_list() == [int(rank_digest(seed, key), 16) for key in keys]


def test_many_keys_are_ranked_as_each_alone() -> None:
    keys = [f"key {nr}" for nr in range(12_001)]
    assert ranks(7, pl.Series(keys)).to_list() == [int(rank_digest(7, key), 16) for key in keys]
