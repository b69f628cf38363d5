"""The command line starts light: what takes long to import waits until it is used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT
from tests.record.made_up import session

HEAVY = {"av", "cv2", "jinja2", "matplotlib", "mediapipe", "numpy", "pydantic", "scipy"}
TYPER_S_OWN = {"pydantic"}
"""What typer itself imports to read any command's options."""
THEN_TELL = "import json, sys; print('\\n' + json.dumps(sorted(sys.modules)))"


def imported(script: str, *arguments: object) -> set[str]:
    """What a Python of its own has imported at the end of ``script``."""
    ran = subprocess.run(
        [sys.executable, "-c", f"{script}\n{THEN_TELL}", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(json.loads(ran.stdout.splitlines()[-1]))


RUN = """
import sys
from pathlib import Path
from posecheck import cli
from posecheck.record import database
database.user_data_path = lambda *_, **__: Path(sys.argv[1])
try:
    cli.main(sys.argv[2:])
except SystemExit as ended:
    assert not ended.code, ended
"""


def test_the_commands_are_there_at_once() -> None:
    assert not imported("import posecheck.cli") & HEAVY


@pytest.mark.parametrize(
    "command",
    [
        ("--help",),
        ("history", "list"),
        ("history", "show", "one"),
        ("history", "add", "--help"),
        ("profile", "list"),
        ("privacy", "--help"),
    ],
    ids=" ".join,
)
def test_looking_at_the_history_needs_little(tmp_path: Path, command: tuple[str, ...]) -> None:
    from posecheck.record.store import open_store

    with open_store(tmp_path / "history.sqlite", making=True) as store:
        store.add_session("anna", session())
    assert not imported(RUN, tmp_path, *command) & (HEAVY - TYPER_S_OWN)
