"""Measures what our trainer adds to a step: it against TRL's bare GRPOTrainer with a trivial reward, on the same rows.

Both take the same model, settings, seed and prompts in turns, one process each time, so that what the machine does
beside falls on both: `python -m benchmarks.trainer --blend data/blends/tiny-generated`. The learning rate is 0, so that
the model, and with it every completion, stays the same in both whatever is paid; all the work of an update is done.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from trainer.config import Config, read_config
from trainer.order import epoch_order


def train(kind: str, model: str, blend: Path, config: Config, folder: Path) -> None:
    """Train with our trainer or the bare one, and print a JSON line: seconds and tokens of each step."""
    from trainer.data import training_rows

    rows = training_rows(blend, "train")
    held_out = training_rows(blend, "validation", 1)  # tried at the start by both: it draws numbers too
    lines: list[dict[str, Any]] = []
    if kind == "ours":
        from trainer.grpo import train_blend

        train_blend(config, model, rows, held_out, folder, {}, lambda _: None)
        lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    else:
        from transformers import AutoTokenizer, TrainerCallback
        from trl import GRPOTrainer

        class Clock(TrainerCallback):  # type: ignore[misc, unused-ignore]
            """Keeps the figures of each step with the CPU seconds so far."""

            lines: ClassVar[list[dict[str, Any]]] = []

            def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
                self.lines.append({**logs, "seconds/cpu": time.process_time()})

        from trainer.grpo import trl_config

        def trivial(completions: list[Any], **_: Any) -> list[float]:
            return [float(len(one[0]["content"]) % 2) for one in completions]

        rows = rows.select(epoch_order(rows["key"], rows["source"], {}, seed=config.seed, epoch=0))
        args = trl_config(config, folder, config.completion, 1, starts=True)
        args.shuffle_dataset = False
        tokenizer = AutoTokenizer.from_pretrained(model, padding_side="left")
        clock = Clock()
        bare = GRPOTrainer(
            model=model, processing_class=tokenizer, reward_funcs=[trivial], train_dataset=rows, args=args,
            eval_dataset=held_out, callbacks=[clock],
        )  # fmt: skip
        bare.train()
        lines = clock.lines
    steps = [line for line in lines if "step_time" in line and "reward" in line]
    told = {
        "step_s": [line["step_time"] for line in steps],
        "cpu_s": [after["seconds/cpu"] - before["seconds/cpu"] for before, after in pairwise(steps)],
        "tokens": [line["completions/mean_length"] for line in steps],
        "reward_s": [line.get("seconds/reward", 0.0) for line in steps],
    }
    print(json.dumps(told))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blend", type=Path, default=Path("data/blends/tiny-generated"))
    parser.add_argument("--model", default="", help="a folder; else a tiny model is made, without a warm-up of note")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--kind", choices=("ours", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    every = given.steps + 1
    config = read_config("tiny_cpu")
    config = replace(config, steps=given.steps, lr=0.0, eval_every=every, save_every=every, report_to=("none",))
    if given.kind:
        train(given.kind, given.model, given.blend, config, given.folder)
        return
    with tempfile.TemporaryDirectory(prefix="crossthink-bench-") as name:
        model = given.model or _made(given.blend, config, Path(name))
        seconds: dict[str, list[float]] = {"ours": [], "bare": []}
        cpu: dict[str, list[float]] = {"ours": [], "bare": []}
        shares, lengths = [], {"ours": 0.0, "bare": 0.0}
        for turn in range(2 * given.rounds):
            # Which goes first alternates.
            kind = ("ours", "bare", "bare", "ours")[turn % 4]
            command = [sys.executable, "-m", "benchmarks.trainer", "--kind", kind, "--model", model]
            command += ["--blend", str(given.blend), "--folder", f"{name}/{turn}", "--steps", str(given.steps)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            told = json.loads(done.stdout.splitlines()[-1])
            seconds[kind].append(statistics.median(told["step_s"][2:]))  # the first two warm caches
            cpu[kind].append(statistics.median(told["cpu_s"][1:]))
            lengths[kind] = statistics.mean(told["tokens"])  # equal where the completions are the same
            if kind == "ours":
                shares.append(sum(told["reward_s"]) / sum(told["step_s"]))
    for what, times in (("wall", seconds), ("CPU", cpu)):
        for kind, found in times.items():
            spread = f"{min(found):.3f} .. {max(found):.3f}"
            print(
                f"{what}, {kind}: median step {statistics.median(found):.3f} s ({spread}), {lengths[kind]:.2f} tokens"
            )
        ratios = sorted(ours / bare for ours, bare in zip(times["ours"], times["bare"], strict=True))
        print(f"{what}, ours / bare: median {statistics.median(ratios):.3f} ({ratios[0]:.3f} .. {ratios[-1]:.3f})")
    print(f"share of the reward, grading and writing down, in our step: {statistics.median(shares):.4f}")


def _made(blend: Path, config: Config, folder: Path) -> str:
    from trainer.data import training_rows
    from trainer.tiny import make_tiny

    assert config.tiny is not None
    make_tiny(replace(config.tiny, steps=60), training_rows(blend, "train").to_list(), folder / "start", seed=0)
    return str(folder / "start")


if __name__ == "__main__":
    main()
