"""What `crossthink export` does: a built blend as another trainer reads it, with the file that pays its reward."""

from pathlib import Path

from blends.build import find_blend
from blends.screen import out
from pipeline.errors import PipelineError, did_you_mean
from pipeline.export import FORMATS
from pipeline.export.write import export


def export_blend(blend: str, to: str, folder: Path | None, sources: str, data: Path, limit: int) -> None:
    """Write a built blend in a format and say where it is and how it is used."""
    if to not in FORMATS:
        raise PipelineError(f"--to {to}: no such format; {did_you_mean(to, FORMATS)}")
    artefact, manifest = find_blend(blend, sources, data, limit)
    path = folder or data / "exports" / f"{artefact.path.name}-{to}"
    told = export(artefact.path, manifest, FORMATS[to], path)
    rows = ", ".join(f"{num:,} {split}" for split, num in told["rows"].items())
    out.print(f"{path}: {rows} rows for {to}; how to use it: {path}/README.md")
    out.print(f"digest of prompts and golds, the same in every format: {told['prompt_gold_digest']}")
