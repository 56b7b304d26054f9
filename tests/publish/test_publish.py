"""`crossthink publish`: real clients publish to a loopback Hub and load from it; what fails leaves nothing behind."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipeline.fingerprint import file_digest
from pipeline.publish.checks import check_blend
from tests.conftest import run_crossthink
from tests.hub_server import TOKEN, Faults, Hub, Repo, hub

# Loads one configuration as a user does and prints every row.
LOADER = """
import json, sys
from datasets import load_dataset
loaded = load_dataset(*sys.argv[1:])
print(json.dumps({split: rows.to_list() for split, rows in loaded.items()}))
"""


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub without repositories, in the environment of every command of the test."""
    with hub({}) as running:
        for name, value in running.environment(tmp_path / "home", token=TOKEN).items():
            monkeypatch.setenv(name, value)
        yield running


def publish(data: Path, *more: str, repo: str = "me/x") -> "subprocess.CompletedProcess[str]":
    return run_crossthink("publish", "nemo_weighted", "--repo", repo, "--data", data, "--sample-anyway", *more)


def refused(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the one line of a command that ended as the user's to mend."""
    assert done.returncode == 2, (done.stdout, done.stderr)
    (line,) = done.stderr.splitlines()
    assert TOKEN not in done.stdout + done.stderr
    return line


def load(*args: str) -> dict[str, list[dict[str, Any]]]:
    done = subprocess.run([sys.executable, "-c", LOADER, *args], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_what_is_published_loads_as_the_same_rows_in_every_configuration(
    served: Hub, sample_data: Path, sample_blend: Path
) -> None:
    done = publish(sample_data, "--accept-licence")
    assert done.returncode == 0, done.stderr
    assert "every digest the same" in done.stdout and TOKEN not in done.stdout + done.stderr
    assert len(served.repos["me/x"].commits) == 2, "what the Hub made at first, and one commit with everything"
    blend = load("me/x")
    for split in ("train", "validation"):
        assert blend[split] == pl.read_parquet(sample_blend / "data" / f"{split}-*.parquet").to_dicts()
    rejected = pl.read_parquet(sample_blend / "rejected" / "*.parquet").to_dicts()
    assert load("me/x", "rejected")["rejected"] == rejected
    unfiltered = load("me/x", "unfiltered")["unfiltered"]
    assert {row["id"] for row in unfiltered if row["stage"] is None} == {
        row["id"].split("#")[0] for split in blend.values() for row in split
    }
    gone = [(row["id"], row["stage"], row["reason"]) for row in unfiltered if row["stage"]]
    assert sorted(gone) == sorted((row["id"], row["stage"], row["reason"]) for row in rejected)


def test_the_card_says_what_was_published(served: Hub, sample_data: Path, sample_blend: Path) -> None:
    assert publish(sample_data, "--accept-licence").returncode == 0
    repo = served.repos["me/x"]
    text = repo.commits[repo.main]["README.md"].decode()
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["license"] == "other" and head["license_name"] == "several-by-row-non-commercial"
    assert [config["config_name"] for config in head["configs"]] == ["default", "rejected", "unfiltered"]
    manifest = json.loads((sample_blend / "manifest.json").read_text())
    for said in ('load_dataset("me/x", "rejected")', "crossthink build --from me/x", manifest["rows_digest"],
                 "the gold of 719 of 719 rows earns its reward", "2504.13941"):  # fmt: skip
        assert said in text, said


def test_a_second_call_sends_nothing_and_makes_no_commit(served: Hub, sample_data: Path) -> None:
    assert publish(sample_data, "--accept-licence").returncode == 0
    commits, uploads = list(served.repos["me/x"].commits), served.uploads()
    done = publish(sample_data, "--accept-licence")
    assert "held the same files already" in done.stdout
    assert (list(served.repos["me/x"].commits), served.uploads()) == (commits, uploads)


def test_what_a_release_no_longer_has_goes_in_the_same_commit(served: Hub, sample_data: Path) -> None:
    assert publish(sample_data, "--accept-licence").returncode == 0
    assert publish(sample_data, "--accept-licence", "--no-unfiltered").returncode == 0
    repo = served.repos["me/x"]
    assert len(repo.commits) == 3
    assert not [name for name in repo.commits[repo.main] if name.startswith("unfiltered/")]
    assert ".gitattributes" in repo.commits[repo.main]


def test_a_dry_run_sends_nothing(served: Hub, sample_data: Path) -> None:
    done = publish(sample_data, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "nothing was sent" in done.stdout
    assert served.asked == [] and served.repos == {}
    assert (sample_data / "releases" / "me--x" / "README.md").exists()


# --- faults ----------------------------------------------------------------------------------------------------------


def test_a_server_fault_in_the_middle_of_a_shard_is_got_over(served: Hub, sample_data: Path) -> None:
    served.faults = Faults(uploads=1)
    done = publish(sample_data, "--accept-licence")
    assert done.returncode == 0, done.stderr
    assert "every digest the same" in done.stdout
    assert len(served.uploads()) == 5, "four shards, one of them twice"


def test_a_connection_cut_before_the_commit_leaves_nothing_and_a_rerun_sends_no_shard_twice(
    served: Hub, sample_data: Path
) -> None:
    served.faults = Faults(commits_cut=100)
    line = refused(publish(sample_data, "--accept-licence"))
    assert line.startswith("crossthink: me/x: nothing was published (") and "run again" in line
    assert len(served.repos["me/x"].commits) == 1
    sent, served.faults = served.uploads(), Faults()
    assert len(sent) == 4
    done = publish(sample_data, "--accept-licence")
    assert done.returncode == 0, done.stderr
    assert served.uploads() == sent


def test_a_commit_that_came_between_is_not_overwritten_unseen(served: Hub, sample_data: Path) -> None:
    served.faults = Faults(intruders=1)
    line = refused(publish(sample_data, "--accept-licence"))
    assert line == (
        "crossthink: me/x: somebody else committed meanwhile; nothing was published; look at it and run again"
    )
    assert publish(sample_data, "--accept-licence").returncode == 0
    repo = served.repos["me/x"]
    assert repo.commits[repo.main]["theirs.txt"] == b"theirs"


def test_a_shard_that_comes_back_different_is_told(served: Hub, sample_data: Path) -> None:
    served.faults = Faults(spoilt=1)
    line = refused(publish(sample_data, "--accept-licence"))
    assert "came back different" in line and ".parquet" in line


def test_a_token_that_may_not_write_is_one_line(
    served: Hub, sample_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    done = publish(sample_data, "--accept-licence")
    assert "the Hub refuses (401); set HF_TOKEN" in refused(done)
    assert "hf_other" not in done.stdout + done.stderr


def test_private_is_not_put_into_a_public_repository(served: Hub, sample_data: Path) -> None:
    served.repos["me/x"] = Repo({"a" * 40: {"README.md": b"mine"}})
    assert "is public and --private was asked for" in refused(publish(sample_data, "--private"))
    assert list(served.repos["me/x"].commits) == ["a" * 40]
    assert publish(sample_data, "--private", repo="me/y").returncode == 0
    assert served.repos["me/y"].private


# --- what may not go out ---------------------------------------------------------------------------------------------


def test_a_sample_is_refused_unless_it_is_meant(served: Hub, sample_data: Path) -> None:
    done = run_crossthink("publish", "nemo_weighted", "--repo", "me/x", "--data", sample_data)
    assert "--sample-anyway" in refused(done)
    assert served.asked == []


def test_without_consent_the_text_of_non_commercial_rows_stays_out(
    served: Hub, sample_data: Path, sample_blend: Path
) -> None:
    done = publish(sample_data)
    assert done.returncode == 0, done.stderr
    assert "cc-by-nc-4.0 (not for commercial use): their text is withheld" in done.stdout
    repo = served.repos["me/x"]
    files = repo.commits[repo.main]
    whole = pl.read_parquet(sample_blend / "data" / "train-*.parquet")
    loaded = load("me/x")["train"]
    assert [row["id"] for row in loaded] == whole.get_column("id").to_list()
    bound = {row["id"]: row for row in whole.filter(pl.col("licence") == "cc-by-nc-4.0").iter_rows(named=True)}
    for row in loaded:
        assert (row["withheld"] is not None) == (row["id"] in bound)
        if row["withheld"]:
            assert not row["question"] and not row["ground_truth"] and not row["prompt"][0]["content"]
        else:
            assert row["question"]
    raw = b"".join(content for name, content in files.items() if not name.endswith(".parquet"))
    texts = [json.dumps(load("me/x", config)) for config in ("rejected", "unfiltered")]
    for row in bound.values():  # by their longest texts, which stand in no other row
        assert row["question"].encode() not in raw
        assert not any(json.dumps(row["question"])[1:-1] in text for text in texts)
    head = yaml.safe_load(files["README.md"].decode().split("---\n")[1])
    assert head["license_name"] == "several-by-row"


def test_the_fill_script_builds_the_withheld_rows_again(served: Hub, sample_data: Path, tmp_path: Path) -> None:
    assert publish(sample_data).returncode == 0
    repo, folder = served.repos["me/x"], tmp_path / "downloaded"
    for name, content in repo.commits[repo.main].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, folder / "fill.py", tmp_path / "filled"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "withheld rows filled, every one with its digest" in done.stdout


def copied(sample_data: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_data, tmp_path / "data")
    return tmp_path / "data"


def test_a_token_in_a_file_stops_it_and_is_not_repeated(served: Hub, sample_data: Path, tmp_path: Path) -> None:
    data = copied(sample_data, tmp_path)
    report = data / "blends" / "nemo_weighted-sample" / "report.json"
    planted = "hf_" + "a1B2" * 9
    report.write_text(report.read_text().replace('"rows"', f'"{planted}": 1,\n "rows"', 1))
    done = publish(data)
    line = refused(done)
    assert "report.json: line 2 holds what looks like a Hugging Face token" in line
    assert planted not in done.stdout + done.stderr and served.asked == []


def test_a_changed_shard_stops_it(served: Hub, sample_data: Path, tmp_path: Path) -> None:
    data = copied(sample_data, tmp_path)
    (shard,) = (data / "blends" / "nemo_weighted-sample" / "data").glob("validation-*")
    shard.write_bytes(shard.read_bytes()[:-1])
    assert "is not as the manifest says; build the blend again" in refused(publish(data))
    assert served.asked == []


# --- the checks by themselves ----------------------------------------------------------------------------------------


def first_fault(folder: Path, manifest: Any, facts: Any) -> str:
    return next((check.said for check in check_blend(folder, manifest, facts) if not check.passed), "")


def of_kind(facts: Any, kind: str) -> Any:
    return next(one for one in facts["contamination"]["self_test"] if one["kind"] == kind)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda facts: None, ""),
        (lambda facts: of_kind(facts, "verbatim").update(dropped=0, planted=500), "recall 0."),
        (lambda facts: of_kind(facts, "your own row").update(dropped=100), "precision 0."),
        (lambda facts: facts["contamination"].update(self_test=[]), "no contamination self-test"),
        (lambda facts: facts["shares"][0].update(granted=1), "rows (1 granted"),
        (lambda facts: facts["shares"][0].update(share=0.5), "rows from the share asked"),
        (lambda facts: facts["shares"].append(facts["shares"][0] | {"source": "none"}), "the blend has 703 rows"),
    ],
)
def test_a_blend_that_fails_its_own_checks_is_told_what_fails(sample_blend: Path, spoil: Any, said: str) -> None:
    manifest = json.loads((sample_blend / "manifest.json").read_text())
    facts = json.loads((sample_blend / "report.json").read_text())
    spoil(facts)
    found = first_fault(sample_blend, manifest, facts)
    assert (said in found) if said else (found == "")


def test_a_gold_that_earns_nothing_fails_unless_the_recipe_keeps_and_marks_it(
    sample_blend: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "blend"
    shutil.copytree(sample_blend, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    facts = json.loads((folder / "report.json").read_text())
    shard = next(one for one in manifest["shards"] if one["file"].startswith("data/validation"))
    rows = pl.read_parquet(folder / shard["file"])
    third = pl.int_range(pl.len()) == 3

    def rewrite(**columns: pl.Expr) -> None:
        rows.with_columns(**columns).write_parquet(folder / shard["file"])
        shard["sha256"] = file_digest(folder / shard["file"])

    spoilt = pl.when(third).then(pl.lit("?!")).otherwise("ground_truth")
    rewrite(ground_truth=spoilt)
    assert first_fault(folder, manifest, facts).startswith(f"{rows.get_column('id')[3]}: its own gold earns 0")
    marked = pl.when(third).then(pl.lit(["verifiable: {}"])).otherwise("marks")
    rewrite(ground_truth=spoilt, marks=marked)
    assert first_fault(folder, manifest, facts) == ""


def test_repository_names_are_checked(sample_data: Path) -> None:
    assert "not a repository of the Hub; write ORG/NAME" in refused(publish(sample_data, repo="x"))
