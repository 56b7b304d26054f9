"""The paper's blends on the catalogue's true sizes (588,645 simulated rows): realised shares against the paper's.

    python -m benchmarks.paper_blends

Rows have a key, a source, its category and the paper's form of it; nothing else counts for shares. Prints the table of
docs/blends.md, which a test compares.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import polars as pl

import blends
from pipeline.recipe import read_recipe
from pipeline.row import ROW, digest
from pipeline.stage import Assets
from stages.mix import Mix
from stages.mixing.counts import resolve
from stages.sources import SOURCES
from stages.table import STAGES

# Nemotron-CrossThink's weights as they follow from its Table 1: natural sizes inside each group, 2:1 between groups.
PAPER = {
    "nemo_natural": (0.1696, 0.3278, 0.1699, 0.1484, 0.1699, 0.0145),
    "nemo_more_math": (0.0847, 0.1637, 0.0849, 0.2973, 0.3404, 0.0290),
    "nemo_weighted": (0.1695, 0.3275, 0.1697, 0.1487, 0.1702, 0.0145),
    "nemo_more_mcq": (0.2273, 0.4393, 0.1127, 0.0984, 0.1127, 0.0096),
    "nemo_more_open": (0.1137, 0.2197, 0.2253, 0.1968, 0.2253, 0.0192),
    "only_math": (0.0, 0.0, 0.0, 0.4460, 0.5105, 0.0435),
    "only_gpr": (0.2542, 0.4912, 0.2546, 0.0, 0.0, 0.0),
}
_MCQ = ("mmlu_train", "syn_qa")
LIBRARY = Path(blends.__path__[0])


def mix_of(name: str) -> Mix:
    """Return the mix of one of our recipes."""
    recipe = read_recipe(LIBRARY / f"{name}.yaml", STAGES, set(SOURCES), shown=name, library=LIBRARY)
    return next(stage for _, stage in recipe.all if isinstance(stage, Mix))


def pool() -> pl.DataFrame:
    """Return the paper's pool: a row for each of its questions, with nothing but what shares depend on."""
    parts = []
    for source in SOURCES.values():
        names = [f"{source.name}-{nr}" for nr in range(source.paper_rows)]
        parts.append(pl.DataFrame({"id": names, "key": [digest(name) for name in names]}).with_columns(
            source=pl.lit(source.name),
            category=pl.lit(source.category),
            forms=pl.lit(["mcq" if source.name in _MCQ else "open"]),
            split=pl.lit("train"),
        ))  # fmt: skip
    rows = pl.concat(parts)
    return rows.with_columns(pl.lit(None, kind).alias(name) for name, kind in ROW.items() if name not in rows.columns)


def realised(name: str, rows: pl.DataFrame) -> tuple[dict[str, int], Fraction]:
    """Return rows of each source that a blend has, and by how many rows the worst leaf is off its exact share."""
    mix = mix_of(name)
    own = rows.filter(pl.col("source").is_in([source for source in SOURCES if mix.wants(source)]))
    assets = Assets()
    marked = mix.mark(mix.prepare(own.select(mix.columns), assets), assets)
    counts = dict(own.select("source").filter(marked.get_column("drop").is_null()).group_by("source").len().iter_rows())
    size = sum(counts.values())
    shares = assets.outputs["shares"].filter(pl.col("split") == "train")
    tree = resolve(mix.group, dict(shares.select("source", "eligible").iter_rows()))
    granted = dict(shares.select("source", "granted").iter_rows())
    assert sum(granted.values()) == size
    return counts, max(abs(granted[leaf.name] - tree.share(leaf) * size) for leaf in tree.leaves())


def table() -> Iterator[str]:
    """Yield the lines of the table: a blend's rows, each source's share beside the paper's, the worst error."""
    yield f"| blend | rows | {' | '.join(SOURCES)} | worst leaf |"
    yield f"|---|---:|{'---:|' * (len(SOURCES) + 1)}"
    rows = pool()
    for name, paper in PAPER.items():
        counts, worst = realised(name, rows)
        size = sum(counts.values())
        cells = []
        for source, asked in zip(SOURCES, paper, strict=True):
            share = counts.get(source, 0) / size
            # The paper's figures have four digits, and a count is a whole number.
            assert abs(share - asked) <= 0.00005 + 1 / size, (name, source, share, asked)
            cells.append(f"{share:.4f} / {asked:.4f}" if asked else "-")
        yield f"| {name} | {size:,} | {' | '.join(cells)} | {float(worst):.2f} rows off |"


def main() -> None:
    for line in table():
        print(line)


if __name__ == "__main__":
    main()
