"""The loop: source -> estimator -> core -> sinks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from posecheck.config import Settings
from posecheck.core.judge import Judge
from posecheck.core.measures import LINE_ERROR_SD_DEG
from posecheck.core.recorder import Recorder
from posecheck.core.recording import Recording
from posecheck.core.rules import Rules
from posecheck.core.view import ViewLog
from posecheck.errors import PosecheckError, UsageError
from posecheck.eyes import Eyes, open_eyes, sha256_of
from posecheck.fits import pelvis_fit
from posecheck.memory import give_memory_back
from posecheck.observing import observed
from posecheck.pages.pdf import print_pdf
from posecheck.pages.report import NAME as REPORT
from posecheck.pages.report import write_report
from posecheck.profiles import Profile, learn_estimates, learn_profile, load_profile
from posecheck.record.entries import Estimate
from posecheck.record.reading import keep_results
from posecheck.sinks.annotated import Annotated
from posecheck.sinks.files import staged_folder
from posecheck.sinks.key_frames import KeyFrames, key_frames
from posecheck.sinks.overlay import draw
from posecheck.sinks.results import write_results
from posecheck.sinks.summary import document, notes, why_nothing
from posecheck.sources import Source, SourceInfo
from posecheck.sources.read_ahead import read_ahead
from posecheck.tracks.rows import RowsOnDisk
from posecheck.tracks.store import write_poses
from posecheck.tracks.track import PoseLog


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
    watcher = watcher or Watcher()
    with open_eyes(clip, model, landmarks, settings.fps) as eyes, staged_folder(folder) as aside:
        seen = _look(eyes, settings, watcher)[0]  # the evidence may go
        outcome = _write(eyes, aside, seen, settings, watcher)
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
    clip: Path,
    settings: Settings,
    model: Path | None,
    watcher: Watcher | None = None,
    landmarks: Path | None = None,
) -> tuple[Recording, dict[str, Any]]:
    """Measure ``clip`` as `analyze` does and write nothing: what it holds, and its summary."""
    with open_eyes(clip, model, landmarks, settings.fps) as eyes:
        seen, _ = _look(eyes, settings, watcher or Watcher())
    return seen.recording, seen.summary(seen.said)


def measure_without_markers(
    clip: Path, settings: Settings, model: Path | None, watcher: Watcher | None = None
) -> tuple[Recording, Recording]:
    """Measure ``clip`` as `measure` does, and once more as if no marker had been in view."""
    with open_eyes(clip, model, None, settings.fps) as eyes:
        seen, recorder = _look(eyes, settings, watcher or Watcher())
    return seen.recording, recorder.finish(settings.cutoff_hz, markers=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What came of looking at a clip, before any of it is drawn or written."""

    info: SourceInfo
    recording: Recording
    poses: PoseLog
    about: dict[str, Any]
    said: list[str]
    interrupted: bool

    def summary(self, said: list[str], **about: Any) -> dict[str, Any]:
        return document(
            {**self.about, **about}, self.recording, self.info, said, interrupted=self.interrupted
        )


def _look(eyes: Eyes, settings: Settings, watcher: Watcher) -> tuple[_Seen, Recorder]:
    source = eyes.source
    # A name that is no text, as Linux allows, can be neither drawn nor written.
    info = replace(source.info, name=source.info.name.encode(errors="replace").decode())
    watcher.started(info)
    profile = load_profile(settings.profile) if settings.profile else Profile()
    fit = profile.fitted(pelvis_fit())
    recorder, poses = Recorder(settings.side, eyes.fit, fit, RowsOnDisk), PoseLog()
    views = ViewLog()
    rules = Rules(settings.sensitivity, settings.task, profile.rhythm)
    judge = Judge(settings.side, eyes.fit, fit, rules)
    with closing(observed(eyes, judge)) as observations:
        for observation in observations:
            recorder.add(observation)
            poses.add(observation.pose)
            if info.width_px:
                views.add(observation.pose, info.width_px, info.height_px)
            watcher.frame_done()
            if watcher.stopped():
                break
    give_memory_back()
    recording, interrupted = recorder.finish(settings.cutoff_hz), watcher.stopped()
    give_memory_back()
    if eyes.fit is None:
        recording = replace(recording, error_sd_deg=LINE_ERROR_SD_DEG)
    if not recording.measured.any():
        reason = "stopped before there was an angle" if interrupted else why_nothing(recording)
        raise NothingMeasured(f"{info.name}: {reason}")
    said = [*source.warnings, *eyes.notes, *notes(recording, views.usual)]
    if interrupted:
        said.append(f"stopped early, after {recording.time_s.size} frames")
    if settings.profile and settings.learn and not interrupted:
        said += learned(settings.profile, recording)
    about = {
        **provenance(settings, profile, eyes.file, eyes.sha256),
        "camera": asdict(views.usual),
    }
    return _Seen(info, recording, poses, about, said, interrupted), recorder


def _write(eyes: Eyes, folder: Path, seen: _Seen, settings: Settings, watcher: Watcher) -> Outcome:
    info, recording, said = seen.info, seen.recording, seen.said
    annotated = folder / _annotated_name(info) if settings.video and eyes.pictures else None
    chosen = key_frames(recording) if settings.report and eyes.pictures else []
    kept = KeyFrames(folder, chosen)
    if annotated or chosen:
        watcher.drawing()
        said = [*said, *_draw(eyes.source, annotated, kept, recording, seen.poses, watcher)]
    summary = seen.summary(said, key_frames=kept.written)
    files = write_results(folder, info.name, recording, summary, plot=settings.plotted)
    give_memory_back()  # the plot of a long clip leaves 70 MB
    size = info.width_px, info.height_px
    files.append(write_poses(folder, seen.poses, recording, *size))
    if annotated:
        files.insert(0, annotated)
    if settings.report:
        give_memory_back()
        files.insert(0, write_report([folder], folder / REPORT))
    return Outcome(folder, files, recording, summary, said, seen.interrupted)


def provenance(
    settings: Settings, profile: Profile, model: Path, sha256: str | None = None
) -> dict[str, Any]:
    """What the angles were made with, for the summary; of landmarks from elsewhere, their file."""
    return {
        "posecheck_version": version("posecheck"),
        "settings": settings.model_dump(mode="json"),
        "rhythm": asdict(profile.rhythm),
        "own_estimate": {leg: asdict(own) for leg, own in profile.own.items()},
        "pose_model": {"file": model.name, "sha256": sha256 or sha256_of(model)},
    }


def learned(name: str, recording: Recording) -> list[str]:
    """Learn what the recording tells of the profile ``name``; lines on what came of it."""
    profile = learn_profile(name, recording)
    if profile is None:
        said = "too little clean movement with the pelvis in view to learn from"
    else:
        said = (
            f"the pelvis goes along {profile.rhythm.share:.1f} times as much as usual"
            f" (±{1.96 * profile.rhythm.share_sd:.1f}, learned from {profile.clips} so far)"
        )
    own = learn_estimates(name, recording) if recording.marker_share else {}
    lines = [str(Estimate(leg, **asdict(of))) for leg, of in own.items()]
    return [f"profile {name}: {each}" for each in (said, *lines)]


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


def _annotated_name(info: SourceInfo) -> str:
    if not info.still:
        return "annotated.mp4"
    return "annotated.png" if info.frame_count == 1 else "annotated"
