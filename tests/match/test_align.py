"""The compiled alignment and the slips of the pen, held against rapidfuzz's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, LCSseq

from pipeline.match.align import differing
from pipeline.match.slips import is_slip, may_be_slip, new_room

WORDS = st.lists(st.integers(0, 5), max_size=30)


@given(WORDS, WORDS)
@settings(max_examples=300, deadline=None)
def test_alignment_keeps_most_words_and_tells_the_others(ours: list[int], theirs: list[int]) -> None:
    left, right = differing(np.array(ours, np.uint64), np.array(theirs, np.uint64))
    kept = [word for place, word in enumerate(ours) if place not in left]
    assert kept == [word for place, word in enumerate(theirs) if place not in right]
    assert len(kept) == LCSseq.similarity(ours, theirs)


def test_two_books_are_aligned_by_their_ends_alone() -> None:
    ours, theirs = np.arange(10_000, dtype=np.uint64), np.arange(10_000, dtype=np.uint64)
    theirs[5], theirs[9_990] = 77_777, 88_888
    left, right = differing(ours, theirs)
    assert left.tolist() == right.tolist() == list(range(5, 9_991))


def slip(one: str, two: str) -> bool:
    data = np.frombuffer(f"{one} {two}".encode(), np.uint8)
    size = len(one.encode())
    words = data, 0, size, size + 1, len(two.encode())
    slipped = is_slip(*words, new_room())
    assert may_be_slip(*words) or not slipped
    return slipped


@pytest.mark.parametrize(
    ("one", "two", "slipped"),
    [
        ("receive", "recieve", True),
        ("Receive", "recieve", True),
        ("train", "trian", True),
        ("temperature", "temprature", True),
        ("temperature", "tempreatrue", True),
        ("red", "bed", False),
        ("area", "arena", True),
        ("acid", "acids", True),
        ("house", "mouse", True),
        ("abcdefgh", "xbcdefgy", False),
        ("река", "рекк", True),
        ("река", "рука", True),
        ("рек", "рак", False),
    ],
)
def test_a_slip_is_one_letter_or_two_in_the_middle_of_a_long_word(one: str, two: str, slipped: bool) -> None:
    assert slip(one, two) is slipped


@given(st.text("abc", min_size=4, max_size=12), st.text("abc", min_size=4, max_size=12))
@settings(max_examples=500, deadline=None)
def test_slips_are_those_of_the_optimal_alignment(one: str, two: str) -> None:
    distance, shorter = OSA.distance(one, two), min(len(one), len(two))
    ends_alike = one[0] == two[0] and one[-1] == two[-1]
    expected = abs(len(one) - len(two)) <= 2 and (distance == 1 or (distance == 2 and shorter >= 8 and ends_alike))
    assert slip(one, two) is expected
