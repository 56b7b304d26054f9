"""The processes that work: they part from one process which has imported what they need. Quick to import itself."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext


def begin(workers: int, modules: Iterable[str]) -> BaseContext:
    """Begin what the workers part from, and let it import `modules` while this process goes on.

    Whoever knows that there will be work calls this before long imports of its own. A second call changes nothing.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # polars that is imported and was not used has no threads, so that processes may part from it.
    context.set_forkserver_preload(["pipeline.parting", *modules])
    with _children(workers):
        forkserver.ensure_running()
    return context


@contextmanager
def pool(workers: int, modules: Iterable[str]) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of workers. modules: what takes long to import, so that they share it where they can."""
    executor = ProcessPoolExecutor(workers, begin(workers, modules), initializer=_begin_worker)
    try:
        with _children(workers):
            for _ in range(workers):
                executor.submit(os.getpid)  # a worker is begun for each job that finds none idle
        yield executor
    finally:
        # After Ctrl-C or a fault: what has not begun is given up, what has begun may finish its shard.
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _children(workers: int) -> Iterator[None]:
    """Begin processes in an environment of their own and deaf to Ctrl-C, which a terminal sends to all: this process
    hears it, and lets them finish their work. It hears it when they are there: one half made would be an orphan.
    """
    heard: list[int] = []
    resource_tracker.ensure_running()  # else the first child starts it, and that unblocks the signal
    environment = dict(os.environ)
    # Each one's share of the processors: polars reads it when it is imported, and so does numpy.
    share = str(max(1, (os.cpu_count() or 1) // workers))
    os.environ["POLARS_MAX_THREADS"] = share
    os.environ.setdefault("OPENBLAS_NUM_THREADS", share)
    # What one shard gave back serves the next, which follows within seconds, and need not be had of the system again.
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:-1")
    handler = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # what is blocked stays so in a new process
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        os.environ.clear()
        os.environ.update(environment)
    if heard:
        signal.raise_signal(signal.SIGINT)


def _begin_worker() -> None:
    """End when the process that gives work is gone, so that no orphan works on after a kill -9."""
    gc.freeze()  # what is imported stays
    gc.enable()
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
