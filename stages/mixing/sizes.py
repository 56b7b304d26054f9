"""The size of a blend: rows, or a budget of tokens; and how the tokens of a row are estimated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.errors import did_you_mean
from pipeline.stage import ParameterError

_KEYS = ("tokens", "rollout_tokens", "rollouts", "completion_tokens", "tokenizer")
CHARACTERS_A_TOKEN = 4  # the rule of thumb for English; the data-only install has no tokenizer


@dataclass(frozen=True)
class Size:
    """How large a blend is. rows: a number, or None for the largest feasible; tokens: a budget, or None.

    A row costs the tokens of its prompt; where rollouts are counted, `rollouts` times those and `completion` more.
    """

    rows: int | None = None
    tokens: int | None = None
    rollouts: int = 1
    completion: int = 0
    tokenizer: str = ""

    def says(self) -> str:
        """Say what was asked and how it is estimated."""
        if self.tokens is None:
            return f"{self.rows:,} rows" if self.rows is not None else "the largest"
        counted = f"tokenizer {self.tokenizer}" if self.tokenizer else f"characters / {CHARACTERS_A_TOKEN}"
        if not self.completion:
            return f"{self.tokens:,} prompt tokens ({counted})"
        each = f"{self.rollouts} x (prompt by {counted} + {self.completion:,})"
        return f"{self.tokens:,} rollout tokens, a row counted as {each}"


def read_size(value: Any) -> Size:
    """Return the size that a recipe states: rows, "max", {tokens: N} or {rollout_tokens: N, completion_tokens: M}."""
    if value == "max":
        return Size()
    if isinstance(value, int) and not isinstance(value, bool):
        return Size(rows=_positive(value, "size", (), "'max' or "))
    if not isinstance(value, Mapping):
        raise ParameterError(f"size: expected rows, 'max' or a budget of tokens, found {value!r}", "size")
    for key in value:
        if key not in _KEYS:
            raise ParameterError(f"size: no key {key!r}; {did_you_mean(str(key), _KEYS)}", "size", str(key))
    if ("tokens" in value) == ("rollout_tokens" in value):
        raise ParameterError("size: give 'tokens' or 'rollout_tokens', one of the two", "size")
    tokenizer = str(value.get("tokenizer", ""))
    if "tokens" in value:
        if {"rollouts", "completion_tokens"} & set(value):
            raise ParameterError("size: 'tokens' counts prompts alone; take 'rollout_tokens' for rollouts", "size")
        return Size(tokens=_positive(value["tokens"], "tokens", ("tokens",)), tokenizer=tokenizer)
    if "completion_tokens" not in value:
        raise ParameterError("size: 'rollout_tokens' needs 'completion_tokens', the mean you expect of one", "size")
    tokens, rollouts, completion = (
        _positive(value.get(key, 8), key, (key,)) for key in ("rollout_tokens", "rollouts", "completion_tokens")
    )
    return Size(tokens=tokens, rollouts=rollouts, completion=completion, tokenizer=tokenizer)


def _positive(value: Any, name: str, keys: tuple[str, ...], otherwise: str = "") -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ParameterError(f"{name} {value!r} must be {otherwise}at least 1", "size", *keys)
    return value


def row_tokens(rows: pl.DataFrame, size: Size, folders: Sequence[Path]) -> pl.Series:
    """Return what each row costs in tokens: its question and options, and its rollouts where they are counted."""
    if size.tokenizer:
        count = tokenizer_of(size, folders)
        asked = rows.select("question", "options").iter_rows()
        prompts = pl.Series(count(["\n".join([question or "", *(options or ())]) for question, options in asked]))
    else:
        options = pl.col("options").list.eval(pl.element().str.len_chars() + 1).list.sum().fill_null(0)
        characters = pl.col("question").str.len_chars().fill_null(0) + options
        prompts = rows.select((characters + CHARACTERS_A_TOKEN - 1) // CHARACTERS_A_TOKEN).to_series()
    return (prompts.cast(pl.Int64) + size.completion) * size.rollouts


def tokenizer_file(size: Size, folders: Sequence[Path]) -> Path:
    """Return the tokenizer.json of the folder that a recipe names. Raises ParameterError."""
    found = [folder / size.tokenizer / "tokenizer.json" for folder in folders or (Path(),)]
    path = next((path for path in found if path.is_file()), None)
    if path is None:
        raise ParameterError(f"size: no {size.tokenizer}/tokenizer.json beside the recipe; correct it", "size")
    return path


def tokenizer_of(size: Size, folders: Sequence[Path]) -> Callable[[list[str]], list[int]]:
    """Return what counts the tokens of texts. Raises ParameterError without the package `tokenizers`."""
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise ParameterError("size: a tokenizer needs `pip install tokenizers`; or leave it out", "size") from error
    made = Tokenizer.from_file(str(tokenizer_file(size, folders)))
    return lambda texts: [len(one.ids) for one in made.encode_batch(texts, add_special_tokens=False)]
