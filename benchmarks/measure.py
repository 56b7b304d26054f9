"""Run a command as a user does and account for it: wall and CPU seconds, and the peak memory of all its processes."""

import ctypes
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BE_THE_PARENT_OF_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)


@dataclass(frozen=True)
class Cost:
    """What a command took. peak_bytes: the largest sum, over its processes, of memory not shared with others (PSS); 0
    where nobody looked."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


def cost_of(command: Sequence[str], log: Path, *, memory: bool = True) -> Cost:
    """Run `command` to its end and return its cost. Raises CalledProcessError, with the log's end, when it fails.

    memory: look at it, which holds the processes still for a moment each time: up to a tenth of a short command's time.
    Of a process that outlives its parent, as a server of forks does, only the parent of orphans gets the CPU time.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(_BE_THE_PARENT_OF_ORPHANS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    before = os.times()
    start = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        if memory:
            watcher.start()
        code = process.wait()
        if memory:
            watcher.join()
    wall = time.monotonic() - start
    _await_orphans()
    after = os.times()
    if code:
        raise subprocess.CalledProcessError(code, command, output=log.read_text()[-2_000:])
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(wall, cpu, peak[0])


def _await_orphans() -> None:
    try:
        while True:
            os.wait()
    except ChildProcessError:
        pass


def _watch(process: "subprocess.Popen[bytes]", peak: list[int]) -> None:
    """Look every 50 ms, or more seldom: the kernel holds a process still while it counts its pages, so of a time with
    many pages no more than a twentieth goes to the looking."""
    while process.poll() is None:
        start = time.monotonic()
        peak[0] = max(peak[0], sum(_pss(pid) for pid in _family(process.pid)))
        time.sleep(max(0.05, 19 * (time.monotonic() - start)))


def _family(pid: int) -> list[int]:
    try:
        tasks = Path(f"/proc/{pid}/task")
        children = " ".join((task / "children").read_text() for task in tasks.iterdir()).split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _pss(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
