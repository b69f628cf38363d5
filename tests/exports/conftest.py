"""Results of a stick figure, made once: one repetition, then nobody for half a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from posecheck import eyes, session
from posecheck.config import Settings
from posecheck.core.records import unread
from posecheck.estimators.pelvis_picture import PelvisPicture
from posecheck.exports.formats import Job
from posecheck.pages.results_folder import read_results
from tests.acting import Actor, film, poses

FRAMES, GONE = 180, 15
BARE = Settings(video=False, plot=False, report=False)


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory, hollow_model: Path) -> Path:
    """The folder of results of a clip."""
    folder = tmp_path_factory.mktemp("exports")
    shown = [*poses()[: FRAMES - GONE], *[None] * GONE]
    clip = film(folder / "Übung.mp4", FRAMES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eyes, "PersonEstimator", lambda *_, **__: Actor(shown))
        patch.setattr(PelvisPicture, "step", lambda *_: unread())
        session.analyze(clip, folder / "Übung", BARE, hollow_model)
    return folder / "Übung"


@pytest.fixture
def job(results: Path) -> Job:
    return Job(read_results(results))
