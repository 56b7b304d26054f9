"""The configuration: presets as they are meant, and each fault one line with place and mend."""

from pathlib import Path

import pytest

from pipeline.errors import RecipeError
from trainer.config import PRESETS, Config, read_config


def test_the_papers_preset_is_the_papers() -> None:
    paper = read_config("paper_7b")
    told = (
        paper.lr,
        paper.prompts,
        paper.rollouts,
        paper.context,
        paper.temperature,
        paper.top_p,
        paper.beta,
        paper.steps,
    )
    assert told == (1e-6, 128, 8, 5_000, 1.0, 1.0, 0.001, 650)
    assert (paper.pay_both, paper.pay_accuracy, paper.pay_format) == (1.0, 0.0, 0.0)
    assert (paper.model, paper.blend, paper.warm_up_steps) == ("Qwen/Qwen2.5-7B", "nemo_weighted", 0)


def test_every_preset_reads_and_says_first_where_it_was_run() -> None:
    names = sorted(path.stem for path in PRESETS.glob("*.yaml"))
    assert names == ["modern_7b", "paper_7b", "single_gpu", "tiny_cpu"]
    for name in names:
        assert isinstance(read_config(name), Config)
        first = " ".join((PRESETS / f"{name}.yaml").read_text().splitlines()[:4]).lower()
        assert ("never run" in first) == (name != "tiny_cpu")


def test_changes_replace_what_the_file_says() -> None:
    assert read_config("tiny_cpu", ["steps: 3", "seed: 7"]).steps == 3
    assert read_config("tiny_cpu", ["steps: 3", "seed: 7"]).seed == 7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("stepps: 3", "unknown key 'stepps'; did you mean 'steps'?"),
        ("steps: many", "steps: Input should be a valid integer"),
        ("steps: 0", "steps 0 must be at least 1"),
        ("rollouts: 1", "rollouts 1 must be at least 2, or no group has a gradient"),
        ("micro_batch: 7", "micro_batch 7 does not divide 32 prompts x 8 rollouts"),
        ("model: some/model", "say either model (a folder or a name on the Hub) or tiny"),
        ("loss: ppo", "loss: Input should be 'grpo', 'dapo', 'dr_grpo' or 'bnpo'"),
        ("pay_both: 0", "nothing is ever paid"),
        ("overlong_tokens: 40", "overlong_tokens 40 must be below completion 40"),
        ("tiny: {hiden: 3}", "tiny.hiden: "),
        ("steps", "expected 'key: value', found 'steps'"),
        ("steps: [", "not YAML"),
    ],
)
def test_each_fault_is_one_line(change: str, said: str) -> None:
    with pytest.raises(RecipeError) as stop:
        read_config("tiny_cpu", [change])
    assert said in str(stop.value)
    assert "\n" not in str(stop.value)


def test_an_unknown_name_says_which_are_known(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="did you mean 'paper_7b'"):
        read_config("paper_8b")
    with pytest.raises(RecipeError, match="or give the path of a YAML"):
        read_config(str(tmp_path / "none.yaml"))
