"""What is paid and written down: our faults masked and counted, every figure over what it says, a log that goes on."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.verify import Extracted, Grade, Verdict
from trainer.ledger import Ledger, StepLog, cut_back, figures, last_checkpoint, pass_rates, read_completions
from trainer.reward import Pay

ENDS = {9}
GOLD = {"form": "open", "answer": "42", "answer_type": "integer", "options": None, "label": None}
RIGHT, BARE, WRONG = "<think>.</think>\\boxed{42}", "\\boxed{42}", "<think>.</think>\\boxed{41}"


def graded(score: float | None, formed: bool) -> Grade:
    return Grade(score, Extracted("42", "box"), Verdict(score == 1.0, "number", ""), formed)


@pytest.mark.parametrize(
    ("pay", "score", "formed", "paid"),
    [
        (Pay(), 1.0, True, 1.0),
        (Pay(), 1.0, False, 0.0),
        (Pay(), 0.0, True, 0.0),
        (Pay(), None, True, None),
        (Pay(both=0.0, accuracy=1.0, format=0.2), 1.0, False, 1.0),
        (Pay(both=0.0, accuracy=1.0, format=0.2), 0.0, True, 0.2),
        (Pay(both=0.0, accuracy=1.0, format=0.2), None, True, None),
    ],
)
def test_what_is_paid(pay: Pay, score: float | None, formed: bool, paid: float | None) -> None:
    assert pay.of(graded(score, formed), 10) == paid


@pytest.mark.parametrize(("tokens", "paid"), [(50, 1.0), (80, 1.0), (90, 0.5), (100, 0.0)])
def test_overlong_completions_lose_by_how_near_they_come(tokens: int, paid: float) -> None:
    assert Pay(overlong_tokens=20, limit=100).of(graded(1.0, True), tokens) == paid


def call(ledger: Ledger, step: int, *texts: str, source: str = "sums") -> tuple[list[float | None], dict[str, float]]:
    """Pay for some completions of one prompt, as TRL calls; the last token of RIGHT ends it, of others it does not."""
    told: dict[str, float] = {}
    num = len(texts)
    columns: dict[str, list[Any]] = {
        "extra_info": [GOLD] * num, "id": [f"row{step}"] * num, "key": [f"k{step}"] * num, "source": [source] * num,
        "category": ["mr"] * num, "form": ["open"] * num,
    }  # fmt: skip
    paid = ledger(
        [[]] * num, [[{"role": "assistant", "content": text}] for text in texts],
        [[1, 2, 9] if text == RIGHT else [1, 2, 3, 4] for text in texts],
        trainer_state=SimpleNamespace(global_step=step), log_metric=told.__setitem__, log_extra=None, **columns,
    )  # fmt: skip
    return paid, told


def test_figures_of_a_step(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, Pay(), ends=ENDS, recheck=1.0)
    paid, told = call(ledger, 3, RIGHT, BARE, WRONG, "no answer")
    assert paid == [1.0, 0.0, 0.0, 0.0]
    assert (told["all/reward"], told["all/accuracy"], told["all/format"]) == (0.25, 0.5, 0.5)
    assert (told["all/unparseable"], told["all/truncated"], told["all/masked"]) == (0.25, 0.75, 0.0)
    assert (told["all/tokens_right"], told["all/tokens_wrong"]) == (3.5, 4.0)
    assert told["source/sums/accuracy"] == told["form/open/accuracy"] == told["category/mr/accuracy"] == 0.5
    assert (told["groups/all_right"], told["groups/all_wrong"]) == (0.0, 0.0)
    assert told["recheck/disagree"] == 0.0


def test_a_fault_of_ours_is_masked_and_counted() -> None:
    one = {"id": "r", "source": "s", "category": "mr", "form": "open", "score": 1.0, "reward": 1.0, "format_ok": True,
           "extracted": "42", "truncated": False, "tokens": 5, "second_opinion": None}  # fmt: skip
    told = dict(figures([one, {**one, "score": None, "reward": None}]))
    assert (told["all/reward"], told["all/masked"]) == (1.0, 0.5)
    assert dict(figures([{**one, "score": None, "reward": None}]))["all/masked"] == 1.0


def test_disagreement_with_the_second_verifier_is_told() -> None:
    one = {"id": "r", "source": "s", "category": "mr", "form": "open", "score": 1.0, "reward": 1.0, "format_ok": True,
           "extracted": "42", "truncated": False, "tokens": 5, "second_opinion": True}  # fmt: skip
    assert dict(figures([one, {**one, "second_opinion": False}]))["recheck/disagree"] == 0.5


def test_pass_rates_come_of_the_completions_written(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, Pay(), ends=ENDS, recheck=0.0)
    call(ledger, 0, RIGHT, WRONG, RIGHT, RIGHT)
    call(ledger, 1, WRONG, WRONG)
    assert pass_rates(tmp_path) == {"k0": (3, 4), "k1": (0, 2)}
    rows = read_completions(tmp_path, "train")
    assert [row["score"] for row in rows] == [1.0, 0.0, 1.0, 1.0, 0.0, 0.0]
    assert {row["verifier"] for row in rows} != {None}


def test_a_checkpoint_that_was_being_written_does_not_count(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path) == (0, "")
    for step in (50, 100):
        (tmp_path / "checkpoints" / f"checkpoint-{step}").mkdir(parents=True)
        (tmp_path / "checkpoints" / f"checkpoint-{step}" / "trainer_state.json").write_text("{}")
    (tmp_path / "checkpoints" / "checkpoint-150").mkdir()
    assert last_checkpoint(tmp_path) == (100, str(tmp_path / "checkpoints" / "checkpoint-100"))


def test_the_log_chains_the_rows_and_goes_on_after_a_cut(tmp_path: Path) -> None:
    whole, part = StepLog(tmp_path / "a.jsonl"), StepLog(tmp_path / "log.jsonl")
    for step in (1, 2, 3):
        whole.add(step, [f"row{step}"], {})
        part.add(step, [f"row{step}"], {})
    ledger = Ledger(tmp_path, Pay(), ends=ENDS, recheck=0.0)
    for step in (0, 1, 2):
        call(ledger, step, RIGHT)
    cut_back(tmp_path, 2)
    again = StepLog(tmp_path / "log.jsonl")
    assert [line["step"] for line in again.lines] == [1, 2]
    assert [row["step"] for row in read_completions(tmp_path, "train")] == [0, 1]
    assert again.add(3, ["row3"], {})["rows"] == whole.lines[-1]["rows"]
    assert again.add(4, ["other"], {})["rows"] != whole.add(4, ["row4"], {})["rows"]
