"""The terminal: what is said on it, bars of progress, Ctrl-C, and the desktop behind it."""

from __future__ import annotations

import math
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.markup import escape

from posecheck.desktop import has_desktop
from posecheck.errors import PosecheckError, UsageError

if TYPE_CHECKING:
    from rich.progress import Progress

    from posecheck.doctor import Check
    from posecheck.session import Outcome
    from posecheck.session import Watcher as ClipWatcher
    from posecheck.validation.run import Watcher as SuiteWatcher

ROOM_FOR_ALL = 110
"""Characters across: in a narrower terminal the table of bars has a column less."""
EVENTS_SHOWN = 6
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def complain(error: PosecheckError | str, about: str = "") -> None:
    """One line about what went wrong, and with what."""
    where = f"{escape(about)}: " if about else ""
    err.print(f"[red]posecheck:[/] {where}{escape(str(error))}")


def show_outcome(outcome: Outcome) -> None:
    """What was measured in one clip, and the files of it."""
    from posecheck.coach.cues import message

    recording, calibration = outcome.recording, outcome.summary["calibration"]
    peaks = [
        f"{side} leg, largest thigh angle {leg['peak_thigh_angle_deg']:.0f}°"
        f" ±{1.96 * calibration['typical_thigh_angle_error_deg']:.0f}° (estimate)"
        for side, leg in outcome.summary["legs"].items()
        if leg["peak_thigh_angle_deg"] is not None
    ]
    count = len(recording.reps)
    reps = "" if recording.still else f", {count} repetition{'s' * (count != 1)}"
    out.print(f"[bold]{escape(outcome.summary['clip']['name'])}[/]: {'; '.join(peaks)}{reps}")
    for side, leg in outcome.summary["legs"].items():
        for line in _of_the_hip(side, leg):
            out.print(f"  {line}")
    for event in recording.events[:EVENTS_SHOWN]:
        out.print(f"  {event.start_s:.1f} to {event.end_s:.1f} s: {message(event)}")
    more = len(recording.events) - EVENTS_SHOWN
    if more > 0:
        out.print(f"  and {more} more in events.csv")
    for note in outcome.notes:
        out.print(f"  note: {escape(note)}")
    show_files(outcome.files)


def _of_the_hip(side: str, leg: dict[str, Any]) -> Iterator[str]:
    """What is known of one leg's hip, a line each; nothing where the pelvis was not told."""
    if math.isfinite(leg["peak_hip_flexion_deg"]):
        yield (
            f"{side} hip flexion up to {leg['peak_hip_flexion_deg']:.0f}°"
            f" ±{1.96 * leg['peak_hip_flexion_sd_deg']:.0f}° (estimate), the pelvis tilted by"
            f" {leg['pelvic_tilt_at_peak_deg']:z.0f}°"
        )
    if math.isfinite(leg["clean_hip_flexion_deg"]):
        yield (
            f"clean range of the {side} hip {leg['clean_hip_flexion_deg']:.0f}°"
            f" ±{1.96 * leg['clean_hip_flexion_sd_deg']:.0f}° (estimate):"
            f" {leg['clean_reps']} of {leg['reps']} repetitions without compensation"
        )


def show_files(files: list[Path]) -> None:
    """Their names, a line each."""
    for file in files:
        out.print(f"  {escape(str(file))}")


def show_check(check: Check) -> None:
    """What was found of one thing this computer needs, and what to do."""
    colour = {"ok": "green", "warn": "yellow", "fail": "red"}[check.verdict]
    remedy = f"\n           {escape(check.remedy)}" if check.remedy else ""
    out.print(
        f"[{colour}]{check.verdict.value:>5}[/]  [bold]{escape(check.name)}[/]:"
        f" {escape(check.detail)}{remedy}"
    )


def show_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A small table of words."""
    from rich import box
    from rich.table import Table

    shown = Table(*header, box=box.SIMPLE)
    for row in rows:
        shown.add_row(*(escape(cell) for cell in row))
    out.print(shown)


def show_bars(report: dict[str, Any]) -> None:
    """The figures of a validation beside their bars, and the clips that could not be analysed."""
    from rich import box
    from rich.table import Table

    columns = ("figure", "measured", "bar", "met", "beside")
    shown = Table(*columns if out.width > ROOM_FOR_ALL else columns[:-1], box=box.SIMPLE)
    words = {True: "[green]yes[/]", False: "[red]no[/]", None: "[yellow]not told[/]"}
    for each in report["bars"]:
        name, value, limit, beside = (
            escape(each[key]) for key in ("name", "value_text", "limit_text", "beside")
        )
        shown.add_row(*(name, value, limit, words[each["met"]], beside)[: len(shown.columns)])
    out.print(shown)
    for row in report["clip_rows"]:
        if row["failure"]:
            complain(row["failure"], row["name"])


def show_or_open(file: Path, opening: bool) -> None:
    """Open the file if that is wished and there is a desktop; else say where it is."""
    path = escape(str(file.resolve()))
    if not (opening and has_desktop()):
        out.print(f"Have a look at [bold]{path}[/]")
        return
    out.print(f"Opening [bold]{path}[/]")
    if typer.launch(str(file)) != 0:
        out.print("It could not be opened from here; open it yourself")


def may_ask(*, yes: bool) -> None:
    """Raise `UsageError` where a yes is needed and nobody is there to give it."""
    if not (yes or sys.stdin.isatty()):
        raise UsageError("this wants to be asked first: run it in a terminal, or give --yes")


def agreed(question: str, *, yes: bool) -> None:
    """Go on only with a yes, given or asked for. Raises `UsageError` where nobody can be asked."""
    may_ask(yes=yes)
    if yes:
        return
    try:
        answer = typer.confirm(question)
    except typer.Abort:
        answer = False
    if not answer:
        out.print("nothing was changed")
        raise typer.Exit(1)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
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


def fetched(get: Callable[..., Path], model: str) -> Path:
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


@contextmanager
def clip_progress(clip: Path, stopped: Callable[[], bool]) -> Iterator[ClipWatcher]:
    """A bar for the frames of one clip."""
    from posecheck.session import Watcher

    with _bar("frames") as bar:
        task = bar.add_task(clip.name, total=None)
        yield Watcher(
            started=lambda info: bar.update(task, total=info.frame_count),
            frame_done=lambda: bar.advance(task),
            drawing=lambda: bar.reset(task, description=f"drawing {clip.name}"),
            stopped=stopped,
        )


@contextmanager
def batch_progress(count: int) -> Iterator[Callable[[], None]]:
    """A bar for the clips of a batch, with the time left; call what it gives after each."""
    with _bar("clips") as bar:
        task = bar.add_task("analysing", total=count)
        yield lambda: bar.advance(task)


@contextmanager
def suite_progress(suite: str) -> Iterator[SuiteWatcher]:
    """A bar for the clips made, and one for those analysed."""
    from posecheck.validation.run import Watcher

    with _bar("clips") as bar:
        making, analysing = (
            bar.add_task(f"{work} the {suite} suite", total=None, start=False)
            for work in ("making", "analysing")
        )

        def planned(count: int) -> None:
            for task in (making, analysing):
                bar.update(task, total=count)
            bar.start_task(making)

        def made(_name: str) -> None:
            bar.advance(making)

        def analysed(_name: str) -> None:
            bar.start_task(analysing)
            bar.advance(analysing)

        yield Watcher(planned, made, analysed)


def _bar(unit: str) -> Progress:
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

    counts: dict[str, list[ProgressColumn]] = {
        "bytes": [DownloadColumn()],
        "clips": [MofNCompleteColumn()],
        "frames": [MofNCompleteColumn(), Rate()],
    }
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        *counts[unit],
        TimeRemainingColumn(),
        console=err,
        transient=True,
        # A clip may take longer than the 30 s that the time left is told from otherwise.
        speed_estimate_period=30.0 if unit != "clips" else 24 * 3600.0,
        disable=not err.is_terminal,
    )
