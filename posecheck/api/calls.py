"""The calls a program begins with."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Literal, TypedDict, Unpack

from posecheck import session
from posecheck.api.analysis import Analysis
from posecheck.api.comparison import Comparison, comparison
from posecheck.api.tables import results_of
from posecheck.config import Settings, load_settings
from posecheck.errors import UsageError
from posecheck.estimators.model_store import model_path
from posecheck.pages import results_folder
from posecheck.sources.base import SourceInfo
from posecheck.tracks.reading import is_landmarks

Progress = Callable[[int, int | None], None]
"""Called with the frames done and, as far as the clip says, those in all."""


class Choices(TypedDict, total=False):
    """The fields of `Settings` as keywords."""

    side: Literal["auto", "left", "right"]
    sensitivity: Literal["gentle", "standard", "strict"]
    task: Literal["stretch", "twist"]
    profile: str
    learn: bool
    keep: bool
    video: bool
    plot: bool
    report: bool
    pdf: bool
    fps: float
    cutoff_hz: float


def analyze(
    clip: str | PathLike[str],
    *,
    out: str | PathLike[str] | None = None,
    model: str | PathLike[str] | None = None,
    landmarks: str | PathLike[str] | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    **choices: Unpack[Choices],
) -> Analysis:
    """Measure a clip, a photograph, a folder of photographs, or landmarks without pictures.

    Without ``out`` nothing is written. With it, ``out/<name of the clip>`` gets what ``posecheck
    analyze`` writes: tables, summary, and unless told otherwise video, report and, with it, plot.

    ``choices`` are settings, over those in ``settings``: ``side`` (auto, left, right: the leg at
    work), ``sensitivity`` (gentle, standard, strict), ``task`` (stretch, twist), ``profile`` (whose
    rhythm of the pelvis to go by; with ``out`` the session is kept in their history unless
    ``keep=False``, and with ``learn=True`` learned from), ``video``, ``plot``, ``report``, ``pdf``,
    ``fps`` (1/s, of a folder of photographs) and ``cutoff_hz`` (of the smoothing, 6 Hz).
    ``model``: lite, full, heavy or the path of a .task file; a named one is fetched when first
    used. ``landmarks``: of the clip, found by another program, in the place of the model.
    ``progress(done, in_all)`` is called at every frame, with ``out`` once more from 0 while the
    pictures are drawn.

    Raises `UsageError` (no such clip, a setting that will not do), `SourceError` (not readable),
    `ModelError`, `OutputError`, and `NothingMeasured`, which says why there is no angle: all
    `PosecheckError`.

    Examples:
        >>> analysis = posecheck.analyze("clip.mp4", side="left")
        >>> round(analysis.legs["left"]["peak_thigh_angle_deg"])
        90
        >>> analysis.folder is None
        True
        >>> posecheck.analyze("clip.mp4", out="results", video=False, report=False).folder.name
        'clip'
        >>> posecheck.analyze("absent.mp4")
        Traceback (most recent call last):
            ...
        posecheck.errors.UsageError: absent.mp4: no such file...
    """
    chosen = settings_of(settings, model, choices)
    if chosen.learn and (chosen.profile is None or out is None):
        raise UsageError("learn needs a profile, whose rhythm it is, and out, for it is written")
    clip, given = Path(clip), None if landmarks is None else Path(landmarks)
    needless = given is not None or is_landmarks(clip)
    file = None if needless else model_path(chosen.model)
    watcher = _watcher(progress) if progress else None
    if out is None:
        return Analysis(results_of(*session.measure(clip, chosen, file, watcher, given)))
    folder = Path(out) / clip.resolve().stem
    return read_results(session.analyze(clip, folder, chosen, file, watcher, given).folder)


def read_results(folder: str | PathLike[str]) -> Analysis:
    """What was written into ``folder`` by `analyze`, the command line or a live session.

    Angles have the decimals of the files. Raises `UsageError` where there are no results,
    `PosecheckError` where they cannot be read.

    Examples:
        >>> posecheck.analyze("clip.mp4", out="results", video=False, report=False)
        <Analysis of clip.mp4: left leg, 1 repetition, thigh up to 90°>
        >>> posecheck.read_results("results/clip").columns["frame"][-1]
        np.int64(179)
    """
    return Analysis(results_folder.read_results(Path(folder)), Path(folder))


def compare(*analyses: Analysis) -> Comparison:
    """Set analyses side by side, in the order given: left and right, one week and another.

    Raises `UsageError` without any.

    Examples:
        >>> once, again = (posecheck.analyze("clip.mp4") for _ in range(2))
        >>> posecheck.compare(once, again).columns["side"]
        array(['left', 'left'], dtype='<U4')
    """
    if not analyses:
        raise UsageError("compare needs at least one analysis")
    return comparison([analysis.results for analysis in analyses])


def settings_of(
    settings: Settings | None, model: str | PathLike[str] | None, choices: Choices
) -> Settings:
    """``choices`` over ``settings``. Raises `UsageError` for one that will not do."""
    given = settings.model_dump() if settings else {}
    return load_settings(None, **given | {**choices}, **{"model": str(model)} if model else {})


def _watcher(progress: Progress) -> session.Watcher:
    done, in_all = 0, None

    def started(info: SourceInfo) -> None:
        nonlocal in_all
        in_all = info.frame_count

    def frame_done() -> None:
        nonlocal done
        done += 1
        progress(done, in_all)

    def drawing() -> None:
        nonlocal done
        done = 0

    return session.Watcher(started, frame_done, drawing)
