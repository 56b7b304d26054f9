"""Extraction and document filters, against datatrove alone with the same rules: speed, and the same documents kept.

    python -m benchmarks.web [--pages 5000] [--workers 2] [--runs 3] [--peer PYTHON] [--warc FILE]

Pages are made from the sample's, paragraphs drawn and numbers moved with a seed, one in ten with a fault (short,
another language, a list, cut lines). PEER is a Python with `datatrove warcio trafilatura py3langid spacy orjson
faust-cchardet python-magic lxml_html_clean`; it runs datatrove's WarcReader, Trafilatura, a filter with py3langid,
GopherQualityFilter and JsonlWriter. Without it only ours runs. --warc measures a real file too.
"""

import argparse
import json
import random
import re
import statistics
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.measure import Cost, cost_of
from blends.sample.web.make_warc import HERE, front_of, html_of, response
from pipeline.documents.readers import document_files
from pipeline.run import run
from pipeline.step import RawFile, RawSource, Step, StepFolder, steps_folder
from stages.extract import Extract
from stages.language import Language
from stages.pages import Pages
from stages.quality import Quality
from stages.source_map import LocalFiles

DATE = "2025-01-01T00:00:00Z"
NUM_FILES = 4  # datatrove gives a file to a worker


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer", type=Path, help="a Python that has datatrove")
    parser.add_argument("--warc", type=Path, help="a real WARC to read besides")
    parser.add_argument("--ours", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ours:
        ours(*given.ours, workers=given.workers)
        return
    with tempfile.TemporaryDirectory(prefix="crossthink-web-") as name:
        folder = Path(name)
        raw = folder / "raw"
        num_bytes = write_pages(raw, given.pages)
        print(f"{given.pages:,} pages, {num_bytes / 1e6:,.0f} MB of HTML, {given.workers} workers")
        compare(raw, folder, given.peer, workers=given.workers, runs=given.runs)
        if given.warc:
            print(f"\n{given.warc.name}")
            real = folder / "real"
            real.mkdir()
            (real / given.warc.name).symlink_to(given.warc.resolve())
            compare(real, folder, given.peer, workers=1, runs=1)


def compare(raw: Path, folder: Path, peer: Path | None, *, workers: int, runs: int) -> None:
    """Run ours and the peer by turns on the same files and print what each took and kept."""
    costs: dict[str, list[Cost]] = {"ours": [], "datatrove": []}
    kept: dict[str, dict[str, str]] = {}
    for nr in range(runs):
        data, out = folder / f"{raw.name}-ours-{nr}", folder / f"{raw.name}-peer-{nr}"
        command = [sys.executable, "-m", "benchmarks.web", "--workers", str(workers), "--ours", str(raw), str(data)]
        costs["ours"].append(cost_of(command, folder / "ours.log"))
        kept["ours"] = kept_by_ours(data)
        if peer:
            script = Path(__file__).with_name("web_peer.py")
            command = [str(part) for part in (peer, script, raw, out, workers)]
            costs["datatrove"].append(cost_of(command, folder / "peer.log"))
            kept["datatrove"] = kept_by_peer(out)
    for name, found in kept.items():
        wall = statistics.median(cost.wall_s for cost in costs[name])
        cpu = statistics.median(cost.cpu_s for cost in costs[name])
        peak = max(cost.peak_bytes for cost in costs[name]) / 2**20
        print(f"{name}: wall {wall:.1f} s, CPU {cpu:.1f} s, peak {peak:,.0f} MiB, {len(found):,} documents kept")
    if peer:
        one, two = kept["ours"], kept["datatrove"]
        same_text = sum(one[url] == two[url] for url in one.keys() & two.keys())
        pairs = zip(costs["ours"], costs["datatrove"], strict=True)
        ratio = statistics.median(theirs.wall_s / own.wall_s for own, theirs in pairs)
        print(f"both keep {len(one.keys() & two.keys()):,}, only ours {len(one.keys() - two.keys())}, ", end="")
        print(f"only datatrove {len(two.keys() - one.keys())}; same text {same_text:,}; datatrove / ours {ratio:.2f}")


def ours(raw: Path, data: Path, *, workers: int) -> None:
    """Read, extract and filter the files of a folder with our own steps."""
    files = tuple(RawFile(path, path.name, "") for path in document_files(raw))
    steps = [Step("pages", "web", "ingest", (), raw=RawSource("web", LocalFiles(files), Pages("web")))]
    for name, stage in (("extract", Extract()), ("language", Language()), ("quality", Quality())):
        steps.append(Step(name, "web", "shard", (steps[-1].folder,), stage=stage))
    run(steps, data, workers=workers, tell=lambda progress: None)
    (data / "last").write_text(steps[-1].folder)


def kept_by_ours(data: Path) -> dict[str, str]:
    own = StepFolder(steps_folder(data) / (data / "last").read_text())
    return dict(pl.read_parquet(own.all_kept()).select("uri", "text").iter_rows())


def kept_by_peer(out: Path) -> dict[str, str]:
    lines = [json.loads(line) for path in sorted(out.glob("*.jsonl")) for line in path.read_text().splitlines()]
    return {line["metadata"]["url"].strip("<>"): line["text"].strip() for line in lines}


# --- pages -----------------------------------------------------------------------------------------------------------


def write_pages(folder: Path, num_pages: int) -> int:
    """Write pages into NUM_FILES WARC files and return the bytes of their HTML."""
    folder.mkdir()
    chance = random.Random(20250418)
    fronts = [front_of(path.read_text()) for path in sorted((HERE / "pages").glob("*.md"))]
    english = [part for front, body in fronts if "almanac." in front["url"] for part in body.split("\n\n")]
    german = next(body for front, body in fronts if "almanach" in front["url"])
    num_bytes = 0
    parts: list[list[bytes]] = [[] for _ in range(NUM_FILES)]
    for nr in range(num_pages):
        body = _body(chance, english, german, fault=nr % 10 == 0)
        front = {"title": f"Page {nr}", "licence": "https://creativecommons.org/licenses/by/4.0/"}
        html = html_of(front, body, language="en", charset="utf-8").encode()
        num_bytes += len(html)
        parts[nr % NUM_FILES].append(response(f"https://pages.example/{nr}", DATE, html, "text/html; charset=utf-8"))
    for nr, records in enumerate(parts):
        (folder / f"pages-{nr}.warc.gz").write_bytes(b"".join(records))
    return num_bytes


def _body(chance: random.Random, english: list[str], german: str, *, fault: bool) -> str:
    if fault:
        listed = "\n\n".join(f"- {' '.join(chance.sample(english[0].split(), 4))}" for _ in range(30))
        return chance.choice([english[0][:120], german, listed, "Read more... " * 40])
    drawn = chance.sample(english, chance.randrange(3, 12))
    return re.sub(r"\d+", lambda found: str(int(found.group()) + chance.randrange(90)), "\n\n".join(drawn))


if __name__ == "__main__":
    main()
