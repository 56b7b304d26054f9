"""What two spellings of one question share, and what makes another question."""

import numpy as np
import polars as pl
import pytest

from pipeline.match.lexicon import mixed
from pipeline.match.sketch import sketched, text_hashes
from pipeline.match.sketching import SALTS, placed
from pipeline.match.tokens import tokenized

SAME = [
    ("Find $\\dfrac{1}{2}$ of 1,000 dogs.", "find \\( \\frac12 \\) of 1000 dogs"),
    ("1/2 of it", "$\\tfrac{1}{2}$ of it"),
    ("twenty-five men don’t run", "25 men don't run"),
    ("fifty-one and two hundred", "51 and 200"),
    ("Is 3 ≤ x²?", "is $3 \\le x^2$"),
    ("A  well-known\nfact (here)", "a well known fact here"),
    ("$5!$ is \\left(x+1\\right)", "5! is (x + 1)"),
    ("a 30° angle", "a $30^\\circ$ angle"),
    ("质数的正确", "质 数 的 正确"),
    ("**Bold** words", "bold words"),
    ("5%", "five percent"),
    ("ﬁnd ½", "find 1/2"),
    ("ما هو العَدَد؟", "ما هو العدد"),
]
OTHER = [
    ("f'(2)", "f(2)"),
    ("x - 1", "x + 1"),
    ("2(x+1)", "2x+1"),
    ("(0,1]", "(0,1)"),
    ("1.5", "15"),
    ("x < 3", "x <= 3"),
    ("1/7 of it", "7/1 of it"),
    ("five four", "4 5"),
    ("A ⊂ B", "A ⊃ B"),
    ("10-year bond", "x-year bond"),
]


def hashes(*texts: str) -> list[int]:
    return text_hashes(pl.Series(texts)).tolist()


@pytest.mark.parametrize(("one", "two"), SAME)
def test_dress_does_not_change_the_tokens(one: str, two: str) -> None:
    assert len(set(hashes(one, two))) == 1


@pytest.mark.parametrize(("one", "two"), OTHER)
def test_another_sign_or_number_does(one: str, two: str) -> None:
    assert len(set(hashes(one, two))) == 2


def test_texts_do_not_touch_each_other() -> None:
    texts = ["x (", "y", "a", "= 3", "twenty", "five", "", "!", "=", "don", "'t", "3", ",141"]
    alone = [hashes(text)[0] for text in texts]
    assert hashes(*texts) == alone
    assert hashes(*reversed(texts)) == alone[::-1]


def test_no_text_and_no_token() -> None:
    assert len(tokenized(pl.Series([], dtype=pl.String)).hashes) == 0
    assert hashes("", "...", "  \n") == [0, 0, 0]
    assert text_hashes(pl.Series([None, "x"], dtype=pl.String)).tolist()[0] == 0


def test_a_megabyte_of_one_word_and_of_many() -> None:
    one_word, many = "a" * 1_000_000, "word " * 200_000
    assert len(set(hashes(one_word, one_word + "b", many, many + "more"))) == 4


def test_options_count_in_any_order() -> None:
    options = pl.Series([["one", "two"], ["two", "one"], ["one", "three"], None], dtype=pl.List(pl.String))
    choices = sketched(pl.Series(["q"] * 4), options)["choices"].to_list()
    assert choices[0] == choices[1] != choices[2]
    assert choices[3] == 0


def test_a_token_has_the_same_factor_in_the_table_and_beyond_it() -> None:
    for salt in SALTS:
        places = np.array([0, 1, 255, 256, 257, 4_000], np.uint64)
        factors = mixed(places + np.uint64(salt << 32)) | np.uint64(1)
        assert [placed(np.uint64(1), int(place), salt) for place in places] == factors.tolist()
