"""The notebooks run from top to bottom, show what they promise, define nothing and keep no output.

Those that look into them need the standard library alone; running them the extra ``notebooks``.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
LEAST_FIGURES = {
    "1_first_look": 1,
    "2_hip_and_pelvis": 4,
    "3_accuracy": 2,
    "4_sides_and_weeks": 2,
}
LONGEST_S = 300

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells_of(path: Path, kind: str) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == kind]


def test_these_are_all() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(LEAST_FIGURES)


@each_notebook
def test_it_calls_the_package_and_defines_nothing(path: Path) -> None:
    tree = ast.parse("\n".join("".join(cell["source"]) for cell in cells_of(path, "code")))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, DEFINING)]
    assert "import posecheck" in ast.unparse(tree)


@each_notebook
def test_it_keeps_no_output(path: Path) -> None:
    for cell in cells_of(path, "code"):
        assert (cell["outputs"], cell["execution_count"]) == ([], None)
    assert path.stat().st_size < 20_000


@each_notebook
def test_it_explains_itself(path: Path) -> None:
    words = ["".join(cell["source"]) for cell in cells_of(path, "markdown")]
    assert words[0].startswith("# ")
    assert sum(len(each.split()) for each in words) > 100


@each_notebook
def test_it_runs_clean(path: Path) -> None:
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    nbformat = pytest.importorskip("nbformat")
    book = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(FOLDER)}}
    nbclient.NotebookClient(book, timeout=LONGEST_S, resources=where).execute()
    shown = [out for cell in book.cells if cell.cell_type == "code" for out in cell.outputs]
    assert [out.text for out in shown if out.output_type == "stream"] == []  # no warning either
    figures = [out for out in shown if "image/png" in out.get("data", {})]
    assert len(figures) >= LEAST_FIGURES[path.stem]
