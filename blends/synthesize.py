"""What `crossthink synthesize` does: pages and personas become raw rows that ingest reads, by a model's work."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from blends.build import HERE, recipe_path
from blends.screen import out, table
from blends.synthesis import Given, check_given, completed, inputs_of, remembered, with_models
from pipeline.asking import Asking, ModelStage
from pipeline.documents.readers import document_files
from pipeline.errors import RecipeError, SourceError, did_you_mean
from pipeline.files import write_frame, write_json, write_whole
from pipeline.fingerprint import FileDigests
from pipeline.llm.metered import Metered
from pipeline.llm.usage import Usage
from pipeline.lock import hold
from pipeline.recipe import read_recipe
from pipeline.run import Progress, run
from pipeline.step import RawSource, Step, StepFolder, steps_folder
from stages.sources import SOURCES
from stages.syntheses import SYNTHESES, synthesized
from stages.synthesized import WRITTEN
from stages.table import STAGES

EngineMaker = Callable[[], AbstractContextManager[Metered]]


@dataclass(frozen=True)
class EngineOptions:
    """Which engine answers, where it is, and what it may spend. cache None: completions.sqlite in the data folder.

    name: "" takes the one that fits this machine. weights: MODEL=FOLDER for vLLM.
    """

    name: str
    url: str
    key_variable: str
    concurrency: int
    price: tuple[float, float]
    budget: float | None
    cache: Path | None
    weights: tuple[str, ...] = ()
    tensor_parallel: int = 1
    max_model_tokens: int = 0

    def maker(self, data: Path) -> EngineMaker:
        """Return what opens the engine. Raises SourceError."""
        from pipeline.llm.engines import engine_here, engine_of
        from pipeline.llm.usage import Price

        weights = dict(_weights(given) for given in self.weights)
        return lambda: engine_of(
            self.name or engine_here(self.url),
            cache=self.cache or data / "completions.sqlite",
            url=self.url,
            key_variable=self.key_variable,
            concurrency=self.concurrency,
            price=Price(*self.price),
            budget=self.budget,
            weights=weights,
            tensor_parallel=self.tensor_parallel,
            max_model_tokens=self.max_model_tokens,
        )


def _weights(given: str) -> tuple[str, str]:
    """Return (model, folder): `Qwen/Qwen3-32B=/models/qwen3` -> ("Qwen/Qwen3-32B", "/models/qwen3")"""
    model, _, folder = given.partition("=")
    if not (model and folder and Path(folder).is_dir()):
        raise SourceError(f"--weights {given}: no folder of weights; write MODEL=FOLDER")
    return model, folder


def run_synthesis(
    blend: str,
    given: Given,
    data: Path,
    options: EngineOptions,
    *,
    only: Sequence[str],
    crawl: str,
    num_pages: int,
    probe: int,
    workers: int,
    finish: bool,
) -> None:
    """Make a blend's own sources, or with `probe` say what that would take.

    What is not given is what was given the last time in this data folder.
    """
    files = [path for place in given.documents for path in document_files(place)]
    if crawl:
        from pipeline.documents.crawl import crawl_files

        files += crawl_files(crawl, num_pages, data / "web", tell=lambda said: out.print(said, markup=False))
    given = completed(replace(given, documents=tuple(files)), remembered(data))
    engine = options.maker(data)
    if probe:
        dry_run(blend, given, data, engine, only=only, num=probe)
    else:
        synthesize(blend, given, data, engine, only=only, workers=workers, finish=finish)


def sources_to_make(blend: str, given: Given, data: Path, digests: FileDigests, only: Sequence[str]) -> list[RawSource]:
    """Return the synthesized sources of a recipe, all or `only` some. Raises RecipeError."""
    path, shown = recipe_path(blend)
    recipe = read_recipe(path, STAGES, set(SOURCES), shown=shown, syntheses=SYNTHESES, library=HERE)
    known = [synthesis.source for synthesis in recipe.synthesize]
    if not known:
        raise RecipeError(f"{shown}: it makes no source here; add 'synthesize', or take nemo_own")
    for name in only:
        if name not in known:
            raise RecipeError(f"--source {name}: not made here; {did_you_mean(name, known)}")
    made = []
    for synthesis in recipe.synthesize:
        if not only or synthesis.source in only:
            synthesis = with_models(synthesis, given)
            check_given(given, synthesis)
            made.append(synthesized(synthesis, inputs_of(given, digests), data))
    return made


def synthesize(
    blend: str, given: Given, data: Path, engine: EngineMaker, *, only: Sequence[str], workers: int, finish: bool
) -> None:
    """Make the synthesized sources of a blend, say what came of each step, and write their raw rows."""
    digests = FileDigests(data / "digests.json")
    made = sources_to_make(blend, given, data, digests, only)
    steps = [step for source in made for step in source.before]
    with hold(data, f"crossthink synthesize {blend}"):
        digests.save()
        if given.recorded is None:
            write_json(data / "synthesis.json", given.literals())
        with engine() as answers:
            try:
                run(steps, data, workers=workers, tell=_tell, ask=Asking(answers, data, _tell_asked, finish))
            finally:
                out.print(f"{answers.usage}")
        for source in made:
            _show(source, data)
            folder = write_out(source, data)
            out.print(f"\n{folder}: rows.parquet, documents.parquet, what was rejected, and report.json\n")


def _tell(progress: Progress) -> None:
    for step in progress.finished:
        out.print(f"{step.name} of {step.source}: done")


def _tell_asked(name: str, num_answered: int, num_shards: int) -> None:
    if num_answered % 1_000 == 0:
        out.print(f"{name}: {num_answered:,} answers, {num_shards:,} shards done")


def _show(source: RawSource, data: Path) -> None:
    """Print each step of a synthesis: what came in, stayed and went, and why."""
    shown = table(source.name, "in", "kept", "dropped", "why")
    shown.columns[-1].justify = "left"
    for step in source.before:
        report = StepFolder(steps_folder(data) / step.folder).report
        assert report is not None, f"{step.folder} is not done"
        reasons = report["sources"].get(source.name, {}).get("reasons", {})
        ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        why = ", ".join(f"{reason} {num:,}" for reason, num in ordered)
        shown.add_row(step.name, f"{report['in']:,}", f"{report['kept']:,}", f"{report['dropped']:,}", why)
    out.print()
    out.print(shown)


def write_out(source: RawSource, data: Path) -> Path:
    """Write a source's raw rows, what was rejected, and a source map that names them; return the folder."""
    folder = data / "synthesis" / source.name
    folders = [StepFolder(steps_folder(data) / step.folder) for step in source.before]
    rows = pl.read_parquet(folders[-1].all_kept()).select(list(WRITTEN))
    write_frame(folder / "rows.parquet", rows)
    documents = [own for own in folders if "uri" in pl.read_parquet_schema(own.all_kept()[0])]
    if documents:
        write_frame(folder / "documents.parquet", pl.read_parquet(documents[-1].all_kept()).drop("html"))
    gone = [pl.read_parquet(path) for own in folders for path in own.all_dropped()]
    parts = {"rejected": [one for one in gone if "question" in one.columns]}
    parts["rejected-documents"] = [one for one in gone if "text" in one.columns]
    parts["rejected-others"] = [one for one in gone if not {"question", "text"} & set(one.columns)]
    for name, frames in parts.items():
        write_frame(folder / f"{name}.parquet", pl.concat(frames, how="diagonal") if frames else pl.DataFrame())
    reports = [own.report for own in folders]
    write_json(folder / "report.json", {"source": source.name, "rows": rows.height, "steps": reports})
    columns = ("question", "options", "answer", "domain", "solution", "seed_document", "licence", "meta")
    mapped = "".join(f"  {name}: {name}\n" for name in columns)
    text = f"name: synthesized\ngold: text\ncolumns:\n{mapped}sources:\n  {source.name}: {{files: [rows.parquet]}}\n"
    write_whole(folder / "sources.yaml", lambda part: part.write_text(text))
    return folder


# --- dry run ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Probe:
    """What a probe of a few pages and personas took and gave, for one source. Tokens are (prompt, completion)."""

    num_rows: int  # rows in wait of a question
    num_accepted: int
    once: tuple[int, int]  # tokens of what is asked however many pages there are: subtopics, skills
    each: tuple[int, int]  # tokens of what grows with them
    prompt: str  # the first one rendered that asks for a question


def dry_run(blend: str, given: Given, data: Path, engine: EngineMaker, *, only: Sequence[str], num: int) -> None:
    """Print the first prompt, and from a probe of `num` pages and personas the tokens, hours and rows to expect.

    What the engine answers is in the cache, so that the real run pays for nothing of it again.
    """
    digests = FileDigests(data / "digests.json")
    whole = sources_to_make(blend, given, data, digests, only)
    with tempfile.TemporaryDirectory(prefix="crossthink-probe-") as name:
        probed = sources_to_make(blend, replace(given, limit=num), Path(name), digests, only)
        with engine() as answers:
            steps = [step for source in probed for step in source.before]
            run(
                steps,
                Path(name),
                workers=1,
                tell=lambda _: None,
                ask=Asking(answers, Path(name), lambda *_: None, True),
            )
            usage = answers.usage
        for source, made in zip(whole, probed, strict=True):
            _show_probe(made, _probe(made, Path(name)), _scale(source, made, data, Path(name)), usage)
    out.print(f"the probe: {usage}")


def _probe(source: RawSource, data: Path) -> Probe:
    tokens = {True: (0, 0), False: (0, 0)}
    prompt, grows = "", False
    for step in source.before:
        grows = grows or step.name in ("pages", "personas")
        asked = sorted((steps_folder(data) / step.folder).glob("asked-*.parquet"))
        if not asked:
            continue
        answers = pl.read_parquet(asked)
        num_prompt, num_completion = answers.select(pl.sum("prompt_tokens", "completion_tokens")).row(0)
        tokens[grows] = tokens[grows][0] + num_prompt, tokens[grows][1] + num_completion
        if step.name in ("write_question", "write_problem") and answers.height:
            prompt = "\n\n".join(m["content"] for m in orjson.loads(answers.item(0, "messages")))
    born = next(step for step in source.before if step.name in ("spans", "personas"))
    return Probe(_kept(born, data), _kept(source.before[-1], data), tokens[False], tokens[True], prompt)


def _kept(step: Step, data: Path) -> int:
    report: dict[str, Any] = StepFolder(steps_folder(data) / step.folder).report or {"kept": 0}
    return int(report["kept"])


def _scale(whole: RawSource, probed: RawSource, data: Path, probe_data: Path) -> float:
    """Return how many times as many documents (or personas) the whole run has as the probe.

    The steps before the first model work are run in full: they are cheap, and the real run finds them done.
    """
    cheap: list[Step] = []
    for step in whole.before:
        if step.kind == "ingest":
            cheap = [step]
        elif isinstance(step.stage, ModelStage) or step.assets:
            if step.name in ("subject", "pair_skill"):
                break
        else:
            cheap.append(step)
    with hold(data, "crossthink synthesize --dry-run"):
        run(cheap, data, workers=1, tell=lambda _: None)
    probed_step = next(step for step in probed.before if step.name == cheap[-1].name)
    return _kept(cheap[-1], data) / max(1, _kept(probed_step, probe_data))


def _show_probe(source: RawSource, probe: Probe, scale: float, usage: Usage) -> None:
    """Print the first prompt and the estimate; the hours are at the pace of what was not in the cache."""
    out.print(f"[bold]{source.name}[/bold]: the first prompt that asks for a question\n")
    out.print(probe.prompt or "(none: no row came so far)", markup=False)
    shown = table("", "probe", "whole run, about")
    for name, num in (("rows in wait", probe.num_rows), ("rows accepted", probe.num_accepted)):
        shown.add_row(name, f"{num:,}", f"{num * scale:,.0f}")
    taken = [once + each for once, each in zip(probe.once, probe.each, strict=True)]
    whole = [once + each * scale for once, each in zip(probe.once, probe.each, strict=True)]
    for nth, name in enumerate(("prompt tokens", "completion tokens")):
        shown.add_row(name, f"{taken[nth]:,}", f"{whole[nth]:,.0f}")
    num_timed = usage.prompt_tokens + usage.completion_tokens
    if num_timed:
        few, all_ = (sum(num) * usage.asking_s / num_timed / 3600 for num in (taken, whole))
        shown.add_row("hours at the probe's pace", f"{few:.3f}", f"{all_:.2f}")
    else:
        shown.add_row("hours", "", "not known: all was in the cache")
    out.print()
    out.print(shown)
