"""The loop: source -> estimator -> core -> sinks."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from posecheck.config import Settings
from posecheck.core.judge import Judge, Observation
from posecheck.core.measures import LINE_ERROR_SD_DEG
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
from posecheck.sources import Frame, Source, SourceInfo
from posecheck.sources.images import ImageSource
from posecheck.sources.opening import open_source
from posecheck.sources.read_ahead import read_ahead
from posecheck.sources.video import VideoSource
from posecheck.tracks.given import Given, TrackSource
from posecheck.tracks.reading import is_landmarks
from posecheck.tracks.store import write_track
from posecheck.tracks.track import PoseLog

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


@dataclass(frozen=True, slots=True)
class Eyes:
    """Where the poses of a source come from: the pose ``model``, or landmarks ``given`` instead.

    ``reopen`` opens the same source once more.
    """

    source: VideoSource | ImageSource | TrackSource
    reopen: Callable[[], Source]
    model: Path | None
    given: Given | None = None

    @property
    def pictures(self) -> bool:
        """Whether there is more to see than landmarks."""
        return not isinstance(self.source, TrackSource)

    @property
    def fit(self) -> ThighFit | None:
        """How the thigh follows from these landmarks: without depth the lines are taken as they
        are, which on the sample clips is 3.2 deg off on average, and with our fit 3.7.
        """
        return thigh_fit() if self.given is None or self.given.with_depth else None

    @property
    def file(self) -> Path:
        """What the poses come from."""
        if self.given:
            return self.given.path
        if self.model is None:
            raise UsageError("a clip needs a pose model, or landmarks")
        return self.model

    @property
    def sha256(self) -> str:
        """Of that file."""
        return self.given.sha256() if self.given else _sha256(self.file)

    @property
    def notes(self) -> list[str]:
        """What the reader should know of landmarks from elsewhere."""
        if self.given is None:
            return []
        said = [f"the landmarks come from {self.given.path.name}"]
        if self.fit is None:
            said.append(
                "these landmarks have no depth: the thigh is the line from hip to knee as it is,"
                " which is less certain, and whoever lies is taken to lie on the back"
            )
        if not self.pictures:
            said.append("without the clip the pelvis cannot be told; name it, with --landmarks")
        return said

    def posed(self) -> Iterator[tuple[Frame, Pose | None]]:
        """Every frame with the pose in it."""
        if self.given:
            return ((frame, self.given.pose(frame)) for frame in self.source)
        model, still = self.file, self.source.info.still
        return posed_frames(self.source, self.reopen, lambda: PersonEstimator(model, stills=still))


def analyze(
    clip: Path,
    folder: Path,
    settings: Settings,
    model: Path | None,
    watcher: Watcher | None = None,
    landmarks: Path | None = None,
) -> Outcome:
    """Measure ``clip`` and write its files into ``folder``, which is made.

    ``landmarks``: of the clip, from elsewhere, in the place of the pose ``model``, which may then
    be None. The clip may itself be a file of landmarks: what needs a picture, such as the pelvis,
    is then not measured.

    Raises `UsageError`, `SourceError`, `OutputError`, and `NothingMeasured`, which says why there
    is no angle; then nothing new is left, and files of an earlier run in ``folder`` stay.
    """
    if clip.is_dir() and clip.resolve() == folder.resolve():
        raise UsageError(
            f"{folder} holds the pictures themselves; choose another folder for results"
        )
    alone = landmarks is None and is_landmarks(clip)
    given = Given(landmarks or clip, settings.fps) if landmarks or alone else None
    reopen = partial(open_source, clip, fps=settings.fps)
    with TrackSource(given) if given and alone else reopen() as source:
        eyes = Eyes(source, reopen, model, given)
        if given and not alone:
            given.must_fit(source.info)
        with staged_folder(folder) as aside:
            outcome = _analyze(eyes, aside, settings, watcher or Watcher())
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


def _analyze(eyes: Eyes, folder: Path, settings: Settings, watcher: Watcher) -> Outcome:
    source = eyes.source
    # A name that is no text, as Linux allows, can be neither drawn nor written.
    info = replace(source.info, name=source.info.name.encode(errors="replace").decode())
    watcher.started(info)
    annotated = folder / _annotated_name(info) if settings.video and eyes.pictures else None
    recorder, poses = Recorder(settings.side, eyes.fit, pelvis_fit()), PoseLog()
    views = ViewLog()
    profile = load_profile(settings.profile) if settings.profile else Profile()
    rules = Rules(settings.sensitivity, settings.task, profile.rhythm)
    for observation in _watch(eyes, settings, rules, watcher):
        recorder.add(observation)
        poses.add(observation.pose)
        if info.width_px:
            views.add(observation.pose, info.width_px, info.height_px)
    recording, interrupted = recorder.finish(settings.cutoff_hz), watcher.stopped()
    if eyes.fit is None:
        recording = replace(recording, error_sd_deg=LINE_ERROR_SD_DEG)
    if not recording.measured.any():
        reason = "stopped before there was an angle" if interrupted else why_nothing(recording)
        raise NothingMeasured(f"{info.name}: {reason}")
    said = [*source.warnings, *eyes.notes, *notes(recording, views.usual)]
    if interrupted:
        said.append(f"stopped early, after {recording.time_s.size} frames")
    if settings.profile and settings.learn and not interrupted:
        said.append(learned(settings.profile, recording))
    chosen = key_frames(recording) if settings.report and eyes.pictures else []
    kept = KeyFrames(folder, chosen)
    if annotated or chosen:
        watcher.drawing()
        said += _draw(source, annotated, kept, recording, poses, watcher)
    about = {
        **provenance(settings, profile, eyes.file, eyes.sha256),
        "camera": asdict(views.usual),
        "key_frames": kept.written,
    }
    summary = document(about, recording, info, said, interrupted=interrupted)
    files = write_results(folder, info.name, recording, summary, plot=settings.plot)
    files.append(write_track(folder, poses.track(recording, info.width_px, info.height_px)))
    if annotated:
        files.insert(0, annotated)
    if settings.report:
        files.insert(0, write_report([folder], folder / REPORT))
    return Outcome(folder, files, recording, summary, said, interrupted)


def provenance(
    settings: Settings, profile: Profile, model: Path, sha256: str | None = None
) -> dict[str, Any]:
    """What the angles were made with, for the summary; of landmarks from elsewhere, their file."""
    return {
        "posecheck_version": version("posecheck"),
        "settings": settings.model_dump(mode="json"),
        "rhythm": asdict(profile.rhythm),
        "pose_model": {"file": model.name, "sha256": sha256 or _sha256(model)},
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


def _watch(eyes: Eyes, settings: Settings, rules: Rules, watcher: Watcher) -> Iterator[Observation]:
    judge = Judge(settings.side, eyes.fit, pelvis_fit(), rules)
    surface, moving = SurfaceTracker(), eyes.pictures and not eyes.source.info.still
    # Decoding, the pose model and all the rest each on a thread, so that the model never waits.
    with closing(read_ahead(eyes.posed())) as ahead:
        for frame, pose in ahead:
            seen = surface.step(frame.ref.time_s, frame.rgb, pose) if moving else None
            yield judge.step(frame.ref, pose, seen)
            watcher.frame_done()
            if watcher.stopped():
                return


def _draw(
    source: Source,
    annotated: Path | None,
    kept: KeyFrames,
    recording: Recording,
    poses: PoseLog,
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
