"""The command line: the commands, and the one place that exits.

Heavy imports wait until they are used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer
from rich.markup import escape

from posecheck import cli_options, console
from posecheck.cli_exchange import export
from posecheck.cli_history import history
from posecheck.cli_kept import models, profiles
from posecheck.cli_live import INTERRUPTED, live, plans
from posecheck.cli_privacy import privacy
from posecheck.cli_programme import check_in, today
from posecheck.cli_report import report
from posecheck.cli_rules import programme
from posecheck.cli_trends import trends
from posecheck.console import err, out
from posecheck.errors import PosecheckError, UsageError

if TYPE_CHECKING:
    from posecheck.config import Settings

DEMO_CLIP = "sample_videos/clean_near.mp4"
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Measures a lying hip-flexion stretch in a clip: angles over time, repetitions, pictures."
    " For wellness; every angle is an estimate.",
)
app.add_typer(models, name="models")
app.add_typer(profiles, name="profile")
app.add_typer(history, name="history")
app.add_typer(privacy, name="privacy")
app.command(epilog="Example: posecheck live --plan first-week")(live)
app.command(epilog="Example: posecheck trends --profile anna")(trends)
app.command(epilog="Example: posecheck plans")(plans)
app.command(epilog="Example: posecheck today --profile anna")(today)
app.command(
    "check-in",
    epilog="Example: posecheck check-in --profile anna --soreness 1 --no-pinch --feeling fine"
    " --red-flag none",
)(check_in)
app.command(epilog="Example: posecheck programme")(programme)
app.command(epilog="Example: posecheck report results/left results/right --out compared.html")(
    report
)
app.command(epilog="Example: posecheck export results/clip --format mot --out for-opensim")(export)

Model = Annotated[
    str, typer.Option("--model", help="lite, full, heavy, or the path of a .task file.")
]


@app.command(epilog="Example: posecheck analyze clip.mp4 --out results")
def analyze(
    clips: Annotated[
        list[Path], typer.Argument(metavar="CLIP…", help="Clips, pictures, folders of pictures.")
    ],
    folder: Annotated[Path, typer.Option("--out", help="Where a folder for each clip is made.")],
    side: cli_options.Side = None,
    sensitivity: cli_options.Sensitivity = None,
    task: cli_options.Task = None,
    profile: cli_options.Profile = None,
    learn: cli_options.Learn = None,
    keep: cli_options.Keep = None,
    model: cli_options.Model = None,
    video: Annotated[
        bool | None,
        typer.Option("--video/--no-video", help="Write the annotated video.", show_default="video"),
    ] = None,
    report: Annotated[
        bool | None,
        typer.Option(
            "--report/--no-report", help="Write the report for the browser.", show_default="report"
        ),
    ] = None,
    pdf: Annotated[
        bool | None, typer.Option("--pdf", help="Print the report as a PDF, too.")
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(help="Frames per second of a folder of pictures; without it, stills."),
    ] = None,
    cutoff_hz: Annotated[
        float | None,
        typer.Option(help="Cut-off of the smoothing of exported angles.", show_default="6"),
    ] = None,
    landmarks: Annotated[
        Path | None,
        typer.Option(
            help="Landmarks of the one clip from another program, in the place of the pose model:"
            " …_px.trc, .csv, landmarks.npz, a folder of OpenPose's JSON."
        ),
    ] = None,
    settings_file: cli_options.SettingsFile = None,
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


@app.command(epilog="Example: posecheck demo")
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


@app.command(epilog="Example: posecheck doctor")
def doctor(model: Model = "full") -> None:
    """Look at this computer: can posecheck work here, and if not, what to do."""
    from posecheck.doctor import Verdict, examine

    verdicts = set()
    for check in examine(model):
        console.show_check(check)
        verdicts.add(check.verdict)
    raise typer.Exit(1 if Verdict.FAIL in verdicts else 0)


@app.command(epilog="Example: posecheck validate --suite quick --out validation")
def validate(
    suite: Annotated[
        Literal["quick", "practice", "full"], typer.Option(help="Which clips.")
    ] = "quick",
    folder: Annotated[Path, typer.Option("--out", help="Where the report goes.")] = Path(
        "validation"
    ),
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes at work.", show_default="the number of cores"),
    ] = None,
    model: Model = "full",
    cache: Annotated[
        Path | None,
        typer.Option(
            help="Where the clips are kept for the next time.", show_default="the user's cache"
        ),
    ] = None,
) -> None:
    """Measure posecheck's own error on rendered people whose angles are known: report and plots."""
    from posecheck.estimators.model_store import model_path
    from posecheck.sinks.files import output_folder, staged_folder
    from posecheck.synthetic.rig import require_extra
    from posecheck.validation import run
    from posecheck.validation.report import write_report

    require_extra()
    clips = output_folder(cache or run.default_cache())
    file = console.fetched(model_path, model)
    try:
        # Staged from the start: a folder that cannot be written in is told before the hour of work.
        with staged_folder(folder) as aside, console.suite_progress(suite) as watcher:
            report, scores = run.validate(
                suite, file, clips, workers or os.cpu_count() or 1, watcher
            )
            files = [folder / file.name for file in write_report(aside, report, scores)]
    except KeyboardInterrupt:
        err.print(f"stopped: no report; the clips made so far are kept in {escape(str(clips))}")
        raise typer.Exit(INTERRUPTED) from None
    console.show_bars(report)
    console.show_files(files)
    raise typer.Exit(1 if report["failed"] else 0)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        from importlib.metadata import version as of

        out.print(f"posecheck {of('posecheck')}")
        raise typer.Exit


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 1 could not be done, 2 the request was wrong."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # so that a ° which it cannot show does no harm
            stream.reconfigure(errors="replace")
    try:
        code = app(args=arguments, prog_name="posecheck", standalone_mode=False)
    except PosecheckError as error:
        _fail(str(error), error.exit_code)
    except Exception as error:
        # Typer's own errors of usage, each of which knows how to say itself.
        if not hasattr(error, "format_message"):
            raise
        if not (message := error.format_message()):  # no command was given: help was shown
            sys.exit(UsageError.exit_code)
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "posecheck"
        _fail(f"{message.rstrip('.')}; see `{command} --help`", UsageError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


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
    return INTERRUPTED if stopped() else max(codes)


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
    names: list[str] = []
    taken: set[str] = set()
    for clip in clips:
        stem = clip.resolve().stem
        name, number = stem, 1
        while name.casefold() in taken:  # Windows and macOS take A and a for one folder
            number += 1
            name = f"{stem}-{number}"
        names.append(name)
        taken.add(name.casefold())
    return [folder / name for name in names]


def _fail(message: str, code: int) -> NoReturn:
    console.complain(message)
    sys.exit(code)
