"""A step: one stage over one source or over the union, named by what it is; and the files in its folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from pipeline.files import read_json
from pipeline.fingerprint import fingerprint, literal
from pipeline.stage import Birth, Stage

UNION = "all"  # the source of a step that sees every source


@dataclass(frozen=True)
class RawFile:
    """A raw file on this machine. uri and revision: where it comes from, the same on every machine."""

    path: Path
    uri: str
    revision: str


class Locator(Protocol):
    """Where raw files are: on this machine or on the Hub."""

    def locate(self) -> tuple[RawFile, ...]:
        """Return the files, fetched where needed, in their order. Raises SourceError."""
        ...

    def identity(self) -> Any:
        """Return what names the files' content, as literals, without fetching them."""
        ...


@dataclass(frozen=True)
class RawSource:
    """A source as it will be read: where its files are, what makes rows of them, and how many at most (0: all)."""

    name: str
    place: Locator
    birth: Birth
    limit: int = 0
    before: "tuple[Step, ...]" = ()  # the steps that make its files, where they are synthesized


@dataclass(frozen=True)
class Step:
    """One stage over one source (or UNION), with all that its identity is made of."""

    name: str
    source: str
    kind: Literal["ingest", "shard", "whole"]
    parents: tuple[str, ...]  # folder names
    stage: Stage | None = None
    raw: RawSource | None = None
    assets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # name -> folder names
    beside: bool = False  # it makes what rows are synthesized from, and is no part of the rows' way through the stages

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as literals: of the stage, or what names the raw files."""
        if self.stage is not None:
            return dict(self.stage.identity())
        assert self.raw is not None
        limit = {"limit": self.raw.limit} if self.raw.limit else {}
        return {"files": self.raw.place.identity(), "birth": literal(self.raw.birth), **limit}

    @property
    def fingerprint(self) -> str:
        version = self.stage.version if self.stage else self.raw.birth.version if self.raw else 0
        return fingerprint([self.name, self.source, version, self.parameters, self.parents, self.assets])

    @property
    def folder(self) -> str:
        return f"{self.name}-{self.source}-{self.fingerprint}"


@dataclass(frozen=True)
class StepFolder:
    """The files of a step in `data/steps`."""

    path: Path

    @property
    def report(self) -> dict[str, Any] | None:
        """What was counted, or None: the report is written last, so its presence means done."""
        value = read_json(self.path / "report.json")
        assert value is None or isinstance(value, dict)
        return value

    def kept(self, rank: int) -> Path:
        return self.path / f"kept-{rank:05d}.parquet"

    def dropped(self, rank: int) -> Path:
        return self.path / f"dropped-{rank:05d}.parquet"

    def prepared(self, rank: int) -> Path:
        """What a whole stage needs of a shard, one bucket after another."""
        return self.path / f"prepared-{rank:05d}.arrow"

    def summary(self, rank: int) -> Path:
        return self.path / f"prepared-{rank:05d}-summary.arrow"

    def marked(self, bucket: int) -> Path:
        return self.path / f"marked-{bucket:05d}.arrow"

    def marked_asset(self, bucket: int, name: str) -> Path:
        return self.path / f"marked-{bucket:05d}-asset-{name}.arrow"

    def asked(self, rank: int) -> Path:
        """What was asked of a model for a shard, and what it answered."""
        return self.path / f"asked-{rank:05d}.parquet"

    @property
    def marks(self) -> Path:
        return self.path / "marks.arrow"

    def asset(self, name: str) -> Path:
        return self.path / f"asset-{name}.parquet"

    def all_kept(self) -> list[Path]:
        return sorted(self.path.glob("kept-*.parquet"))

    def all_dropped(self) -> list[Path]:
        return sorted(self.path.glob("dropped-*.parquet"))


def steps_folder(data: Path) -> Path:
    """Return where the steps of all blends live under a data folder."""
    return data / "steps"


def input_shards(data: Path, parents: tuple[str, ...]) -> list[Path]:
    """Return the kept shards of the parents, in the parents' order: the input of a step, a rank each."""
    return [path for parent in parents for path in StepFolder(steps_folder(data) / parent).all_kept()]
