"""Looks for what must never be published: anything that looks like a token or a private key; and never repeats it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

# (whose, pattern): the fixed beginnings that services give their tokens, so that a formula or a hash is none.
_KINDS = (
    ("Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("OpenAI or Anthropic key", r"\bsk-[A-Za-z0-9_-]{32,}"),
    ("GitHub token", r"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,})"),
    ("AWS key", r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("Google key", r"\bAIza[0-9A-Za-z_-]{35}"),
    ("Slack token", r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    ("NVIDIA key", r"\bnvapi-[A-Za-z0-9_-]{40,}"),
    ("private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
)


def find_secrets(files: Iterable[tuple[str, Path]], known: str = "") -> Iterator[str]:
    """Yield one sentence for each kind of secret in each file: which file and row, what it looks like.

    files: (how it is called, where it is). known: a secret of this machine, such as the token in use, or "".
    """
    for name, path in files:
        if path.suffix == ".parquet":
            rows = pl.read_parquet(path, glob=False)
            lines = rows.select(pl.struct(pl.all()).struct.json_encode()).to_series()
            places = rows.get_column("id")
        else:
            lines = pl.Series(path.read_text(encoding="utf-8").splitlines(), dtype=pl.String)
            places = pl.Series([f"line {number}" for number in range(1, lines.len() + 1)], dtype=pl.String)
        for kind, pattern in _KINDS:
            for place in places.filter(lines.str.contains(pattern)).head(1):
                yield f"{name}: {place} holds what looks like a {kind}"
        if known:
            for place in places.filter(lines.str.contains(known, literal=True)).head(1):
                yield f"{name}: {place} holds your own token"
