"""One clip: its results whole or not at all, its share of the cores, its failure told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from posecheck import cores
from posecheck.batch import job as jobs
from posecheck.batch.clips import Clip
from posecheck.batch.job import Job, Stopped, run
from posecheck.batch.places import Folder
from posecheck.config import Settings
from tests.acting import film, poses
from tests.cli.conftest import names_in


@pytest.fixture
def job(tmp_path: Path, act: Callable[..., None], hollow_model: Path) -> Job:
    act(poses())
    clip = Clip(film(tmp_path / "clip.mp4"), "clip.mp4", "clip")
    quick = Settings(model=str(hollow_model), video=False, report=False, plot=False, keep=False)
    return Job(clip, Folder(tmp_path / "out"), quick, 1)


def test_its_results_and_nothing_else(job: Job, tmp_path: Path) -> None:
    assert run(job) == {"name": "clip", "failed": ""}
    assert names_in(tmp_path / "out") == ["clip"]
    assert "summary.json" in names_in(tmp_path / "out" / "clip")


def test_it_keeps_to_its_cores_and_gives_them_back(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real, before, free = jobs.analyze, cv2.getNumThreads(), cores.cores()

    def watched(*arguments: object) -> object:
        seen.append((cores.cores(), cv2.getNumThreads()))
        return real(*arguments)

    monkeypatch.setattr(jobs, "analyze", watched)
    assert run(job)["failed"] == ""
    assert seen == [(1, 1)]
    assert (cores.cores(), cv2.getNumThreads()) == (free, before)


def test_stopped_in_the_middle_nothing_is_left(job: Job, tmp_path: Path) -> None:
    asked = []

    def in_the_middle() -> bool:
        asked.append(True)
        return len(asked) > 50

    with pytest.raises(Stopped):
        run(job, in_the_middle)
    assert names_in(tmp_path / "out") == []


def test_an_error_that_nobody_thought_of_is_one_line(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(jobs, "analyze", broken)
    assert run(job)["failed"] == f"{job.clip.path}: ZeroDivisionError: division by zero"
    assert names_in(tmp_path / "out") == []
