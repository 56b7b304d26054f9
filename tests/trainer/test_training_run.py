"""A run from end to end on a CPU, with real weights and TRL: its files, a kill -9 in its middle, what is refused."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.errors import DataError, RecipeError
from tests.conftest import run_crossthink
from tests.trainer.conftest import needs_trl
from trainer.config import read_config
from trainer.data import training_rows

pytestmark = needs_trl
ROOT = Path(__file__).parents[2]


def lines_of(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def whole_run(tiny_data: Path, short_config: Path) -> Path:
    done = run_crossthink("train", short_config, "--data", tiny_data, "--seed", "1")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "before (95 %)" in done.stdout
    return tiny_data / "runs" / "short-tiny-generated-seed1"


def test_a_run_leaves_its_card_curves_report_and_completions(whole_run: Path, tiny_blend: Path) -> None:
    card = json.loads((whole_run / "card.json").read_text())
    manifest = json.loads((tiny_blend / "manifest.json").read_text())
    assert card["blend"]["rows_digest"] == manifest["rows_digest"]
    assert card["before"]["all"]["scored"] == card["after"]["all"]["scored"] == 32
    assert (whole_run / "curves.png").read_bytes().startswith(b"\x89PNG")
    page = (whole_run / "report.html").read_text()
    assert "data:image/png;base64," in page
    assert "http" not in page.partition("<h2>Configuration")[0]
    assert (whole_run / "model" / "tokenizer.json").exists()
    from trainer.ledger import read_completions

    rows = read_completions(whole_run, "train")
    assert len(rows) == 6 * 8 * 4
    assert {row["step"] for row in rows} == set(range(6))


def test_every_step_says_its_figures_by_source_category_and_form(whole_run: Path) -> None:
    steps = [line for line in lines_of(whole_run) if "reward" in line]
    assert [line["step"] for line in steps] == [1, 2, 3, 4, 5, 6]
    for name in ("source/sums/reward", "category/gpr/accuracy", "form/mcq/format", "all/truncated", "all/unparseable",
                 "groups/all_wrong", "entropy", "seconds/generation", "seconds/reward", "step_time"):  # fmt: skip
        assert all(name in line for line in steps), name
    held = {line["step"]: line["eval_reward"] for line in lines_of(whole_run) if "eval_reward" in line}
    assert list(held) == [0, 3, 6]
    from trainer.ledger import read_completions

    paid = [row["reward"] for row in read_completions(whole_run, "validation") if row["step"] == 6]
    assert held[6] == round(sum(paid) / 32, 6)


def test_a_killed_run_goes_on_with_the_same_rows_and_the_same_figures(
    whole_run: Path, tiny_blend: Path, short_config: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    command = [sys.executable, "-m", "trainer", str(short_config), "--blend", str(tiny_blend), "--out", str(folder)]
    command += ["--set", "seed: 1"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    log = folder / "log.jsonl"
    begun = time.monotonic()
    while not (log.exists() and any(line.get("step", 0) >= 3 for line in lines_of(folder))):
        assert process.poll() is None, process.communicate()[1].decode()[-3000:]
        assert time.monotonic() - begun < 500
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "going on from step" in done.stdout
    whole = {line["step"]: line for line in lines_of(whole_run) if "reward" in line}
    again = {line["step"]: line for line in lines_of(folder) if "reward" in line}
    assert len({line["reward"] for line in whole.values()}) > 3
    for name in ("rows", "reward", "entropy", "grad_norm", "completions/mean_length"):
        assert {step: line[name] for step, line in again.items()} == {step: line[name] for step, line in whole.items()}


def test_the_second_epoch_is_drawn_by_what_the_run_saw_and_stays_after_a_restart(
    whole_run: Path, tiny_blend: Path, tmp_path: Path
) -> None:
    import shutil

    from accelerate import Accelerator

    from trainer.grpo import Orders
    from trainer.ledger import pass_rates

    shutil.copytree(whole_run / "completions", tmp_path / "completions")
    rows, config = training_rows(tiny_blend, "train"), read_config("tiny_cpu", ["seed: 1"])
    profiled = {rows["key"][0]: (3, 8)}
    order = Orders(tmp_path, rows, profiled, config, Accelerator(cpu=True))
    order(0)
    second = order(1)
    begun_with = {epoch: json.loads((tmp_path / f"rates-00{epoch}.json").read_text()) for epoch in (0, 1)}
    seen = {key: list(rate) for key, rate in pass_rates(tmp_path).items()}
    assert begun_with[0] == {key: list(rate) for key, rate in profiled.items()}
    assert begun_with[1] == {**begun_with[0], **seen}
    assert len(seen) == 6 * 8
    for path in (tmp_path / "completions").iterdir():
        path.unlink()
    assert Orders(tmp_path, rows, {}, config, Accelerator(cpu=True))(1) == second


def test_a_folder_of_another_run_is_refused(whole_run: Path, tiny_data: Path, short_config: Path) -> None:
    done = run_crossthink("train", short_config, "--data", tiny_data, "--seed", "2", "--out", whole_run)
    assert done.returncode == 2
    assert "another run is here (its seed differs); give --out another folder" in done.stderr


def test_a_blend_that_is_not_built_is_one_line(tmp_path: Path, short_config: Path) -> None:
    done = run_crossthink("train", short_config, "--data", tmp_path, "--blend", "nemo_weighted", "--sources", "hub")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "not built; run `crossthink build nemo_weighted --sources hub`" in done.stderr


# --- before step 0 ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tokenizer(tiny_blend: Path) -> Any:
    from trainer.tiny import make_tokenizer

    return make_tokenizer([row["prompt"][0]["content"] for row in training_rows(tiny_blend, "train").to_list()])


def test_golds_pass_through_the_real_template_or_name_their_rows(tokenizer: Any, tiny_blend: Path) -> None:
    from copy import deepcopy

    from trainer.checks import check_golds

    rows = training_rows(tiny_blend, "train", 50)
    check_golds(tokenizer, rows)
    hides = deepcopy(tokenizer)
    hides.chat_template = tokenizer.chat_template.replace("m['content']", "m['content'].split('</think>')[-1]")
    with pytest.raises(DataError, match=r"50 of 50 golds do not earn 1 through the chat template: \w+-[0-9a-f]+ \("):
        check_golds(hides, rows)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["report_to: [tensorbord]"], "report_to 'tensorbord'; did you mean 'tensorboard'?"),
        (["report_to: [trackio]"], "report_to trackio: not installed; pip install trackio, or leave it out"),
        (["generator: vllm_colocate"], "vLLM is not installed; or set transformers"),
    ],
)
def test_what_is_not_installed_is_refused(changes: list[str], said: str) -> None:
    from trainer.checks import check_installed

    with pytest.raises(RecipeError, match=said):
        check_installed(read_config("tiny_cpu", changes))


def test_no_chat_template_is_refused(tokenizer: Any) -> None:
    from copy import deepcopy

    from trainer.checks import check_template

    bare = deepcopy(tokenizer)
    bare.chat_template = None
    with pytest.raises(DataError, match="some/base: its tokenizer has no chat template; add one"):
        check_template(bare, "some/base")


def test_a_context_below_the_longest_prompt_is_refused(tokenizer: Any, tiny_blend: Path) -> None:
    from trainer.checks import check_lengths

    rows = training_rows(tiny_blend, "train", 50)
    fits = check_lengths(read_config("tiny_cpu"), tokenizer, rows, 128)
    assert fits.completion == 40
    with pytest.raises(RecipeError, match=r"context 60 is too short: the longest prompt, \S+, has \d+ tokens"):
        check_lengths(read_config("tiny_cpu", ["context: 60"]), tokenizer, rows, 128)
    with pytest.raises(RecipeError, match="context 500: the model has 128; lower it"):
        check_lengths(read_config("tiny_cpu", ["context: 500"]), tokenizer, rows, 128)


def test_too_little_memory_is_refused_with_what_it_is_for() -> None:
    from trainer.checks import Lengths, check_memory, memory_needed

    paper = read_config("paper_7b")
    needed = memory_needed(paper, 7_600_000_000, 152_064, Lengths(1_000, 4_000))
    with pytest.raises(
        RecipeError, match=r"too little memory: about \d+\.\d GiB are needed \(weights 14\.2, gradients"
    ):
        check_memory(paper, needed, 80 * 2**30, 1)
    tiny = read_config("tiny_cpu")
    check_memory(tiny, memory_needed(tiny, 700_000, 500, Lengths(40, 40)), 2**30, 1)


def test_a_gradient_that_is_no_number_ends_the_run_in_one_line(whole_run: Path) -> None:
    from trainer.grpo import Reporter

    reporter = Reporter(SimpleNamespace(ledger=None), whole_run, print, is_main=True)
    with pytest.raises(DataError, match=r"step 9: the gradient is not a number.*checkpoint is of step 6; lower lr"):
        reporter.on_log(None, SimpleNamespace(global_step=9), None, {"reward": 0.5, "grad_norm": float("nan")})
