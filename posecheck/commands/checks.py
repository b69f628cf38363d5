"""The commands that look at this computer, and at posecheck itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape

from posecheck import console
from posecheck.console import err

Model = Annotated[
    str, typer.Option("--model", help="lite, full, heavy, or the path of a .task file.")
]


def doctor(model: Model = "full") -> None:
    """Look at this computer: can posecheck work here, and if not, what to do."""
    from posecheck.doctor import Verdict, examine

    verdicts = set()
    for check in examine(model):
        console.show_check(check)
        verdicts.add(check.verdict)
    raise typer.Exit(1 if Verdict.FAIL in verdicts else 0)


def _against_marker(clip: Path, folder: Path, model: str) -> None:
    """The estimate against the marker in a clip of one's own."""
    from posecheck.config import Settings
    from posecheck.estimators.model_store import model_path
    from posecheck.session import measure_without_markers
    from posecheck.validation import own_clip

    file = console.fetched(model_path, model)
    with console.stoppable() as stopped, console.clip_progress(clip, stopped) as watcher:
        both = measure_without_markers(clip, Settings(), file, watcher)
    report = own_clip.compare(clip.name, *both)
    files = own_clip.write(folder, report, *both)
    console.show_table(own_clip.HEADER, own_clip.cells(report))
    console.show_files(files)


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
    marker: Annotated[
        Path | None,
        typer.Option(
            metavar="CLIP", help="Instead: a clip of your own with a marker on the pelvis in view."
        ),
    ] = None,
) -> None:
    """Measure posecheck's own error, on rendered people whose angles are known: report and plots.

    With --marker on you: the estimate of the pelvis against the paper marker in your own clip.
    """
    if marker is not None:
        _against_marker(marker, folder, model)
        return
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
        raise typer.Exit(console.INTERRUPTED) from None
    console.show_bars(report)
    console.show_files(files)
    raise typer.Exit(1 if report["failed"] else 0)
