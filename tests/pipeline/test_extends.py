"""Recipes that extend others: what is said again replaces, the rest stays, each fault names its file and line."""

import re
from pathlib import Path

import pytest

from pipeline.errors import RecipeError
from pipeline.recipe import Recipe, read_recipe
from stages.mix import Mix
from stages.table import STAGES
from stages.verifiable import Verifiable

BASE = """\
name: base
about: the base
seed: 7
sources: [math, syn_qa]
each:
  normalize:
  forms:
  verifiable: {rules: paper, max_words: 5}
all:
  dedup:
  split: {validation: 0.1}
  mix:
    shares: {math: 0.25, syn_qa: 0.75}
    shortage: shrink
  render:
"""
KNOWN = {"math", "syn_qa", "mmlu_train"}


def read(folder: Path, child: str, **others: str) -> Recipe:
    library = folder / "blends"
    library.mkdir(exist_ok=True)
    for name, text in {"base": BASE, **others}.items():
        (library / f"{name}.yaml").write_text(text)
    (folder / "mine.yaml").write_text(child)
    return read_recipe(folder / "mine.yaml", STAGES, KNOWN, shown="mine.yaml", library=library)


def fault(folder: Path, child: str, **others: str) -> str:
    with pytest.raises(RecipeError) as error:
        read(folder, child, **others)
    assert "\n" not in str(error.value)
    return str(error.value)


def names(recipe: Recipe) -> list[str]:
    return [name for name, _ in recipe.all]


def test_a_few_lines_change_and_the_rest_stays(tmp_path: Path) -> None:
    recipe = read(tmp_path, "extends: base\nname: mine\nall:\n  mix: {shares: {math: 1, syn_qa: 0}}\n")
    assert (recipe.name, recipe.about, recipe.seed, recipe.sources) == ("mine", "", 7, ("math", "syn_qa"))
    assert recipe.each[2][1] == Verifiable(rules="paper", max_words=5)
    folders = (tmp_path, tmp_path / "blends")
    assert dict(recipe.all)["mix"] == Mix({"math": 1, "syn_qa": 0}, shortage="shrink", seed=7, folders=folders)
    assert names(recipe) == ["dedup", "split", "mix", "render"]


def test_one_parameter_of_a_stage_changes_and_the_others_stay(tmp_path: Path) -> None:
    recipe = read(tmp_path, "extends: base\nname: mine\neach:\n  verifiable: {max_words: 9}\n")
    assert recipe.each[2][1] == Verifiable(rules="paper", max_words=9)


def test_a_stage_is_taken_out_and_another_put_in_its_place(tmp_path: Path) -> None:
    recipe = read(tmp_path, "extends: base\nname: mine\nall:\n  dedup: off\n  difficulty: {least: 2}\n  split:\n")
    assert names(recipe) == ["difficulty", "split", "mix", "render"]
    assert dict(recipe.all)["split"].validation == 0.1  # type: ignore[attr-defined]


def test_two_stages_put_in_keep_their_order(tmp_path: Path) -> None:
    recipe = read(tmp_path, "extends: base\nname: mine\nall:\n  licence:\n  difficulty:\n  mix:\n")
    assert names(recipe) == ["dedup", "split", "licence", "difficulty", "mix", "render"]


def test_recipes_extend_one_another_over_many_files(tmp_path: Path) -> None:
    middle = "extends: base\nname: middle\nseed: 8\nall:\n  split: {validation: 0.2}\n"
    recipe = read(tmp_path, "extends: middle\nname: mine\nall:\n  split: {validation: 0.3}\n", middle=middle)
    assert (recipe.seed, dict(recipe.all)["split"].validation) == (8, 0.3)  # type: ignore[attr-defined]


def test_a_path_is_beside_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(BASE)
    assert read(tmp_path, "extends: other.yaml\nname: mine\n").seed == 7


# the child's lines after `name: mine`, other recipes, and what is said
FAULTS = [
    ("extends: bace\n", {}, "mine.yaml:2: no recipe 'bace' to extend; did you mean 'base'?, or give a path"),
    ("extends: gone.yaml\n", {}, "mine.yaml:2: extends 'gone.yaml', which is no file beside it; correct the path"),
    ("extends: [base]\n", {}, "mine.yaml:2: no recipe ['base'] to extend; "),
    ("extends: base\nsead: 3\n", {}, "mine.yaml:3: unknown key 'sead'; did you mean 'seed'?"),
    ("extends: base\nall:\n  dedupe:\n  mix:\n", {}, "mine.yaml:4: no stage 'dedupe'; did you mean 'dedup'?"),
    ("extends: base\nall:\n  difficulty:\n", {}, "mine.yaml:4: where does 'difficulty' stand? name after it the stage"),
    ("extends: base\nall:\n  dedupe: off\n", {}, "mine.yaml:4: no stage 'dedupe' to take out; did you mean 'dedup'?"),
    ("extends: base\nall:\n  mix: {sharez: 1}\n", {}, "mine.yaml:4: 'mix' has no parameter 'sharez'"),
    ("extends: base\nsources: [math]\n", {}, "blends/base.yaml:13: mix: 'syn_qa' has a share and is not in 'sources'"),
    ("extends: mid\n", {"mid": "name: mid\nextends: base\nsede: 1\n"}, "blends/mid.yaml:3: unknown key 'sede'"),
    ("extends: mid\n", {"mid": "name: mid\nextends: low\n", "low": "name: low\nextends: mid\n"},
     "blends/low.yaml:2: recipes extend each other in a circle (mine.yaml -> blends/mid.yaml -> blends/low.yaml"),
    ("extends: ./mine.yaml\n", {}, "mine.yaml:2: recipes extend each other in a circle (mine.yaml -> ./mine.yaml)"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "others", "said"), FAULTS)
def test_each_fault_names_its_own_file_and_line(tmp_path: Path, lines: str, others: dict[str, str], said: str) -> None:
    assert fault(tmp_path, f"name: mine\n{lines}", **others).startswith(said)


def test_a_name_is_never_another_s(tmp_path: Path) -> None:
    assert re.match(r"mine\.yaml: 'name' is missing; add it", fault(tmp_path, "extends: base\n"))
