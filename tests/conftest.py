"""What several tests share: the command line as a user runs it, and the sample blend, built once."""

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run_crossthink(*args: str | Path, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the command line in a process of its own, as a user does."""
    command = [sys.executable, "-c", "from blends.cli import main; main()", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=300)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def crossthink() -> Run:
    return run_crossthink


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the sample blend was built with one worker."""
    data = tmp_path_factory.mktemp("sample") / "data"
    done = run_crossthink("build", "nemo_weighted", "--data", data, "--workers", "1")
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture(scope="session")
def sample_blend(sample_data: Path) -> Path:
    return sample_data / "blends" / "nemo_weighted-sample"
