"""The command `crossthink`: verbs of one word over recipes, sources and built blends."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.pool import begin

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="One command turns many question sources into one exact, explained blend for reinforcement learning "
    "with verifiable rewards.",
)

HERE = Path(__file__).parent
Blend = Annotated[str, typer.Argument(help="a recipe of crossthink, or the path of a YAML")]
Sources = Annotated[
    str, typer.Option(help="sample (in the package), hub (the real ones at pinned revisions), or a YAML source map")
]
Data = Annotated[Path, typer.Option(help="folder that steps and blends are built in")]
Limit = Annotated[int, typer.Option(help="raw rows read of each source; 0 reads all", min=0)]
Workers = Annotated[int, typer.Option(help="processes; 0 takes one for each processor", min=0)]
Weights = Annotated[
    list[str] | None, typer.Option(help="vllm: MODEL=FOLDER, where a model's name is not one on the hub; repeatable")
]
TensorParallel = Annotated[int, typer.Option(help="vllm: GPUs that share the model", min=1)]
MaxModelTokens = Annotated[int, typer.Option(help="vllm: longest prompt and completion; 0: the model's", min=0)]
Skip = Annotated[list[str] | None, typer.Option("--skip-benchmark", help="benchmark to leave out; may be repeated")]


@app.command()
def build(
    blend: Blend = "nemo_weighted",
    sources: Sources = "sample",
    data: Data = Path("data"),
    limit: Limit = 0,
    workers: Workers = 0,
    skip_benchmark: Skip = None,
    engine: Annotated[str, typer.Option(help="for stages that ask a model (judge): vllm, openai or replay")] = "",
    url: Annotated[str, typer.Option(help="the engine's server, with /v1")] = "",
    key_variable: Annotated[str, typer.Option(help="environment variable that holds the key")] = "OPENAI_API_KEY",
    cache: Annotated[Path | None, typer.Option(help="completions; else completions.sqlite in the data folder")] = None,
    given: Annotated[
        str, typer.Option("--from", help="build what a manifest says, and compare: its path, or ORG/NAME@REVISION")
    ] = "",
) -> None:
    """Build a blend: what is finished stays finished, and a rerun goes on."""
    num_workers = workers or os.cpu_count() or 1
    if num_workers > 1:
        begin(num_workers, [__name__, "blends.build", "pipeline.match.compiled"])  # they import side by side with us

    from blends.build import build_blend
    from blends.rebuild import rebuild_blend

    maker = None
    if engine:
        from blends.synthesize import EngineOptions

        maker = EngineOptions(engine, url, key_variable, 64, (0, 0), None, cache).maker(data)
    if given:
        rebuild_blend(given, sources, data, workers=num_workers)
    else:
        build_blend(blend, sources, data, limit=limit, workers=num_workers, skip=skip_benchmark or [], engine=maker)


@app.command()
def plan(
    blend: Blend = "nemo_weighted",
    sources: Sources = "sample",
    data: Data = Path("data"),
    limit: Limit = 0,
    skip_benchmark: Skip = None,
) -> None:
    """Say what a build would do and why, and which shares are feasible, before anything runs."""
    from blends.plan import show_plan

    show_plan(blend, sources, data, limit=limit, skip=skip_benchmark or [])


@app.command()
def report(
    blend: Blend = "nemo_weighted",
    sources: Sources = "sample",
    data: Data = Path("data"),
    limit: Limit = 0,
    by_source: Annotated[bool, typer.Option("--by-source", help="a line for each source")] = False,
) -> None:
    """Print the funnel of a built blend: stage by stage what came in, stayed and went, and why."""
    from blends.build import find_blend
    from blends.screen import out, show_funnel, show_shares
    from pipeline.funnel import make_funnel

    artefact, manifest = find_blend(blend, sources, data, limit)
    facts = artefact.facts
    show_funnel(make_funnel(manifest["steps"], manifest["recipe"]["sources"]), by_source=by_source)
    out.print()
    show_shares(facts["shares"])
    out.print(
        f"\n{artefact.path}: {manifest['rows']['train']:,} training, {manifest['rows']['validation']:,} validation rows"
    )


@app.command()
def explain(
    row_id: Annotated[str, typer.Argument(metavar="ID", help="the id of a row, kept or dropped")],
    blend: Annotated[str, typer.Option(help="the blend it was built for")] = "nemo_weighted",
    sources: Sources = "sample",
    data: Data = Path("data"),
    limit: Limit = 0,
) -> None:
    """Tell a row's whole life: where it came from, what each stage did to it, and where or why it ended."""
    from blends.build import find_blend
    from blends.screen import show_life
    from pipeline.explain import life_of

    _, manifest = find_blend(blend, sources, data, limit)
    show_life(row_id, life_of(row_id, manifest, data))


@app.command()
def verify(
    blend: Blend = "nemo_weighted",
    reward: Annotated[str, typer.Option(help="crossthink, trl, verl, math-verify, or module:function")] = "crossthink",
    sources: Sources = "sample",
    data: Data = Path("data"),
    limit: Limit = 0,
    rows: Annotated[int, typer.Option(help="rows tested, from the first; 0 tests all", min=0)] = 0,
) -> None:
    """Test a reward function on a blend: equivalents of each gold must earn 1, near misses 0; before any GPU time."""
    from blends.grading import verify_blend

    verify_blend(blend, reward, sources, data, limit, rows)


@app.command()
def grade(
    file: Annotated[Path, typer.Argument(help='JSONL or Parquet: gold, prediction, mode "answer" or "completion"')],
    out: Annotated[Path, typer.Option(help="the same lines with equal, tier, reason, extracted")],
    keep_going: Annotated[bool, typer.Option(help="a malformed line becomes a verdict with a reason")] = False,
) -> None:
    """Grade predictions against golds: the verifier as a tool by itself."""
    from blends.grading import grade_predictions

    grade_predictions(file, out, keep_going=keep_going)


@app.command()
def synthesize(
    blend: Blend = "nemo_own",
    source: Annotated[list[str] | None, typer.Option(help="source to make; may be repeated; else all")] = None,
    documents: Annotated[
        list[Path] | None, typer.Option(help="folder or file of WARC, WET, Parquet, JSONL, Markdown, text; repeatable")
    ] = None,
    crawl: Annotated[str, typer.Option(help="read pages of this Common Crawl, such as CC-MAIN-2024-18")] = "",
    pages: Annotated[int, typer.Option(help="pages read of the crawl", min=1)] = 1_000,
    problems: Annotated[list[Path] | None, typer.Option(help="seed problems, such as MATH and GSM8K")] = None,
    personas: Annotated[list[Path] | None, typer.Option(help="personas, one a line")] = None,
    taxonomy: Annotated[Path | None, typer.Option(help="YAML of domains with subjects; else MMLU's")] = None,
    engine: Annotated[
        str, typer.Option(help="vllm, openai (any server) or replay; else openai with --url, vllm with a GPU, replay")
    ] = "",
    url: Annotated[str, typer.Option(help="the server's address, with /v1")] = "",
    writer: Annotated[str, typer.Option(help="model that writes; else the recipe's")] = "",
    solver: Annotated[str, typer.Option(help="model that solves; else the recipe's")] = "",
    key_variable: Annotated[str, typer.Option(help="environment variable that holds the key")] = "OPENAI_API_KEY",
    concurrency: Annotated[int, typer.Option(help="requests under way at once", min=1)] = 64,
    price: Annotated[tuple[float, float], typer.Option(help="a million prompt and completion tokens cost")] = (0, 0),
    budget: Annotated[float, typer.Option(help="stop before this is spent; 0 is no limit", min=0)] = 0,
    weights: Weights = None,
    tensor_parallel: TensorParallel = 1,
    max_model_tokens: MaxModelTokens = 0,
    cache: Annotated[Path | None, typer.Option(help="completions; else completions.sqlite in the data folder")] = None,
    limit: Annotated[int, typer.Option(help="pages and personas read; 0 reads all", min=0)] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="first prompt, and an estimate from a probe")] = False,
    probe: Annotated[int, typer.Option(help="pages and personas of the probe", min=1)] = 20,
    finish: Annotated[bool, typer.Option("--finish", help="do without what the engine failed to answer")] = False,
    data: Data = Path("data"),
    workers: Workers = 0,
) -> None:
    """Make the sources that a recipe makes itself: questions from pages and personas, written, solved and voted on."""
    from blends.synthesis import Given
    from blends.synthesize import EngineOptions, run_synthesis

    given = Given(
        documents=tuple(documents or ()),
        problems=tuple(problems or ()),
        personas=tuple(personas or ()),
        taxonomy=taxonomy,
        writer=writer,
        solver=solver,
        limit=limit,
    )
    options = EngineOptions(
        engine, url, key_variable, concurrency, price, budget or None, cache,
        weights=tuple(weights or ()), tensor_parallel=tensor_parallel, max_model_tokens=max_model_tokens,
    )  # fmt: skip
    num_workers = workers or os.cpu_count() or 1
    run_synthesis(
        blend, given, data, options, only=source or [], crawl=crawl, num_pages=pages, probe=probe if dry_run else 0,
        workers=num_workers, finish=finish,
    )  # fmt: skip


@app.command()
def profile(
    model: Annotated[str, typer.Option(help="the model that tries the rows")],
    blend: Blend = "nemo_weighted",
    engine: Annotated[
        str, typer.Option(help="vllm, openai (any server) or replay; else openai with --url, vllm with a GPU, replay")
    ] = "",
    url: Annotated[str, typer.Option(help="the server's address, with /v1")] = "",
    samples: Annotated[int, typer.Option(help="draws a row", min=1)] = 8,
    temperature: Annotated[float, typer.Option(min=0)] = 1.0,
    max_tokens: Annotated[int, typer.Option(min=1)] = 4_096,
    rows: Annotated[int, typer.Option(help="rows tried, the first by key; 0 tries all", min=0)] = 0,
    key_variable: Annotated[str, typer.Option(help="environment variable that holds the key")] = "OPENAI_API_KEY",
    concurrency: Annotated[int, typer.Option(help="requests under way at once", min=1)] = 64,
    price: Annotated[tuple[float, float], typer.Option(help="a million prompt and completion tokens cost")] = (0, 0),
    budget: Annotated[float, typer.Option(help="stop before this is spent; 0 is no limit", min=0)] = 0,
    weights: Weights = None,
    tensor_parallel: TensorParallel = 1,
    max_model_tokens: MaxModelTokens = 0,
    cache: Annotated[Path | None, typer.Option(help="completions; else completions.sqlite in the data folder")] = None,
    sources: Sources = "sample",
    data: Data = Path("data"),
    limit: Limit = 0,
    workers: Workers = 0,
) -> None:
    """Measure difficulty: a model tries each row several times; the stage `difficulty` reads what came of it."""
    from blends.profile import Draws, profile_blend
    from blends.synthesize import EngineOptions

    options = EngineOptions(
        engine, url, key_variable, concurrency, price, budget or None, cache,
        weights=tuple(weights or ()), tensor_parallel=tensor_parallel, max_model_tokens=max_model_tokens,
    )  # fmt: skip
    draws = Draws(model, samples, temperature, max_tokens=max_tokens)
    num_workers = workers or os.cpu_count() or 1
    profile_blend(blend, sources, data, draws, options, limit=limit, rows=rows, workers=num_workers)


@app.command()
def export(
    blend: Blend = "nemo_weighted",
    to: Annotated[str, typer.Option(help="trl, verl, open-instruct, nemo-gym, verifiers or jsonl")] = "jsonl",
    out: Annotated[
        Path | None, typer.Option(help="folder to write; else exports/BLEND-FORMAT in the data folder")
    ] = None,
    sources: Sources = "sample",
    data: Data = Path("data"),
    limit: Limit = 0,
) -> None:
    """Write a built blend as another trainer reads it, with the file that pays its reward; same prompts, same golds."""
    from blends.exporting import export_blend

    export_blend(blend, to, out, sources, data, limit)


@app.command()
def publish(
    repo: Annotated[str, typer.Option(help="dataset repository on the Hub, ORG/NAME")],
    blend: Blend = "nemo_weighted",
    private: Annotated[bool, typer.Option("--private", help="make the repository private")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="check and write what would be sent; send nothing")
    ] = False,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="you may pass on rows that are NC or of unknown licence")
    ] = False,
    sample_anyway: Annotated[bool, typer.Option("--sample-anyway", help="publish though it is the sample")] = False,
    unfiltered: Annotated[bool, typer.Option(help="with every row as it came in, as a configuration")] = True,
    sources: Sources = "sample",
    data: Data = Path("data"),
    limit: Limit = 0,
) -> None:
    """Publish a built blend on the Hub: checked, in one commit with card and manifest, read back and compared."""
    from blends.publishing import Consent, publish_blend

    consent = Consent(accept_licence, sample_anyway)
    publish_blend(
        blend, repo, sources, data, limit, consent=consent, private=private, dry_run=dry_run, unfiltered=unfiltered
    )


@app.command()
def train(
    config: Annotated[str, typer.Argument(help="a preset of trainer/presets, or the path of a YAML")] = "tiny_cpu",
    blend: Annotated[str, typer.Option(help="recipe that was built; else the configuration's")] = "",
    sources: Annotated[str, typer.Option(help="sources it was built from; else the configuration's")] = "",
    seed: Annotated[list[int] | None, typer.Option(help="seed of a run; repeat it for more runs")] = None,
    control: Annotated[bool, typer.Option("--control", help="shuffle the training golds: it must not learn")] = False,
    change: Annotated[list[str] | None, typer.Option("--set", help="'key: value' in place of the file's")] = None,
    out: Annotated[Path | None, typer.Option(help="folder of the run; else in runs of the data folder")] = None,
    data: Data = Path("data"),
    limit: Limit = 0,
) -> None:
    """Train on a built blend by GRPO, with the curation's verifier as reward; a killed run goes on where it was."""
    from blends.training import train_on_blend

    train_on_blend(config, change or [], blend, sources, seed or [], data, out, control=control, limit=limit)


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="a folder or a name on the Hub; with openai, the server's name for it")],
    benchmark: Annotated[
        list[str] | None, typer.Option(help="benchmark to ask; repeatable; else all there are")
    ] = None,
    engine: Annotated[str, typer.Option(help="vllm, openai (any compatible server) or replay")] = "vllm",
    url: Annotated[str, typer.Option(help="the server's address, with /v1")] = "",
    runs: Annotated[int, typer.Option(help="runs, a seed each; the mean counts", min=1)] = 1,
    temperature: Annotated[float, typer.Option(help="0 is greedy", min=0)] = 0.0,
    max_tokens: Annotated[int, typer.Option(help="longest answer", min=1)] = 4_096,
    rows: Annotated[int, typer.Option(help="items asked of each benchmark; 0 asks all", min=0)] = 0,
    source: Annotated[str, typer.Option(help="source it was trained on alone: its average joins scores.json")] = "",
    out: Annotated[
        Path | None, typer.Option(help="folder of the result; else in evaluations of the data folder")
    ] = None,
    key_variable: Annotated[str, typer.Option(help="environment variable that holds the key")] = "OPENAI_API_KEY",
    concurrency: Annotated[int, typer.Option(help="requests under way at once", min=1)] = 64,
    price: Annotated[tuple[float, float], typer.Option(help="a million prompt and completion tokens cost")] = (0, 0),
    budget: Annotated[float, typer.Option(help="stop before this is spent; 0 is no limit", min=0)] = 0,
    cache: Annotated[Path | None, typer.Option(help="completions; else completions.sqlite in the data folder")] = None,
    sources: Sources = "hub",
    data: Data = Path("data"),
) -> None:
    """Evaluate a model on the seven benchmarks, zero-shot, with the curation's verifier."""
    from blends.evaluate import Asked, evaluate_model
    from blends.synthesize import EngineOptions

    options = EngineOptions(engine, url, key_variable, concurrency, price, budget or None, cache)
    asked = Asked(model, runs, temperature, max_tokens, rows)
    folder = out or data / "evaluations" / Path(model).name
    evaluate_model(asked, sources, benchmark or [], data, options, folder, source)


@app.command()
def regrade(
    files: Annotated[
        list[Path], typer.Argument(help="Parquet of stored completions: gold, completion, label, options")
    ],
    out: Annotated[Path, typer.Option(help="folder of the verdicts and the disagreements")],
    questions: Annotated[
        list[Path] | None, typer.Option(help="Parquet with the options, by the id's last part")
    ] = None,
) -> None:
    """Grade stored completions again and compare with the labels that somebody else's grader gave."""
    from blends.regrade import regrade_files

    regrade_files(files, questions or [], out)


@app.command()
def decontaminate(
    blend: Blend = "nemo_weighted",
    self_test: Annotated[
        bool, typer.Option("--self-test", help="plant leaks and near misses, print what is found")
    ] = False,
    per_kind: Annotated[int, typer.Option(help="plants of each kind", min=1)] = 100,
    sources: Sources = "sample",
    data: Data = Path("data"),
    limit: Limit = 0,
) -> None:
    """Show what of a built blend was a benchmark's, or test how much of it would be found."""
    from blends.build import find_blend
    from blends.contamination import show_leaks, show_self_test

    artefact, manifest = find_blend(blend, sources, data, limit)
    if self_test:
        show_self_test(artefact, manifest, data, per_kind)
    else:
        show_leaks(artefact, manifest, data)


@app.command(name="sources")
def list_sources() -> None:
    """List the catalogue: the paper's sources and benchmarks, where each lives, at which revision and licence."""
    from blends.screen import out, table
    from stages.sources import BENCHMARKS, SOURCES

    made = table("source", "category", "paper's rows", "licence", "repository", "revision")
    for source in SOURCES.values():
        revision = (source.place.revision or "resolved at the first read")[:26]
        made.add_row(
            source.name, source.category, f"{source.paper_rows:,}", source.licence, source.place.repo, revision
        )
    out.print(made)
    out.print()
    made = table("benchmark", "licence", "repository", "revision")
    for benchmark in BENCHMARKS.values():
        place = benchmark.places[0]
        more = f" and {len(benchmark.places) - 1} more" if len(benchmark.places) > 1 else ""
        gated = " (gated: HF_TOKEN)" if place.gated else ""
        revision = (place.revision or "resolved at the first read")[:26]
        made.add_row(benchmark.name, benchmark.licence, f"{place.repo}{more}{gated}", revision)
    out.print(made)


class _Stopped(BaseException):
    """Ctrl-C, under a name that no library catches to say something of its own."""


def main() -> None:
    """Run the command line: 0 done, 2 the user's fault in one line, 130 stopped by Ctrl-C, 1 ours."""
    from pipeline.errors import PipelineError

    heard = []

    def stop(*_: object) -> None:
        heard.append(True)
        raise _Stopped

    signal.signal(signal.SIGINT, stop)
    try:
        app()
    except PipelineError as error:
        print(f"crossthink: {error}", file=sys.stderr)
        sys.exit(2)
    except BaseException:
        # A library that was stopped in its middle may make a fault of its own of it.
        if not heard:
            raise
        print("crossthink: stopped; what was finished stays finished, run the same command to go on", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
