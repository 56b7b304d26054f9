"""Leaks in other words are found by a sentence-transformers model; a small static one is made here."""

import json
from pathlib import Path

import polars as pl
import pytest

from pipeline.match.embedding import model_digest
from pipeline.stage import Assets
from stages.paraphrase import Paraphrase
from tests.rows import mark, rows

TRAIN = "A train leaves at 9 in the morning and travels 40 miles each hour; how far is it at noon?"
ITEMS = pl.DataFrame(
    [
        ("math", "train", TRAIN, None),
        ("mmlu", "norway", "Which of these cities is the capital of Norway today?", ["Oslo", "Bergen", "Turku"]),
        ("zh", "zh", "下列哪一项是质数的正确定义", None),
    ],
    schema={"benchmark": pl.String, "item": pl.String, "question": pl.String, "options": pl.List(pl.String)},
    orient="row",
)
# Words that the model takes for one another.
SYNONYMS = {"coach": "train", "departs": "leaves", "covers": "travels", "distant": "far", "midday": "noon",
            "every": "each", "towns": "cities", "seat": "capital", "now": "today"}  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A real sentence-transformers model in a folder: static embeddings in which synonyms have one vector."""
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed (extra `embed`)")
    import numpy as np
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    texts = [*ITEMS["question"], "Oslo Bergen Turku", " ".join(SYNONYMS)]
    words = sorted({word.strip(";?") for text in texts for word in text.lower().split()} | {"8", "?", ";", "."})
    tokenizer = Tokenizer(models.WordLevel({word: nr for nr, word in enumerate(["[UNK]", *words])}, "[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.random.default_rng(0).normal(size=(len(words) + 1, 64)).astype(np.float32)
    place = {word: nr + 1 for nr, word in enumerate(words)}
    for word, other in SYNONYMS.items():
        weights[place[word]] = weights[place[other]]
    folder = tmp_path_factory.mktemp("model") / "static"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu").save(str(folder))
    return str(folder)


OTHER_WORDS = "A coach departs at 9 in the morning and covers 40 miles every hour; how distant is it at midday?"
ROWS = rows(
    {"question": OTHER_WORDS},
    {"question": OTHER_WORDS.replace("9", "8")},
    {"question": "Which of these towns is the seat of Norway now?", "options": ["Turku", "Oslo", "Bergen"]},
    {"question": "Oslo in the hour"},
    {"question": None},
    {"question": ""},
)


def test_other_words_go_and_other_numbers_are_marked(model: str) -> None:
    assets = Assets({"benchmarks": ITEMS})
    frame = mark(Paraphrase(model), ROWS, assets)
    assert frame["drop"].to_list() == [
        "paraphrased benchmark question", None, "paraphrased benchmark question", None, None, None
    ]  # fmt: skip
    told = [json.loads(text)["item"] if text else None for text in frame["evidence"]]
    assert told == ["train", "train", "norway", None, None, None]
    assert assets.outputs["grey_zone"].select("id", "item").rows() == [("r1", "train")]


def test_rows_marked_alone_or_together_are_marked_the_same(model: str) -> None:
    stage, assets = Paraphrase(model), Assets({"benchmarks": ITEMS})
    together = stage.mark(ROWS, assets)
    alone = pl.concat([stage.mark(part, assets) for part in ROWS.reverse().iter_slices(1)]).reverse()
    assert together.equals(alone)
    assert stage.mark(ROWS.clear(), assets).schema == together.schema


def test_a_model_is_its_files_and_not_its_place(model: str, tmp_path: Path) -> None:
    import shutil

    copy = shutil.copytree(model, tmp_path / "moved")
    assert model_digest(str(copy)) == model_digest(model)
    assert Paraphrase(str(copy)).identity() == Paraphrase(model).identity()


def test_a_folder_without_a_model_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"modules\.json"):
        Paraphrase(str(tmp_path)).check([])


def test_thresholds_out_of_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="grey"):
        Paraphrase(str(tmp_path), sure=0.8, grey=0.9).check([])
