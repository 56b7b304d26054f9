"""What is settled before step 0, so that nothing long starts in vain: template, lengths, golds through it, memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from pipeline.errors import DataError, RecipeError, did_you_mean
from pipeline.verify import grade
from trainer.config import Config
from trainer.reward import PAPER

_SHOWN = 3  # rows named in a message
_GIB = 2**30
_LOGGERS = ("tensorboard", "wandb", "trackio")


@dataclass(frozen=True)
class Lengths:
    """Tokens of the longest prompt, and the longest completion that the context leaves."""

    longest_prompt: int
    completion: int


def check_sample(config: Config, manifest: Mapping[str, Any], folder_name: str) -> None:
    """Refuse a blend that was built from the sample, unless the configuration says so."""
    name = manifest["blend"]
    if folder_name.startswith(f"{name}-sample") and not config.allow_sample:
        raise DataError(
            f"{folder_name}: built from the sample, which is not for training; build it with --sources hub, or set "
            "allow_sample: true"
        )


def check_installed(config: Config) -> None:
    """Refuse a run whose generator or logger is not there."""
    for logger in config.report_to:
        if logger not in ("none", *_LOGGERS):
            raise RecipeError(f"{config.name}: report_to {logger!r}; {did_you_mean(logger, ('none', *_LOGGERS))}")
        if logger != "none" and find_spec(logger) is None:
            raise RecipeError(
                f"{config.name}: report_to {logger}: not installed; pip install {logger}, or leave it out"
            )
    if config.generator.startswith("vllm") and find_spec("vllm") is None:
        raise RecipeError(f"{config.name}: generator {config.generator}: vLLM is not installed; or set transformers")
    if config.generator == "vllm_server" and config.device == "cpu":
        raise RecipeError(
            f"{config.name}: generator vllm_server: sends weights from GPU to GPU; on a CPU vllm_colocate"
        )


def check_template(tokenizer: Any, model: str) -> None:
    if not tokenizer.chat_template:
        raise DataError(f"{model}: its tokenizer has no chat template; add one to it, or name an instruct model")


def check_lengths(config: Config, tokenizer: Any, rows: Any, model_limit: int | None) -> Lengths:
    """Return the lengths of a run. Raises RecipeError where prompts do not fit in its context."""
    if model_limit and config.context > model_limit:
        raise RecipeError(f"{config.name}: context {config.context}: the model has {model_limit}; lower it")
    longest, row_id = 0, ""
    for row_id_, prompt in zip(rows["id"], rows["prompt"], strict=True):
        tokens = len(tokenizer.apply_chat_template(prompt, add_generation_prompt=True, return_dict=False))
        if tokens > longest:
            longest, row_id = tokens, row_id_
    least = config.completion or 1
    if longest + least > config.context:
        raise RecipeError(
            f"{config.name}: context {config.context} is too short: the longest prompt, {row_id}, has {longest:,} "
            f"tokens and the completion needs {least:,}; raise it to {longest + least:,}"
        )
    completion = config.completion or config.context - longest
    if config.overlong_tokens >= completion:
        raise RecipeError(f"{config.name}: overlong_tokens {config.overlong_tokens} must be below {completion}")
    return Lengths(longest, completion)


def check_golds(tokenizer: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write every gold as a completion, through the chat template and back, and have it earn 1.

    Raises DataError that names the first rows that do not: a tag that the tokenizer takes for a special token, a
    template that cuts the thinking out, a character that the vocabulary lacks.
    """
    golds: dict[Any, Any] = {}
    failed = []
    for row in rows:
        answer = {"role": "assistant", "content": f"<think>\n.\n</think>\n\\boxed{{{_gold(row)}}}"}
        asked = tokenizer.apply_chat_template(row["prompt"], add_generation_prompt=True, return_dict=False)
        whole = tokenizer.apply_chat_template([*row["prompt"], answer], return_dict=False)
        text = tokenizer.decode(whole[len(asked) :], skip_special_tokens=True)
        if PAPER.of(grade(row["extra_info"], text, strict=True, golds=golds), 0) != 1.0:
            failed.append(f"{row['id']} ({text[-60:]!r})")
    if failed:
        more = f" and {len(failed) - _SHOWN:,} more" if len(failed) > _SHOWN else ""
        raise DataError(
            f"{len(failed):,} of {len(rows):,} golds do not earn 1 through the chat template: "
            f"{', '.join(failed[:_SHOWN])}{more}; another tokenizer or template, or take the rows out"
        )


def _gold(row: Mapping[str, Any]) -> str:
    """Return the gold of a row as its prompt asks for it; the control arm's too."""
    gold = row["extra_info"]
    if gold["form"] == "open":
        return str(gold["answer"])
    return f"{chr(ord('A') + gold['label'])}: {gold['answer']}"


def memory_needed(config: Config, num_parameters: int, vocabulary: int, lengths: Lengths) -> dict[str, float]:
    """Return about how many bytes a device needs, by what for.

    All weights: weights, gradients and Adam's two moments. LoRA: the weights and little else. A forward pass over
    `micro_batch` completions holds its logits three times (float32, gradient, log-probabilities).
    """
    width = 2 if config.precision == "bfloat16" else 4
    trained = 0 if config.lora_rank else num_parameters
    weights = num_parameters * width
    logits = 3 * 4 * config.micro_batch * lengths.completion * vocabulary
    reference = weights if config.beta and not config.lora_rank else 0
    return {
        "weights": weights,
        "gradients and optimizer": trained * (width + 8),
        "reference": reference,
        "logits": logits,
        "vLLM": weights if config.generator == "vllm_colocate" else 0,
    }


def check_memory(config: Config, needed: Mapping[str, float], available: float, shards: int) -> None:
    """Refuse a run that cannot fit. shards: devices that weights and optimizer are spread over."""
    total = sum(part / (1 if name in ("logits", "vLLM") else shards) for name, part in needed.items())
    if total > available:
        said = ", ".join(f"{name} {part / _GIB:.1f}" for name, part in needed.items() if part)
        raise RecipeError(
            f"{config.name}: too little memory: about {total / _GIB:.1f} GiB are needed ({said}), "
            f"{available / _GIB:.1f} are there; lower micro_batch, set lora_rank, or spread it over more devices"
        )


def available_memory(device: str) -> float:
    """Return the free bytes of the device."""
    import psutil
    import torch

    if device == "cuda":
        if not torch.cuda.is_available():
            raise RecipeError("device cuda: torch sees no GPU; set device: cpu, or install torch for CUDA")
        return float(torch.cuda.mem_get_info()[0])
    return float(psutil.virtual_memory().available)
