"""A recipe is read strictly: each fault is one line with its file, its line, the value and the mend."""

import re
from pathlib import Path

import pytest

from pipeline.errors import RecipeError
from pipeline.recipe import Recipe, check_columns, read_recipe
from stages.mix import Mix
from stages.sources import SOURCES
from stages.table import STAGES
from stages.verifiable import Verifiable

GOOD = """\
name: small
about: two sources
seed: 7
sources: [math, syn_qa]
each:
  normalize:
  forms:
  verifiable: {rules: paper, max_words: 5}
all:
  dedup:
  mix:
    shares: {math: 0.25, syn_qa: 0.75}
    size: max
"""
KNOWN = {"math", "syn_qa", "mmlu_train"}


def read(folder: Path, text: str | bytes) -> Recipe:
    path = folder / "small.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_recipe(path, STAGES, KNOWN, shown="small.yaml")


def fault(folder: Path, text: str | bytes) -> str:
    with pytest.raises(RecipeError) as error:
        read(folder, text)
    message = str(error.value)
    assert "\n" not in message
    return message


def test_a_good_recipe_is_read(tmp_path: Path) -> None:
    recipe = read(tmp_path, GOOD)
    assert (recipe.name, recipe.about, recipe.seed, recipe.sources) == ("small", "two sources", 7, ("math", "syn_qa"))
    assert [name for name, _ in recipe.each] == ["normalize", "forms", "verifiable"]
    assert recipe.each[2][1] == Verifiable(rules="paper", max_words=5)
    assert recipe.all[1][1] == Mix({"math": 0.25, "syn_qa": 0.75}, size="max", seed=7, folders=(tmp_path,))


def test_what_the_recipe_says_once_goes_to_every_stage_that_asks(tmp_path: Path) -> None:
    stages = dict(read(tmp_path, GOOD).all)
    assert stages["mix"].seed == 7  # type: ignore[attr-defined]
    assert stages["dedup"].sources == ("math", "syn_qa")  # type: ignore[attr-defined]


def test_a_stage_may_have_a_seed_of_its_own(tmp_path: Path) -> None:
    stages = dict(read(tmp_path, GOOD.replace("size: max", "size: 10\n    seed: 9")).all)
    assert (stages["mix"].seed, stages["mix"].size) == (9, 10)  # type: ignore[attr-defined]


def test_the_order_of_the_recipe_is_the_order_of_the_stages(tmp_path: Path) -> None:
    turned = GOOD.replace("  normalize:\n  forms:\n", "  forms:\n  normalize:\n")
    assert [name for name, _ in read(tmp_path, turned).each] == ["forms", "normalize", "verifiable"]


# what is changed in the good recipe, to what, and the message's beginning
FAULTS = [
    ("seed: 7", "sead: 7", "small.yaml:3: unknown key 'sead'; did you mean 'seed'?"),
    ("seed: 7", "zzz: 7", "small.yaml:3: unknown key 'zzz'; known: about, all, each, extends, name, seed"),
    ("seed: 7", "seed: 7.5", "small.yaml:3: seed 7.5 must be a whole number"),
    ("seed: 7", "seed: true", "small.yaml:3: seed True must be a whole number"),
    ("seed: 7", "name: again", "small.yaml:3: 'name' stands twice (also line 1); keep one"),
    ("name: small\n", "", "small.yaml: 'name' is missing; add it"),
    ("name: small", "name: a/b", "small.yaml:1: name 'a/b' must be letters, digits, '-' and '_'; rename it"),
    ("name: small", "name: 12", "small.yaml:1: name 12 must be letters"),
    ("name: small", "name:", "small.yaml:1: name None must be letters"),
    ("[math, syn_qa]", "[]", "small.yaml:4: expected a list of sources, found []; name at least one"),
    ("[math, syn_qa]", "math", "small.yaml:4: expected a list of sources, found 'math'; name at least one"),
    ("[math, syn_qa]", "[maths, syn_qa]", "small.yaml:4: no source 'maths'; did you mean 'math'?"),
    ("[math, syn_qa]", "[[math], syn_qa]", "small.yaml:4: no source ['math']; did you mean 'math'?"),
    ("[math, syn_qa]", "[{math: 1}, syn_qa]", "small.yaml:4: no source {'math': 1}; "),
    ("[math, syn_qa]", "[math, math, syn_qa]", "small.yaml:4: a source stands twice; rows never multiply"),
    ("  dedup:\n", "  dedupe:\n", "small.yaml:10: no stage 'dedupe'; did you mean 'dedup'?"),
    ("  dedup:\n", "  7:\n", "small.yaml:10: no stage 7; known: "),
    ("  dedup:\n", "  dedup: [1]\n", "small.yaml:10: expected parameters of 'dedup', found [1]"),
    ("  dedup:\n", "  mix:\n", "small.yaml:11: 'mix' stands twice (also line 10); keep one"),
    ("  normalize:\n", "  dedup:\n", "small.yaml:6: 'dedup' needs all rows; move it under 'all'"),
    ("  normalize:\n", "  normalize: {form: x}\n", "small.yaml:6: 'normalize' has no parameter 'form'; it takes none"),
    ("max_words", "max_word", "small.yaml:8: 'verifiable' has no parameter 'max_word'; did you mean 'max_words'?"),
    ("rules: paper", "rules: papers", "small.yaml:8: verifiable.rules: Input should be 'strict' or 'paper', found 'pa"),
    ("max_words: 5", "max_words: many", "small.yaml:8: verifiable.max_words: Input should be a valid integer"),
    ("size: max", "size: 0", "small.yaml:13: mix: size 0 must be 'max' or at least 1"),
    ("size: max", "sizes: max", "small.yaml:13: 'mix' has no parameter 'sizes'; did you mean 'size'?"),
    ("size: max", "shortage: redistribute", "small.yaml:13: mix: shortage 'redistribute' needs a size; 'max' never"),
    ("    shares: {math: 0.25, syn_qa: 0.75}\n", "", "small.yaml:11: mix.shares: Field required"),
    ("syn_qa: 0.75", "syn_qa: 0.65", "small.yaml:12: mix: shares sum to 0.9; make them sum to 1"),
    ("syn_qa: 0.75", "syn_qa: 1.75", "small.yaml:12: mix: share 1.75 of 'syn_qa' must be between 0 and 1"),
    ("syn_qa: 0.75", "syn_qa: .nan", "small.yaml:12: mix: share of 'syn_qa' must be a number or a fraction"),
    ("syn_qa: 0.75", "syn_qa: most", "small.yaml:12: mix: share of 'syn_qa' must be a number"),
    ("syn_qa: 0.75", "mmlu_train: 0.75", "small.yaml:12: mix: 'mmlu_train' has a share and is not in 'sources'"),
    ("math: 0.25, syn_qa: 0.75", "math: 1.0", "small.yaml:12: mix: 'syn_qa' has no share; give it one"),
    ("math: 0.25", "math: 0.25, math: 0.25", "small.yaml:12: 'math' stands twice (also line 12); keep one"),
    ("each:\n", "each: [forms]\nothers:\n", "small.yaml:6: unknown key 'others'; "),
    ("seed: 7", "seed: [7", "small.yaml:4: not YAML ("),
    ("seed: 7", "\tseed: 7", "small.yaml:3: not YAML ("),
    ("seed: 7", "seed: *seven", "small.yaml:3: not YAML ("),
    ("seed: 7", "seed: \x01", "small.yaml: not YAML ("),
    ("seed: 7", "seed: 7\n---\nseed: 8", "small.yaml:4: not YAML ("),
    ("seed: 7", "? {a: b}\n: 7", "small.yaml:3: "),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_each_fault_names_its_line_the_value_and_the_mend(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert GOOD.count(old) == 1
    assert fault(tmp_path, GOOD.replace(old, new)).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "small.yaml: expected keys and values, found NoneType; begin with 'name: ...'"),
        (b"- name\n", "small.yaml: expected keys and values, found list; begin with 'name: ...'"),
        (b"name: \xff\n", "small.yaml: not UTF-8 text at byte 6; save it as UTF-8"),
    ],
)
def test_a_file_that_is_no_recipe(tmp_path: Path, text: bytes, said: str) -> None:
    assert fault(tmp_path, text) == said


def test_a_part_that_is_no_table_of_stages(tmp_path: Path) -> None:
    text = GOOD.replace("  normalize:\n  forms:\n  verifiable: {rules: paper, max_words: 5}\n", "  - normalize\n")
    assert fault(tmp_path, text).startswith("small.yaml:5: expected stages with their parameters, found ['normalize']")


def test_a_recipe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"^none\.yaml: no such file; correct the path$"):
        read_recipe(tmp_path / "none.yaml", STAGES, KNOWN, shown="none.yaml")
    with pytest.raises(RecipeError, match=r"^here: no such file; correct the path$"):
        read_recipe(tmp_path, STAGES, KNOWN, shown="here")


def test_the_paper_s_recipe_has_the_paper_s_shares() -> None:
    path = Path(__file__).parents[2] / "blends" / "nemo_weighted.yaml"
    recipe = read_recipe(path, STAGES, {"mmlu_train", "syn_qa", "natural_reasoning", "numina_math",
                                        "persona_skill_math", "math"}, shown="nemo_weighted")  # fmt: skip
    shares = dict(recipe.all)["mix"].shares  # type: ignore[attr-defined]
    table_1 = {"mmlu_train": 99_842, "syn_qa": 192_930, "natural_reasoning": 100_000,
               "numina_math": 87_350, "persona_skill_math": 100_000, "math": 8_523}  # fmt: skip
    general = ("mmlu_train", "syn_qa", "natural_reasoning")
    for source, size in table_1.items():
        group = [other for other in table_1 if (other in general) == (source in general)]
        part = (2 / 3 if source in general else 1 / 3) * size / sum(table_1[other] for other in group)
        assert abs(shares[source] - part) < 1e-6


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  split: {validation: 0.02}\n", "'mix' needs 'split', which nothing before it makes; put 'split' before it"),
        ("  render: {mcq_answer: long}\n", "a blend needs 'prompt', which no stage makes; add 'render'"),
        ("  normalize:\n", "'forms' needs 'key', which nothing before it makes; put 'normalize' before it"),
        ("  forms:\n", "'verifiable' needs 'forms', which nothing before it makes; put 'forms' before it"),
    ],
)
def test_a_stage_that_is_left_out_is_missed_by_name(tmp_path: Path, line: str, said: str) -> None:
    text = (Path(__file__).parents[2] / "blends" / "nemo_weighted.yaml").read_text()
    assert line in text
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(text.replace(line, ""))
    with pytest.raises(RecipeError, match=re.escape(said)):
        check_columns(read_recipe(recipe, STAGES, set(SOURCES), shown="recipe.yaml"), STAGES, "recipe.yaml")
