"""The loop: source -> estimator -> core -> sinks."""

from __future__ import annotations

import functools
import hashlib
import json
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from posecheck.config import Settings
from posecheck.core.judge import Judge, Observation
from posecheck.core.pelvis import PelvisFit
from posecheck.core.recorder import Recorder
from posecheck.core.recording import Recording
from posecheck.core.records import Pose
from posecheck.core.rules import Rules
from posecheck.core.thigh_fit import ThighFit
from posecheck.core.view import ViewLog
from posecheck.errors import PosecheckError, UsageError
from posecheck.estimators.halves import posed_frames
from posecheck.estimators.person import PersonEstimator
from posecheck.estimators.surface_motion import SurfaceTracker
from posecheck.pages.pdf import print_pdf
from posecheck.pages.report import NAME as REPORT
from posecheck.pages.report import write_report
from posecheck.profiles import Profile, learn_profile, load_profile
from posecheck.record.reading import keep_results
from posecheck.shipped import shipped_file
from posecheck.sinks.annotated import Annotated
from posecheck.sinks.files import staged_folder
from posecheck.sinks.key_frames import KeyFrames, key_frames
from posecheck.sinks.overlay import draw
from posecheck.sinks.results import write_results
from posecheck.sinks.summary import document, notes, why_nothing
from posecheck.sources import Source, SourceInfo
from posecheck.sources.images import ImageSource
from posecheck.sources.opening import open_source
from posecheck.sources.read_ahead import read_ahead
from posecheck.sources.video import VideoSource

F = TypeVar("F")


class NothingMeasured(PosecheckError):  # noqa: N818 (it reads as what happened)
    """The clip was read to its end and holds nothing that can be measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of one clip: its files in the order a person would open them."""

    folder: Path
    files: list[Path]
    recording: Recording
    summary: dict[str, Any]
    notes: list[str]
    interrupted: bool


@dataclass(slots=True)
class Watcher:
    """What the caller hears while a clip is read; ``stopped`` true ends it early and well."""

    started: Callable[[SourceInfo], None] = lambda _info: None
    frame_done: Callable[[], None] = lambda: None
    drawing: Callable[[], None] = lambda: None
    stopped: Callable[[], bool] = lambda: False


def analyze(
    clip: Path, folder: Path, settings: Settings, model: Path, watcher: Watcher | None = None
) -> Outcome:
    """Measure ``clip`` and write its files into ``folder``, which is made.

    Raises `UsageError`, `SourceError`, `OutputError`, and `NothingMeasured`, which says why there
    is no angle; then nothing new is left, and files of an earlier run in ``folder`` stay.
    """
    if clip.is_dir() and clip.resolve() == folder.resolve():
        raise UsageError(
            f"{folder} holds the pictures themselves; choose another folder for results"
        )
    watcher = watcher or Watcher()
    reopen = partial(open_source, clip, fps=settings.fps)
    with reopen() as source, staged_folder(folder) as aside:
        seen = _look(source, reopen, settings, model, watcher)
        outcome = _write(source, aside, seen, settings, watcher)
    files = [folder / file.name for file in outcome.files]
    outcome = replace(outcome, folder=folder, files=files)
    if settings.report and settings.pdf:
        outcome = _with_pdf(outcome)
    if settings.profile and settings.keep and not outcome.interrupted:
        outcome = replace(outcome, notes=[*outcome.notes, keep_results(settings.profile, folder)])
    return outcome


def _with_pdf(outcome: Outcome) -> Outcome:
    """The same with its report printed, or a note on why it is not: the results are there."""
    page = outcome.folder / REPORT
    try:
        printed = print_pdf(page, page.with_suffix(".pdf"))
    except PosecheckError as error:
        return replace(outcome, notes=[*outcome.notes, str(error)])
    return replace(outcome, files=[page, printed, *outcome.files[1:]])


def measure(
    clip: Path, settings: Settings, model: Path, watcher: Watcher | None = None
) -> tuple[Recording, dict[str, Any]]:
    """Measure ``clip`` as `analyze` does and write nothing: what it holds, and its summary."""
    watcher = watcher or Watcher()
    reopen = partial(open_source, clip, fps=settings.fps)
    with reopen() as source:
        seen = _look(source, reopen, settings, model, watcher)
    return seen.recording, seen.summary(seen.said)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What came of looking at a clip, before any of it is drawn or written."""

    info: SourceInfo
    recording: Recording
    poses: _PoseLog
    about: dict[str, Any]
    said: list[str]
    interrupted: bool

    def summary(self, said: list[str], **about: Any) -> dict[str, Any]:
        return document(
            {**self.about, **about}, self.recording, self.info, said, interrupted=self.interrupted
        )


def _look(
    source: VideoSource | ImageSource,
    reopen: Callable[[], Source],
    settings: Settings,
    model: Path,
    watcher: Watcher,
) -> _Seen:
    # A name that is no text, as Linux allows, can be neither drawn nor written.
    info = replace(source.info, name=source.info.name.encode(errors="replace").decode())
    watcher.started(info)
    recorder, poses = Recorder(settings.side, thigh_fit(), pelvis_fit()), _PoseLog()
    views = ViewLog()
    profile = load_profile(settings.profile) if settings.profile else Profile()
    rules = Rules(settings.sensitivity, settings.task, profile.rhythm)
    for observation in _watch(source, reopen, settings, rules, model, watcher):
        recorder.add(observation)
        poses.add(observation.pose)
        views.add(observation.pose, info.width_px, info.height_px)
    recording, interrupted = recorder.finish(settings.cutoff_hz), watcher.stopped()
    if not recording.measured.any():
        reason = "stopped before there was an angle" if interrupted else why_nothing(recording)
        raise NothingMeasured(f"{info.name}: {reason}")
    said = [*source.warnings, *notes(recording, views.usual)]
    if interrupted:
        said.append(f"stopped early, after {recording.time_s.size} frames")
    if settings.profile and settings.learn and not interrupted:
        said.append(learned(settings.profile, recording))
    about = {**provenance(settings, profile, model), "camera": asdict(views.usual)}
    return _Seen(info, recording, poses, about, said, interrupted)


def _write(
    source: VideoSource | ImageSource,
    folder: Path,
    seen: _Seen,
    settings: Settings,
    watcher: Watcher,
) -> Outcome:
    recording, said = seen.recording, seen.said
    annotated = folder / _annotated_name(seen.info) if settings.video else None
    chosen = key_frames(recording) if settings.report else []
    kept = KeyFrames(folder, chosen)
    if annotated or chosen:
        watcher.drawing()
        said = [*said, *_draw(source, annotated, kept, recording, seen.poses, watcher)]
    summary = seen.summary(said, key_frames=kept.written)
    files = write_results(folder, seen.info.name, recording, summary, plot=settings.plot)
    if annotated:
        files.insert(0, annotated)
    if settings.report:
        files.insert(0, write_report([folder], folder / REPORT))
    return Outcome(folder, files, recording, summary, said, seen.interrupted)


def provenance(settings: Settings, profile: Profile, model: Path) -> dict[str, Any]:
    """What the angles were made with, for the summary."""
    return {
        "posecheck_version": version("posecheck"),
        "settings": settings.model_dump(mode="json"),
        "rhythm": asdict(profile.rhythm),
        "pose_model": {"file": model.name, "sha256": _sha256(model)},
    }


def learned(name: str, recording: Recording) -> str:
    """Learn the rhythm of the profile ``name``; a line on what came of it."""
    profile = learn_profile(name, recording)
    if profile is None:
        return f"profile {name}: too little clean movement with the pelvis in view to learn from"
    return (
        f"profile {name}: the pelvis goes along {profile.rhythm.share:.1f} times as much as usual"
        f" (±{1.96 * profile.rhythm.share_sd:.1f}, learned from {profile.clips} so far)"
    )


def _watch(
    source: VideoSource | ImageSource,
    reopen: Callable[[], Source],
    settings: Settings,
    rules: Rules,
    model: Path,
    watcher: Watcher,
) -> Iterator[Observation]:
    judge = Judge(settings.side, thigh_fit(), pelvis_fit(), rules)
    surface = SurfaceTracker()
    posed = posed_frames(source, reopen, lambda: PersonEstimator(model, stills=source.info.still))
    # Decoding, the pose model and all the rest each on a thread, so that the model never waits.
    with closing(read_ahead(posed)) as ahead:
        for frame, pose in ahead:
            seen = None if source.info.still else surface.step(frame.ref.time_s, frame.rgb, pose)
            yield judge.step(frame.ref, pose, seen)
            watcher.frame_done()
            if watcher.stopped():
                return


def _draw(
    source: VideoSource | ImageSource,
    annotated: Path | None,
    kept: KeyFrames,
    recording: Recording,
    poses: _PoseLog,
    watcher: Watcher,
) -> list[str]:
    """Draw all that was seen with what is known at the end: the neutral, the legs, the angles.

    Without a video only the key frames are drawn. Returns lines for the person. Stopping it leaves
    a shorter video; a recording that was itself stopped early is drawn as far as it goes.
    """
    stopped_before, said = watcher.stopped(), []
    video = Annotated(annotated, source.info) if annotated else nullcontext()
    with video as sink, closing(read_ahead(source)) as frames:
        for row, frame in zip(range(recording.time_s.size), frames, strict=False):
            if watcher.stopped() and not stopped_before:
                said.append(f"the pictures end at frame {row}: drawing was stopped")
                break
            if sink or kept.wants(row):
                draw(frame.rgb, recording.observation(row, frame.ref, poses[row]))
                kept.take(row, frame.rgb)
            if sink:
                sink.put(frame)
            elif kept.done:
                break
            watcher.frame_done()
        return said + ([sink.note] if sink and sink.note else [])


@functools.cache
def thigh_fit() -> ThighFit:
    """How the thigh angle follows from the landmarks, as shipped. Raises `PosecheckError`."""
    return _shipped("models/thigh_fit.json", ThighFit.of)


@functools.cache
def pelvis_fit() -> PelvisFit:
    """How the pelvis follows from the surface, as shipped. Raises `PosecheckError`."""
    return _shipped("models/pelvis_fit.json", PelvisFit.of)


def _shipped(name: str, of: Callable[[Any], F]) -> F:
    file = shipped_file(name)
    try:
        return of(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PosecheckError(f"{file}: damaged ({error}); install posecheck anew") from error


def _annotated_name(info: SourceInfo) -> str:
    if not info.still:
        return "annotated.mp4"
    return "annotated.png" if info.frame_count == 1 else "annotated"


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


_POSE_SHAPE = (33, 3)
_POSE_SIZE = 99


@dataclass(slots=True)
class _PoseLog:
    """What is needed to draw every pose again, about 400 bytes each."""

    _numbers: array[float] = field(default_factory=lambda: array("f"))

    def add(self, pose: Pose | None) -> None:
        if pose is None:
            self._numbers.extend([np.nan] * _POSE_SIZE)
        else:
            self._numbers.extend(np.column_stack([pose.xy_px, pose.visibility]).ravel())

    def __getitem__(self, row: int) -> Pose | None:
        """Picture positions and visibility; depth and world landmarks are not kept (NaN)."""
        numbers = np.array(self._numbers[row * _POSE_SIZE : (row + 1) * _POSE_SIZE], dtype=float)
        if np.isnan(numbers).any():
            return None
        table, nothing = numbers.reshape(_POSE_SHAPE), np.full(_POSE_SHAPE, np.nan)
        return Pose(table[:, :2], nothing[:, 0], nothing, table[:, 2], nothing[:, 0])
