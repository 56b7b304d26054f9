"""Plant leaks and near misses into the user's own rows and count what is found: recall and precision per kind."""

from random import Random

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from pipeline.match.leak_index import leak_index
from pipeline.match.leaks import found_leaks
from pipeline.match.plants import COPIES, OTHERS, Edit, embedded, renumbered
from pipeline.match.verdict import LeakThresholds

Plant = tuple[str, bool | None, str, list[str] | None]
_PLANTS = pl.Schema(
    {"kind": pl.String(), "is_leak": pl.Boolean(), "question": pl.String(), "options": pl.List(pl.String())}
)
# What was planted, how many, how many were dropped, and their share: recall for leaks, false alarms for what is none.
# `is_leak` is null for benchmark items turned round (`most` for `least`): another question, and yet no clean row.
REPORT = pl.Schema(
    {
        "kind": pl.String(),
        "is_leak": pl.Boolean(),
        "planted": pl.UInt32(),
        "dropped": pl.UInt32(),
        "share": pl.Float64(),
    }
)
_UNLIKE = 60  # rapidfuzz's ratio from which a held-out item is too near another one to tell anything
_HELD_OUT = 0.1  # of the items are kept out of the index: questions of the same topics that are no leaks
_RENUMBERED_WORDS = 12  # `Find 2 + 2` with other numbers is everybody's question

_LEAKS: dict[str, Edit] = {"verbatim": lambda text, rng: text, **COPIES, "embedded": embedded, "renumbered": renumbered}
_TURNED: dict[str, Edit] = {kind: OTHERS[kind] for kind in ("negated", "flipped condition")}


def self_test(
    rows: pl.DataFrame,
    benchmarks: pl.DataFrame,
    seed: int,
    *,
    per_kind: int = 100,
    thresholds: LeakThresholds | None = None,
) -> pl.DataFrame:
    """Return REPORT: a line for each kind of plant, for held-out items, and for the rows as they are.

    rows: question, options; about `per_kind` * 10 of them are looked at as they are (what is dropped there may be a
    true leak). benchmarks: benchmark, item, question, options.
    """
    rng = Random(seed)
    order = list(range(benchmarks.height))
    rng.shuffle(order)
    num_out = int(_HELD_OUT * len(order))
    index = leak_index(benchmarks[sorted(order[num_out:])])
    items = [index.items.row(nr, named=True) for nr in rng.sample(range(index.items.height), index.items.height)]
    planted: list[Plant] = []
    for kind, edit in _LEAKS.items():
        planted += _planted(kind, edit, items, rng, per_kind, is_leak=True)
    for kind, edit in _TURNED.items():
        planted += _planted(kind, edit, items, rng, per_kind, is_leak=None)
    shuffled = [item for item in items if item["options"]][:per_kind]
    planted += [
        ("options shuffled", True, item["question"], rng.sample(item["options"], len(item["options"])))
        for item in shuffled
    ]
    held_out = _unlike(benchmarks[order[: min(num_out, per_kind)]], index.items["question"])
    planted += [("other item", False, one["question"], one["options"]) for one in held_out.iter_rows(named=True)]
    own = rows.select("question", "options").sample(min(rows.height, 10 * per_kind), seed=seed)
    planted += [("your own row", False, one["question"], one["options"]) for one in own.iter_rows(named=True)]
    return _counted(planted, found_leaks(_frame(planted), index, thresholds=thresholds or LeakThresholds()))


def _unlike(items: pl.DataFrame, others: pl.Series) -> pl.DataFrame:
    """Return the items that are no near copy of one of `others`, for benchmarks hold each other's questions.

    Told by letters alone, so that the matcher under test has no say in it.
    """
    scores = process.cdist(
        items["question"].to_list(), others.to_list(), scorer=fuzz.ratio, score_cutoff=_UNLIKE, dtype=np.uint8
    )
    return items.filter(pl.Series(scores.max(axis=1, initial=0) == 0))


def _planted(
    kind: str, edit: Edit, items: list[dict[str, object]], rng: Random, wanted: int, *, is_leak: bool | None
) -> list[Plant]:
    """Return up to `wanted` plants of one kind: half of them with the item's options, half without."""
    plants: list[Plant] = []
    for item in rng.sample(items, min(len(items), 10 * wanted)):
        question, options = str(item["question"]), item["options"]
        if len(plants) == wanted:
            break
        if kind == "renumbered" and len(question.split()) < _RENUMBERED_WORDS:
            continue
        text = edit(question, rng)
        if text:
            plants.append(
                (kind, is_leak, text, list(options) if isinstance(options, list) and rng.random() < 0.5 else None)
            )
    return plants


def _frame(planted: list[Plant]) -> pl.DataFrame:
    return pl.DataFrame(planted, schema=_PLANTS, orient="row")


def _counted(planted: list[Plant], leaks: pl.DataFrame) -> pl.DataFrame:
    """Return REPORT."""
    dropped = leaks.filter(pl.col("reason").is_not_null())["row"]
    frame = _frame(planted).with_row_index("row").with_columns(dropped=pl.col("row").is_in(dropped.to_list()))
    counted = frame.group_by("kind", "is_leak").agg(planted=pl.len(), dropped=pl.col("dropped").sum())
    told = counted.with_columns(share=pl.col("dropped") / pl.col("planted"))
    return told.sort(pl.col("is_leak").not_(), "kind").select(REPORT.names()).cast(REPORT)
