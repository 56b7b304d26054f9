"""What the stage `paraphrase` finds of rephrased and translated items, and of clean rows, at several cosines.

    python -m benchmarks.paraphrase --data FOLDER --model FOLDER [--others 1500]

FOLDER holds pairs/, eval/ and sources/. model: of sentence-transformers. Rows: the rephrased side of the pairs, and as
clean ones questions of OpenBookQA and of GSM8K for training, which no benchmark here has. Items: the benchmarks of
the pairs, and `others` items of MMLU-Pro. Needs the extra `embed`.
"""

import argparse
import json
from pathlib import Path

import polars as pl

from pipeline.match.inline import with_options_apart
from pipeline.stage import Assets
from stages.paraphrase import Paraphrase

_COSINES = (0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--others", type=int, default=1_500)
    given = parser.parse_args()
    rows, items = _rows(given.data), _items(given.data, given.others)
    assets = Assets({"benchmarks": items})
    marked = Paraphrase(given.model, sure=min(_COSINES), grey=min(_COSINES)).mark(rows, assets)
    evidence = pl.col("evidence").str.json_path_match
    score = evidence("$.score").cast(pl.Float64).fill_null(0.0)
    found = marked.select(
        "kind", "item_question", score=score, said=evidence("$.item"), same=pl.col("drop").is_not_null()
    )
    found = found.join(items.select(said="item", said_question="question"), on="said", how="left")
    right = pl.col("item_question").is_null() | (pl.col("item_question") == pl.col("said_question"))
    for cosine in _COSINES:
        enough = pl.col("score") >= cosine
        told = found.group_by("kind").agg(
            rows=pl.len(),
            found=enough.mean().round(4),
            right_item=(enough & right).mean().round(4),
            same_numbers=(enough & pl.col("same")).mean().round(4),
        )
        print(json.dumps({"cosine": cosine, "kinds": told.sort("kind").to_dicts()}), flush=True)


def _rows(data: Path) -> pl.DataFrame:
    """Return rows: id, kind, question, options, item_question (of what it rephrases, null for clean ones)."""
    parts = []
    for name in ("rephrased_gsm8k", "rephrased_mmlu"):
        pairs = pl.read_parquet(data / "pairs" / f"pairs_{name}.parquet")
        asked = with_options_apart(pairs.select(question="text_b", options=pl.lit(None, pl.List(pl.String))))
        kind = pl.Series(f"{name} " + pairs["kind"])
        parts.append(asked.with_columns(kind=kind, item_question=pairs["text_a"]))
    for name in ("gsm8k_train", "openbookqa"):
        clean = pl.read_parquet(data / "sources" / f"{name}.parquet").sample(500, seed=7)
        none = pl.lit(None, pl.String)
        parts.append(clean.select("question", "options", kind=pl.lit(f"clean {name}"), item_question=none))
    return pl.concat(parts, how="diagonal").with_columns(id=pl.format("r{}", pl.int_range(pl.len())))


def _items(data: Path, others: int) -> pl.DataFrame:
    """Return the items of GSM8K's test and MMLU's sociology, and some of MMLU-Pro."""
    read = {
        name: pl.read_parquet(data / "eval" / f"{name}.parquet") for name in ("gsm8k_test", "mmlu_test", "mmlu_pro")
    }
    read["mmlu_test"] = read["mmlu_test"].filter(pl.col("subject") == "sociology")
    read["mmlu_pro"] = read["mmlu_pro"].sample(others, seed=7)
    frames = [frame.select("question", "options", benchmark="source", item="id") for frame in read.values()]
    return pl.concat(frames)


if __name__ == "__main__":
    main()
