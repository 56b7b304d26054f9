"""`crossthink synthesize` and `profile` as a user runs them: from own files to a blend, and to measured difficulty."""

import json
from pathlib import Path

import polars as pl
import pytest
import yaml

from blends.rates import profile_path
from blends.sample.web.make_warc import HERE
from blends.synthesis import Given, completed
from pipeline.files import write_frame
from pipeline.llm.cache import Cache
from pipeline.llm.record import Record
from pipeline.llm.request import Message, Outcome, Request, Sampling
from stages.sources import BENCHMARKS, SOURCES
from stages.template import ground_truth, prompt
from tests.conftest import Run, run_crossthink

FILES = ("--documents", HERE / "pages.warc.gz", "--documents", HERE / "book.md", "--taxonomy", HERE / "taxonomy.yaml",
         "--problems", HERE / "problems.jsonl", "--personas", HERE / "personas.txt")  # fmt: skip
RECORDED = ("--engine", "replay", "--cache", HERE / "recorded.jsonl", "--writer", "written by hand",
            "--solver", "written by hand")  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the sample's pages were synthesized from as if they were a user's own."""
    data = tmp_path_factory.mktemp("made") / "data"
    done = run_crossthink("synthesize", "nemo_own", *FILES, *RECORDED, "--data", data, "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert "285 cached, 0 answered" in done.stdout
    return data


def test_raw_rows_rejects_and_documents_are_written(made: Path) -> None:
    folder = made / "synthesis" / "syn_qa"
    rows, documents = pl.read_parquet(folder / "rows.parquet"), pl.read_parquet(folder / "documents.parquet")
    assert set(rows["seed_document"]) <= set(documents["id"])
    assert documents.select("uri", "date", "licence", "origin").null_count().sum_horizontal().item() == 0
    rejected = pl.read_parquet(folder / "rejected.parquet")
    steps = json.loads((folder / "report.json").read_text())["steps"]
    born = next(step for step in steps if step["step"] == "spans")["kept"]
    assert rows.height + rejected.height == born


def source_map(folder: Path, *, without: tuple[str, ...]) -> Path:
    """Write a map of the sample's files with some sources left out."""
    sample = HERE.parent
    value = {
        "name": "mine",
        "sources": {
            name: {"files": [str(sample / f"{name}.jsonl")], "schema": "upstream"}
            for name in SOURCES
            if name not in without
        },
        "benchmarks": {
            name: {"files": [str(sample / "benchmarks" / f"{name}.jsonl")], "schema": "upstream"} for name in BENCHMARKS
        },
    }
    (folder / "map.yaml").write_text(yaml.safe_dump(value))
    return folder / "map.yaml"


def test_a_build_reads_what_was_synthesized(crossthink: Run, made: Path, tmp_path: Path) -> None:
    own = source_map(tmp_path, without=("syn_qa", "persona_skill_math"))
    done = crossthink("build", "nemo_own", "--sources", own, "--data", made, "--workers", "1")
    assert done.returncode == 0, done.stderr
    rows = pl.read_parquet(made / "blends" / "nemo_own-mine" / "data" / "*.parquet")
    written = pl.read_parquet(made / "synthesis" / "syn_qa" / "rows.parquet")
    assert set(rows.filter(pl.col("source") == "syn_qa")["id"]) <= set(written["id"])


def test_what_is_not_synthesized_yet_is_said_with_the_command(crossthink: Run, tmp_path: Path) -> None:
    own = source_map(tmp_path, without=("syn_qa", "persona_skill_math"))
    done = crossthink("build", "nemo_own", "--sources", own, "--data", tmp_path / "data")
    assert done.returncode == 2 and "crossthink synthesize nemo_own" in done.stderr


def test_synthesized_rows_are_a_source_like_any_other(crossthink: Run, made: Path, tmp_path: Path) -> None:
    recipe = yaml.safe_load((HERE.parents[1] / "nemo_weighted.yaml").read_text())
    recipe |= {"name": "small", "sources": ["syn_qa"]}
    recipe["all"].pop("decontaminate")
    recipe["all"]["mix"] |= {"shares": {"syn_qa": 1.0}}
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False))
    own = made / "synthesis" / "syn_qa" / "sources.yaml"
    done = crossthink("build", tmp_path / "small.yaml", "--sources", own, "--data", tmp_path / "data", "--workers", "1")
    assert done.returncode == 0, done.stderr


def test_a_dry_run_prints_the_first_prompt_and_an_estimate(crossthink: Run, tmp_path: Path) -> None:
    done = crossthink("synthesize", "nemo_own", *FILES, *RECORDED, "--dry-run", "--probe", "3", "--data", tmp_path)
    assert done.returncode == 0, done.stderr
    for words in (
        "Write one question of that difficulty",
        "Write one problem that this person",
        "rows accepted",
        "hours",
    ):
        assert words in done.stdout
    assert not (tmp_path / "synthesis").exists()


def test_what_was_not_recorded_leaves_its_step_open_for_another_engine(crossthink: Run, tmp_path: Path) -> None:
    Cache(tmp_path / "completions.sqlite").close()
    asked = ("synthesize", "nemo_own", *FILES, "--data", tmp_path, "--workers", "1", "--source", "syn_qa")
    done = crossthink(*asked, "--engine", "replay", "--writer", "written by hand", "--solver", "written by hand")
    assert done.returncode == 2 and "(not recorded 12); what was answered is kept: name another engine" in done.stderr
    assert crossthink(*asked, *RECORDED).returncode == 0


def test_a_limit_is_not_remembered_for_the_next_run() -> None:
    before = Given(documents=(HERE / "book.md",), writer="w", limit=20)
    assert completed(Given(solver="s"), before) == Given(documents=(HERE / "book.md",), writer="w", solver="s")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--source", "syn_qa"), "syn_qa: no documents to make it of; give them with --documents"),
        (("--source", "math"), "--source math: not made here"),
        (("--documents", "none-there"), "none-there: no documents there"),
        (
            (*FILES, "--engine", "vllm", "--weights", "model"),
            "--weights model: no folder of weights; write MODEL=FOLDER",
        ),
        ((*FILES, "--engine", "opneai"), "engine 'opneai': there is none; did you mean 'openai'?"),
    ],
)
def test_a_mistake_is_one_line(
    crossthink: Run, tmp_path: Path, arguments: tuple[str | Path, ...], message: str
) -> None:
    done = crossthink("synthesize", "nemo_own", *arguments, "--data", tmp_path)
    assert done.returncode == 2 and message in done.stderr
    assert done.stderr.count("\n") == 1


def test_profile_measures_and_difficulty_reads_it(crossthink: Run, tmp_path: Path) -> None:
    """Of 40 rows the recorded model solves every other one in two of four draws, and the rest never."""
    data = tmp_path / "data"
    draw = (
        "profile",
        "--model",
        "m",
        "--engine",
        "replay",
        "--rows",
        "40",
        "--samples",
        "4",
        "--data",
        data,
        "--workers",
        "1",
    )
    Cache(data / "completions.sqlite").close()
    first = crossthink(*draw)
    assert first.returncode == 2 and "no draw has a score" in first.stderr
    rows = pl.read_parquet(data / "steps" / "decontaminate-all-*" / "kept-*.parquet").sort("key", "id").head(40)
    records = []
    for nr, row in enumerate(rows.iter_rows(named=True)):
        form = "mcq" if "mcq" in row["forms"] else "open"
        for seed in range(4):
            said = ground_truth(row, form, "long") if nr % 2 == 0 and seed < 2 else f"another {seed}"
            request = Request("m", (Message("user", prompt(row, form, "long")),), Sampling(1.0, 1.0, 4_096, seed))
            text = f"<think>\nSo.\n</think>\n\n\\boxed{{{said}}}"
            records.append(Record(request, Outcome(request.digest, text), "hand"))
    cache = Cache(data / "completions.sqlite")
    cache.add(iter(records))
    cache.close()
    done = crossthink(*draw)
    assert done.returncode == 0, done.stderr
    assert "160 cached" in done.stdout and "gradient: 0.438" in done.stdout  # half of 1 - 2/16
    recipe = (HERE.parents[1] / "nemo_weighted.yaml").read_text()
    (tmp_path / "banded.yaml").write_text(recipe.replace("  split:", "  difficulty: {rule: band}\n  split:"))
    build = ("build", tmp_path / "banded.yaml", "--data", data, "--workers", "1")
    attempts = pl.read_parquet(profile_path(data, "nemo_weighted"))
    write_frame(profile_path(data, "nemo_weighted"), attempts.with_columns(verifier=pl.lit(0, pl.Int64), score=0.0))
    stale = crossthink(*build)
    assert stale.returncode == 2 and "160 scores of another verifier; run `crossthink profile` again" in stale.stderr
    assert crossthink(*draw).returncode == 0
    assert pl.read_parquet(profile_path(data, "nemo_weighted")).equals(attempts)  # graded anew, without a model
    built = crossthink(*build)
    assert built.returncode == 0, built.stderr
    triage = pl.read_parquet(data / "steps" / "difficulty-all-*" / "asset-triage-*.parquet")
    assert triage.height == 20
    rejected = pl.read_parquet(data / "blends" / "nemo_weighted-sample" / "rejected" / "*.parquet")
    assert rejected.filter(pl.col("reason") == "never solved").height == 20
