"""TRL: Parquet with a chat `prompt`; every other column reaches the reward functions of GRPOTrainer by its name."""

from pipeline.export.format import Format, content

_REWARD = '''"""The reward of this blend for TRL: GRPOTrainer(..., reward_funcs=blend_reward). Needs crossthink."""

from trainer.reward import blend_reward

__all__ = ["blend_reward"]
'''

TRL = Format(
    name="trl",
    columns=("prompt", "ground_truth", "extra_info", "id", "source", "category", "domain", "form", "answer_type",
             "chance_level", "licence"),
    asked=lambda record: (content(record["prompt"]), record["ground_truth"]),
    beside={"reward.py": _REWARD},
    use="""\
    from datasets import load_dataset
    from reward import blend_reward
    from trl import GRPOConfig, GRPOTrainer

    blend = load_dataset("parquet", data_files={"train": "train.parquet", "validation": "validation.parquet"})
    GRPOTrainer(model, reward_funcs=blend_reward, train_dataset=blend["train"], args=GRPOConfig(
        max_completion_length=4096, mask_truncated_completions=True, epsilon_high=0.28))

`max_completion_length` is 512 and `mask_truncated_completions` False unless you say otherwise. A reward of None leaves
a row out of the advantage: the verifier itself failed or ran out of time.
""",
)  # fmt: skip
