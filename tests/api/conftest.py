"""A folder with a short clip in it, whose pictures nobody looks at: a stick figure is played."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from posecheck.api import calls, watching
from posecheck.core.records import Pose
from tests.acting import film, poses
from tests.eager import EagerSource, LiveActor
from tests.stick import rep

Act = Callable[[Sequence[Pose | None]], None]
HASTE = rep(1.5, 90.0, move_s=0.4, hold_s=1.0)
"""Up in 0.4 s."""
LiveActs = Callable[[Sequence[Pose | None]], EagerSource]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, an empty one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def played(here: Path, act: Act, hollow_model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``clip.mp4`` in the current folder: one repetition of the left leg to 90°, in 6 s."""
    act(poses())
    monkeypatch.setattr(calls, "model_path", lambda _: hollow_model)
    return film(here / "clip.mp4")


@pytest.fixture
def live(hollow_model: Path, monkeypatch: pytest.MonkeyPatch) -> LiveActs:
    """From now on a camera sees these poses, as fast as they are taken."""

    def show(shown: Sequence[Pose | None]) -> EagerSource:
        source = EagerSource(len(shown))
        monkeypatch.setattr(watching, "model_path", lambda _: hollow_model)
        monkeypatch.setattr(watching, "open_live_source", lambda _: source)
        monkeypatch.setattr(watching, "PersonEstimator", lambda *_, **__: LiveActor(shown))
        return source

    return show
