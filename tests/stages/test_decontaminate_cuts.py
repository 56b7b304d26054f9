"""The same rows go, for the same items, however they are ordered, cut into shards and shared among workers."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import polars as pl
import pytest

from benchmarks.decontaminate import sample_items
from benchmarks.plants import leak_corpus
from benchmarks.rows import seed_rows
from pipeline.stage import Assets
from stages.decontaminate import Decontaminate

FOUND = ["id", "drop", "evidence"]


def marked(shard: tuple[Path, Path]) -> pl.DataFrame:
    """Return what is found in a shard, given the files of its rows and of the benchmarks."""
    rows, items = map(pl.read_parquet, shard)
    return Decontaminate().mark(rows, Assets({"benchmarks": items})).select(FOUND)


@pytest.fixture(scope="module")
def corpus() -> pl.DataFrame:
    """Rows of the sample, a tenth of them leaks of all kinds."""
    clean = pl.concat(seed_rows(None).values()).select("question", "options")
    return leak_corpus(clean, sample_items(), num_rows=2_000, seed=5, rules="tune")


def found_in(folder: Path, rows: pl.DataFrame, *, shards: int, workers: int) -> pl.DataFrame:
    """Return what is found when the rows lie in so many shards and as many workers look, by id."""
    folder.mkdir()
    sample_items().write_parquet(folder / "items.parquet")
    paths = []
    for nr, part in enumerate(rows.iter_slices(-(-rows.height // shards))):
        part.select("id", "question", "options").write_parquet(folder / f"{nr}.parquet")
        paths.append((folder / f"{nr}.parquet", folder / "items.parquet"))
    if workers == 1:
        found = list(map(marked, paths))
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(marked, paths))
    return pl.concat(found).sort("id")


def test_order_shards_and_workers_do_not_count(corpus: pl.DataFrame, tmp_path: Path) -> None:
    once = found_in(tmp_path / "once", corpus, shards=1, workers=1)
    assert once["drop"].drop_nulls().len() > 150
    shuffled = corpus.sample(fraction=1.0, shuffle=True, seed=1)
    assert found_in(tmp_path / "cut", shuffled, shards=16, workers=2).equals(once)


def test_order_of_the_items_does_not_count(corpus: pl.DataFrame) -> None:
    items = sample_items()
    turned = items.sample(fraction=1.0, shuffle=True, seed=2)
    rows = corpus.select("id", "question", "options")
    one, two = (
        Decontaminate().mark(rows, Assets({"benchmarks": given}))["drop"].is_null() for given in (items, turned)
    )
    assert one.equals(two)
