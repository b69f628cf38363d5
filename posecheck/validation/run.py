"""A suite made, analysed by the product itself in worker processes, and scored."""

from __future__ import annotations

import multiprocessing
import os
import platform
import signal
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from posecheck.config import Settings
from posecheck.cores import cores, keep_to
from posecheck.errors import PosecheckError
from posecheck.estimators.model_store import cache_folder
from posecheck.synthetic.rig import require_extra
from posecheck.validation.bars import bars
from posecheck.validation.figures import clip_row, figures
from posecheck.validation.known import read_known
from posecheck.validation.scoring import Said, Score, Setting, score_clip

if TYPE_CHECKING:
    from posecheck.synthetic.suite import Case

FORMAT = "posecheck-validation/1"
Done = Callable[[str], None]
Answer = Said | str
"""What an analysis says of a clip, or why there is none."""
_CRASHED = "the analysis crashed"


def _unheard(_name: str) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Watcher:
    """What the caller hears: ``planned`` the number of clips, then each clip's name when done."""

    planned: Callable[[int], None] = lambda _count: None
    made: Done = _unheard
    analysed: Done = _unheard


def default_cache() -> Path:
    """Where the clips of the suites are kept, a folder for each suite."""
    return cache_folder().parent / "validation"


def validate(
    suite: str, model: Path, cache: Path, workers: int, watcher: Watcher | None = None
) -> tuple[dict[str, Any], list[Score]]:
    """Make what is missing of a suite, analyse it all, and return the report and the scores.

    The clips lie in ``cache / suite``; ``report`` is ready for `posecheck.validation.report`.
    Raises `UsageError` where the extra is not installed, and what making the clips raises.
    """
    require_extra()
    from posecheck.synthetic.library import make_all
    from posecheck.synthetic.suite import suite as cases_of

    watcher = watcher or Watcher()
    cases = cases_of(suite)
    watcher.planned(len(cases))
    clips = {case.name: case.clip for case in cases}
    paths = make_all(clips, cache / suite, workers, watcher.made)
    known = {name: read_known(path.with_suffix(".truth.csv")) for name, path in paths.items()}
    answers = analyse_all(paths, model, workers, watcher.analysed)
    scores = []
    for case in cases:
        answer, setting = answers[case.name], setting_of(case)
        if isinstance(answer, Said):
            try:
                scores.append(score_clip(answer, known[case.name], setting))
                continue
            except PosecheckError as error:
                answer = str(error)
        scores.append(score_clip(Said(), known[case.name], setting, failure=answer))
    return report_of(suite, model, scores), scores


def setting_of(case: Case) -> Setting:
    """What the report says of a clip besides its angles."""
    camera = case.clip.camera
    return Setting(case.name, dict(case.labels), camera.yaw_deg, camera.elevation_deg)


def report_of(suite: str, model: Path, scores: list[Score]) -> dict[str, Any]:
    """The whole report, as it is written to report.json."""
    found = figures(scores)
    with model.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    return {
        "format": FORMAT,
        "posecheck_version": version("posecheck"),
        "suite": suite,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "pose_model": {"file": model.name, "sha256": sha256},
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.system(),
            "processor": platform.machine(),
            "python": platform.python_version(),
        },
        "bars": [
            {
                "name": bar.name,
                "value": bar.value,
                "limit": bar.limit,
                "at_most": bar.at_most,
                "least": bar.least,
                "met": bar.met,
                "value_text": bar.value_text(),
                "limit_text": bar.limit_text(),
                "beside": bar.beside,
            }
            for bar in bars(found)
        ],
        **found,
        "clip_rows": [clip_row(score) for score in scores],
    }


def analyse_all(
    paths: Mapping[str, Path], model: Path, workers: int, analysed: Done = _unheard
) -> dict[str, Answer]:
    """What the product says of each clip, or in words why it could not be analysed.

    ``workers`` processes work at it. Where one of them crashes, the clips still open are each
    given a process of their own, so that only the clip that crashes it is lost.
    """
    answers: dict[str, Answer] = {}
    with closing(_in_processes(paths, model, workers)) as coming:
        for name, answer in coming:
            if answer != _CRASHED:
                answers[name] = answer
                analysed(name)
    for name in [name for name in paths if name not in answers]:
        with closing(_in_processes({name: paths[name]}, model, 1)) as coming:
            answers |= coming
        analysed(name)
    return answers


def _in_processes(
    paths: Mapping[str, Path], model: Path, workers: int
) -> Generator[tuple[str, Answer]]:
    """Name and answer of each clip as they come; whatever breaks this off ends the workers."""
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")
    with (
        TemporaryDirectory(prefix="posecheck-", ignore_cleanup_errors=True) as place,
        ProcessPoolExecutor(
            max(1, workers), spawn, initializer=_begin, initargs=(max(1, cores() // workers),)
        ) as pool,
    ):
        try:
            names = {
                pool.submit(look_at, path, Path(place, str(number)), model): name
                for number, (name, path) in enumerate(paths.items())
            }
            for future in as_completed(names):
                yield names[future], _answer(future)
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise


def _answer(future: Future[Said]) -> Answer:
    try:
        return future.result()
    except BrokenProcessPool:
        return _CRASHED
    except PosecheckError as error:
        return str(error)
    except Exception as error:  # a bug found by one clip must not cost the others
        return f"{type(error).__name__}: {error}"


def look_at(clip: Path, folder: Path, model: Path) -> Said:
    """Analyse one clip as the product does, its files into ``folder``.

    Nothing measured is an answer too; any other error of `posecheck.session.analyze` is raised.
    """
    from posecheck.session import (  # a second that the parent can do without
        NothingMeasured,
        analyze,
    )

    try:
        outcome = analyze(clip, folder, Settings(video=False, plot=False, report=False), model)
    except NothingMeasured:
        return Said()
    return Said.of(outcome.recording)


def _begin(share: int) -> None:
    """A worker keeps to its share of the cores. The parent hears Ctrl-C, and ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_to(share)
