"""verifiers (Prime Intellect): JSON lines of prompt, answer and info, and the environment that pays them."""

from typing import Any

from pipeline.export.format import Format, Row, content

_ENVIRONMENT = '''"""The environment of this blend for verifiers, paid by crossthink's verifier. Needs crossthink."""

from pathlib import Path
from typing import Any

import verifiers as vf
from datasets import load_dataset

from trainer.label import label_score

HERE = Path(__file__).parent


def correct(completion: Any, info: dict[str, Any], **_: Any) -> float:
    """Return 1.0 or 0.0 for accuracy and format together; a fault of the verifier counts as 0."""
    return label_score(info, completion) or 0.0


def load_environment(**arguments: Any) -> vf.Environment:
    blend = load_dataset("json", data_files={path.stem: str(path) for path in HERE.glob("*.jsonl")})
    rubric = vf.Rubric(funcs=[correct], weights=[1.0])
    return vf.SingleTurnEnv(dataset=blend["train"], eval_dataset=blend.get("validation"), rubric=rubric, **arguments)
'''


def _record(row: Row) -> dict[str, Any]:
    return {
        "prompt": list(row["prompt"]),
        "answer": row["ground_truth"],
        "info": {**row["extra_info"], "source": row["source"]},
        "task": row["form"],
    }


VERIFIERS = Format(
    name="verifiers",
    record=_record,
    asked=lambda record: (content(record["prompt"]), record["answer"]),
    beside={"crossthink_blend.py": _ENVIRONMENT},
    use="""\
    from crossthink_blend import load_environment
    environment = load_environment()      # vf.SingleTurnEnv; its rubric pays accuracy and format together
""",
)
