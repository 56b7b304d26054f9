"""Plain JSON lines: prompt and gold as text, and every flat column; for trainers and scripts of one's own."""

from typing import Any

from pipeline.export.format import Format, Row, content

_FLAT = ("question", "options", "label", "answer", "answer_type", "aliases", "unit", "tolerance", "form", "category",
         "domain", "source", "licence", "chance_level", "origin")  # fmt: skip


def _record(row: Row) -> dict[str, Any]:
    texts = {"id": row["id"], "prompt": content(row["prompt"]), "ground_truth": row["ground_truth"]}
    return texts | {name: row[name] for name in _FLAT}


JSONL = Format(
    name="jsonl",
    record=_record,
    asked=lambda record: (record["prompt"], record["ground_truth"]),
    use="""\
Each line is one row: `prompt` and `ground_truth` as text. The reward of a completion:

    from trainer.reward import score
    score(line, "<think>...</think> \\\\boxed{42}")   # 1.0, 0.0, or None where the verifier itself failed
""",
)
