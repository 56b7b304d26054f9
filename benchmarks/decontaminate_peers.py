"""Run a peer's decontamination on shards of questions. Needs no part of this project.

    python benchmarks/decontaminate_peers.py TOOL-SIZE SHARDS BENCHMARKS OUT [CORES]
    python benchmarks/decontaminate_peers.py decon|decon-all|decon-questions SHARDS BENCHMARKS OUT [CORES]

TOOL: `open-r1`, the steps of its scripts/decontaminate.py (its method, written anew: for each benchmark a pass over the
rows with `datasets`, then a pass that drops); `one-pass`, the same n-grams in one set, looked up in one pass of bare
Python, which nobody publishes; `datatrove`, its own filter. SIZE: words in an n-gram.
Extra requirements, in an environment of their own: datasets, or datatrove==0.10.1 "xxhash<4" tokenizers spacy regex
polars pyarrow. Writes the ids that the peer keeps to OUT (Parquet). BENCHMARKS: a Parquet file with `benchmark` and
`question`.

`decon` is allenai/decon with its own defaults, which skip items under 20 tokens or four words; `decon-all` and
`decon-questions` skip none. It needs decontaminate==0.3.0.post4 alone, which is built for Python 3.12 to 3.14. It reads
and writes JSON lines: SHARDS is a folder of files with `id` and `text`, BENCHMARKS a folder of its reference records,
OUT a file of the ids that no report names.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_DECON: dict[str, dict[str, Any]] = {
    "decon": {},
    "decon-all": {"eval_min_token_length": 0, "eval_min_unique_word_count": 0},
    "decon-questions": {"eval_min_token_length": 0, "eval_min_unique_word_count": 0},
}


def _ngrams(text: str, size: int) -> set[str]:
    """Return the word n-grams of a text as open-r1 makes them: lower case, words parted by white space."""
    words = text.lower().split()
    return {" ".join(words[nr : nr + size]) for nr in range(len(words) - size + 1)}


def _known(questions: Iterable[str], size: int) -> set[str]:
    return set().union(*(_ngrams(question, size) for question in questions))


def open_r1(files: list[Path], *, benchmarks: Path, size: int, cores: int) -> list[str]:
    """Return the ids of the rows that share no n-gram with any item, benchmark by benchmark."""
    import polars as pl
    from datasets import load_dataset

    with TemporaryDirectory() as cache:
        rows = load_dataset("parquet", data_files=[str(file) for file in files], split="train", cache_dir=cache)
        marks = []
        for (name,), items in pl.read_parquet(benchmarks).group_by("benchmark", maintain_order=True):
            known = _known(items["question"], size)
            marks.append(f"contaminated_{name}")

            def marked(row: dict[str, Any], known: set[str] = known, mark: str = marks[-1]) -> dict[str, Any]:
                return row | {mark: any(ngram in known for ngram in _ngrams(row["text"], size))}

            rows = rows.map(marked, num_proc=cores)
        for mark in marks:
            rows = rows.filter(lambda row, mark=mark: not row[mark], num_proc=cores)
        return list(rows["id"])


def one_pass(file: Path, *, benchmarks: Path, size: int) -> list[str]:
    """Return the ids of the rows that share no n-gram with any item."""
    import polars as pl

    known = _known(pl.read_parquet(benchmarks)["question"], size)
    rows = pl.read_parquet(file, columns=["id", "text"])
    return [name for name, text in rows.iter_rows() if known.isdisjoint(_ngrams(text, size))]


def datatrove(file: Path, *, benchmarks: Path, size: int) -> list[str]:
    """Return the ids of the rows that datatrove's own filter keeps.

    Its indexer wants lighteval, so its index file is written here by the filter's own tokeniser and hash.
    """
    import numpy as np
    import polars as pl
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


def _in_blocks(method: Any, files: list[Path], cores: int) -> list[str]:
    """Run `method` on one block of shards a core, so that its index is built once a core."""
    import polars as pl

    blocks = [file.parent / f"block-{nr}" for nr, file in enumerate(files[:cores])]
    for nr, block in enumerate(blocks):
        pl.concat([pl.read_parquet(one) for one in files[nr::cores]]).write_parquet(block)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        return [name for part in pool.map(method, blocks) for name in part]


def decon(rows: Path, *, benchmarks: Path, out: Path, cores: int, options: dict[str, Any]) -> None:
    """Write the ids of the rows that decon does not report, at its own threshold."""
    from decon import Config, detect

    with TemporaryDirectory() as reports:
        detect(Config(str(rows), str(benchmarks), reports, worker_threads=cores, **options))
        found = _json_lines(Path(reports).rglob("*.jsonl"))
        dropped = {(one["training_file"], one["training_line"]) for _, _, one in found}
    with out.open("w") as kept:
        for name, nr, row in _json_lines(rows.glob("*.jsonl")):
            if (name, nr) not in dropped:
                kept.write(json.dumps({"id": row["id"]}) + "\n")


def _json_lines(files: Iterable[Path]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield each line's file name, number (from 0) and object."""
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for nr, line in enumerate(lines):
                yield file.name, nr, json.loads(line)


def _kept_by(tool: str, files: list[Path], *, benchmarks: Path, size: int, cores: int) -> list[str]:
    """Return the ids of the rows that a peer of word n-grams keeps."""
    if tool == "open-r1":
        return open_r1(files, benchmarks=benchmarks, size=size, cores=cores)
    method = {"one-pass": one_pass, "datatrove": datatrove}[tool]
    return _in_blocks(partial(method, benchmarks=benchmarks, size=size), files, cores)


def main() -> None:
    tool, cores = sys.argv[1], int(sys.argv[5])
    shards, benchmarks, out = (Path(name) for name in sys.argv[2:5])
    if tool in _DECON:
        decon(shards, benchmarks=benchmarks, out=out, cores=cores, options=_DECON[tool])
        return
    import polars as pl

    name, size = tool.rsplit("-", 1)
    files = sorted(shards.glob("*.parquet"))
    kept = _kept_by(name, files, benchmarks=benchmarks, size=int(size), cores=cores)
    pl.DataFrame({"id": kept}).write_parquet(out)


if __name__ == "__main__":
    main()
