"""YAML read strictly: every key with its file and line, so that each fault of a recipe names its place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import RecipeError, did_you_mean

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where the keys of a YAML stand, for messages. lines: keys -> file and line, for a recipe of several files."""

    file: str
    lines: Mapping[Keys, tuple[str, int]]

    def at(self, *keys: str) -> str:
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return "{}:{}".format(*self.lines[keys]) if keys else self.file


def read_yaml(path: Path, shown: str) -> tuple[dict[str, Any], Place]:
    """Return a YAML mapping and the line of each of its keys. Raises RecipeError."""
    try:
        text = path.read_text()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise RecipeError(f"{shown}: no such file; correct the path") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{shown}: not UTF-8 text at byte {error.start}; save it as UTF-8") from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[Keys, tuple[str, int]] = {}
        _lines_of(node, (), lines, shown)
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{shown}:{mark.line + 1}" if mark else shown
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise RecipeError(f"{where}: not YAML ({problem}); mend the line") from error
    if not isinstance(value, dict):
        raise RecipeError(f"{shown}: expected keys and values, found {type(value).__name__}; begin with 'name: ...'")
    return value, Place(shown, lines)


def _lines_of(node: yaml.Node | None, keys: Keys, lines: dict[Keys, tuple[str, int]], shown: str) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*keys, str(key.value))
            line = key.start_mark.line + 1
            if here in lines:
                raise RecipeError(f"{shown}:{line}: {key.value!r} stands twice (also line {lines[here][1]}); keep one")
            lines[here] = (shown, line)
            _lines_of(value, here, lines, shown)


def check_keys(value: Iterable[Any], known: set[str], place: Place, *keys: str) -> None:
    """Raise RecipeError for a key of `value` that is not in `known`."""
    for key in value:
        if key not in known:
            raise RecipeError(f"{place.at(*keys, str(key))}: unknown key {key!r}; {did_you_mean(str(key), known)}")
