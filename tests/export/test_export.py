"""`crossthink export`: each format loads with its trainer's own library, holds the same prompts and golds, and pays."""

import asyncio
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from pipeline.artefact import Artefact
from pipeline.export import FORMATS
from pipeline.export.write import export, pair_digest, read_records
from tests.conftest import run_crossthink
from trainer.label import label_score


@pytest.fixture(scope="module")
def exports(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export in each format, named by it."""
    folder = tmp_path_factory.mktemp("exports")
    blend = Artefact(sample_data / "blends" / "nemo_weighted-sample")
    for name, form in FORMATS.items():
        export(blend.path, blend.manifest or {}, form, folder / name)
    return folder


@pytest.fixture(scope="module")
def train(sample_blend: Path) -> list[dict[str, Any]]:
    return pl.read_parquet(sample_blend / "data" / "train-*.parquet").to_dicts()


def boxed(gold: str) -> str:
    return f"<think>because</think> \\boxed{{{gold}}}"


def brought(path: Path) -> ModuleType:
    """Return a file that an export brings, loaded by its path as the trainers load it."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_format_holds_the_same_prompts_and_golds_in_the_same_order(exports: Path, sample_blend: Path) -> None:
    splits = [pl.read_parquet(sample_blend / "data" / f"{split}-*.parquet") for split in ("train", "validation")]
    wanted = pair_digest(
        (row["prompt"][0]["content"], row["ground_truth"]) for rows in splits for row in rows.iter_rows(named=True)
    )
    told = {name: json.loads((exports / name / "export.json").read_text()) for name in FORMATS}
    assert {name: one["prompt_gold_digest"] for name, one in told.items()} == dict.fromkeys(FORMATS, wanted)
    rows = {"train": splits[0].height, "validation": splits[1].height}
    assert all(one["rows"] == rows for one in told.values())


@pytest.mark.parametrize("name", FORMATS)
def test_datasets_loads_it_and_reads_the_same_prompts_and_golds(name: str, exports: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    form = FORMATS[name]
    kind = "json" if form.suffix == "jsonl" else "parquet"
    files = {split: str(exports / name / f"{split}.{form.suffix}") for split in ("train", "validation")}
    loaded = load_dataset(kind, data_files=files, cache_dir=str(tmp_path))
    read = pair_digest(form.asked(record) for split in files for record in loaded[split])
    assert read == json.loads((exports / name / "export.json").read_text())["prompt_gold_digest"]


def test_a_changed_gold_changes_the_digest() -> None:
    assert pair_digest([("a", "b")]) != pair_digest([("a", "c")]) != pair_digest([("ac", "")])


def test_trl_pays_every_gold_through_the_file_it_brings(exports: Path) -> None:
    rows = list(read_records(exports / "trl" / "train.parquet"))
    columns = {name: [row[name] for row in rows] for name in rows[0] if name != "prompt"}
    completions = [[{"role": "assistant", "content": boxed(row["ground_truth"])}] for row in rows]
    reward = brought(exports / "trl" / "reward.py").blend_reward
    assert set(reward(prompts=[row["prompt"] for row in rows], completions=completions, **columns)) == {1.0}
    wrong = [[{"role": "assistant", "content": boxed("no such answer")}] for _ in rows]
    assert set(reward(prompts=[row["prompt"] for row in rows], completions=wrong, **columns)) == {0.0}


def test_verl_pays_every_gold_through_its_custom_reward_function(exports: Path) -> None:
    pay = brought(exports / "verl" / "reward.py").compute_score
    for row in read_records(exports / "verl" / "train.parquet"):
        assert list(row) == ["data_source", "prompt", "ability", "reward_model", "extra_info"]
        gold = row["reward_model"]["ground_truth"]
        # verl gives more arguments as it grows.
        common = {"data_source": row["data_source"], "ground_truth": gold, "extra_info": row["extra_info"], "more": 1}
        assert pay(solution_str=boxed(gold), **common) == 1.0, row["extra_info"]["id"]
        assert pay(solution_str=boxed("no such answer"), **common) == 0.0, row["extra_info"]["id"]


def test_labels_alone_pay_every_gold(exports: Path, train: list[dict[str, Any]]) -> None:
    open_instruct = list(read_records(exports / "open-instruct" / "train.jsonl"))
    environment = list(read_records(exports / "verifiers" / "train.jsonl"))
    for row, one, other in zip(train, open_instruct, environment, strict=True):
        assert one["dataset"] == "crossthink"
        for label in (one["ground_truth"], other["info"]):
            assert label_score(label, boxed(row["ground_truth"])) == 1.0, row["id"]
            assert label_score(label, boxed("no such answer")) == 0.0, row["id"]


def test_nemo_gym_rows_say_what_its_servers_grade_by(exports: Path, train: list[dict[str, Any]]) -> None:
    for row, record in zip(train, read_records(exports / "nemo-gym" / "train.jsonl"), strict=True):
        if row["form"] == "mcq":
            options = {letter: text for option in record["options"] for letter, text in option.items()}
            assert options[record["expected_answer"]] == row["answer"]
            assert record["agent_ref"]["name"] == "mcqa_simple_agent"
        else:
            assert record["expected_answer"] == row["ground_truth"]
            assert "options" not in record


def test_the_command_writes_the_export_and_a_second_call_leaves_what_a_trainer_put_there(
    exports: Path, sample_data: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        done = run_crossthink("export", "nemo_weighted", "--to", "verl", "--out", tmp_path, "--data", sample_data)
        assert done.returncode == 0, done.stderr
        assert json.loads((tmp_path / "export.json").read_text())["prompt_gold_digest"] in done.stdout
        (tmp_path / "checkpoint.txt").write_text("theirs")
    for name in ("train.parquet", "reward.py", "README.md", "export.json"):
        assert (tmp_path / name).read_bytes() == (exports / "verl" / name).read_bytes()
    assert (tmp_path / "checkpoint.txt").exists()


def test_an_export_is_not_written_over_what_is_none(sample_data: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = run_crossthink("export", "--to", "trl", "--out", tmp_path, "--data", sample_data)
    assert done.returncode == 2 and "holds files that are no export" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_unknown_format_names_the_likely_one(sample_data: Path) -> None:
    done = run_crossthink("export", "--to", "verifier", "--data", sample_data)
    assert done.returncode == 2 and "did you mean 'verifiers'?" in done.stderr


# --- with the trainers' own libraries, where they are ----------------------------------------------------------------


def bytewise() -> Any:
    """Return a tokenizer of single bytes with a chat template, made on the spot."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    signs = ["<pad>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    made = Tokenizer(models.BPE(vocab={sign: number for number, sign in enumerate(signs)}, merges=[]))
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    template = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<pad>", chat_template=template)


@pytest.mark.slow
def test_grpo_trainer_takes_the_trl_export(exports: Path, tmp_path: Path) -> None:
    pytest.importorskip("trl", reason="needs TRL and torch (make test-train)")
    transformers = pytest.importorskip("transformers")
    from datasets import load_dataset
    from trl import GRPOConfig, GRPOTrainer

    # A model of some thousand parameters over single bytes: the loop is real, what it learns is not the point.
    tokenizer = bytewise()
    small = transformers.Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, pad_token_id=0, eos_token_id=0,
    )  # fmt: skip
    rows = load_dataset("parquet", data_files=str(exports / "trl" / "train.parquet"), cache_dir=str(tmp_path / "c"))
    settings = GRPOConfig(
        output_dir=str(tmp_path), max_steps=1, per_device_train_batch_size=2, num_generations=2,
        max_completion_length=4, use_cpu=True, bf16=False, gradient_checkpointing=False, report_to=[], logging_steps=1,
    )  # fmt: skip
    paid: list[float | None] = []
    pay = brought(exports / "trl" / "reward.py").blend_reward

    def reward(completions: Any, extra_info: Any, **more: Any) -> Any:
        paid.extend(pay(completions, extra_info, **more))
        return paid[-len(completions) :]

    trainer = GRPOTrainer(
        transformers.Qwen2ForCausalLM(small), reward_funcs=reward, args=settings, train_dataset=rows["train"],
        processing_class=tokenizer,
    )  # fmt: skip
    trainer.train()
    assert paid and set(paid) == {0.0}, "a model that knows nothing earns nothing"


def test_verifiers_loads_the_taskset_and_every_gold_is_valid(exports: Path, train: list[dict[str, Any]]) -> None:
    pytest.importorskip("verifiers.v1", reason="needs verifiers 0.4, in no environment of ours (docs/exports.md)")
    brings = brought(exports / "verifiers" / "crossthink_blend.py")
    tasks = list(brings.BlendTaskset(brings.BlendTasksetConfig(id="crossthink_blend")))
    assert [(task.data.prompt_text, task.data.answer) for task in tasks] == [
        (row["prompt"][0]["content"], row["ground_truth"]) for row in train
    ]
    assert all(asyncio.run(task.validate(None)) for task in tasks)


def test_verl_reads_the_export_as_its_dataset(exports: Path, train: list[dict[str, Any]], tmp_path: Path) -> None:
    pytest.importorskip("verl", reason="needs verl, in no environment of ours (docs/exports.md)")
    from omegaconf import OmegaConf
    from verl.utils.dataset.rl_dataset import RLHFDataset

    settings = OmegaConf.create(
        {"cache_dir": str(tmp_path), "max_prompt_length": 4096, "filter_overlong_prompts": True}
    )
    rows = RLHFDataset([str(exports / "verl" / "train.parquet")], tokenizer=bytewise(), config=settings)
    assert len(rows) == len(train)
    for item, row in zip((rows[number] for number in range(len(rows))), train, strict=True):
        assert item["raw_prompt"] == row["prompt"]
        assert (item["data_source"], item["reward_model"]["ground_truth"]) == (row["source"], row["ground_truth"])


def test_brought_files_need_only_what_a_gpu_machine_has(exports: Path) -> None:
    """The reward files load without polars, which is 52 MB and not where trainers run."""
    code = "import runpy, sys; runpy.run_path(sys.argv[1]); print('polars' in sys.modules)"
    for name in ("trl", "verl"):
        done = subprocess.run(
            [sys.executable, "-c", code, exports / name / "reward.py"], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "False"
