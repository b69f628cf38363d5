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
        raise typer.Exit(console.INTERRUPTED) from None
    console.show_bars(report)
    console.show_files(files)
    raise typer.Exit(1 if report["failed"] else 0)
