"""The rows of a blend: chosen by rank, by whatever groups the recipe names, in order; and what cannot be asked for."""

from typing import Any

import polars as pl
import pytest

from pipeline.errors import ShortageError
from pipeline.stage import Assets
from stages.mix import Mix
from tests.rows import mark, rows

HALF = {"a": 0.5, "b": 0.5}


def table(**counts: int) -> list[dict[str, object]]:
    """Return rows a0, a1 ... of source a, and so on, all in training and in both forms."""
    names = [(source, nr) for source, count in counts.items() for nr in range(count)]
    return [
        {
            "id": f"{source}{nr}",
            "key": f"key of {source} {nr}",
            "source": source,
            "split": "train",
            "forms": ["mcq", "open"],
        }
        for source, nr in names
    ]


def marked(mix: Mix, given: list[dict[str, object]], assets: Assets | None = None) -> pl.DataFrame:
    """Return the rows with what `mix` says of them."""
    frame = rows(*given)
    return pl.concat([frame, mark(mix, frame, assets).drop("id")], how="horizontal")


def mixed(mix: Mix, given: list[dict[str, object]]) -> list[str]:
    """Return the ids of the training blend in its order."""
    made = marked(mix, given)
    train = made.filter(pl.col("split") == "train")
    places = train.explode("positions").drop_nulls("positions").sort("positions")
    assert places.get_column("positions").to_list() == list(range(places.height))
    return places.get_column("id").to_list()


# --- rows ------------------------------------------------------------------------------------------------------------


def test_the_blend_has_the_shares_and_the_rest_goes_with_its_rank() -> None:
    made = marked(Mix(HALF, size=6), table(a=5, b=20))
    kept = made.filter(pl.col("drop").is_null())
    assert kept.get_column("source").value_counts().sort("source").rows() == [("a", 3), ("b", 3)]
    gone = made.filter(pl.col("drop").is_not_null())
    assert set(gone.get_column("drop")) == {"over its share"}
    assert gone.filter(pl.col("source") == "a").get_column("evidence").sort().to_list() == [
        '{"rank":4,"granted":3}',
        '{"rank":5,"granted":3}',
    ]


def test_the_order_alternates_as_the_shares_do() -> None:
    order = mixed(Mix({"a": 0.75, "b": 0.25}, size=12), table(a=30, b=30))
    assert [sum(name[0] == "b" for name in order[: 4 * n]) for n in (1, 2, 3)] == [1, 2, 3]


def test_rows_are_not_chosen_by_their_place_in_the_file() -> None:
    chosen = mixed(Mix({"a": 1.0}, size=20), table(a=200))
    assert len({int(name[1:]) // 50 for name in chosen}) == 4
    assert chosen != mixed(Mix({"a": 1.0}, size=20, seed=1), table(a=200))


def test_another_source_changes_no_choice_within_the_others() -> None:
    two = mixed(Mix(HALF, size=20), table(a=50, b=50))
    three = mixed(Mix({"a": 0.4, "b": 0.4, "c": 0.2}, size=25), table(c=90, a=50, b=50))
    assert [name for name in three if name[0] != "c"] == two or set(two) == {name for name in three if name[0] != "c"}
    for source in "ab":
        assert [name for name in two if name[0] == source] == [name for name in three if name[0] == source]


def test_more_rows_of_one_source_change_no_choice_within_the_others() -> None:
    few, many = mixed(Mix(HALF, size=20), table(a=50, b=50)), mixed(Mix(HALF, size=20), table(a=500, b=50))
    assert [name for name in few if name[0] == "b"] == [name for name in many if name[0] == "b"]


def test_a_smaller_blend_is_a_part_of_a_larger_one() -> None:
    assert set(mixed(Mix(HALF, size=10), table(a=50, b=50))) < set(mixed(Mix(HALF, size=30), table(a=50, b=50)))


def test_repeats_come_around_in_turn() -> None:
    order = mixed(Mix(HALF, size=14, shortage="repeat"), table(a=3, b=20))
    turns = [name for name in order if name[0] == "a"]
    assert len(turns) == 7
    assert turns[:3] == turns[3:6]
    assert turns[6] == turns[0]
    assert len(set(turns)) == 3


def test_validation_has_the_shares_too_and_never_repeats() -> None:
    given = [row | {"split": "validation"} if nr % 2 else row for nr, row in enumerate(table(a=40, b=100))]
    made = marked(Mix(HALF, size=30, shortage="repeat"), given)
    valid = made.filter((pl.col("split") == "validation") & pl.col("drop").is_null())
    assert valid.get_column("source").value_counts().sort("source").rows() == [("a", 20), ("b", 20)]
    assert valid.get_column("positions").list.len().unique().to_list() == [1]


def test_a_row_takes_the_blend_s_form_where_it_may() -> None:
    forms = [["mcq", "open"], ["open"], ["mcq"]]
    given = [row | {"forms": form} for row, form in zip(table(a=3), forms, strict=True)]
    assert mark(Mix({"a": 1.0}, form="open"), rows(*given)).get_column("form").to_list() == ["open", "open", "mcq"]
    assert mark(Mix({"a": 1.0}, form="mcq"), rows(*given)).get_column("form").to_list() == ["mcq", "open", "mcq"]


def shares_table(mix: Mix, **counts: int) -> dict[str, tuple[int, int, bool]]:
    assets = Assets()
    mark(mix, rows(*table(**counts)), assets)
    train = assets.outputs["shares"].filter(pl.col("split") == "train")
    return {name: tuple(rest) for name, *rest in train.select("source", "eligible", "granted", "binding").iter_rows()}


def test_the_table_of_shares_names_the_source_that_binds() -> None:
    assert shares_table(Mix(HALF), a=3, b=10) == {"a": (3, 3, True), "b": (10, 3, False)}


def test_nothing_binds_a_size_below_what_can_be_had() -> None:
    assert shares_table(Mix(HALF, size=4), a=3, b=10) == {"a": (3, 2, False), "b": (10, 2, False)}


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"shares": {"a": 0.5, "b": 0.4}}, "shares sum to 0.9; make them sum to 1"),
        ({"shares": {"a": 1.5, "b": -0.5}}, "share 1.5 of 'a' must be between 0 and 1"),
        ({"shares": {"a": float("nan")}}, "must be a number or a fraction"),
        ({"shares": {}}, "shares sum to 0"),
        ({"shares": HALF, "size": 0}, "size 0 must be 'max' or at least 1"),
        ({"shares": HALF, "shortage": "redistribute"}, "'redistribute' needs a size"),
        ({"shares": HALF, "max_epochs": 0}, "max_epochs 0 must be at least 1"),
        ({"shares": {"a": "2/3", "b": "1/4"}}, "shares sum to 0.9166666667; make them sum to 1"),
        ({"shares": {"a": "many"}}, "share of 'a' must be a number or a fraction such as 2/3, found 'many'"),
        ({"shares": "equal"}, "expected sources with their shares, or 'by', found 'equal'"),
        ({"shares": {"rule": "equal"}}, "'by' names no column of a row, found None; add it"),
        ({"shares": {"by": "sources", "rule": "equal"}}, "found 'sources'; did you mean 'source'?"),
        ({"shares": {"by": "source"}}, "by 'source' needs 'parts' with shares, or a 'rule', one of the two"),
        ({"shares": {"by": "source", "rule": "equally"}}, "no rule 'equally'; did you mean 'equal'?"),
        ({"shares": {"by": "source", "rule": "capped"}}, "rule 'capped': write {capped: 50000}"),
        ({"shares": {"by": "source", "rule": {"equal": 3}}}, "rule 'equal': it takes none"),
        ({"shares": {"by": "source", "rule": {"capped": 0.5}}}, "capped 0.5 must be a number of rows"),
        ({"shares": {"by": "source", "rule": {"temperature": 0}}}, "temperature 0 must be above 0"),
        ({"shares": {"by": "source", "rule": {"sizes": {"a": -1, "b": 2}}}}, "none may be below 0"),
        ({"shares": {"by": "source", "rule": {"scores": "none.yaml"}}}, "no file 'none.yaml' beside the recipe"),
        ({"shares": {"by": "form", "parts": {"mcq": {"by": "source"}}}}, "'mcq' has no 'share'; add it"),
        ({"shares": {"by": "form", "part": {}}}, "no key 'part'; did you mean 'parts'?"),
        (
            {"shares": {"by": "form", "parts": {"mcq": {"share": 1, "by": "form", "rule": "equal"}}}},
            "rows are by 'form' already",
        ),
        ({"shares": HALF, "marginals": {"forms": {}}}, "marginals: no column 'forms'; did you mean 'form'?"),
        ({"shares": HALF, "marginals": {"form": {"mcq": 0.3}}}, "shares of form sum to 0.3; make them sum to 1"),
        ({"shares": HALF, "size": {"token": 5}}, "size: no key 'token'; did you mean 'tokens'?"),
        ({"shares": HALF, "size": {"tokens": 5, "rollouts": 8}}, "take 'rollout_tokens' for rollouts"),
        ({"shares": HALF, "size": {"rollout_tokens": 5}}, "needs 'completion_tokens', the mean you expect"),
        ({"shares": HALF, "size": {"tokens": 5, "tokenizer": "nowhere"}}, "no nowhere/tokenizer.json beside"),
        ({"shares": HALF, "size": "all"}, "expected rows, 'max' or a budget of tokens, found 'all'"),
    ],
)
def test_parameters_that_cannot_be(parameters: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Mix(**parameters)  # type: ignore[arg-type]


def test_tenths_that_a_computer_adds_to_less_than_one_sum_to_one() -> None:
    assert sum([0.1] * 10) != 1
    Mix({f"s{nr}": 0.1 for nr in range(10)})


def test_every_source_needs_a_share_and_every_share_a_source() -> None:
    mix = Mix({"a": 1.0, "b": 0.0})
    mix.check(["a", "b"])
    with pytest.raises(ValueError, match="'b' has a share and is not in 'sources'"):
        mix.check(["a"])
    with pytest.raises(ValueError, match="'c' has no share"):
        mix.check(["a", "b", "c"])
    assert (mix.wants("a"), mix.wants("b")) == (True, False)


# --- groups ----------------------------------------------------------------------------------------------------------

CATEGORIES = {
    "by": "category",
    "parts": {
        "gpr": {"share": "2/3", "by": "source", "rule": "proportional"},
        "mr": {"share": "1/3", "by": "source", "rule": "equal"},
    },
}


def in_categories(**counts: int) -> list[dict[str, object]]:
    return [row | {"category": "gpr" if row["source"] in ("a", "b") else "mr"} for row in table(**counts)]


def sources_of(mix: Mix, given: list[dict[str, object]]) -> dict[str, int]:
    ids = mixed(mix, given)
    return {source: sum(name[0] == source for name in ids) for source in sorted({name[0] for name in ids})}


def test_groups_in_groups_have_their_shares() -> None:
    given = in_categories(a=10, b=30, c=50, d=90)
    assert sources_of(Mix(CATEGORIES, size=24), given) == {"a": 4, "b": 12, "c": 4, "d": 4}


@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        ("equal", {"a": 20, "b": 20}),
        ("proportional", {"a": 8, "b": 32}),
        ({"temperature": 2}, {"a": 13, "b": 27}),  # 5 and 10, the roots of 25 and 100
        ({"capped": 75}, {"a": 10, "b": 30}),
        ({"sizes": {"a": 3, "b": 1}}, {"a": 15, "b": 5}),
    ],
)
def test_rules_deal_a_group_out(rule: Any, counts: dict[str, int]) -> None:
    mix = Mix({"by": "source", "rule": rule}, size=sum(counts.values()))
    assert sources_of(mix, table(a=25, b=100)) == counts


def test_scores_come_from_a_file_and_are_part_of_what_the_stage_is(tmp_path: Any) -> None:
    def of(folder: str, text: str) -> Mix:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "scores.yaml").write_text(text)
        rule = {"scores": "scores.yaml"}
        return Mix({"by": "source", "rule": rule}, size=40, folders=(tmp_path / folder,))

    mix, same, other = of("x", "a: 30\nb: 10\n"), of("y", "a: 30\nb: 10\n"), of("z", "a: 30\nb: 11\n")
    assert sources_of(mix, table(a=50, b=50)) == {"a": 30, "b": 10}
    assert mix.identity() == same.identity() != other.identity()
    assert sources_of(Mix(**mix.identity()), table(a=50, b=50)) == {"a": 30, "b": 10}
    with pytest.raises(ValueError, match=r"scores.yaml:2: no score yet for b; train the blend single_b by itself"):
        of("w", "a: 30\nb:\n")


def test_rows_without_a_part_go_and_say_so() -> None:
    made = mark(Mix({"by": "source", "parts": {"a": 1}}), rows(*table(a=3, b=2)))
    assert made.get_column("drop").to_list() == [None, None, None, "no share for it", "no share for it"]


DOMAINS = [None, "law", "law", "law", "law", None]


def test_any_column_may_group_and_a_missing_value_is_one_too() -> None:
    given = [row | {"domain": domain} for row, domain in zip(table(a=6), DOMAINS, strict=True)]
    mix = Mix({"by": "domain", "parts": {"law": 0.5, "none": 0.5}})
    kept = mark(mix, rows(*given)).filter(pl.col("drop").is_null())
    assert kept.height == 5  # three of law and two of none: a tie goes to the first named


def test_a_row_takes_the_form_in_which_it_has_a_place() -> None:
    forms = [["mcq", "open"], ["mcq", "open"], ["mcq"], ["open"]]
    given = [row | {"forms": form} for row, form in zip(table(a=2, b=2), forms, strict=True)]
    parts = {"mcq": {"share": 0.5, "by": "source", "parts": {"b": 1}}, "open": {"share": 0.5, "by": "source",
             "parts": {"a": 1}}}  # fmt: skip
    made = mark(Mix({"by": "form", "parts": parts}), rows(*given))
    assert made.select("form", pl.col("drop").is_null()).rows() == [
        ("open", True), ("open", False), ("mcq", True), ("open", False),
    ] or made.select("form", pl.col("drop").is_null()).rows() == [
        ("open", False), ("open", True), ("mcq", True), ("open", False),
    ]  # fmt: skip


def test_only_rows_that_allow_a_form_where_the_recipe_says_so() -> None:
    given = [row | {"forms": form} for row, form in zip(table(a=3), [["mcq", "open"], ["mcq"], ["open"]], strict=True)]
    ways = [Mix({"a": 1}, form=form, allows="open") for form in ("mcq", "open")]
    mcq, opened = (mark(way, rows(*given)) for way in ways)
    assert mcq.get_column("drop").to_list() == [None, "cannot be asked in this form", None]
    assert mcq.get_column("form").to_list() == ["mcq", "mcq", "open"]
    assert opened.filter(pl.col("drop").is_null()).get_column("form").to_list() == ["open", "open"]
    assert mcq.get_column("positions").to_list() == opened.get_column("positions").to_list()


def test_pass_rates_make_bands() -> None:
    rates = [(0, 8), (1, 8), (4, 8), (7, 8), (8, 8), (None, None)]
    given = [row | {"successes": won, "attempts": tries} for row, (won, tries) in zip(table(a=6), rates, strict=True)]
    frame = rows(*given).with_columns(
        pl.Series("successes", [won for won, _ in rates]), pl.Series("attempts", [tries for _, tries in rates])
    )
    bands = dict.fromkeys(("never", "hard", "medium", "easy", "always", "not measured"), "1/6")
    assert mark(Mix({"by": "difficulty", "parts": bands}), frame).get_column("drop").null_count() == 6
    assert {"successes", "attempts"} <= set(Mix({"by": "difficulty", "rule": "equal"}).columns)


# --- targets across groups -------------------------------------------------------------------------------------------


def test_targets_across_groups_leave_the_shares_as_they_are() -> None:
    forms = [["open"] if nr % 4 else ["mcq"] for nr in range(120)]
    given = [row | {"forms": form} for row, form in zip(table(a=60, b=60), forms, strict=True)]
    mix = Mix({"a": 0.75, "b": 0.25}, size=40, marginals={"form": {"mcq": 0.5, "open": 0.5}})
    assets = Assets()
    made = marked(mix, given, assets)
    kept = made.filter(pl.col("drop").is_null())
    assert kept.get_column("form").value_counts().sort("form").rows() == [("mcq", 20), ("open", 20)]
    assert sources_of(mix, given) == {"a": 30, "b": 10}
    off = assets.outputs["marginals"].filter(pl.col("split") == "train")
    assert off.rows() == [("train", "form", "mcq", 0.0), ("train", "form", "open", 0.0)]


def test_targets_that_cannot_be_met_say_what_lacks() -> None:
    given = [row | {"forms": ["open"] if row["source"] == "b" else ["mcq"]} for row in table(a=60, b=60)]
    mix = Mix({"a": 0.75, "b": 0.25}, size=40, marginals={"form": {"mcq": 0.5, "open": 0.5}})
    with pytest.raises(ShortageError, match=r"mix.marginals: form open lacks 10 rows of its target; the largest size"):
        mark(mix, rows(*given))


# --- size in tokens --------------------------------------------------------------------------------------------------


def of_length(characters: int, **counts: int) -> list[dict[str, object]]:
    return [row | {"question": "x" * characters} for row in table(**counts)]


def test_a_budget_of_tokens_is_filled_and_not_passed() -> None:
    given = of_length(40, a=50, b=50)  # ten tokens a row
    assert sources_of(Mix(HALF, size={"tokens": 205}), given) == {"a": 10, "b": 10}
    rollouts = {"rollout_tokens": 20 * 8 * 110, "rollouts": 8, "completion_tokens": 100}
    assert sources_of(Mix(HALF, size=rollouts), given) == {"a": 10, "b": 10}


def test_a_budget_that_the_rows_do_not_reach_is_short() -> None:
    given = of_length(40, a=5, b=50)
    with pytest.raises(ShortageError, match=r"2,000 tokens cannot be had: the largest 10 rows .* have 100"):
        mixed(Mix(HALF, size={"tokens": 2000}), given)
    assert len(mixed(Mix(HALF, size={"tokens": 2000}, shortage="shrink"), given)) == 10
    assert len(mixed(Mix(HALF, size={"tokens": 300}, shortage="redistribute"), given)) == 30
    assert len(mixed(Mix(HALF, size={"tokens": 300}, shortage="repeat", max_epochs={"a": 3}), given)) == 30


def test_epochs_are_for_the_sources_that_are_named() -> None:
    with pytest.raises(ShortageError, match="a has 5 of 15, 10 more would do"):
        mixed(Mix(HALF, size=30, shortage="repeat", max_epochs={"b": 3}), table(a=5, b=20))
    order = mixed(Mix(HALF, size=30, shortage="repeat", max_epochs={"a": 3}), table(a=5, b=20))
    assert {order.count(name) for name in order if name[0] == "a"} == {3}
    assert sources_of(Mix(HALF, shortage="repeat", max_epochs={"a": 2}), table(a=5, b=20)) == {"a": 10, "b": 10}
    with pytest.raises(ValueError, match="no source 'c'"):
        Mix(HALF, max_epochs={"c": 2}).check(["a", "b"])


def test_a_tokenizer_counts_where_one_is_given(tmp_path: Any) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    (tmp_path / "words").mkdir()
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel({"one": 0, "two": 1, "?": 2}, unk_token="?"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "words" / "tokenizer.json"))
    given = [row | {"question": "one two two"} for row in table(a=50, b=50)]
    mix = Mix(HALF, size={"tokens": 61, "tokenizer": "words"}, folders=(tmp_path,))
    assert sources_of(mix, given) == {"a": 10, "b": 10}
    assert "words" not in str(mix.identity()["size"])  # what it is, and not where it lies


def test_rows_of_one_key_have_their_turns_by_id() -> None:
    given = [row | {"key": "the same"} for row in table(a=6)]
    assert mixed(Mix({"a": 1}, size=4), given[::-1]) == ["a0", "a1", "a2", "a3"]


def test_either_form_asks_half_of_the_rows_in_each() -> None:
    made = mark(Mix({"a": 1}, form="either"), rows(*table(a=400)))
    assert 160 < made.get_column("form").value_counts().filter(pl.col("form") == "mcq")["count"][0] < 240
    given = [row | {"forms": ["open"]} for row in table(a=5)]
    assert set(mark(Mix({"a": 1}, form="either"), rows(*given)).get_column("form")) == {"open"}


def test_a_group_that_is_not_by_source_has_a_place_for_all_of_them() -> None:
    by_source = {"share": 0.5, "by": "source", "parts": {"a": 1}}
    mix = Mix({"by": "category", "parts": {"gpr": {"share": 0.5}, "mr": by_source}})
    mix.check(["a", "b"])
    assert (mix.wants("a"), mix.wants("b")) == (True, True)
    only = Mix({"by": "category", "parts": {"gpr": 0, "mr": by_source | {"share": 1}}})
    assert (only.wants("a"), only.wants("b")) == (True, False)
    with pytest.raises(ValueError, match="'b' has no share"):
        only.check(["a", "b"])
