"""Recipes that extend one another: a few lines change, the rest is the other recipe's; each key keeps its own line."""

from pathlib import Path
from typing import Any

from pipeline.errors import RecipeError, did_you_mean
from pipeline.strict_yaml import Keys, Place, check_keys, read_yaml

_OWN = ("name", "about")  # what a recipe is called and says of itself is never another's
_STAGES = ("each", "all")


def read_extended(
    path: Path, shown: str, known: set[str], library: Path | None
) -> tuple[dict[str, Any], Place, tuple[Path, ...]]:
    """Return the recipe in `path` with what it extends merged in, its keys' places, and the folders it was read from.

    known: the keys that a recipe may have. library: where a bare name is looked for; a path is beside the recipe.
    The folders begin with the recipe's own: a file that it names is looked for in them in that order.
    """
    return _read(path, shown, known, library, ())


def _read(
    path: Path, shown: str, known: set[str], library: Path | None, children: tuple[tuple[Path, str], ...]
) -> tuple[dict[str, Any], Place, tuple[Path, ...]]:
    value, place = read_yaml(path, shown)
    check_keys(value, known, place)
    if "extends" not in value:
        return value, place, (path.parent,)
    where = place.at("extends")
    parent_path, parent_shown = _parent(value["extends"], path, where, library)
    chain = (*children, (path.resolve(), shown))
    if parent_path.resolve() in [child for child, _ in chain]:
        through = " -> ".join([*(name for _, name in chain), parent_shown])
        raise RecipeError(f"{where}: recipes extend each other in a circle ({through}); take out one 'extends'")
    parent, parent_place, folders = _read(parent_path, parent_shown, known, library, chain)
    merged, lines = _merged(parent, value, parent_place, place)
    return merged, Place(shown, lines), tuple(dict.fromkeys((path.parent, *folders)))


def _parent(given: Any, path: Path, where: str, library: Path | None) -> tuple[Path, str]:
    """Return the file of the recipe that is extended and how messages name it."""
    if isinstance(given, str) and given.endswith((".yaml", ".yml")):
        found = path.parent / given
        if not found.is_file():
            raise RecipeError(f"{where}: extends {given!r}, which is no file beside it; correct the path")
        return found, given
    names = {one.stem for one in library.glob("*.yaml")} if library else set()
    if not isinstance(given, str) or given not in names:
        raise RecipeError(f"{where}: no recipe {given!r} to extend; {did_you_mean(str(given), names)}, or give a path")
    assert library is not None
    return library / f"{given}.yaml", f"{library.name}/{given}.yaml"


def _merged(
    parent: dict[str, Any], child: dict[str, Any], parent_place: Place, place: Place
) -> tuple[dict[str, Any], dict[Keys, tuple[str, int]]]:
    """Return `parent` with what `child` says in place of what it said; stages are merged by their parameters."""
    merged = {key: item for key, item in parent.items() if key not in _OWN}
    replaced: set[Keys] = set()
    for key, item in child.items():
        if key == "extends":
            continue
        if key in _STAGES and isinstance(item, dict) and isinstance(parent.get(key), dict):
            merged[key] = _merged_stages(parent[key], item, key, place)
            replaced |= {(key, name, param) for name, given in item.items() for param in (given or {})}
        else:
            merged[key] = item
            replaced.add((key,))
    stay = {keys: line for keys, line in parent_place.lines.items() if not any(keys[: len(r)] == r for r in replaced)}
    return merged, {**stay, **place.lines}


def _merged_stages(parent: dict[str, Any], child: dict[str, Any], part: str, place: Place) -> dict[str, Any]:
    """Return the parent's stages with the child's parameters over theirs.

    `stage: off` takes a stage out; a stage that the parent lacks stands before the one that the child names after it.
    """
    order = list(parent)
    made: dict[str, Any] = dict(parent)
    names = list(child)
    for nr, name in reversed(list(enumerate(names))):
        given, where = child[name], place.at(part, str(name))
        if given is False:
            if name not in made:
                raise RecipeError(f"{where}: no stage {name!r} to take out; {did_you_mean(str(name), made)}")
            continue
        if name in parent:
            both = isinstance(parent[name], dict) and isinstance(given, dict)
            made[name] = {**parent[name], **given} if both else parent[name] if given is None else given
            continue
        after = next((later for later in names[nr + 1 :] if later in order), None)
        if after is None:
            raise RecipeError(f"{where}: where does {name!r} stand? name after it the stage that it comes before")
        order.insert(order.index(after), name)
        made[name] = given
    return {name: made[name] for name in order if child.get(name) is not False}
