"""Run a peer's decontamination on shards of questions. Needs no part of this project.

    python benchmarks/decontaminate_peers.py open-r1-8|open-r1-13|datatrove-8|datatrove-12 SHARDS BENCHMARKS OUT [CORES]

Extra requirements, in an environment of their own: datatrove==0.10.1 "xxhash<4" tokenizers spacy regex polars pyarrow.
Writes the ids that the peer keeps to OUT (Parquet). BENCHMARKS: a Parquet file with `question`.
"""

import re
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl


def _ngrams(text: str, size: int) -> list[str]:
    """Return the word n-grams of a text as open-r1 describes them: lower case, punctuation out, spaces joined."""
    words = re.sub(r"\s+", " ", re.sub(r"[^\w\s]", " ", text.lower())).split()
    return [" ".join(words[nr : nr + size]) for nr in range(len(words) - size + 1)]


def open_r1(file: Path, *, benchmarks: Path, size: int) -> list[str]:
    """Return the ids of the rows that share no n-gram with any item: the method as its authors describe it."""
    lookup: dict[str, set[int]] = defaultdict(set)
    for number, question in enumerate(pl.read_parquet(benchmarks)["question"]):
        for ngram in _ngrams(question, size):
            lookup[ngram].add(number)
    rows = pl.read_parquet(file, columns=["id", "text"])
    return [name for name, text in rows.iter_rows() if not any(ngram in lookup for ngram in _ngrams(text, size))]


def datatrove(file: Path, *, benchmarks: Path, size: int) -> list[str]:
    """Return the ids of the rows that datatrove's own filter keeps.

    Its indexer wants lighteval, so its index file is written here by the filter's own tokeniser and hash.
    """
    import numpy as np
    from datatrove.data import Document
    from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter, ngrams, simplify_text

    with TemporaryDirectory() as folder:
        block = NGramsDecontFilter(folder, config=NGramsDecontConfig(n_grams=size))
        known: set[int] = set()
        for question in pl.read_parquet(benchmarks)["question"]:
            words = block.tokenizer.word_tokenize(simplify_text(question, block.config.norm_config))
            known.update(block.hash_func(" ".join(run)) for run in ngrams(words, size))
        hashes = np.array(sorted(known), dtype=block.config.hash_config.np_descr)
        hashes.tofile(Path(folder) / "items.index.hashes")
        rows = pl.read_parquet(file, columns=["id", "text"]).iter_rows()
        return [name for name, text in rows if block.filter(Document(text=text, id=name)) is True]


if __name__ == "__main__":
    tool, size = sys.argv[1].rsplit("-", 1)
    files = sorted(Path(sys.argv[2]).glob("*.parquet"))
    cores = int(sys.argv[5])
    # One block of shards a core, so that the index is built once a core.
    blocks = [files[nr::cores] for nr in range(cores)]
    method = partial(open_r1 if tool == "open-r1" else datatrove, benchmarks=Path(sys.argv[3]), size=int(size))
    joined = [Path(sys.argv[2]) / f"block-{nr}" for nr in range(cores)]
    for block, target in zip(blocks, joined, strict=True):
        if block:
            pl.concat([pl.read_parquet(one) for one in block]).write_parquet(target)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        kept = [name for part in pool.map(method, [one for one in joined if one.exists()]) for name in part]
    pl.DataFrame({"id": kept}).write_parquet(sys.argv[4])
