"""`crossthink build --from`: a manifest is enough to build the same bytes; what would differ is named."""

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from blends.rebuild import rebuild_blend
from pipeline.errors import PipelineError
from pipeline.manifest import recipe_value
from pipeline.rebuild import built_difference
from pipeline.recipe import read_recipe
from stages.sources import SOURCES
from stages.syntheses import SYNTHESES
from stages.table import STAGES
from tests.conftest import run_crossthink
from tests.hub_server import TOKEN, hub

BLENDS = Path(__file__).parents[2] / "blends"
KNOWN = {*SOURCES, "sums", "ages"}  # `tiny` reads two that are in no catalogue


# `nemo_score` is refused until its scores are measured, and so has no manifest.
RECIPES = [path for path in sorted(BLENDS.glob("*.yaml")) if path.stem != "nemo_score"]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_in_a_manifest_reads_as_the_recipe_that_it_was(recipe: Path, tmp_path: Path) -> None:
    read = read_recipe(recipe, STAGES, KNOWN, shown=recipe.name, syntheses=SYNTHESES, library=BLENDS)
    value = json.loads(json.dumps(recipe_value(read)))
    (tmp_path / "again.yaml").write_text(yaml.safe_dump(value, sort_keys=False))
    again = read_recipe(tmp_path / "again.yaml", STAGES, KNOWN, shown="again", syntheses=SYNTHESES, library=BLENDS)
    assert recipe_value(again) == value
    assert [(name, stage.identity()) for name, stage in again.each + again.all] == [
        (name, stage.identity()) for name, stage in read.each + read.all
    ]


def test_a_manifest_builds_the_same_bytes(sample_blend: Path, tmp_path: Path) -> None:
    given = tmp_path / "manifest.json"
    shutil.copy(sample_blend / "manifest.json", given)
    done = run_crossthink("build", "--from", given, "--data", tmp_path / "data", "--workers", "2")
    assert done.returncode == 0, done.stderr
    assert f"the same as {given}: 3 shards, every byte" in done.stdout
    built = tmp_path / "data" / "blends" / "nemo_weighted-sample"
    for name in ("manifest.json", "report.json", "report.html", "README.md"):
        assert (built / name).read_bytes() == (sample_blend / name).read_bytes(), name


def test_a_published_blend_is_built_again_from_its_repository(
    sample_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub({}) as served:
        for name, value in served.environment(tmp_path / "home", token=TOKEN).items():
            monkeypatch.setenv(name, value)
        done = run_crossthink("publish", "--repo", "me/x", "--data", sample_data, "--sample-anyway")
        assert done.returncode == 0, done.stderr
        revision = served.repos["me/x"].main
        built = run_crossthink("build", "--from", f"me/x@{revision}", "--data", tmp_path / "data", "--workers", "2")
        assert built.returncode == 0, built.stderr
        assert f"the same as me/x@{revision}: 3 shards, every byte" in built.stdout
        none = run_crossthink("build", "--from", "me/nothing@main", "--data", tmp_path / "data")
        assert none.returncode == 2 and "me/nothing@main: not there" in none.stderr


def changed(manifest: Path, to: Path, change: Any) -> Path:
    value = json.loads(manifest.read_text())
    change(value)
    to.write_text(json.dumps(value))
    return to


def _of_another_file(step: Any) -> None:
    step["parameters"]["files"][0][1] = "sha256:0"
    step["fingerprint"] = "0"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m["recipe"]["each"]["verifiable"].update(max_words=8), "of mmlu_train: max_words 10 -> 8"),
        (lambda m: m["recipe"]["all"].pop("dedup"), "has dedup of all where this plan has decontaminate of all"),
        (lambda m: _of_another_file(m["steps"][0]), "benchmark of agieval: files [['sample/benchmarks/agieval.jsonl'"),
        (lambda m: m["steps"][-1].update(fingerprint="0"), "render of all: this crossthink has another version of the"),
    ],
)  # fmt: skip
def test_what_would_differ_is_named_before_anything_runs(
    sample_blend: Path, tmp_path: Path, change: Any, said: str
) -> None:
    given = changed(sample_blend / "manifest.json", tmp_path / "manifest.json", change)
    with pytest.raises(PipelineError, match="would not come out the same") as caught:
        rebuild_blend(str(given), "sample", tmp_path / "data", workers=1)
    assert said in str(caught.value)
    assert not (tmp_path / "data" / "steps").exists()


def test_a_manifest_of_another_map_asks_for_the_map(sample_blend: Path, tmp_path: Path) -> None:
    given = changed(sample_blend / "manifest.json", tmp_path / "manifest.json", lambda m: m.update(source_map="mine"))
    with pytest.raises(PipelineError, match="was read by the source map 'mine'; give that file with --sources"):
        rebuild_blend(str(given), "sample", tmp_path / "data", workers=1)


@pytest.mark.parametrize("content", ["", "[]", '{"recipe": {}}'])
def test_what_is_no_manifest_is_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(PipelineError, match="no manifest of a blend"):
        rebuild_blend(str(tmp_path / "manifest.json"), "sample", tmp_path / "data", workers=1)


def test_the_first_row_that_differs_is_named(sample_blend: Path, tmp_path: Path) -> None:
    manifest = json.loads((sample_blend / "manifest.json").read_text())
    assert built_difference(manifest, manifest, sample_blend, sample_blend) is None
    shutil.copytree(sample_blend, tmp_path / "blend")
    shard = tmp_path / "blend" / manifest["shards"][0]["file"]
    rows = pl.read_parquet(shard)
    rows.with_columns(answer=pl.when(pl.int_range(pl.len()) == 41).then(pl.lit("x")).otherwise("answer")).write_parquet(
        shard
    )
    name = rows.get_column("id")[41]
    found = built_difference(manifest, manifest, tmp_path / "blend", sample_blend)
    assert found == f"{manifest['shards'][0]['file']}: row 42 is {name} there, {name} here; differs in answer"
