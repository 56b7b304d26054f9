"""A training run's configuration: one frozen record, read strictly from a preset or a YAML; each fault, one line."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Literal

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipeline.errors import RecipeError, did_you_mean

PRESETS = Path(__file__).parent / "presets"


@dataclass(frozen=True)
class Tiny:
    """A model made on the spot and warmed up by supervised steps on the blend's training rows (trainer/tiny.py).

    slips: the share of warm-up targets that hold a slip, so that the model ends middling and has something to learn.
    """

    hidden: int = 128
    layers: int = 3
    steps: int = 250
    batch: int = 128
    lr: float = 2e-3
    slips: float = 0.45

    __pydantic_config__: ClassVar[ConfigDict] = {"extra": "forbid"}


@dataclass(frozen=True)
class Config:
    """What a run is. `prompts` x `rollouts` completions a step; lengths in tokens; the reward is a weighted sum.

    model: a folder or a name on the Hub; with `tiny` it is made instead. context: prompt and completion together.
    completion: the longest completion; 0: what the longest prompt of the blend leaves of `context`.
    micro_batch: completions that one device holds in a forward pass. pay_both: for accuracy AND format (the paper);
    pay_accuracy, pay_format: for each alone. overlong_tokens: completions that come this near to the limit lose up to 1
    (DAPO's soft punishment); 0 is off. order: `blend` shuffles within each source, `difficulty` draws rows that are
    solved sometimes first. eval_rows: validation rows tried; 0 tries all. recheck: the share of completions that
    math-verify grades again. report_to: tensorboard, wandb, trackio.
    """

    name: str
    blend: str
    steps: int
    prompts: int
    rollouts: int
    context: int
    micro_batch: int
    lr: float
    model: str = ""
    tiny: Tiny | None = None
    sources: str = "hub"
    allow_sample: bool = False
    completion: int = 0
    temperature: float = 1.0
    top_p: float = 1.0
    warm_up_steps: int = 0
    loss: Literal["grpo", "dapo", "dr_grpo", "bnpo"] = "grpo"
    scale_rewards: Literal["group", "batch", "none"] = "group"
    beta: float = 0.0
    clip_low: float = 0.2
    clip_high: float = 0.2
    mask_truncated: bool = False
    importance_sampling: bool = True
    lora_rank: int = 0
    device: Literal["cuda", "cpu"] = "cuda"
    precision: Literal["bfloat16", "float32"] = "bfloat16"
    generator: Literal["transformers", "vllm_colocate", "vllm_server"] = "transformers"
    vllm_url: str = "http://127.0.0.1:8000"
    vllm_memory: float = 0.3
    pay_both: float = 1.0
    pay_accuracy: float = 0.0
    pay_format: float = 0.0
    overlong_tokens: int = 0
    order: Literal["blend", "difficulty"] = "blend"
    eval_every: int = 50
    eval_rows: int = 0
    save_every: int = 50
    recheck: float = 0.05
    report_to: tuple[str, ...] = ("tensorboard",)
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("steps", "prompts", "context", "micro_batch", "eval_every", "save_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} must be at least 1")
        if self.rollouts < 2:
            raise ValueError(f"rollouts {self.rollouts} must be at least 2, or no group has a gradient")
        if bool(self.model) == bool(self.tiny):
            raise ValueError("say either model (a folder or a name on the Hub) or tiny (made on the spot)")
        if (self.prompts * self.rollouts) % self.micro_batch:
            raise ValueError(
                f"micro_batch {self.micro_batch} does not divide {self.prompts} prompts x {self.rollouts} rollouts"
            )
        if not any((self.pay_both, self.pay_accuracy, self.pay_format)):
            raise ValueError("pay_both, pay_accuracy and pay_format are all 0: nothing is ever paid")
        if not 0 <= self.recheck <= 1:
            raise ValueError(f"recheck {self.recheck} must be between 0 and 1")
        if 0 < self.completion <= self.overlong_tokens:
            raise ValueError(f"overlong_tokens {self.overlong_tokens} must be below completion {self.completion}")


def read_config(name: str, changes: Sequence[str] = ()) -> Config:
    """Return a preset by its name, or the configuration in a YAML file. Raises RecipeError: place, value, mend.

    changes: "key: value" lines that replace what the file says.
    """
    path = PRESETS / f"{name}.yaml"
    shown = f"trainer/presets/{name}.yaml"
    if not path.exists():
        path, shown = Path(name), name
    if not path.is_file() or path.suffix not in (".yaml", ".yml"):
        known = [preset.stem for preset in PRESETS.glob("*.yaml")]
        raise RecipeError(
            f"no training configuration {name!r}; {did_you_mean(name, known)}, or give the path of a YAML"
        )
    value = {"name": path.stem, **_mapping(path.read_text(), shown)}
    for change in changes:
        value |= _mapping(change, f"--set {change!r}")
    return config_of(value, shown)


def config_of(value: dict[str, Any], shown: str) -> Config:
    """Return the configuration that `value` says. Raises RecipeError."""
    known = {field.name for field in fields(Config)}
    for key in value:
        if key not in known:
            raise RecipeError(f"{shown}: unknown key {key!r}; {did_you_mean(str(key), known)}")
    try:
        return TypeAdapter(Config).validate_python(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        found = "" if first["type"] in ("missing", "value_error") else f", found {first['input']!r}"
        message = first["msg"].removeprefix("Value error, ")
        raise RecipeError(f"{shown}: {f'{where}: ' if where else ''}{message}{found}; correct it") from error


def _mapping(text: str, shown: str) -> dict[str, Any]:
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RecipeError(f"{shown}: not YAML ({str(error).splitlines()[0]}); mend it") from error
    if not isinstance(value, dict):
        raise RecipeError(f"{shown}: expected 'key: value', found {value!r}")
    return value
