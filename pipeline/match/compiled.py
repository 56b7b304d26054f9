"""Compile a function of numbers and arrays to machine code at its first call, and keep the code for later processes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba  # half a second, so whoever imports this module does it inside a function
import numpy as np

from pipeline.match import lexicon

Function = TypeVar("Function", bound=Callable[..., Any])


def _forget_old_code(folder: Path) -> None:
    """Delete kept code when any source of `folder` has changed since it was compiled.

    numba looks at a function's own file alone, and the code holds the constants and functions of other files too.
    """
    kept, stamp = folder / "__pycache__", folder / "__pycache__" / "compiled.stamp"
    sources = sorted(folder.glob("*.py"))
    now = repr([(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sources])
    try:
        if stamp.exists() and stamp.read_text() == now:
            return
        for path in (*kept.glob("*.nbi"), *kept.glob("*.nbc")):
            path.unlink(missing_ok=True)
        kept.mkdir(exist_ok=True)
        stamp.write_text(now)
    except OSError:  # an installed package that its user cannot write: its files change all together
        return


_forget_old_code(Path(__file__).parent)


def compiled(function: Function, **options: Any) -> Function:
    """Return `function` as machine code. No fast mathematics: the same bits on every machine."""
    try:
        return cast(Function, numba.njit(cache=True, nogil=True, **options)(function))
    except RuntimeError:  # neither this folder nor the user's cache can be written: it is compiled in every process
        return cast(Function, numba.njit(nogil=True, **options)(function))


def lent(function: Function) -> Function:
    """Return `function` compiled for arrays that its caller holds; it makes none.

    To count who holds each of them, which numba does else, takes longer than the work on a short text.
    """
    return compiled(function, _nrt=False)


def inlined(function: Function) -> Function:
    """Return `function` compiled into its callers, for arrays that they hold: to pass one is to pass eight values."""
    return compiled(function, _nrt=False, forceinline=True)


mixed: Callable[[np.uint64], np.uint64] = inlined(cast(Any, lexicon.mixed))  # of one number
U = np.uint64  # with a signed number, an unsigned one would become a float
mixed(U(0))  # numba sets itself up at its first call, .4 s: at the import, so that workers can share that too
