"""Reads a file of scores (source -> average of its stand-alone run), by which a blend deals out its shares."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.errors import RecipeError
from pipeline.stage import ParameterError
from pipeline.strict_yaml import read_yaml


def read_scores(name: Any, folders: Sequence[Path], *keys: str) -> dict[str, Any]:
    """Return value -> score of the first file `name` in `folders`. A score that is not known yet is no guess: an error.

    Raises ParameterError when there is no such file or a score in it is null.
    """
    found = next((folder / str(name) for folder in folders if (folder / str(name)).is_file()), None)
    if found is None:
        raise ParameterError(f"scores: no file {name!r} beside the recipe; correct the path", *keys)
    try:
        value, place = read_yaml(found, str(name))
    except RecipeError as error:
        raise ParameterError(str(error), *keys) from error
    unknown = [key for key, score in value.items() if score is None]
    if unknown:
        listed = ", ".join(map(str, unknown))
        raise ParameterError(
            f"{place.at(str(unknown[0]))}: no score yet for {listed}; train the blend single_{unknown[0]} by itself, "
            f"evaluate it, and write the average of its benchmarks there (or in a copy of {name} beside your recipe)",
            *keys,
        )
    return value
