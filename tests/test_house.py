"""The house: which room may import which, and what the command line must not import before it needs it."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "pipeline": {"pipeline"},
    "stages": {"stages", "pipeline"},
    "trainer": {"trainer", "pipeline"},
    "blends": {"blends", "stages", "pipeline", "trainer"},
}


def imports_of(path: Path) -> set[str]:
    """Return the top-level packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_rooms_import_only_downwards() -> None:
    wrong = [
        (str(path.relative_to(ROOT)), sorted(imports_of(path) & set(MAY_IMPORT) - allowed))
        for room, allowed in MAY_IMPORT.items()
        for path in (ROOT / room).rglob("*.py")
        if imports_of(path) & set(MAY_IMPORT) - allowed
    ]
    assert wrong == []


def test_verifier_and_trainer_travel_light() -> None:
    heavy = {"polars", "datatrove", "numpy", "pandas", "stages", "blends"}
    files = [*(ROOT / "pipeline" / "verify").rglob("*.py"), *(ROOT / "trainer").rglob("*.py")]
    assert {str(path): imports_of(path) & heavy for path in files if imports_of(path) & heavy} == {}


def modules_after(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


def test_help_imports_nothing_heavy() -> None:
    heavy = {"polars", "pyarrow", "datasets", "huggingface_hub", "sympy", "numba"}
    assert modules_after("import blends.cli") & heavy == set()


def test_verifier_imports_no_computer_algebra() -> None:
    loaded = modules_after("import pipeline.verify")
    assert loaded & {"polars", "pyarrow", "sympy", "latex2sympy2_extended", "numpy", "torch"} == set()
