"""What the README and the page of the Python API show in Python can be run as it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from posecheck.api import calls, watching
from posecheck.core.records import Pose
from posecheck.estimators import model_store
from tests.acting import film, poses
from tests.conftest import SAMPLES
from tests.eager import EagerSource, LiveActor

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[Any]:
    """Every block of Python, by its file and number."""
    for name in ("README.md", "docs/api.md"):
        for number, code in enumerate(FENCE.findall((ROOT / name).read_text(encoding="utf-8"))):
            yield pytest.param(code, id=f"{name}-{number}")


@pytest.mark.parametrize("code", [*blocks()])
@pytest.mark.usefixtures("history")
def test_it_runs_as_it_stands(
    code: str,
    act: Callable[[Sequence[Pose | None]], None],
    hollow_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a folder with a clip and its true angles, beside a camera; a left leg is raised."""
    act(poses())
    monkeypatch.chdir(tmp_path)
    film(tmp_path / "clip.mp4")
    (tmp_path / "truth.csv").write_bytes((SAMPLES / "clean_far.truth.csv").read_bytes())
    for module in (calls, model_store, watching):
        monkeypatch.setattr(module, "model_path", lambda _: hollow_model)
    monkeypatch.setattr(watching, "open_live_source", lambda _: EagerSource(180))
    monkeypatch.setattr(watching, "PersonEstimator", lambda *_, **__: LiveActor(poses()))
    exec(compile(code, "README", "exec"), {"__name__": "__main__"})


def test_there_is_something_to_run() -> None:
    assert {block.id.rpartition("-")[0] for block in blocks()} == {"README.md", "docs/api.md"}
