"""A build with a judge in it wants an engine, and says so before anything runs."""

from pathlib import Path

from blends.build import HERE
from tests.conftest import run_crossthink


def test_without_an_engine_the_build_says_what_to_add(tmp_path: Path) -> None:
    text = (HERE / "nemo_weighted.yaml").read_text()
    recipe = tmp_path / "judged.yaml"
    recipe.write_text(text.replace("  decontaminate:\n", "  decontaminate:\n  judge: {judge: m}\n"))
    done = run_crossthink("build", recipe, "--data", tmp_path / "data")
    assert done.returncode == 2
    assert "judge: asks a model and has no engine; add --engine" in done.stderr
    assert not (tmp_path / "data" / "steps").exists()
