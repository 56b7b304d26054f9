"""verl: Parquet with its five columns, the same in every file, and the custom_reward_function file that pays them."""

from pipeline.export.format import Format, content

_REWARD = '''"""The reward of this blend for verl: its custom_reward_function. Needs crossthink."""

from typing import Any

from trainer.reward import compute_score as _score


def compute_score(
    data_source: str, solution_str: str, ground_truth: str, extra_info: dict[str, Any] | None = None, **_: Any
) -> float:
    """Return 1.0 or 0.0. verl has no mask for a row, so a fault of the verifier counts as 0."""
    if extra_info is None:
        raise ValueError(f"{data_source}: no extra_info; give the blend's files to verl as they are")
    return _score(data_source, solution_str, ground_truth, extra_info)
'''

VERL = Format(
    name="verl",
    columns=("data_source", "prompt", "ability", "reward_model", "extra_info"),
    asked=lambda record: (content(record["prompt"]), record["reward_model"]["ground_truth"]),
    beside={"reward.py": _REWARD},
    use="""\
    python -m verl.trainer.main_ppo algorithm.adv_estimator=grpo \\
      data.train_files=$PWD/train.parquet data.val_files=$PWD/validation.parquet \\
      data.max_prompt_length=2048 data.filter_overlong_prompts=True \\
      custom_reward_function.path=$PWD/reward.py custom_reward_function.name=compute_score ...

Without `custom_reward_function` verl looks for `data_source` in its own list and raises.
""",
)
