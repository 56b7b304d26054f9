"""Keep one row of each question; drop its copies, rows whose golds disagree, and what a template has too many of."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import polars as pl

from pipeline.licences import NON_COMMERCIAL
from pipeline.match.near import Thresholds, near_copies
from pipeline.match.propose import group_keys
from pipeline.match.sketch import sketched, text_hashes
from pipeline.match.weights import Weights, weights_of, word_counts
from pipeline.stage import Assets, Stage
from pipeline.verify import VERSION, compile_gold, verify

SAME = "same question"
DISAGREE = "golds disagree"
NEAR = "near copy"
TEMPLATE = "too many of one template"

_SURVIVOR_ORDER = ("without_solution", "non_commercial", "priority", "source", "key", "id")
_GROUP = ("exact", "exact_too", "choices")
_SHOWN = 20  # rows of a group that evidence names; a group can hold thousands


@dataclass(frozen=True)
class Dedup(Stage):
    """Copies are rows with the same question and the same options, in any order, in any dress.

    sources: names of sources, the preferred first; the others follow by name.
    near: also drop near copies, whose words nearly agree and whose numbers, signs and conditions all do.
    max_per_template: rows kept of one template (same words, other numbers); 0 keeps all, for they are other problems.
    """

    version: ClassVar[int] = 100 * VERSION + 5  # another verifier is another stage
    scope: ClassVar[Literal["shard", "whole"]] = "whole"
    buckets: ClassVar[bool] = True  # copies have the same figures and options, so they meet in one bucket
    loads: ClassVar[tuple[str, ...]] = ("pipeline.match.compiled",)
    reads: ClassVar[tuple[str, ...]] = (
        "source", "question", "options", "answer", "solution", "template", "canonical", "licence",
    )  # fmt: skip

    sources: tuple[str, ...] = ()
    near: bool = True
    max_per_template: int = 0

    def prepare(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return the sketch of each question, its gold, and what the order of survivors looks at."""
        own = rows.select(
            "id", "key", "source", "question", "canonical", "template", answer_text="answer",
            without_solution=pl.col("solution").fill_null("").str.strip_chars() == "",
            non_commercial=pl.col("licence").fill_null("").str.contains(NON_COMMERCIAL),
        )  # fmt: skip
        golds = pl.DataFrame({"answer": text_hashes(rows["answer"])}, schema={"answer": pl.UInt64})
        sketches = sketched(rows["question"], rows["options"])
        return pl.concat([own, golds, sketches], how="horizontal").with_columns(
            bucket=pl.Series(group_keys(sketches), dtype=pl.UInt64)
        )

    def summarize(self, prepared: pl.DataFrame) -> pl.DataFrame:
        """Return how often each word is there: what is rare is rare among all rows."""
        return word_counts(prepared["words"])

    def mark(self, rows: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return `id`, `drop` and `evidence`; leave `clusters`, every member with its survivor and similarity, and
        `templated`, the rows that stay and have numbers."""
        places = {name: place for place, name in enumerate(self.sources)}
        priority = pl.col("source").replace_strict(places, default=len(places), return_dtype=pl.Int64)
        rows = rows.with_row_index("row").with_columns(priority=priority)
        # Whose figures and options no other row has is nobody's copy. The best survivor first; ties end with the id,
        # so that the order of files never counts.
        ordered = _exact(rows.filter(pl.col("bucket").is_duplicated()).sort(_SURVIVOR_ORDER).with_row_index("place"))
        if self.near:
            ordered = _near(ordered, weights_of(assets.inputs["summary"]))
        assets.outputs["clusters"] = _clusters(ordered)
        marked = rows.join(_explain(ordered), on="row", how="left", maintain_order="left")
        assets.outputs["templated"] = _templated(marked)
        return marked.select("id", "drop", "evidence")

    @property
    def settles(self) -> bool:
        """A template's rows stand in many buckets."""
        return self.max_per_template > 0

    def settle(self, marked: pl.DataFrame, assets: Assets) -> pl.DataFrame:
        """Return `marked` with all but the first `max_per_template` kept rows of each template dropped."""
        templated = assets.inputs["templated"].sort(_SURVIVOR_ORDER)
        over = templated.filter(pl.int_range(pl.len()).over("template") >= self.max_per_template)
        proof = pl.struct("template", most=pl.lit(self.max_per_template)).struct.json_encode()
        marked = marked.join(over.select("id", proof=proof), on="id", how="left", maintain_order="left")
        return marked.with_columns(
            drop=pl.when(pl.col("proof").is_not_null()).then(pl.lit(TEMPLATE)).otherwise("drop"),
            evidence=pl.coalesce("proof", "evidence"),
        ).drop("proof")

    def conclude(self, assets: Assets) -> None:
        """Leave `clusters` and `templates`, those of two and more rows that are no copies (other numbers, so other
        problems): `rows`, one `example`."""
        assets.outputs["clusters"] = assets.inputs["clusters"]
        templated = assets.inputs["templated"].sort(_SURVIVOR_ORDER)
        templates = templated.group_by("template", maintain_order=True).agg(rows=pl.len(), example=pl.col("id").first())
        large = templates.filter(pl.col("rows") > 1)
        assets.outputs["templates"] = large.sort(-pl.col("rows").cast(pl.Int64), "template")


def _exact(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `rows` with `survivor`, a place, and marked where question and options are those of an earlier row; a
    question without words is none."""
    typed = pl.col("canonical").is_not_null().all()
    golds = pl.when(typed).then(pl.col("canonical").n_unique()).otherwise(
        pl.col("answer").filter(pl.col("answer") != 0).n_unique()
    )  # fmt: skip
    twice = rows.filter((pl.col("exact") != 0) & pl.col("exact").is_duplicated())
    groups = twice.group_by(_GROUP).agg(pl.len(), survivor=pl.col("place").min(), num_golds=golds.first())
    members = twice.join(groups.filter(pl.col("len") > 1), on=_GROUP).select(
        "place", "survivor", "num_golds", "canonical"
    )
    rivals = members.filter(pl.col("num_golds") > 1).group_by("survivor").agg(written=pl.col("canonical").unique())
    disagreeing = [survivor for survivor, written in rivals.iter_rows() if not _same_golds(written)]
    disagree = pl.col("survivor").is_in(pl.Series(disagreeing, dtype=members.schema["survivor"]).implode())
    members = members.select("place", "survivor", disagree=disagree)
    return rows.join(members, on="place", how="left", maintain_order="left").with_columns(
        similarity=pl.lit(1.0),
        drop=pl.when("disagree").then(pl.lit(DISAGREE)).when(pl.col("place") != pl.col("survivor")).then(pl.lit(SAME)),
    )


def _same_golds(golds: list[str | None]) -> bool:
    r"""Tell whether golds that are written differently are one to the verifier: `\frac{3}{8}` and `\frac 3 8`."""
    typed = [gold for gold in golds if gold is not None]
    if len(typed) < len(golds):
        return False
    first = compile_gold(typed[0])
    return all(verify(first, other).equal is True for other in typed[1:])


def _near(rows: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """Return `rows` marked where a row that stays so far is a near copy of an earlier one."""
    left = rows.filter(pl.col("drop").is_null() & (pl.col("exact") != 0))
    gold = pl.coalesce("canonical", pl.when(pl.col("answer") != 0).then(pl.col("answer").cast(pl.String)))
    left = left.with_columns(gold=gold.cast(pl.Categorical).to_physical().cast(pl.Int64).fill_null(-1) + 1)
    found = near_copies(left, weights=weights, thresholds=Thresholds())
    places = left["place"]
    near = pl.DataFrame(
        {"place": places.gather(found["row"]), "near": places.gather(found["survivor"]), "score": found["similarity"]}
    )
    # A survivor of copies may itself be a near copy: its copies then follow it to the row that stays.
    followed = near.select(survivor="place", onward="near")
    rows = rows.join(near, on="place", how="left", maintain_order="left")
    rows = rows.join(followed, on="survivor", how="left", maintain_order="left")
    return rows.with_columns(
        drop=pl.when(pl.col("near").is_not_null()).then(pl.lit(NEAR)).otherwise("drop"),
        survivor=pl.coalesce("near", "onward", "survivor"),
        similarity=pl.coalesce("score", "similarity"),
    )


def _explain(rows: pl.DataFrame) -> pl.DataFrame:
    """Return `row`, `drop` and the evidence of what goes: its survivor, or the golds that disagree, and whose."""
    shown = pl.struct("id", gold=pl.coalesce("canonical", "answer_text"))
    disagreeing = rows.filter(pl.col("drop") == DISAGREE)
    golds = disagreeing.group_by("survivor").agg(golds=shown.head(_SHOWN))
    disagreeing = disagreeing.join(golds, on="survivor").select(
        "row", "drop", evidence=pl.struct("golds").struct.json_encode()
    )
    copies = rows.filter(pl.col("drop").is_in([SAME, NEAR]))
    survivor = rows["id"].gather(copies["survivor"]).alias("survivor")
    proof = pl.struct(survivor, similarity=pl.col("similarity").round(3)).struct.json_encode()
    return pl.concat([disagreeing, copies.select("row", "drop", evidence=proof)])


def _clusters(rows: pl.DataFrame) -> pl.DataFrame:
    """Return every member of every group: `cluster` (the id of its survivor), `id`, `similarity`, `drop`."""
    copy = pl.col("drop").is_in([SAME, NEAR])
    survives = pl.col("drop").is_null() & pl.col("place").is_in(rows.filter(copy)["survivor"].implode())
    members = rows.filter(copy | (pl.col("drop") == DISAGREE) | survives).select(
        pl.coalesce("survivor", "place"), "place", "id", "similarity", "drop"
    )
    members = members.sort("survivor", "place")
    return members.select(rows["id"].gather(members["survivor"]).alias("cluster"), "id", "similarity", "drop")


def _templated(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the kept rows that have numbers: the template, and what the order of survivors looks at."""
    counted = pl.col("drop").is_null() & (pl.col("num_numbers") > 0) & pl.col("template").is_not_null()
    return rows.filter(counted).select("template", *_SURVIVOR_ORDER)
