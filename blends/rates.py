"""Where the attempts that `crossthink profile` measured are kept, and how a build finds them."""

from pathlib import Path

import polars as pl

from pipeline.fingerprint import FileDigests
from pipeline.step import RawFile, RawSource
from stages.difficulty import PassRates
from stages.source_map import LocalFiles


def profile_path(data: Path, blend: str) -> Path:
    """Return where the attempts on a blend's rows are kept."""
    return data / "profiles" / f"{blend}.parquet"


def measured_rates(data: Path, blend: str, digests: FileDigests) -> dict[str, RawSource]:
    """Return the pass rates of a blend as the asset that `difficulty` needs, or nothing where none were measured."""
    path = profile_path(data, blend)
    if not path.exists():
        return {}
    file = RawFile(path, f"profiles/{path.name}", f"sha256:{digests.of(path)}")
    return {"pass_rates": RawSource("profile", LocalFiles((file,)), PassRates())}


def pass_rates(data: Path, blend: str) -> dict[str, tuple[int, int]]:
    """Return successes and attempts by row key, of all models together; what the trainer begins its order with."""
    path = profile_path(data, blend)
    if not path.exists():
        return {}
    attempts = pl.read_parquet(path, columns=["key", "score"]).drop_nulls("score")
    rates = attempts.group_by("key").agg(pl.col("score").sum().cast(pl.Int64), attempts=pl.len())
    return {key: (successes, num) for key, successes, num in rates.iter_rows()}
