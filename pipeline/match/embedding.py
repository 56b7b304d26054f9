"""Embed questions with a local sentence-transformers model, to find leaks whose words are others."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]  # (texts, dimensions), each of length 1

_BATCH = 64
_BLOCK = 4096  # rows compared with all items at a time


def model_fault(folder: str) -> str | None:
    """Return what keeps a model from being loaded, with the mend; None when it can be."""
    if not (Path(folder) / "modules.json").is_file():
        return f"no sentence-transformers model in {folder!r} (no modules.json); give the folder of a downloaded one"
    if find_spec("sentence_transformers") is None:
        return "needs the package sentence-transformers; pip install 'crossthink[embed]'"
    return None


@lru_cache(maxsize=4)
def model_digest(folder: str) -> str:
    """Return the digest of a model's files: what it is, wherever it lies."""
    state = hashlib.blake2b(digest_size=16)
    root = Path(folder)
    for path in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".md"):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        state.update(f"{path.relative_to(root).as_posix()} {digest}\n".encode())
    return state.hexdigest()


@lru_cache(maxsize=1)
def _model(folder: str) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(folder, local_files_only=True)


def embedded(texts: list[str], folder: str) -> Vectors:
    """Return a vector for each text; texts that repeat are embedded once."""
    distinct = sorted(set(texts))
    if not distinct:
        return np.zeros((0, 1), np.float32)
    made: Vectors = _model(folder).encode(
        distinct, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
    )
    place = {text: nr for nr, text in enumerate(distinct)}
    return made.astype(np.float32)[[place[text] for text in texts]]


def nearest(rows: Vectors, items: Vectors) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return for each row the item with the greatest cosine, the first of equals, and that cosine to four digits."""
    if not len(items):
        return np.full(len(rows), -1), np.full(len(rows), -1.0)
    best, score = [np.zeros(0, np.int64)], [np.zeros(0)]
    for begin in range(0, len(rows), _BLOCK):
        cosines = rows[begin : begin + _BLOCK] @ items.T
        best.append(cosines.argmax(axis=1))
        score.append(cosines.max(axis=1).round(4).astype(np.float64))
    return np.concatenate(best), np.concatenate(score)
