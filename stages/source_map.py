"""Where the sources of a recipe are read from: the sample, the Hub, or the local files that a YAML source map names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.errors import RecipeError, did_you_mean
from pipeline.fingerprint import FileDigests
from pipeline.hub import resolve_revisions
from pipeline.row import LETTERS
from pipeline.step import RawFile, RawSource
from pipeline.strict_yaml import check_keys, read_yaml
from stages.ingest import BenchmarkItems, Ingest
from stages.sources import BENCHMARKS, SOURCES, HubPlace


@dataclass(frozen=True)
class LocalFiles:
    """Files on this machine, named by their place below the map and by their content."""

    files: tuple[RawFile, ...]

    def identity(self) -> Any:
        return [[file.uri, file.revision] for file in self.files]

    def locate(self) -> tuple[RawFile, ...]:
        return self.files


@dataclass(frozen=True)
class SourceMap:
    """The sources and benchmarks that can be had. name: what the built folder is called by; "" for the Hub."""

    name: str
    sources: Mapping[str, RawSource]
    benchmarks: Mapping[str, RawSource]
    redistributable: bool = True


# --- the Hub and the sample ------------------------------------------------------------------------------------------


def hub_map(lock: Path, sources: set[str], benchmarks: set[str]) -> SourceMap:
    """Return the catalogue's places for the wanted names; commits that are not pinned are resolved and locked."""

    def place(*places: HubPlace) -> Any:
        return resolve_revisions([(one.repo, one.files, one.revision) for one in places], lock)

    return SourceMap(
        "",
        {name: RawSource(name, place(s.place), s.birth()) for name, s in SOURCES.items() if name in sources},
        {name: RawSource(name, place(*b.places), b.birth()) for name, b in BENCHMARKS.items() if name in benchmarks},
    )


def sample_map(folder: Path, digests: FileDigests) -> SourceMap:
    """Return the sample: for each source of the catalogue one file in the upstream's own schema."""

    def place(path: Path) -> LocalFiles:
        uri = path.relative_to(folder.parent).as_posix()
        return LocalFiles((RawFile(path, uri, f"sha256:{digests.of(path)}"),))

    return SourceMap(
        "sample",
        {name: RawSource(name, place(folder / f"{name}.jsonl"), s.birth()) for name, s in SOURCES.items()},
        {
            name: RawSource(name, place(folder / "benchmarks" / f"{name}.jsonl"), b.birth())
            for name, b in BENCHMARKS.items()
        },
    )


# --- a source map ----------------------------------------------------------------------------------------------------

_FIELDS = ("question", "options", "answer", "answer_type", "domain", "solution", "seed_document", "licence", "meta")
_GOLDS = ("letter", "index", "text")
_LIST = pl.List(pl.String())


@dataclass(frozen=True)
class MapColumns:
    """Raw columns by the row's fields. gold: how the answer of a row with options names its option.

    letter: "B" | index: 1, from 0 | text: the option itself. answer_type, where there is one: mcq, open, bool as they
    are; multi (several letters) cannot be one gold.
    """

    columns: tuple[tuple[str, str], ...]  # field -> raw column
    gold: str

    def __call__(self, raw: pl.DataFrame) -> pl.DataFrame:
        rows = raw.select(pl.col(column).alias(field) for field, column in self.columns)
        if "answer_type" not in rows.columns:
            rows = rows.with_columns(answer_type=pl.lit(None, pl.String))
        rows = rows.with_columns(drop=pl.when(pl.col("answer_type") == "multi").then(pl.lit("several golds")))
        if "options" not in rows.columns:
            return rows.drop("answer_type")
        num_options = pl.col("options").list.len().fill_null(0)
        asked = (num_options > 0) & (pl.col("answer_type").fill_null("mcq") != "open")
        index = self._index()
        label = pl.when(asked & (index >= 0) & (index < num_options)).then(index)
        no_option = pl.struct(gold="answer", options=num_options).struct.json_encode()
        return rows.with_columns(
            options=pl.when(asked).then("options"),
            label=label,
            evidence=pl.when(asked & label.is_null()).then(no_option),
            answer=pl.when(asked).then(pl.col("options").list.get(label, null_on_oob=True)).otherwise("answer"),
        ).drop("answer_type")

    def _index(self) -> pl.Expr:
        """Return the index of the option that the answer names."""
        if self.gold == "text":
            return pl.struct("options", "answer").map_batches(_index_of_text, return_dtype=pl.Int32)
        named = pl.col("answer").str.strip_chars()
        if self.gold == "index":
            return named.cast(pl.Int32, strict=False)
        letters = dict(zip(LETTERS, range(len(LETTERS)), strict=True))
        return named.str.to_uppercase().replace_strict(letters, default=None, return_dtype=pl.Int32)

    @property
    def needs(self) -> tuple[tuple[str, pl.DataType], ...]:
        return tuple((column, _LIST if field == "options" else pl.String()) for field, column in self.columns)


def _index_of_text(rows: pl.Series) -> pl.Series:
    found = [
        row["options"].index(row["answer"]) if row["options"] and row["answer"] in row["options"] else None
        for row in rows
    ]
    return pl.Series(found, dtype=pl.Int32)


def file_map(path: Path, digests: FileDigests) -> SourceMap:
    """Return the sources of a YAML source map. Raises RecipeError: place, value, mend.

    Example: {name: mine, columns: {question: question, answer: answer}, gold: letter,
    sources: {math: {files: [math.parquet]}}, benchmarks: {amc23: {files: [amc23.jsonl]}}}
    """
    value, place = read_yaml(path, str(path))
    check_keys(value, {"name", "columns", "gold", "sources", "benchmarks"}, place)
    name = value.get("name", path.stem)
    if not str(name).replace("_", "").replace("-", "").isalnum() or name in ("sample", ""):
        raise RecipeError(f"{place.at('name')}: name {name!r} must be letters, digits, '-', '_' and not 'sample'")

    def entries(part: str) -> dict[str, RawSource]:
        made: dict[str, RawSource] = {}
        listed = value.get(part) or {}
        if not isinstance(listed, dict):
            raise RecipeError(f"{place.at(part)}: expected names with files, found {listed!r}; write a: {{files: ..}}")
        for entry, given in ((str(entry), given) for entry, given in listed.items()):
            given = {"files": [given]} if isinstance(given, str) else given
            if not isinstance(given, dict):
                raise RecipeError(f"{place.at(part, entry)}: expected files, found {given!r}; write {{files: [...]}}")
            check_keys(given, {"files", "columns", "gold", "licence", "category", "schema"}, place, part, entry)
            files = _local_files(given.get("files"), path, name, place.at(part, entry, "files"), digests)
            where = place.at(part, entry)
            made[entry] = RawSource(entry, files, _birth(part, entry, {**value, **given}, where))
        return made

    sources, benchmarks = entries("sources"), entries("benchmarks")
    if not sources:
        raise RecipeError(f"{path}: no sources; name at least one under 'sources'")
    return SourceMap(str(name), sources, benchmarks)


def _local_files(given: Any, map_path: Path, name: str, where: str, digests: FileDigests) -> LocalFiles:
    if not isinstance(given, list) or not given:
        raise RecipeError(f"{where}: expected a list of files, found {given!r}; write files: [one.parquet]")
    files = []
    for pattern in given:
        base = map_path.parent
        try:
            paths = sorted(base.glob(str(pattern))) if not Path(str(pattern)).is_absolute() else [Path(pattern)]
        except (ValueError, IndexError) as error:  # "", "a**" and "."
            raise RecipeError(f"{where}: {pattern!r} is no path or pattern of a file; correct it") from error
        if not paths or not all(path.is_file() for path in paths):
            raise RecipeError(f"{where}: no file {pattern!r} below {base}; correct the path")
        for path in paths:
            uri = f"{name}/{path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name}"
            files.append(RawFile(path, uri, f"sha256:{digests.of(path)}"))
    return LocalFiles(tuple(dict.fromkeys(files)))  # a file that two patterns match is read once


def _birth(part: str, entry: str, given: dict[str, Any], where: str) -> Ingest | BenchmarkItems:
    catalogue: Mapping[str, Any] = SOURCES if part == "sources" else BENCHMARKS
    if given.get("schema") not in (None, "upstream"):
        raise RecipeError(f"{where}: schema {given['schema']!r}; the only one is upstream, else map 'columns'")
    if given.get("schema") == "upstream":
        if entry not in catalogue:
            raise RecipeError(f"{where}: {entry!r} is not in the catalogue; {did_you_mean(entry, catalogue)}")
        birth: Ingest | BenchmarkItems = catalogue[entry].birth()
        return birth
    columns = given.get("columns")
    if not isinstance(columns, dict) or "question" not in columns or "answer" not in columns:
        raise RecipeError(f"{where}: 'columns' must map at least question and answer; add them, or schema: upstream")
    for field in columns:
        if field not in _FIELDS:
            raise RecipeError(f"{where}: columns: no field {field!r}; {did_you_mean(field, _FIELDS)}")
    gold = given.get("gold", "text")
    if gold not in _GOLDS:
        raise RecipeError(f"{where}: gold {gold!r}; one of {', '.join(_GOLDS)}")
    mapped = MapColumns(tuple((field, str(columns[field])) for field in _FIELDS if field in columns), gold)
    if part == "benchmarks":
        return BenchmarkItems(entry, mapped.needs, mapped)
    known = SOURCES.get(entry)
    category = given.get("category", known.category if known else None)
    if category not in ("gpr", "mr"):
        raise RecipeError(f"{where}: category {category!r}; say gpr (general-purpose) or mr (mathematical reasoning)")
    licence = str(given.get("licence", "unknown"))
    return Ingest(entry, category, licence, mapped.needs, mapped)
