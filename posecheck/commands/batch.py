"""The command for many clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from posecheck import console
from posecheck.commands import options
from posecheck.errors import UsageError

if TYPE_CHECKING:
    from posecheck.batch.batch import Batch
    from posecheck.batch.clips import Clip
    from posecheck.batch.plan import Plan
    from posecheck.batch.workers import Team


def batch(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|LIST", help="A folder of clips, or a text file with a path a line."
        ),
    ],
    place: Annotated[
        str,
        typer.Option(
            "--out", help="Where a folder for each clip is made; an address such as s3://… too."
        ),
    ],
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="Clips at a time, a core for each.")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Of a Dask scheduler, whose workers do it in place of ours."
        ),
    ] = None,
    side: options.Side = None,
    sensitivity: options.Sensitivity = None,
    task: options.Task = None,
    profile: options.Profile = None,
    keep: options.Keep = None,
    model: options.Model = None,
    video: options.Video = None,
    report: options.Report = None,
    cutoff_hz: options.CutoffHz = None,
    settings_file: options.SettingsFile = None,
) -> None:
    """Measure many clips, leaving out those already done: results of each, a table, a page."""
    from posecheck.batch.batch import Batch
    from posecheck.batch.clips import find_clips
    from posecheck.batch.places import Folder, place_of
    from posecheck.config import load_settings
    from posecheck.estimators.model_store import model_path

    settings = load_settings(
        settings_file,
        side=side,
        sensitivity=sensitivity,
        task=task,
        profile=profile,
        keep=keep,
        model=model,
        video=video,
        report=report,
        cutoff_hz=cutoff_hz,
    )
    goal = place_of(place)
    if settings.profile and scheduler:
        raise UsageError("--profile is on this computer: leave it or --scheduler out")
    if settings.profile and settings.keep and not isinstance(goal, Folder):
        raise UsageError("the history keeps results in a folder: add --no-keep, or name one")
    if scheduler and workers > 1:
        raise UsageError("the cluster at --scheduler has its own workers: leave --workers out")
    team, share = _team(workers, scheduler)
    clips = find_clips(source, goal.path if isinstance(goal, Folder) else None)
    whole = Batch(clips, goal, settings)
    planned = whole.plan(console.fetched(model_path, settings.model))
    raise typer.Exit(_do(whole, planned, team, share))


def _do(whole: Batch, planned: Plan, team: Team, share: int) -> int:
    """Do what is left and say what came of it; the exit code it deserves."""
    if planned.done:
        console.out.print(f"{_clips(len(planned.done))} done before, skipped")
    with console.stoppable() as stopped, console.batch_progress(len(planned.to_do)) as step:
        ended = whole.do(
            planned.to_do, team, share=share, ended=_teller(whole, step), stopped=stopped
        )
        told = whole.tell(planned, ended)
    failed = sum(map(bool, ended.values()))
    left = len(planned.to_do) - len(ended)
    console.out.print(
        f"{_clips(len(ended) - failed)} analysed"
        + (f", {failed} failed" if failed else "")
        + (f", {left} left: the same command goes on from here" if left else "")
    )
    for file in told:
        console.out.print(f"  {escape(file)}")
    return console.INTERRUPTED if stopped() else int(failed > 0)


def _team(workers: int, scheduler: str | None) -> tuple[Team, int]:
    """Who does it, and how many cores each of them may use."""
    from posecheck import cores
    from posecheck.batch.workers import here, on_cluster, on_workers

    if scheduler:
        return on_cluster(scheduler), 1
    if workers > 1:
        return on_workers(workers), max(1, cores.cores() // workers)
    return here, cores.ALL


def _teller(whole: Batch, step: Callable[[], None]) -> Callable[[Clip, str], None]:
    """What is said of each clip: one line if it failed, and what the history made of it."""
    from posecheck.record.reading import keep_results

    settings = whole.settings

    def ended(clip: Clip, failed: str) -> None:
        step()
        if failed:
            console.complain(failed)
        elif settings.profile and settings.keep:
            folder = Path(whole.place.address(clip.name))
            console.out.print(
                f"{escape(clip.shown)}: {escape(keep_results(settings.profile, folder))}"
            )

    return ended


def _clips(count: int) -> str:
    return f"{count} clip{'s' * (count != 1)}"
