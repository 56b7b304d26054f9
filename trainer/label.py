"""Pays a completion by a label that came with it: for trainers that hand their reward the label and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

from trainer.reward import Completion, score


def label_score(label: str | Mapping[str, Any], completion: Completion) -> float | None:
    """Return 1.0, 0.0, or None for our fault. label: the blend's `extra_info`, or JSON of it."""
    row = json.loads(label) if isinstance(label, str) else label
    return score(row, completion)
