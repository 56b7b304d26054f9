"""The runner: same bytes on one worker or two, after a crash or not; only unfinished shards are done again."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import run_crossthink


def contents(folder: Path) -> dict[str, str]:
    """Return name -> digest of every file of a built blend."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "log.json"  # seconds and versions: of a build, not of the blend
    }


def assert_session_ends(session: int) -> None:
    """Wait until no process of a session is left: a worker without its parent must not work on."""
    for _ in range(100):
        if not left_of(session):
            return
        time.sleep(0.1)
    raise AssertionError(f"processes work on: {left_of(session)}")


def left_of(session: int) -> list[str]:
    stats = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            stats.append(path.read_text())
    return [stat for stat in stats if stat.rpartition(")")[2].split()[3] == str(session)]


def test_two_workers_elsewhere_give_the_same_bytes(sample_blend: Path, tmp_path: Path) -> None:
    data = tmp_path / "another place" / "data"
    done = run_crossthink("build", "nemo_weighted", "--data", data, "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert contents(data / "blends" / "nemo_weighted-sample") == contents(sample_blend)


def test_rerun_says_that_nothing_changed(sample_data: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (sample_data / "steps").rglob("*.parquet")}
    done = run_crossthink("build", "nemo_weighted", "--data", sample_data)
    assert done.stdout.startswith("nothing changed")
    assert {path: path.stat().st_mtime_ns for path in (sample_data / "steps").rglob("*.parquet")} == before


@pytest.mark.parametrize("after_s", [0.6, 0.9, 1.2, 1.6])
def test_killed_build_goes_on_and_ends_in_the_same_bytes(sample_blend: Path, tmp_path: Path, after_s: float) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "blends.cli", "build", "nemo_weighted", "--data", str(data), "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert_session_ends(process.pid)
    finished = {path: path.stat().st_mtime_ns for path in (data / "steps").rglob("kept-*.parquet")}
    done = run_crossthink("build", "nemo_weighted", "--data", data, "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert contents(data / "blends" / "nemo_weighted-sample") == contents(sample_blend)
    assert {path: path.stat().st_mtime_ns for path in finished} == finished, "a finished shard was written again"
    assert not list(data.rglob("*.part"))


def test_lost_report_redoes_only_the_count(sample_blend: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run_crossthink("build", "nemo_weighted", "--data", data, "--workers", "1").returncode == 0
    for report in (data / "steps").glob("forms-math-*/report.json"):
        report.unlink()
    shards = {path: path.stat().st_mtime_ns for path in (data / "steps").rglob("kept-*.parquet")}
    done = run_crossthink("build", "nemo_weighted", "--data", data, "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in shards} == shards
    assert contents(data / "blends" / "nemo_weighted-sample") == contents(sample_blend)


def test_every_step_conserves_its_rows(sample_data: Path) -> None:
    for folder in (sample_data / "steps").iterdir():
        if folder.name.startswith(("benchmark", "ingest")):
            continue
        kept = pl.scan_parquet(folder / "kept-*.parquet").select("id").collect().get_column("id")
        dropped = pl.scan_parquet(folder / "dropped-*.parquet").select("id").collect().get_column("id")
        ids = pl.concat([kept, dropped])
        assert ids.n_unique() == len(ids), folder.name


def test_second_build_on_one_folder_says_who_holds_it(sample_data: Path) -> None:
    holder = "import sys, time; from pathlib import Path; from pipeline.lock import hold\n"
    holder += "with hold(Path(sys.argv[1]), 'crossthink build other'): print('held', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", holder, str(sample_data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        done = run_crossthink("build", "nemo_weighted", "--data", sample_data)
        assert done.returncode == 2
        assert f"crossthink build other, process {process.pid}" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    finally:
        process.kill()
        process.wait()
    done = run_crossthink("build", "nemo_weighted", "--data", sample_data)
    assert done.returncode == 0, "the lock outlived its process"


def test_ctrl_c_is_one_line_and_a_rerun_goes_on(sample_blend: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "blends.cli", "build", "nemo_weighted", "--data", str(data), "--workers", "2"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not (data / ".lock").exists():
        time.sleep(0.02)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)  # the terminal sends it to the whole group, workers included
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert said.splitlines()[-1].startswith("crossthink: stopped")
    assert "Traceback" not in said
    assert run_crossthink("build", "nemo_weighted", "--data", data).returncode == 0
    assert contents(data / "blends" / "nemo_weighted-sample") == contents(sample_blend)


def test_full_disk_is_one_line_and_keeps_what_is_finished(tmp_path: Path) -> None:
    data = tmp_path / "data"
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "sys.argv = ['crossthink', 'build', 'nemo_weighted', '--workers', '1', '--data', sys.argv[1]]\n"
        "from blends.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", limited, str(data)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "cannot write" in done.stderr
    assert not list(data.rglob("*.part"))
    assert run_crossthink("build", "nemo_weighted", "--data", data, "--workers", "1").returncode == 0
