"""NeMo Gym: JSON lines of responses_create_params with what its servers `mcqa` and `math_with_judge` grade by."""

from typing import Any

from pipeline.export.format import Format, Row, content
from pipeline.row import LETTERS


def _record(row: Row) -> dict[str, Any]:
    record: dict[str, Any] = {
        "responses_create_params": {"input": list(row["prompt"])},
        "question": row["question"],
        "expected_answer": row["ground_truth"],
        "uuid": row["id"],
        "metadata": {"ground_truth": row["ground_truth"], "source": row["source"], **row["extra_info"]},
        "agent_ref": {"type": "responses_api_agents", "name": "math_with_judge_simple_agent"},
    }
    if row["form"] == "mcq":
        record |= {
            "expected_answer": LETTERS[row["label"]],
            "options": [{letter: text} for letter, text in zip(LETTERS, row["options"], strict=False)],
            "grading_mode": "lenient_boxed",  # \boxed{F: Paris} and \boxed{F}
            "agent_ref": {"type": "responses_api_agents", "name": "mcqa_simple_agent"},
        }
    return record


def _asked(record: Row) -> tuple[str, str]:
    gold = record["metadata"]["ground_truth"]
    assert gold.startswith(record["expected_answer"]), "the gold that is graded is not the blend's"
    return content(record["responses_create_params"]["input"]), gold


NEMO_GYM = Format(
    name="nemo-gym",
    record=_record,
    asked=_asked,
    use="""\
    gym eval run --no-serve --input train.jsonl --output rollouts.jsonl    # with both agents of `agent_ref` served

Multiple-choice rows name the agent `mcqa_simple_agent`, the others `math_with_judge_simple_agent`; serve agents of
these names over the resources servers `mcqa` and `math_with_judge`. They grade by their own rules, not by crossthink's
verifier: see what such rules pay on your rows first, with `crossthink verify --reward math-verify`.
""",
)
