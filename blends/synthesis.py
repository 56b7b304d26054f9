"""What a recipe's synthesized sources are made of: the sample's inputs, or those given to `crossthink synthesize`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pipeline.asking import Asking, ModelStage
from pipeline.errors import PipelineError, RecipeError
from pipeline.files import read_json
from pipeline.fingerprint import FileDigests
from pipeline.llm.request import Engine
from pipeline.recipe import Recipe, Synthesis
from pipeline.step import UNION, RawFile, Step
from stages.source_map import LocalFiles, SourceMap
from stages.syntheses import Inputs, synthesized

WEB = Path(__file__).parent / "sample" / "web"
EngineMaker = Callable[[], AbstractContextManager[Engine]]
BY_HAND = "written by hand"  # the model that the sample's completions name
TAXONOMY = Path(__file__).parents[1] / "stages" / "taxonomy.yaml"
_NEEDS = {"syn_qa": ("documents",), "persona_skill_math": ("problems", "personas")}


@dataclass(frozen=True)
class Given:
    """What a synthesis is made of, as files of this machine, and by which models; remembered for later builds.

    writer, solver: "" leaves the recipe's. recorded: the only completions there are (the sample); else None.
    """

    documents: tuple[Path, ...] = ()
    problems: tuple[Path, ...] = ()
    personas: tuple[Path, ...] = ()
    taxonomy: Path | None = None  # MMLU's
    writer: str = ""
    solver: str = ""
    limit: int = 0
    recorded: Path | None = None

    def literals(self) -> dict[str, Any]:
        """Return it as JSON, for the data folder."""
        files = {name: [str(path.resolve()) for path in getattr(self, name)] for name in _FILES}
        taxonomy = str(self.taxonomy.resolve()) if self.taxonomy else None
        models = {"writer": self.writer, "solver": self.solver}
        return {**files, "taxonomy": taxonomy, **models, "limit": self.limit}


_FILES = ("documents", "problems", "personas")


def sample_given() -> Given:
    """Return what the sample's synthesis is made of: a small WARC, a book, and completions written by hand."""
    return Given(
        documents=(WEB / "pages.warc.gz", WEB / "book.md"),
        problems=(WEB / "problems.jsonl",),
        personas=(WEB / "personas.txt",),
        taxonomy=WEB / "taxonomy.yaml",
        writer=BY_HAND,
        solver=BY_HAND,
        recorded=WEB / "recorded.jsonl",
    )


def remembered(data: Path) -> Given | None:
    """Return what was last given to `crossthink synthesize` in a data folder, or None."""
    value = read_json(data / "synthesis.json")
    if value is None:
        return None
    paths = {name: tuple(Path(path) for path in value[name]) for name in _FILES}
    return Given(
        documents=paths["documents"],
        problems=paths["problems"],
        personas=paths["personas"],
        taxonomy=Path(value["taxonomy"]) if value["taxonomy"] else None,
        writer=value["writer"],
        solver=value["solver"],
        limit=value["limit"],
    )


def completed(given: Given, before: Given | None) -> Given:
    """Return what is given now, and what was given before for what is not; a limit holds for one run."""
    if before is None:
        return given
    known = {field.name: getattr(given, field.name) or getattr(before, field.name) for field in fields(Given)}
    return Given(**known | {"limit": given.limit})


def inputs_of(given: Given, digests: FileDigests) -> Inputs:
    """Return the given files as places to read from; recorded completions are part of what they are."""

    def place(paths: Sequence[Path]) -> LocalFiles:
        files = tuple(RawFile(path, _shown(path), f"sha256:{digests.of(path)}") for path in paths)
        return Recorded(files, digests.of(given.recorded)) if given.recorded else LocalFiles(files)

    return Inputs(
        taxonomy=place((given.taxonomy or TAXONOMY,)),
        documents=place(given.documents),
        problems=place(given.problems),
        personas=place(given.personas),
        limit=given.limit,
    )


def _shown(path: Path) -> str:
    """Return how a file is called, the same on every machine: its folder's name and its own."""
    return f"sample/web/{path.name}" if path.parent == WEB else f"{path.parent.name}/{path.name}"


@dataclass(frozen=True)
class Recorded(LocalFiles):
    """Files whose questions come from recorded completions: other completions make another source."""

    completions: str

    def identity(self) -> Any:
        return [*super().identity(), ["completions", self.completions]]


def with_models(synthesis: Synthesis, given: Given) -> Synthesis:
    """Return a synthesis with the given models in place of the recipe's."""

    def renamed(stage: Any) -> Any:
        named = {name: model for name, model in (("writer", given.writer), ("solver", given.solver)) if model}
        return replace(stage, **{f.name: named[f.name] for f in fields(stage) if f.name in named})

    parts = {part: tuple((name, renamed(one)) for name, one in named) for part, named in synthesis.parts.items()}
    return Synthesis(synthesis.source, parts)


def check_given(given: Given, synthesis: Synthesis) -> None:
    """Raise RecipeError when a synthesis lacks files or models."""
    for name in _NEEDS[synthesis.source]:
        if not getattr(given, name):
            raise RecipeError(f"{synthesis.source}: no {name} to make it of; give them with --{name}")
    for part, named in synthesis.parts.items():
        for stage_name, stage in named:
            for model in ("writer", "solver"):
                if getattr(stage, model, "named") == "":
                    raise RecipeError(f"{synthesis.source}.{part}.{stage_name}: no {model}; name one with --{model}")


def with_synthesized(found: SourceMap, recipe: Recipe, sources: str, data: Path, digests: FileDigests) -> SourceMap:
    """Return the source map with the sources that the recipe makes here; a map that has such a source keeps its own."""
    if not recipe.synthesize:
        return found
    given = sample_given() if sources == "sample" else remembered(data)
    own: Mapping[str, Any] = {} if sources == "sample" else found.sources
    made = dict(found.sources)
    for synthesis in recipe.synthesize:
        if synthesis.source in own:
            continue
        if given is None:
            raise RecipeError(
                f"{recipe.name}: {synthesis.source} is made here; run `crossthink synthesize {recipe.name}` first, "
                "or name its files in the source map"
            )
        synthesis = with_models(synthesis, given)
        check_given(given, synthesis)
        made[synthesis.source] = synthesized(synthesis, inputs_of(given, digests), data)
    return replace(found, sources=made)


@contextmanager
def answering(
    todo: Sequence[Step], sources: str, data: Path, engine: EngineMaker | None = None
) -> Iterator[Callable[[Step], None]]:
    """Give what answers the model stages of a build: `engine` those on the union, such as `judge`.

    Sources are synthesized beforehand; the sample's by recorded completions.
    """
    asking = [step for step in todo if isinstance(step.stage, ModelStage)]
    making = [step for step in asking if step.source != UNION]
    if making and sources != "sample":
        raise PipelineError(
            f"{making[0].source}: its synthesis is not finished; run `crossthink synthesize` with an engine first"
        )
    if len(making) < len(asking) and engine is None:
        name = next(step.name for step in asking if step.source == UNION)
        raise PipelineError(f"{name}: asks a model and has no engine; add --engine openai --url ..., or --engine vllm")
    from pipeline.llm.engines import engine_of

    with ExitStack() as opened:
        ask: dict[bool, Asking] = {}
        if making:
            recorded = sample_given().recorded
            assert recorded is not None
            replay = opened.enter_context(engine_of("replay", cache=recorded))
            # Nothing else can answer: a row of a changed recipe that has no completion goes, and says so.
            ask[False] = Asking(replay, data, _say_nothing, finish=True)
        if len(making) < len(asking) and engine is not None:
            ask[True] = Asking(opened.enter_context(engine()), data, _say_nothing)

        def answer(step: Step) -> None:
            if isinstance(step.stage, ModelStage):
                ask[step.source == UNION](step)

        yield answer


def _say_nothing(step: str, num_answered: int, rank: int) -> None:
    """Pass by what a progress line would say; the build has its own."""
