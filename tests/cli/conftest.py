"""A command as a person types it: what is said, how it ends, what is left on the disk."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from posecheck import cli
from tests.acting import poses, tree

ROOT = Path(__file__).parents[2]
RESULTS = [
    "angles.csv",
    "angles.png",
    "annotated.mp4",
    "events.csv",
    "key_frames",
    "landmarks.npz",
    "report.html",
    "reps.csv",
    "summary.json",
]
"""What `analyze` leaves in a folder of results, by name."""
FILES = [name for name in RESULTS if name != "key_frames"]
"""Those of them that it names."""

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux's own files")
posix = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def names_in(folder: Path) -> list[str]:
    """What lies in a folder, by name."""
    return sorted(path.name for path in folder.iterdir())


Run = Callable[..., Ran]
Act = Callable[[Any], None]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command; when it is refused, in one line, see that the disk is as it was."""

    def command(*arguments: object, refused: int | None = None) -> Ran:
        before = tree(tmp_path)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        ran = Ran(int(ended.value.code or 0), *capsys.readouterr())
        if refused is not None:
            assert ran.code == refused, ran
            assert ran.err.startswith("posecheck: "), ran
            assert ran.err.count("\n") == 1, ran
            assert ran.out == ""
            assert tree(tmp_path) == before
        return ran

    return command


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def played(run: Run, act: Act, out: Path, hollow_model: Path) -> Run:
    """Run ``analyze --out out`` without looking at pictures: a stick figure does one repetition."""
    act(poses())

    def analyze(*arguments: object, refused: int | None = None) -> Ran:
        return run("analyze", "--out", out, "--model", hollow_model, *arguments, refused=refused)

    return analyze
