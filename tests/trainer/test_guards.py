"""Alarms ring for what goes wrong and are silent for what goes well; a second verifier is asked of a share."""

import pytest

from trainer.guards import alarms, is_rechecked, second_opinion


def curve(**values: list[float]) -> list[dict[str, float]]:
    """Return a curve of as many steps as the longest value; a shorter one goes on as it ends."""
    well = {"reward": [0.5], "length": [100.0], "entropy": [1.0], "truncated": [0.0]} | values
    steps = max(map(len, well.values()), default=0)
    return [{name: told[min(nr, len(told) - 1)] for name, told in well.items()} for nr in range(max(steps, 30))]


@pytest.mark.parametrize(
    ("values", "rings"),
    [
        ({}, []),
        ({"reward": [0.02 * nr for nr in range(30)]}, []),
        ({"reward": [0.3] * 25 + [0.9] * 5}, ["reward jump"]),
        ({"length": [100.0] * 20 + [20.0] * 10}, ["length collapse"]),
        ({"length": [100.0 - 2 * nr for nr in range(30)]}, []),
        ({"entropy": [1.0] * 20 + [0.01] * 10}, ["entropy collapse"]),
        ({"truncated": [0.0] * 25 + [0.5] * 5}, ["truncation"]),
    ],
)
def test_alarms_ring_for_what_goes_wrong(values: dict[str, list[float]], rings: list[str]) -> None:
    assert [alarm.partition(":")[0] for alarm in alarms(curve(**values))] == rings


def test_no_curve_rings_nothing() -> None:
    assert alarms([]) == []


def test_a_share_is_graded_again_the_same_each_time() -> None:
    texts = [f"completion {nr}" for nr in range(2_000)]
    chosen = [text for text in texts if is_rechecked(text, 0.1)]
    assert 140 < len(chosen) < 260
    assert chosen == [text for text in texts if is_rechecked(text, 0.1)]
    assert not any(is_rechecked(text, 0.0) for text in texts)


def test_the_second_verifier_judges_mathematics_and_nothing_else() -> None:
    row = {"form": "open", "answer": "1/2"}
    assert second_opinion(row, "0.5") is True
    assert second_opinion(row, "0.25") is False
    assert second_opinion({"form": "mcq", "answer": "Ben"}, "B: Ben") is None
