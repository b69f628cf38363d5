"""What tests of the whole program share: the pose model, a stand-in for it, analysed clips."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from posecheck import eyes, fits, session
from posecheck.config import Settings
from posecheck.core.records import Pose, unread
from posecheck.core.thigh_fit import ThighFit
from posecheck.estimators.model_assembly import DETECTOR, LANDMARKS
from posecheck.estimators.model_store import model_path
from posecheck.estimators.pelvis_picture import PelvisPicture
from posecheck.record import database
from posecheck.session import Outcome
from tests.acting import Actor
from tests.holding import hold as hold  # a fixture

SAMPLES = Path(__file__).parents[1] / "sample_videos"


@pytest.fixture(scope="session", autouse=True)
def _nobody_s_history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test comes near the history of whoever runs it."""
    folder = tmp_path_factory.mktemp("history")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "user_data_path", lambda *_, **__: folder)
        yield


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history of the test's own, which is not there yet."""
    monkeypatch.setattr(database, "user_data_path", lambda *_, **__: tmp_path / "data")
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
def act(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[Pose | None]], None]:
    """From now on whatever is filmed shows these poses, and nobody's hips and waist."""

    def show(poses: Sequence[Pose | None]) -> None:
        monkeypatch.setattr(eyes, "PersonEstimator", lambda *_, **__: Actor(poses))
        monkeypatch.setattr(PelvisPicture, "step", lambda *_: unread())

    return show


@pytest.fixture(scope="session")
def fit() -> ThighFit:
    """The shipped fit of the thigh angle."""
    return fits.thigh_fit()


@pytest.fixture(scope="session")
def pose_model() -> Path:
    """The real model, fetched if this computer has none yet."""
    return model_path("full")


@pytest.fixture(scope="session")
def hollow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that passes for a model where no picture is looked at."""
    path = tmp_path_factory.mktemp("model") / "hollow.task"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(DETECTOR, b"")
        archive.writestr(LANDMARKS, b"")
    return path


@pytest.fixture(scope="session")
def analysed(
    pose_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Outcome]:
    """What comes of a sample clip, by its name; each is analysed once."""

    @cache
    def analyse(name: str) -> Outcome:
        folder = tmp_path_factory.mktemp(name)
        return session.analyze(
            SAMPLES / f"{name}.mp4",
            folder,
            Settings(video=False, plot=False, report=False),
            pose_model,
        )

    return analyse
