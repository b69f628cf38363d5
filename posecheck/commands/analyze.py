"""The commands that measure clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posecheck import console
from posecheck.commands import options
from posecheck.errors import PosecheckError, UsageError

if TYPE_CHECKING:
    from posecheck.config import Settings

DEMO_CLIP = "sample_videos/clean_near.mp4"


def analyze(
    clips: Annotated[
        list[Path], typer.Argument(metavar="CLIP…", help="Clips, pictures, folders of pictures.")
    ],
    folder: Annotated[Path, typer.Option("--out", help="Where a folder for each clip is made.")],
    side: options.Side = None,
    sensitivity: options.Sensitivity = None,
    task: options.Task = None,
    profile: options.Profile = None,
    learn: options.Learn = None,
    keep: options.Keep = None,
    model: options.Model = None,
    video: options.Video = None,
    report: options.Report = None,
    pdf: Annotated[
        bool | None, typer.Option("--pdf", help="Print the report as a PDF, too.")
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(help="Frames per second of a folder of pictures; without it, stills."),
    ] = None,
    cutoff_hz: options.CutoffHz = None,
    landmarks: Annotated[
        Path | None,
        typer.Option(
            help="Landmarks of the one clip from another program, in the place of the pose model:"
            " …_px.trc, .csv, landmarks.npz, a folder of OpenPose's JSON."
        ),
    ] = None,
    settings_file: options.SettingsFile = None,
) -> None:
    """Measure clips: a report, tables of angles, repetitions and events, a plot, a video."""
    from posecheck.config import load_settings

    if landmarks is not None and len(clips) > 1:
        raise UsageError("--landmarks are those of one clip; name the clips one at a time")

    settings = load_settings(
        settings_file,
        side=side,
        sensitivity=sensitivity,
        task=task,
        profile=profile,
        learn=learn,
        keep=keep,
        model=model,
        video=video,
        report=report,
        pdf=pdf,
        fps=fps,
        cutoff_hz=cutoff_hz,
    )
    if settings.learn and settings.profile is None:
        raise UsageError("--learn needs --profile NAME: whose rhythm is it?")
    if settings.pdf and not settings.report:
        raise UsageError("--pdf prints the report: leave --no-report out")
    raise typer.Exit(_analyze_all(clips, _folders(folder, clips), settings, landmarks))


def demo(
    folder: Annotated[Path, typer.Option("--out", help="Where the results go.")] = Path("output"),
    show: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the result if there is a desktop.")
    ] = True,
) -> None:
    """Analyse a sample clip and show the result."""
    from posecheck.config import Settings
    from posecheck.shipped import shipped_file

    clip = shipped_file(DEMO_CLIP)
    place = folder / clip.stem
    if code := _analyze_all([clip], [place], Settings()):
        raise typer.Exit(code)
    console.show_or_open(place / "report.html", opening=show)


def _analyze_all(
    clips: list[Path], folders: list[Path], settings: Settings, landmarks: Path | None = None
) -> int:
    """Analyse the clips in turn, whatever becomes of each; the exit code they deserve together."""
    from posecheck.estimators.model_store import model_path
    from posecheck.tracks.reading import is_landmarks

    needed = landmarks is None and not all(is_landmarks(clip) for clip in clips)
    model = console.fetched(model_path, settings.model) if needed else None
    codes = [0]
    with console.stoppable() as stopped:
        for clip, folder in zip(clips, folders, strict=True):
            if not stopped():
                codes.append(_analyze_one(clip, folder, settings, model, landmarks, stopped))
    return console.INTERRUPTED if stopped() else max(codes)


def _analyze_one(
    clip: Path,
    folder: Path,
    settings: Settings,
    model: Path | None,
    landmarks: Path | None,
    stopped: Callable[[], bool],
) -> int:
    """Analyse one clip and say what came of it; the exit code it deserves."""
    from posecheck.session import analyze as run

    try:
        with console.clip_progress(clip, stopped) as watcher:
            outcome = run(clip, folder, settings, model, watcher, landmarks)
    except PosecheckError as error:
        console.complain(error)
        return error.exit_code
    console.show_outcome(outcome)
    return 0


def _folders(folder: Path, clips: list[Path]) -> list[Path]:
    """A folder of results for each clip, named after it; clips of one name are numbered."""
    from posecheck.batch.clips import numbered

    return [folder / name for name in numbered(clip.resolve().stem for clip in clips)]
