"""The reward: the curation's own `grade` as TRL and verl call it; accuracy AND format, a fault of ours is no reward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.verify import Grade, grade

Completion = str | Sequence[Mapping[str, str]]  # text, or chat messages of which the last is the model's


@dataclass(frozen=True)
class Pay:
    """What is paid for: a weighted sum. both: accuracy AND format at once, as the paper pays.

    overlong_tokens: a completion that comes this near to `limit` tokens loses up to 1 (DAPO's soft punishment); 0: off.
    """

    both: float = 1.0
    accuracy: float = 0.0
    format: float = 0.0
    overlong_tokens: int = 0
    limit: int = 0

    def of(self, graded: Grade, num_tokens: int) -> float | None:
        """Return the reward of a graded completion, None where grading it failed for a fault of ours."""
        if graded.score is None:
            return None
        right, formed = graded.score == 1.0, graded.format_ok
        paid = self.both * (right and formed) + self.accuracy * right + self.format * formed
        if self.overlong_tokens:
            over = num_tokens - (self.limit - self.overlong_tokens)
            paid -= min(1.0, max(0.0, over / self.overlong_tokens))
        return paid


PAPER = Pay()


def text_of(completion: Completion) -> str:
    """Return what the model wrote."""
    return completion if isinstance(completion, str) else completion[-1]["content"]


def blend_reward(
    completions: Sequence[Completion], extra_info: Sequence[Mapping[str, Any]], **_: Any
) -> list[float | None]:
    """Return 1.0 or 0.0 for each completion, as TRL's GRPOTrainer calls reward functions.

    extra_info: the blend's column of that name; it says form, answer, options, label, aliases, unit and tolerance.
    None where our own verifier failed or ran out of time: TRL then leaves the row out of the advantage.
    """
    return [score(row, completion) for completion, row in zip(completions, extra_info, strict=True)]


def score(row: Mapping[str, Any], completion: Completion) -> float | None:
    """Return R_acc AND R_format of one completion (Nemotron-CrossThink, section 3): 1.0, 0.0, or None for our fault."""
    return PAPER.of(grade(row, text_of(completion), strict=True), 0)


def compute_score(data_source: str, solution_str: str, ground_truth: str, extra_info: Mapping[str, Any]) -> float:
    """Return the reward as verl's `custom_reward_function` wants it; verl has no mask, so our fault counts as 0."""
    return score(extra_info, solution_str) or 0.0
