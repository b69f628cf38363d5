"""The command line: the one place that prints and exits. Heavy imports wait until they are used."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from posecheck.errors import PosecheckError, UsageError

if TYPE_CHECKING:
    from rich.progress import Progress

    from posecheck.config import Settings
    from posecheck.session import Outcome
    from posecheck.sources.base import SourceInfo

DEMO_CLIP = "sample_videos/clean_near.mp4"
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Measures a lying hip-flexion stretch in a clip: angles over time, repetitions, pictures."
    " For wellness; every angle is an estimate.",
)
models = typer.Typer(no_args_is_help=True, help="The pose model: where it is, fetch it, check it.")
app.add_typer(models, name="models")
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Model = Annotated[
    str, typer.Option("--model", help="lite, full, heavy, or the path of a .task file.")
]


@app.command(epilog="Example: posecheck analyze clip.mp4 --out results")
def analyze(
    clips: Annotated[
        list[Path], typer.Argument(metavar="CLIP…", help="Clips, pictures, folders of pictures.")
    ],
    folder: Annotated[Path, typer.Option("--out", help="Where a folder for each clip is made.")],
    side: Annotated[
        Literal["auto", "left", "right"] | None,
        typer.Option(help="The person's own leg that works.", show_default="auto"),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="lite, full, heavy, or the path of a .task file.", show_default="full"),
    ] = None,
    video: Annotated[
        bool | None,
        typer.Option("--video/--no-video", help="Write the annotated video.", show_default="video"),
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(help="Frames per second of a folder of pictures; without it, stills."),
    ] = None,
    cutoff_hz: Annotated[
        float | None,
        typer.Option(help="Cut-off of the smoothing of exported angles.", show_default="6"),
    ] = None,
    settings_file: Annotated[
        Path | None, typer.Option("--settings", help="A TOML file with any of these settings.")
    ] = None,
) -> None:
    """Measure clips: angles.csv, reps.csv, a plot, a summary, and the annotated video."""
    from posecheck.config import load_settings

    settings = load_settings(
        settings_file,
        side=side,
        model=model,
        video=video,
        fps=fps,
        cutoff_hz=cutoff_hz,
    )
    raise typer.Exit(_analyze_all(clips, _folders(folder, clips), settings))


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
    result = place / "annotated.mp4"
    if show and _has_desktop():
        _open(result)
    else:
        out.print(f"Have a look at [bold]{escape(str(result.resolve()))}[/]")


@app.command(epilog="Example: posecheck doctor")
def doctor(model: Model = "full") -> None:
    """Look at this computer: can posecheck work here, and if not, what to do."""
    from posecheck.doctor import Verdict, examine

    colours = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}
    worst = Verdict.OK
    for check in examine(model):
        colour = colours[check.verdict]
        remedy = f"\n           {escape(check.remedy)}" if check.remedy else ""
        out.print(
            f"[{colour}]{check.verdict.value:>5}[/]  [bold]{escape(check.name)}[/]:"
            f" {escape(check.detail)}{remedy}"
        )
        worst = check.verdict if check.verdict is Verdict.FAIL else worst
    raise typer.Exit(1 if worst is Verdict.FAIL else 0)


@models.command("list", epilog="Example: posecheck models list")
def list_models() -> None:
    """Name the models, and which of them are here."""
    from posecheck.estimators.model_store import model_statuses

    for status in model_statuses():
        here = status.provenance if status.present else "not here"
        out.print(f"[bold]{status.name:6}[/] {escape(here)}\n       {escape(str(status.path))}")


@models.command(epilog="Example: posecheck models fetch full")
def fetch(
    name: Annotated[str, typer.Argument(help="lite, full or heavy.")] = "full",
) -> None:
    """Fetch a model into the cache folder, replacing what is there."""
    from posecheck.estimators.model_store import fetch_model

    out.print(f"{escape(str(_watched(fetch_model, name)))} is here and right")


@models.command(epilog="Example: posecheck models verify")
def verify() -> None:
    """Check the files in the cache folder against their checksums."""
    from posecheck.estimators.model_store import model_statuses

    present = [status for status in model_statuses() if status.present]
    if not present:
        _fail("no model is here yet; `posecheck models fetch` gets one", 1)
    for status in present:
        word = "[green]right[/]" if status.ok else "[red]damaged[/]"
        out.print(f"{word}  {escape(str(status.path))}\n       {escape(status.provenance)}")
        if not status.ok:
            out.print(f"       `posecheck models fetch {status.name}` replaces it")
    raise typer.Exit(0 if all(status.ok for status in present) else 1)


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


def _analyze_all(clips: list[Path], folders: list[Path], settings: Settings) -> int:
    """Analyse the clips in turn, whatever becomes of each; the exit code they deserve together."""
    from posecheck.estimators.model_store import model_path

    model = _watched(model_path, settings.model)
    codes = [0]
    with _stoppable() as stopped:
        for clip, folder in zip(clips, folders, strict=True):
            if not stopped():
                codes.append(_analyze_one(clip, folder, settings, model, stopped))
    return INTERRUPTED if stopped() else max(codes)


def _analyze_one(
    clip: Path, folder: Path, settings: Settings, model: Path, stopped: Callable[[], bool]
) -> int:
    """Analyse one clip and say what came of it; the exit code it deserves."""
    from posecheck.session import Watcher
    from posecheck.session import analyze as run

    try:
        with _bar() as bar:
            task = bar.add_task(clip.name, total=None)

            def started(info: SourceInfo) -> None:
                bar.update(task, total=info.frame_count)

            def redrawing() -> None:
                bar.reset(task, description=f"{clip.name}: drawing anew with the neutral found")

            def frame_done() -> None:
                bar.advance(task)

            outcome = run(
                clip, folder, settings, model, Watcher(started, frame_done, redrawing, stopped)
            )
    except PosecheckError as error:
        err.print(f"[red]posecheck:[/] {escape(str(error))}")
        return error.exit_code
    _report(outcome)
    return 0


def _report(outcome: Outcome) -> None:
    recording = outcome.recording
    peaks = [
        f"{side} leg, largest thigh angle {leg['peak_thigh_angle_deg']:.0f}°"
        f" (estimate, ±{outcome.summary['calibration']['typical_thigh_angle_error_deg']:.0f}°)"
        for side, leg in outcome.summary["legs"].items()
        if leg["peak_thigh_angle_deg"] is not None
    ]
    count = len(recording.reps)
    reps = "" if recording.still else f", {count} repetition{'s' * (count != 1)}"
    out.print(f"[bold]{escape(outcome.summary['clip']['name'])}[/]: {'; '.join(peaks)}{reps}")
    for note in outcome.notes:
        out.print(f"  note: {escape(note)}")
    for file in outcome.files:
        out.print(f"  {escape(str(file))}")


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


@contextmanager
def _stoppable() -> Iterator[Callable[[], bool]]:
    """Ctrl-C ends the work early and well; a second one ends it at once."""
    pressed = False

    def note(signum: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            err.print("given up: nothing is kept of this clip")
            signal.default_int_handler(signum, frame)
        pressed = True
        err.print("stopping: finishing the files (Ctrl-C again to give up)")

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _watched(get: Callable[..., Path], model: str) -> Path:
    """Get a pose model; the bar shows up when bytes begin to come."""
    with _bar("bytes") as bar:
        task = bar.add_task(model, total=None, visible=False)
        return get(
            model,
            say=lambda line: err.print(escape(line)),
            progress=lambda done, total: bar.update(
                task, completed=done, total=total, visible=True
            ),
        )


def _bar(unit: str = "frames") -> Progress:
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.speed:.0f} frames/s" if task.speed else "")

    counts = [DownloadColumn()] if unit == "bytes" else [MofNCompleteColumn(), Rate()]
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *counts,
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def _has_desktop() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(file: Path) -> None:
    out.print(f"Opening [bold]{escape(str(file.resolve()))}[/]")
    if typer.launch(str(file)) != 0:
        out.print("It could not be opened from here; open it yourself")


def _fail(message: str, code: int) -> NoReturn:
    err.print(f"[red]posecheck:[/] {escape(message)}")
    sys.exit(code)
