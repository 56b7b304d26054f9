"""open-instruct: JSON lines of messages, ground_truth and dataset, and the verifier of that name."""

from typing import Any

import orjson

from pipeline.export.format import Format, Row, content

_VERIFIER = '''"""The verifier `crossthink` for open-instruct: import this file before its trainer builds its verifiers.

Needs crossthink. open-instruct finds every subclass of VerifierFunction; a row names its verifier in `dataset`.
"""

from typing import Any

from open_instruct.ground_truth_utils import VerificationResult, VerifierFunction

from trainer.label import label_score


class CrossthinkVerifier(VerifierFunction):
    def __init__(self, verifier_config: Any = None) -> None:
        super().__init__("crossthink", weight=1.0, verifier_config=verifier_config)

    def __call__(
        self, tokenized_prediction: list[int], prediction: str, label: Any, query: str | None = None, **_: Any
    ) -> VerificationResult:
        return VerificationResult(score=label_score(label, prediction) or 0.0)
'''


def _record(row: Row) -> dict[str, Any]:
    # open-instruct hands its verifier the label alone, so the label says how it is graded: form, options, tolerance.
    label = {"ground_truth": row["ground_truth"], **row["extra_info"]}
    return {
        "messages": list(row["prompt"]),
        "ground_truth": orjson.dumps(label).decode(),
        "dataset": "crossthink",
        "id": row["id"],
        "source": row["source"],
    }


OPEN_INSTRUCT = Format(
    name="open-instruct",
    record=_record,
    asked=lambda record: (content(record["messages"]), orjson.loads(record["ground_truth"])["ground_truth"]),
    beside={"crossthink_verifier.py": _VERIFIER},
    use="""\
    python -c "import crossthink_verifier, runpy; runpy.run_module('open_instruct.grpo', run_name='__main__')" \\
      --dataset_mixer_list $PWD/train.jsonl 1.0 --dataset_mixer_eval_list $PWD/validation.jsonl 1.0 ...

`1.0` is all rows; `1` would be one row. Each row's verifier is `crossthink`, which the file beside the data brings.
""",
)
