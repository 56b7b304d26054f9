"""Compile a function of numbers and arrays to machine code at its first call, and keep the code for later processes."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba  # half a second, so whoever imports this module does it inside a function
import numpy as np

from pipeline.match import lexicon

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Return `function` as machine code. No fast mathematics: the same bits on every machine."""
    try:
        return cast(Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # neither this folder nor the user's cache can be written: it is compiled in every process
        return cast(Function, numba.njit(nogil=True)(function))


mixed: Callable[[np.uint64], np.uint64] = compiled(cast(Any, lexicon.mixed))  # of one number
U = np.uint64  # with a signed number, an unsigned one would become a float
