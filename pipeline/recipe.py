"""A recipe: one YAML that says which sources become which blend; read strictly, each fault with line and mend."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import RecipeError, did_you_mean
from pipeline.extends import read_extended
from pipeline.row import ROW
from pipeline.stage import Birth, ParameterError, Stage
from pipeline.strict_yaml import Place, check_keys

StageTable = Mapping[str, type[Stage]]
PartTable = Mapping[str, Mapping[str, type[Stage] | type[Birth]]]  # part -> its births and stages by name

_KEYS = {"extends", "name", "about", "seed", "sources", "synthesize", "each", "all"}
_MODELS = {"writer", "solver"}  # said once of a synthesis, they go to every stage that has such a field


@dataclass(frozen=True)
class Synthesis:
    """How a source is made here. parts: for each part in order its births and stages, with their names."""

    source: str
    parts: Mapping[str, tuple[tuple[str, Stage | Birth], ...]]


@dataclass(frozen=True)
class Recipe:
    """What a blend is made of.

    each: stages that run on every source by itself, shared by all blends; all: stages on the union, in order.
    synthesize: the sources that are made here instead of read.
    """

    name: str
    about: str
    seed: int
    sources: tuple[str, ...]
    each: tuple[tuple[str, Stage], ...]
    all: tuple[tuple[str, Stage], ...]
    synthesize: tuple[Synthesis, ...] = ()


def read_recipe(
    path: Path,
    stages: StageTable,
    known_sources: set[str],
    *,
    shown: str,
    syntheses: Mapping[str, PartTable] | None = None,
    library: Path | None = None,
) -> Recipe:
    """Return the recipe in `path`. Raises RecipeError: place, value, mend.

    syntheses: for each source that can be made here, the parts of its making. library: the folder of the recipes that
    it may extend by name.
    """
    value, place, folders = read_extended(path, shown, _KEYS, library)
    for key in ("name", "sources", "each", "all"):
        if key not in value:
            raise RecipeError(f"{shown}: {key!r} is missing; add it")
    name, seed = value["name"], value.get("seed", 0)
    if not isinstance(name, str) or not name.replace("_", "").replace("-", "").isalnum():
        raise RecipeError(f"{place.at('name')}: name {name!r} must be letters, digits, '-' and '_'; rename it")
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise RecipeError(f"{place.at('seed')}: seed {seed!r} must be a whole number")
    sources = value["sources"]
    if not isinstance(sources, list) or not sources:
        raise RecipeError(f"{place.at('sources')}: expected a list of sources, found {sources!r}; name at least one")
    for source in sources:
        if not isinstance(source, str) or source not in known_sources:
            raise RecipeError(
                f"{place.at('sources')}: no source {source!r}; {did_you_mean(str(source), known_sources)}"
            )
    if len(set(sources)) < len(sources):
        raise RecipeError(f"{place.at('sources')}: a source stands twice; rows never multiply, so name each once")
    # What the recipe says once goes to every stage that has a field of that name.
    once = {"seed": seed, "sources": sources, "folders": folders}
    each = _read_stages(value["each"], ("each",), stages, once, place)
    together = _read_stages(value["all"], ("all",), stages, once, place)
    made = _read_syntheses(value.get("synthesize") or {}, syntheses or {}, once, place)
    for stage_name, stage in each:
        if stage.scope == "whole":
            raise RecipeError(f"{place.at('each', stage_name)}: {stage_name!r} needs all rows; move it under 'all'")
    return Recipe(name, str(value.get("about", "")), seed, tuple(sources), each, together, made)


def _read_syntheses(
    value: Any, syntheses: Mapping[str, PartTable], once: Mapping[str, Any], place: Place
) -> tuple[Synthesis, ...]:
    if not isinstance(value, dict):
        raise RecipeError(f"{place.at('synthesize')}: expected sources with their making, found {value!r}")
    found = []
    for source, given in value.items():
        keys = ("synthesize", str(source))
        if source not in syntheses or source not in once["sources"]:
            known = [name for name in syntheses if name in once["sources"]]
            raise RecipeError(f"{place.at(*keys)}: {source!r} is not made here; {did_you_mean(str(source), known)}")
        parts = syntheses[source]
        check_keys(given or {}, {*_MODELS, *parts}, place, *keys)
        said = {**once, "source": source, **{name: given[name] for name in _MODELS if name in (given or {})}}
        named = {part: _read_stages((given or {}).get(part), (*keys, part), parts[part], said, place) for part in parts}
        found.append(Synthesis(source, named))
    return tuple(found)


# Empty when a row is born; a stage fills each.
_FILLED_LATER = ("key", "template", "forms", "answer_type", "canonical", "aliases", "unit", "tolerance", "chance_level")
# What a blend is written from.
_WRITTEN = ("split", "form", "positions", "prompt", "ground_truth")


def check_columns(recipe: Recipe, stages: StageTable, where: str) -> None:
    """Raise RecipeError where a stage reads a column that no stage before it makes, or the blend lacks one."""
    makers = {column: name for name, kind in stages.items() for column in (*kind.adds, *kind.fills)}
    known = set(ROW) - set(_FILLED_LATER)
    for name, stage in (*recipe.each, *recipe.all):
        for column in (*stage.reads, *(stage.columns if stage.scope == "whole" else ())):
            if column not in known:
                mend = f"put {makers[column]!r} before it" if column in makers else "no stage makes it"
                raise RecipeError(f"{where}: {name!r} needs {column!r}, which nothing before it makes; {mend}")
        known |= {*stage.adds, *stage.fills}
    for column in _WRITTEN:
        if column not in known:
            raise RecipeError(f"{where}: a blend needs {column!r}, which no stage makes; add {makers[column]!r}")


def _read_stages(
    table: Any, keys: tuple[str, ...], stages: Mapping[str, type[Any]], once: Mapping[str, Any], place: Place
) -> tuple[tuple[str, Any], ...]:
    table = {} if table is None else table
    if not isinstance(table, dict):
        raise RecipeError(f"{place.at(*keys)}: expected stages with their parameters, found {table!r}")
    made = []
    for name, params in table.items():
        if name not in stages:
            raise RecipeError(f"{place.at(*keys, str(name))}: no stage {name!r}; {did_you_mean(str(name), stages)}")
        made.append((name, _make_stage(name, stages[name], params or {}, once, place, *keys)))
    return tuple(made)


def _make_stage(
    name: str, kind: type[Any], params: Any, once: Mapping[str, Any], place: Place, *part: str
) -> Stage | Birth:
    where = place.at(*part, name)
    if not isinstance(params, dict):
        raise RecipeError(f"{where}: expected parameters of {name!r}, found {params!r}")
    known = {field.name for field in fields(kind)}
    for key in params:
        if key not in known:
            mend = did_you_mean(str(key), known) if known else "it takes none"
            raise RecipeError(f"{place.at(*part, name, str(key))}: {name!r} has no parameter {key!r}; {mend}")
    params = {key: value for key, value in once.items() if key in known} | params
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(kind)
        stage = adapter.validate_python(params)
        if isinstance(stage, Stage):
            stage.check(once["sources"])
    except ParameterError as error:
        raise RecipeError(f"{place.at(*part, name, *error.keys)}: {name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        if isinstance(fault := first.get("ctx", {}).get("error"), ParameterError):
            raise RecipeError(f"{place.at(*part, name, *fault.keys)}: {name}: {fault}") from error
        keys = [str(part) for part in first["loc"]]
        found = "" if first["type"] in ("missing", "value_error") else f", found {first['input']!r}"
        message = first["msg"].removeprefix("Value error, ")
        mend = f"{name}{''.join('.' + key for key in keys)}: {message}{found}"
        raise RecipeError(f"{place.at(*part, name, *keys)}: {mend}") from error
    except ValueError as error:
        raise RecipeError(f"{where}: {name}: {error}") from error
    return stage  # type: ignore[no-any-return]
