"""What every blend promises, for any tree of shares, sizes, epochs and policy: held against generated rows."""

from collections import Counter
from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.errors import ShortageError
from pipeline.stage import Assets
from stages.mix import Mix
from stages.mixing.counts import resolve
from tests.rows import mark, rows
from tests.stages.mixing.trees import SOURCES, any_tree


def pool(counts: list[int], extra: str = "") -> pl.DataFrame:
    """Return rows of the sources a to e in their categories; of source `extra` as many again."""
    names = [
        (source, nr)
        for source, count in zip(SOURCES, counts, strict=True)
        for nr in range(count * (2 if source == extra else 1))
    ]
    given = [{"id": f"{source}{nr}", "key": f"key of {source} {nr}", "source": source} for source, nr in names]
    frame = rows(*({**row, "category": SOURCES[row["source"]], "forms": ["open"]} for row in given))
    return frame.with_columns(split=pl.lit("train"))


def blend(mix: Mix, frame: pl.DataFrame, assets: Assets | None = None) -> list[str]:
    """Return the ids of a blend in its order."""
    made = mark(mix, frame, assets).explode("positions").drop_nulls("positions").sort("positions")
    assert made.get_column("positions").to_list() == list(range(made.height))
    return made.get_column("id").to_list()


def of_source(ids: list[str], source: str) -> list[str]:
    return [name for name in ids if name[0] == source]


any_rows = st.lists(st.integers(0, 25), min_size=5, max_size=5)
any_size = st.one_of(st.just("max"), st.integers(1, 60))
policies = st.sampled_from(["fail", "shrink", "redistribute", "repeat"])


@settings(deadline=None, max_examples=150)
@given(any_tree(), any_rows, any_size, policies, st.integers(1, 3))
def test_any_blend_keeps_its_promises(shares: Any, counts: list[int], size: Any, policy: Any, epochs: int) -> None:
    assume(size != "max" or policy != "redistribute")
    mix = Mix(shares, size=size, shortage=policy, max_epochs=epochs)
    frame, assets = pool(counts), Assets()
    try:
        ids = blend(mix, frame, assets)
    except ShortageError:
        assert policy != "shrink" and size != "max"
        return
    table = assets.outputs["shares"].filter(pl.col("split") == "train")
    granted = dict(table.select("source", "granted").iter_rows())
    assert len(ids) == sum(granted.values())
    if size != "max":
        assert len(ids) == size or policy == "shrink"
    # no row more often than it may be, and in its epochs: nobody has a third turn while another waits for its second
    times = Counter(ids)
    assert max(times.values(), default=0) <= (epochs if policy == "repeat" else 1)
    # shares, where no policy bent them
    tree = resolve(mix.group, dict(table.select("source", "eligible").iter_rows()))
    if policy != "redistribute" or len(ids) <= table["feasible"][0]:
        assert all(abs(granted[leaf.name] - tree.share(leaf) * len(ids)) < 1 for leaf in tree.leaves())
    # every prefix is on ratio, by leaf
    leaf_of = {name: next((leaf for leaf in granted if leaf.split(" / ")[-1] == name), "") for name in SOURCES}
    so_far: Counter[str] = Counter()
    for place, name in enumerate(ids, start=1):
        so_far[leaf_of[name[0]]] += 1
        assert all(abs(so_far[leaf] - Fraction(num * place, len(ids))) < 1 for leaf, num in granted.items())
    # determinism, and the order of rows does not count
    assert blend(mix, frame.reverse()) == ids


@settings(deadline=None, max_examples=60)
@given(any_tree(), any_rows, st.integers(1, 40), st.sampled_from("abcde"))
def test_rows_added_elsewhere_change_no_choice(shares: Any, counts: list[int], size: int, extra: str) -> None:
    mix = Mix(shares, size=size, shortage="shrink")
    before, after = blend(mix, pool(counts)), blend(mix, pool(counts, extra))
    for source in set(SOURCES) - {extra}:
        fewer, more = sorted((of_source(before, source), of_source(after, source)), key=len)
        assert more[: len(fewer)] == fewer


@settings(deadline=None, max_examples=60)
@given(any_rows, st.lists(st.integers(1, 9), min_size=5, max_size=5), st.integers(1, 40))
def test_a_source_added_changes_no_choice_within_the_others(counts: list[int], parts: list[int], size: int) -> None:
    def of(names: str) -> list[str]:
        kept = {name: part for name, part in zip(SOURCES, parts, strict=True) if name in names}
        shares = {name: f"{part}/{sum(kept.values())}" for name, part in kept.items()}
        frame = pool(counts).filter(pl.col("source").is_in(list(names)))
        return blend(Mix(shares, size=size, shortage="shrink"), frame)

    four, five = of("abcd"), of("abcde")
    for source in "abcd":
        fewer, more = sorted((of_source(four, source), of_source(five, source)), key=len)
        assert more[: len(fewer)] == fewer
