"""What the trainer's tests share: the tiny blend, built once from generated rows, and a short configuration."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import run_crossthink

needs_trl = pytest.mark.skipif(find_spec("trl") is None, reason="torch and TRL are not installed (make test-train)")

# Too short to earn anything but by shortness (overlong_tokens), which makes each step's weights others.
SHORT = """\
tiny: {hidden: 32, layers: 1, steps: 30, batch: 32, lr: 5.0e-3, slips: 0.3}
blend: tiny
sources: generated
steps: 6
prompts: 8
rollouts: 4
context: 128
completion: 24
micro_batch: 16
lr: 1.0e-3
overlong_tokens: 20
loss: dapo
clip_high: 0.28
mask_truncated: true
device: cpu
precision: float32
order: difficulty
eval_every: 3
eval_rows: 32
save_every: 2
recheck: 1.0
"""


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("tiny") / "data"
    done = run_crossthink("build", "tiny", "--sources", "generated", "--data", data, "--workers", "1")
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture(scope="session")
def tiny_blend(tiny_data: Path) -> Path:
    return tiny_data / "blends" / "tiny-generated"


@pytest.fixture(scope="session")
def short_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("config") / "short.yaml"
    path.write_text(SHORT)
    return path
