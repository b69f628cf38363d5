"""One job: one clip, analysed into its own folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TypedDict

from posecheck import cores
from posecheck.batch.clips import Clip
from posecheck.batch.places import Place
from posecheck.config import Settings
from posecheck.errors import PosecheckError
from posecheck.estimators.model_store import model_path
from posecheck.memory import give_memory_back
from posecheck.session import Watcher, analyze

_ONE_AT_A_TIME = Lock()
"""A worker with several threads has no more memory for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """``cores``: how many the one who does it may use, `cores.ALL` without a limit."""

    clip: Clip
    place: Place
    settings: Settings
    cores: int = cores.ALL


class Done(TypedDict):
    """What came of a job; ``failed`` is why there are no results, empty where there are."""

    name: str
    failed: str


class Stopped(Exception):  # noqa: N818 (nothing went wrong)
    """The person ended the batch: nothing is kept of the clip at hand."""


def run(job: Job, stopped: Callable[[], bool] = lambda: False) -> Done:
    """Analyse the clip; whatever goes wrong with it is told, not raised. Raises `Stopped` only."""

    def go_on() -> None:
        if stopped():
            raise Stopped

    name = job.clip.name
    with _ONE_AT_A_TIME:
        cores.keep_to(job.cores)
        try:
            _analyze(job, Watcher(frame_done=go_on, drawing=go_on))
        except Stopped:
            raise
        except PosecheckError as error:
            return Done(name=name, failed=str(error))
        except Exception as error:  # one bad clip never stops the rest
            return Done(name=name, failed=f"{job.clip.path}: {type(error).__name__}: {error}")
        finally:
            cores.keep_to(cores.ALL)
            give_memory_back()
    return Done(name=name, failed="")


def _analyze(job: Job, watcher: Watcher) -> None:
    with job.place.aside(job.clip.name) as aside:
        try:
            model = _model(job.settings.model)
            analyze(job.clip.path, Path(aside), job.settings, model, watcher)
            job.place.put(Path(aside), job.clip.name)
        except PosecheckError as error:
            told = str(error).replace(aside, job.place.address(job.clip.name))
            raise type(error)(told) from error


@cache
def _model(name: str) -> Path:
    """The pose model on this computer, fetched and checked once in a worker's life."""
    return model_path(name)
