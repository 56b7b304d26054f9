"""The recipes that come along: each is read, planned and, where nothing is missing, built on the sample."""

import re
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
import yaml

from benchmarks.paper_blends import LIBRARY, table
from blends.build import prepare
from pipeline.errors import RecipeError
from pipeline.verify import VERSION
from stages.difficulty import ATTEMPT
from tests.conftest import run_crossthink

RECIPES = sorted(path.stem for path in LIBRARY.glob("*.yaml"))
UNMEASURED = ("nemo_hard", "control_easy_only")
DOC = Path(__file__).parents[2] / "docs" / "blends.md"


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in (*UNMEASURED, "nemo_score")])
def test_every_recipe_has_a_plan(name: str, tmp_path: Path) -> None:
    plan, *_ = prepare(name, "generated" if name == "tiny" else "sample", tmp_path, 0, [])
    assert plan.recipe.name == name
    assert len(plan.recipe.about.split()) > 5
    assert plan.steps[-1].name == "render"


@pytest.mark.parametrize("name", UNMEASURED)
def test_a_blend_by_difficulty_asks_for_pass_rates(name: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=f"nothing has measured pass_rates; run `crossthink profile {name}`"):
        prepare(name, "sample", tmp_path, 0, [])


def test_an_unknown_score_is_told_and_never_guessed(tmp_path: Path) -> None:
    told = run_crossthink("plan", "nemo_score", "--data", tmp_path / "data")
    assert told.returncode == 2
    assert (
        "scores/paper.yaml:7: no score yet for persona_skill_math, math; train the blend single_persona" in told.stderr
    )
    assert len(told.stderr.splitlines()) == 1


def test_scores_beside_one_s_own_recipe_fill_the_gaps(sample_data: Path, tmp_path: Path) -> None:
    scores = yaml.safe_load((LIBRARY / "scores" / "paper.yaml").read_text())
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "paper.yaml").write_text(yaml.safe_dump(scores | {"persona_skill_math": 40, "math": 50}))
    (tmp_path / "mine.yaml").write_text("extends: nemo_score\nname: mine\n")
    told = run_crossthink("plan", tmp_path / "mine.yaml", "--data", sample_data).stdout
    total = sum(value for value in scores.values() if value) + 90
    assert re.search(rf"numina_math +{53.06 / total:.4f}", told), told


def built(name: str, data: Path) -> pl.DataFrame:
    done = run_crossthink("build", name, "--data", data, "--workers", "1")
    assert done.returncode == 0, done.stderr
    return pl.read_parquet(data / "blends" / f"{name}-sample" / "data" / "train-*.parquet")


def test_the_template_ablation_has_the_same_rows_in_two_forms(sample_data: Path) -> None:
    mixed, opened = built("nemo_mixed", sample_data), built("nemo_all_open", sample_data)
    assert mixed["id"].to_list() == opened["id"].to_list()
    assert set(opened["form"]) == {"open"}
    assert set(mixed["form"]) == {"mcq", "open"}


def test_the_answer_ablation_has_the_same_rows_in_two_templates(sample_data: Path) -> None:
    short, long = built("nemo_short_answers", sample_data), built("nemo_long_answers", sample_data)
    assert short["id"].to_list() == long["id"].to_list()
    lettered = short.filter(pl.col("form") == "mcq")["ground_truth"]
    assert lettered.str.len_chars().max() == 1
    assert long.filter(pl.col("form") == "mcq")["ground_truth"].str.contains("^[A-J]: ").all()


def test_forms_are_two_to_one_where_the_blend_is_by_form(sample_data: Path) -> None:
    forms = Counter(built("nemo_more_mcq", sample_data)["form"])
    assert abs(forms["mcq"] - 2 * forms.total() / 3) < 1


def test_the_paper_s_rules_keep_and_mark_what_ours_would_drop(sample_data: Path) -> None:
    rows = built("paper_rules", sample_data)
    marks = rows["marks"].explode().drop_nulls()
    assert marks.str.starts_with("verifiable: ").any()
    assert marks.str.contains("needs a picture").any()
    assert rows["key"].n_unique() < rows.height  # not deduplicated
    card = (sample_data / "blends" / "paper_rules-sample" / "README.md").read_text()
    assert "Rows whose gold fails our verifier's round trip" in " ".join(card.split())


def test_the_commercial_blend_has_no_licence_that_forbids_it(sample_data: Path) -> None:
    assert not [name for name in built("commercial", sample_data)["licence"].unique() if "nc" in name.split("-")]


def test_controls_say_what_they_are(sample_data: Path) -> None:
    true = {row["id"]: row["ground_truth"] for row in built("nemo_weighted", sample_data).to_dicts()}
    shuffled = built("control_shuffled_labels", sample_data)
    assert shuffled["id"].to_list() == list(true)
    same = sum(row["ground_truth"] == true[row["id"]] for row in shuffled.to_dicts())
    assert same < shuffled.height / 5  # letters by chance
    coin = built("control_random_reward", sample_data)
    assert coin["ground_truth"].to_list() == list(true.values())
    for name, rows in (("control_shuffled_labels", shuffled), ("control_random_reward", coin)):
        assert rows["marks"].list.eval(pl.element().str.starts_with("control: ")).list.any().all()
        assert "CONTROL" in (sample_data / "blends" / f"{name}-sample" / "README.md").read_text()


def test_the_hard_blend_is_built_once_rows_are_measured(sample_data: Path, tmp_path: Path) -> None:
    weighted = pl.read_parquet(sample_data / "blends" / "nemo_weighted-sample" / "data" / "train-*.parquet")
    tried = weighted.select("id", "key", "source", score=(pl.int_range(pl.len()) % 2).cast(pl.Float64))
    tried = tried.with_columns(model=pl.lit("m"), nth=pl.lit(0), verifier=pl.lit(VERSION))
    missing = [pl.lit(None, kind).alias(name) for name, kind in ATTEMPT.items() if name not in tried.columns]
    (tmp_path / "data" / "profiles").mkdir(parents=True)
    path = tmp_path / "data" / "profiles" / "nemo_hard.parquet"
    tried.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in ATTEMPT.items()).write_parquet(path)
    solved = set(tried.filter(pl.col("score") == 1)["key"])
    rows = built("nemo_hard", tmp_path / "data")
    assert not solved & set(rows.filter(pl.col("category") == "gpr")["key"])
    assert solved & set(rows.filter(pl.col("category") == "mr")["key"])


@pytest.mark.slow
def test_the_table_of_the_paper_s_blends_is_what_the_blends_are() -> None:
    assert "\n".join(table()) in DOC.read_text()
