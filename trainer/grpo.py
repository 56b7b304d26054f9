"""GRPO by TRL on a built blend: the trainer with our reward, our order of rows and our log; killed, it goes on."""

import json
import os
import time
import warnings
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from transformers.trainer_callback import PrinterCallback
from transformers.utils import logging as transformers_logging
from trl import GRPOConfig, GRPOTrainer

from pipeline.errors import DataError, RecipeError
from trainer import checks
from trainer.config import Config
from trainer.guards import alarms
from trainer.ledger import Ledger, StepLog, cut_back, last_checkpoint, pass_rates
from trainer.order import GroupSampler, Rates, epoch_order
from trainer.reward import Pay


class BlendTrainer(GRPOTrainer):  # type: ignore[misc, unused-ignore]  # trl is not there where types are checked
    """TRL's trainer with three differences: the order of rows, which split is graded, and how long generation takes."""

    ledger: Ledger
    make_order: Any
    generate_s = 0.0

    def _get_train_sampler(self, dataset: Any = None) -> Any:
        rows = self.train_dataset if dataset is None else dataset
        args = self.args
        return GroupSampler(
            len(rows),
            self.make_order,
            prompts=args.generation_batch_size // self.num_generations,
            rollouts=self.num_generations,
            repeats=self.num_iterations * args.steps_per_generation,
        )

    def _generate(self, prompts: list[Any]) -> Any:
        begun = time.perf_counter()
        made = super()._generate(prompts)
        self.generate_s += time.perf_counter() - begun
        return made

    def evaluate(self, *args: Any, **kwargs: Any) -> Any:
        self.ledger.split, self.ledger.held_out = "validation", []
        try:
            return super().evaluate(*args, **kwargs)
        finally:
            self.ledger.split = "train"


class Reporter(TrainerCallback):  # type: ignore[misc, unused-ignore]
    """Writes a line a step to `log.jsonl`, prints a short one, and raises alarms."""

    def __init__(self, trainer: BlendTrainer, folder: Path, tell: Any, *, is_main: bool) -> None:
        self._trainer, self._folder, self._tell, self._is_main = trainer, folder, tell, is_main
        self._log = StepLog(folder / "log.jsonl")
        self._begun, self._spent = time.perf_counter(), (0.0, 0.0)
        self._raised: set[str] = set()

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        if not self._is_main or not logs or not ({"reward", "eval_reward"} & set(logs)):
            return
        values = {name: round(value, 6) if isinstance(value, float) else value for name, value in logs.items()}
        ledger = self._trainer.ledger
        if "eval_reward" in logs:
            if ledger.held_out:  # of this process's rows; TRL takes the mean of its batches' means, small ones too
                values["eval_reward"] = round(sum(ledger.held_out) / len(ledger.held_out), 6)
            self._log.add(state.global_step, [], values)
            self._tell(f"step {state.global_step:>4}  held-out reward {values['eval_reward']:.3f}")
            return
        if not isfinite(logs.get("grad_norm", 0.0)):  # the optimizer has taken it: nothing can be sampled any more
            last = last_checkpoint(self._folder)[0]
            raise DataError(
                f"{self._folder}: step {state.global_step}: the gradient is not a number, and so are the weights; "
                f"the last checkpoint is of step {last}; lower lr, or set precision: float32, with another --out"
            )
        spent = self._trainer.generate_s, ledger.reward_s
        values["seconds/generation"] = round(spent[0] - self._spent[0], 4)
        values["seconds/reward"] = round(spent[1] - self._spent[1], 4)
        self._spent = spent
        values["seconds/all"] = round(time.perf_counter() - self._begun, 3)
        values["seconds/cpu"] = round(time.process_time(), 3)  # of this process, since its start
        found = alarms([*curve_of(self._log.lines), *curve_of([values])])
        if found:
            values["alarms"] = found
        self._log.add(state.global_step, ledger.last_ids, values)
        if state.global_step % 10 == 0 or state.global_step <= 1:
            right, wrong = logs.get("groups/all_right", 0), logs.get("groups/all_wrong", 0)
            tokens, entropy = logs["completions/mean_length"], logs["entropy"]
            self._tell(
                f"step {state.global_step:>4}  reward {logs['reward']:.3f}  tokens {tokens:.0f}  entropy {entropy:.2f}"
                f"  groups all right {right:.2f}, all wrong {wrong:.2f}"
            )
        for alarm in found:
            if alarm.partition(":")[0] not in self._raised:
                self._tell(f"ALARM at step {state.global_step}: {alarm}")
        self._raised = {alarm.partition(":")[0] for alarm in found}


def curve_of(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, float]]:
    """Return the curve that the alarms look at, of the lines of a log."""
    names = {"reward": "reward", "length": "completions/mean_length", "entropy": "entropy",
             "truncated": "all/truncated"}  # fmt: skip
    return [
        {name: float(line[key]) for name, key in names.items() if line.get(key) is not None}
        for line in lines
        if "reward" in line
    ]


def train_blend(
    config: Config, model: str, rows: Any, held_out: Any, folder: Path, rates: Rates, tell: Any
) -> dict[str, Any]:
    """Train `model` on the rows and return how long it took; what it saw and did stands in `folder`.

    A run that was killed goes on from its last checkpoint, with the same rows in the same order.
    """
    transformers_logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")  # of each other's names
    tokenizer = AutoTokenizer.from_pretrained(model, padding_side="left")
    checks.check_template(tokenizer, model)
    shape = AutoConfig.from_pretrained(model)
    lengths = checks.check_lengths(config, tokenizer, rows, getattr(shape, "max_position_embeddings", None))
    world = int(os.environ.get("WORLD_SIZE", "1"))
    needed = checks.memory_needed(config, _num_parameters(shape), shape.vocab_size, lengths)
    checks.check_memory(config, needed, checks.available_memory(config.device), world)
    checks.check_golds(tokenizer, rows)
    tell(
        f"{len(rows):,} rows, each gold earns 1 through the chat template; "
        f"longest prompt {lengths.longest_prompt} tokens"
    )
    done, last = last_checkpoint(folder)
    rank = int(os.environ.get("RANK", "0"))
    if rank == 0:
        cut_back(folder, done)
    if config.generator == "vllm_colocate" and config.device == "cpu":
        _keep_weights_in_vllm()
    pay = Pay(config.pay_both, config.pay_accuracy, config.pay_format, config.overlong_tokens, lengths.completion)
    ends = {tokenizer.eos_token_id, *_listed(shape.eos_token_id)}
    ledger = Ledger(folder, pay, ends=ends, recheck=config.recheck, rank=rank)
    trainer = BlendTrainer(
        model=model,
        processing_class=tokenizer,
        reward_funcs=[ledger],
        train_dataset=rows,
        eval_dataset=held_out,
        args=trl_config(config, folder, lengths.completion, world, starts=not done),
        peft_config=_lora(config),
    )
    trainer.ledger = ledger
    trainer.make_order = Orders(folder, rows, rates, config, trainer.accelerator)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(Reporter(trainer, folder, tell, is_main=rank == 0))
    if done:
        tell(f"going on from step {done}")
    begun, cpu = time.perf_counter(), time.process_time()
    trainer.train(resume_from_checkpoint=last or None)
    if config.steps % config.eval_every:
        trainer.evaluate()  # what the run ends with is always measured
    trainer.save_model(str(folder / "model"))
    tokenizer.save_pretrained(folder / "model")
    return {"wall_s": time.perf_counter() - begun, "cpu_s": time.process_time() - cpu, "resumed_at": done}


class Orders:
    """The order of each epoch; one that was begun is kept in a file, so that a restart takes the same."""

    def __init__(self, folder: Path, rows: Any, rates: Rates, config: Config, accelerator: Any) -> None:
        self._folder, self._rates, self._config, self._accelerator = folder, rates, config, accelerator
        self._keys, self._sources = list(rows["key"]), list(rows["source"])

    def __call__(self, epoch: int) -> list[int]:
        path = self._folder / f"rates-{epoch:03d}.json"
        if not path.exists() and self._accelerator.is_main_process:
            path.with_suffix(".part").write_text(json.dumps(self._known(epoch)))
            path.with_suffix(".part").rename(path)
        self._accelerator.wait_for_everyone()
        rates = {key: (successes, attempts) for key, (successes, attempts) in json.loads(path.read_text()).items()}
        return epoch_order(self._keys, self._sources, rates, seed=self._config.seed, epoch=epoch)

    def _known(self, epoch: int) -> dict[str, tuple[int, int]]:
        """Return the blend's own pass rates, replaced by the run's where it has tried a row."""
        if self._config.order == "blend":
            return {}
        return {**self._rates, **(pass_rates(self._folder) if epoch else {})}


def trl_config(config: Config, folder: Path, completion: int, world: int, *, starts: bool) -> GRPOConfig:
    """Return our configuration in TRL's words."""
    whole = config.prompts * config.rollouts
    if whole % (config.micro_batch * world):
        raise RecipeError(
            f"{config.name}: {whole} completions a step do not divide by micro_batch {config.micro_batch} "
            f"x {world} devices"
        )
    on_cpu = config.device == "cpu"
    vllm = config.generator.startswith("vllm")
    more: dict[str, Any] = {}
    if vllm:
        more = {
            "vllm_mode": config.generator.removeprefix("vllm_"),
            "vllm_max_model_length": config.context,
            "vllm_gpu_memory_utilization": config.vllm_memory,
            "vllm_importance_sampling_correction": config.importance_sampling,
        }
    if config.generator == "vllm_server":
        more["vllm_server_base_url"] = config.vllm_url
    return GRPOConfig(
        output_dir=str(folder / "checkpoints"),
        max_steps=config.steps,
        per_device_train_batch_size=config.micro_batch,
        gradient_accumulation_steps=whole // (config.micro_batch * world),
        num_generations=config.rollouts,
        num_generations_eval=1,
        per_device_eval_batch_size=max(1, min(config.micro_batch, 256)),
        max_completion_length=completion,
        temperature=config.temperature,
        top_p=config.top_p,
        top_k=0,
        learning_rate=config.lr,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=config.warm_up_steps,
        loss_type=config.loss,
        scale_rewards=config.scale_rewards,
        beta=config.beta,
        epsilon=config.clip_low,
        epsilon_high=config.clip_high,
        mask_truncated_completions=config.mask_truncated,
        use_vllm=vllm,
        use_cpu=on_cpu,
        bf16=config.precision == "bfloat16",
        gradient_checkpointing=not on_cpu,
        model_init_kwargs={"dtype": config.precision},
        eval_strategy="steps",
        eval_steps=config.eval_every,
        eval_on_start=starts,
        save_strategy="steps",
        save_steps=config.save_every,
        save_total_limit=2,
        logging_steps=1,
        report_to=list(config.report_to),
        remove_unused_columns=False,
        disable_tqdm=True,
        seed=config.seed,
        data_seed=config.seed,
        **more,
    )


def _num_parameters(shape: Any) -> int:
    """Return how many parameters a model of this shape has, without making it."""
    import torch

    with torch.device("meta"):
        return sum(one.numel() for one in AutoModelForCausalLM.from_config(shape).parameters())


def _keep_weights_in_vllm() -> None:
    """Have vLLM keep its weights on a CPU: it repacks and drops them after loading, and TRL could not renew them."""
    import torch
    from vllm.model_executor.layers import utils

    def keep(layer: Any, remove_weight: bool) -> None:
        layer.cpu_linear = torch.nn.functional.linear

    utils.dispatch_cpu_unquantized_gemm = keep


def _lora(config: Config) -> Any:
    if not config.lora_rank:
        return None
    from peft import LoraConfig

    rank = config.lora_rank
    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM")


def _listed(value: Any) -> list[int]:
    return list(value) if isinstance(value, list | tuple) else [value]
