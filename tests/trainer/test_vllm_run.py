"""TRL with a real vLLM in the same process, on a CPU: it generates, its weights are renewed, and the run ends."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainer.conftest import needs_trl

pytestmark = [
    pytest.mark.vllm,
    needs_trl,
    pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vllm is not installed (make test-vllm)"),
]
ROOT = Path(__file__).parents[2]
SETTINGS = {
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
}


def test_vllm_colocate_generates_what_the_model_that_is_trained_would(
    tiny_blend: Path, short_config: Path, tmp_path: Path
) -> None:
    import os

    command = [sys.executable, "-m", "trainer", str(short_config), "--blend", str(tiny_blend), "--out", str(tmp_path)]
    changes = ("generator: vllm_colocate", "lr: 1.0e-2", "eval_rows: 8")
    command += [word for change in changes for word in ("--set", change)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, **SETTINGS}, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    steps = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    steps = [line for line in steps if "reward" in line]
    assert len(steps) == 6
    # Paid for shortness at a high rate, the model changes fast; both still compute the same probabilities for the same
    # tokens (here .003 apart): else its weights were not renewed in vLLM.
    assert all(line["grad_norm"] > 0 for line in steps)
    assert max(line["sampling/sampling_logp_difference/mean"] for line in steps) < 0.02
