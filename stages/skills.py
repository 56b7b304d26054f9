"""Skills: a model names the skill of each seed problem; like names are clustered, counted, and one stands for each."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import orjson
import polars as pl
from rapidfuzz import fuzz, process

from pipeline.asking import Answer, ModelStage, answers_of
from pipeline.llm.request import Request, Sampling
from pipeline.stage import Assets, Stage
from stages.prompt import prompt
from stages.subjects import evidence_of, read_json

_WORD = re.compile(r"[a-z0-9]+")
_EMPTY = frozenset(("a", "an", "and", "by", "for", "in", "of", "on", "the", "to", "using", "with"))


@dataclass(frozen=True)
class NameSkill(ModelStage):
    """Asks a model for the one skill that a problem needs most."""

    adds: ClassVar[dict[str, pl.DataType]] = {"skill": pl.String()}
    prompts: ClassVar[tuple[str, ...]] = ("skill",)

    writer: str
    max_tokens: int = 64

    def prompt_digest(self, name: str) -> str:
        return prompt(name).digest

    def requests(self, rows: pl.DataFrame, assets: Assets) -> Iterator[tuple[str, Request]]:
        named = {"type": "string", "minLength": 3, "maxLength": 80}
        schema = {"type": "object", "properties": {"skill": named}, "required": ["skill"]}
        for row_id, problem in rows.select("id", "problem").iter_rows():
            yield (
                row_id,
                Request(
                    self.writer, prompt("skill").messages(problem=problem), Sampling(max_tokens=self.max_tokens), schema
                ),
            )

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        answers = answers_of(assets)
        read = [_skill(answers[row_id][0]) for row_id in rows.get_column("id")]
        return rows.with_columns(
            skill=pl.Series([skill for skill, _, _ in read], dtype=pl.String),
            drop=pl.Series([reason for _, reason, _ in read], dtype=pl.String),
            evidence=pl.Series([evidence for _, _, evidence in read], dtype=pl.String),
        )


def _skill(answer: Answer) -> tuple[str | None, str | None, str | None]:
    value, reason = read_json(answer)
    said = value.get("skill") if value else None
    skill = " ".join(said.split()).rstrip(".") if isinstance(said, str) else ""
    if skill:
        return skill, None, None
    return None, reason or "completion not as asked", evidence_of([answer])


@dataclass(frozen=True)
class ClusterSkills(Stage):
    """Keeps one problem for each cluster of like skills, with the cluster's name and size.

    A cluster grows around its most frequent name; likeness: from which a name joins (0..100, rapidfuzz, any order of
    words). least: problems that a cluster needs.
    """

    scope: ClassVar[Literal["shard", "whole"]] = "whole"
    reads: ClassVar[tuple[str, ...]] = ("skill",)
    adds: ClassVar[dict[str, pl.DataType]] = {"cluster": pl.String(), "cluster_size": pl.Int64()}

    likeness: float = 80.0
    least: int = 1

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        names = [_canonical(skill) for skill in rows.get_column("skill")]
        cluster_of = self._clusters(Counter(names))
        clusters = [cluster_of[name] for name in names]
        sizes = Counter(clusters)
        shown: dict[str, str] = {}
        first: dict[str, str] = {}
        order = sorted(
            zip(names, rows.get_column("skill"), rows.get_column("id"), clusters, strict=True), key=lambda r: r[2]
        )
        for name, skill, row_id, cluster in order:
            if name == cluster:
                shown.setdefault(cluster, skill)
                first.setdefault(cluster, row_id)
        marked = []
        for row_id, cluster in zip(rows.get_column("id"), clusters, strict=True):
            reason = (
                "rare skill"
                if sizes[cluster] < self.least
                else None
                if first[cluster] == row_id
                else "skill named already"
            )
            evidence = (
                orjson.dumps({"survivor": first[cluster], "problems": sizes[cluster]}).decode() if reason else None
            )
            marked.append((row_id, shown[cluster], sizes[cluster], reason, evidence))
        schema = {"id": pl.String(), **self.adds, "drop": pl.String(), "evidence": pl.String()}
        return pl.DataFrame(marked, schema=schema, orient="row")

    def _clusters(self, counted: Counter[str]) -> dict[str, str]:
        """Return the centre of each name's cluster: the most frequent name that it resembles."""
        cluster_of: dict[str, str] = {}
        centres: list[str] = []
        for name in sorted(counted, key=lambda one: (-counted[one], one)):
            found = process.extractOne(name, centres, scorer=fuzz.ratio, score_cutoff=self.likeness)
            cluster_of[name] = found[0] if found else name
            if not found:
                centres.append(name)
        return cluster_of


def _canonical(skill: str) -> str:
    """`Solving systems of linear equations` -> `equation linear solving system`: order and plurals do not count."""
    words = [word for word in _WORD.findall(skill.lower()) if word not in _EMPTY]
    return " ".join(sorted(word.removesuffix("s") if len(word) > 3 else word for word in words)) or skill.lower()
