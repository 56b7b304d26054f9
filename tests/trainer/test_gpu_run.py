"""Training on GPUs: one by itself or with vLLM in the same process, two with vLLM's own server, which is sent the
weights."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import free_port
from tests.trainer.conftest import SHORT, needs_trl

pytestmark = [pytest.mark.gpu, needs_trl]
needs_vllm = pytest.mark.skipif(
    find_spec("vllm") is None, reason="vllm is not installed (on a GPU machine: vllm==0.31.0)"
)
ROOT = Path(__file__).parents[2]


def num_gpus() -> int:
    if not find_spec("torch"):
        return 0
    import torch

    return torch.cuda.device_count()


@pytest.mark.skipif(num_gpus() < 1, reason="no NVIDIA GPU")
@pytest.mark.parametrize("lora_rank", [0, 8])
def test_one_gpu_trains_without_vllm(tiny_blend: Path, short_config: Path, tmp_path: Path, lora_rank: int) -> None:
    changes = ("device: cuda", "precision: bfloat16", f"lora_rank: {lora_rank}")
    steps = trained(short_config, tiny_blend, tmp_path / "run", *changes, gpu="0")
    assert all(line["grad_norm"] > 0 for line in steps)


@needs_vllm
@pytest.mark.skipif(num_gpus() < 1, reason="no NVIDIA GPU")
@pytest.mark.parametrize("lora_rank", [0, 8])
def test_colocate_trains_on_one_gpu(tiny_blend: Path, short_config: Path, tmp_path: Path, lora_rank: int) -> None:
    changes = ("device: cuda", "precision: bfloat16", "generator: vllm_colocate", f"lora_rank: {lora_rank}")
    steps = trained(short_config, tiny_blend, tmp_path / "run", *changes, gpu="0")
    assert all(line["grad_norm"] > 0 for line in steps)
    assert max(line["sampling/sampling_logp_difference/mean"] for line in steps) < 0.05  # two bfloat16 kernels


@needs_vllm
@pytest.mark.skipif(num_gpus() < 2, reason="fewer than two NVIDIA GPUs: NCCL sends weights from one to another")
def test_a_vllm_server_is_sent_the_weights_of_each_step(tiny_blend: Path, tmp_path: Path) -> None:
    import polars as pl

    from trainer.config import Tiny
    from trainer.tiny import make_tiny

    model = tmp_path / "model"
    rows = pl.concat(pl.read_parquet(path) for path in sorted((tiny_blend / "data").glob("train-*.parquet")))
    make_tiny(Tiny(hidden=32, layers=1, steps=30, batch=32, lr=5.0e-3, slips=0.3), rows.to_dicts(), model, seed=0)
    config = tmp_path / "server.yaml"
    config.write_text(f"model: {model}\n" + SHORT.split("\n", 1)[1])  # without `tiny`
    with served(model, tmp_path / "server.log", gpu="1") as url:
        changes = ("device: cuda", "generator: vllm_server", f"vllm_url: {url}", "lr: 1.0e-2")
        steps = trained(config, tiny_blend, tmp_path / "run", *changes, gpu="0")
    # At a high rate the model changes fast; a server with stale weights would not compute the same probabilities.
    assert all(line["grad_norm"] > 0 for line in steps)
    assert max(line["sampling/sampling_logp_difference/mean"] for line in steps) < 0.02


def trained(config: Path, blend: Path, out: Path, *changes: str, gpu: str) -> list[dict[str, float]]:
    """Train for six steps and return their lines of the log."""
    command = [sys.executable, "-m", "trainer", str(config), "--blend", str(blend), "--out", str(out)]
    command += [word for change in changes for word in ("--set", change)]
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": gpu, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env, timeout=1200)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    steps = [line for line in lines if "reward" in line]
    assert len(steps) == 6
    return steps


@contextmanager
def served(model: Path, log: Path, *, gpu: str) -> Iterator[str]:
    """Serve a model with vLLM as TRL wants it (its guide to vLLM) and yield the address when it answers."""
    port = free_port()
    command = [sys.executable, "-m", "vllm.entrypoints.cli.main", "serve", str(model), "--port", str(port)]
    command += ["--weight-transfer-config", '{"backend": "nccl"}', "--dtype", "float32", "--max-model-len", "128"]
    command += ["--logprobs-mode", "processed_logprobs", "--max-logprobs", "-1", "--gpu-memory-utilization", "0.3"]
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": gpu, "VLLM_SERVER_DEV_MODE": "1", "HF_HUB_OFFLINE": "1"}
    with log.open("w") as out, subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(300):
                assert server.poll() is None, log.read_text()[-3000:]
                try:
                    urllib.request.urlopen(f"{url}/health", timeout=2).close()
                    break
                except OSError:
                    time.sleep(1)
            yield url
        finally:
            server.terminate()
