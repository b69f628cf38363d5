"""The live command: a session in front of the camera."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from posecheck import console
from posecheck.commands import options
from posecheck.desktop import has_desktop
from posecheck.errors import PosecheckError, UsageError

if TYPE_CHECKING:
    from posecheck.config import Settings
    from posecheck.live_session import LiveOptions

TODAY = "today"


def live(
    source: Annotated[
        str,
        typer.Option(help="Number or path of a camera, address of a stream, or a clip instead."),
    ] = "0",
    plan: Annotated[
        str,
        typer.Option(
            help="What to do: a plan's name (see `posecheck plans`), a .toml file, or `today`: what"
            " `posecheck today` suggests; where that is no session it says so and ends with code 0."
        ),
    ] = "free",
    folder: Annotated[
        Path | None,
        typer.Option("--out", help="Where the session's folder is made.", show_default="Documents"),
    ] = None,
    window: Annotated[bool, typer.Option("--window/--no-window", help="Show the picture.")] = True,
    full_screen: Annotated[bool, typer.Option(help="Fill the screen.")] = False,
    mirror: Annotated[bool, typer.Option(help="Show the picture as in a mirror.")] = True,
    voice: Annotated[bool, typer.Option("--voice/--no-voice", help="Speak.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="Neither speak nor sound.")] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Keep what the camera sees as a video, too.")
    ] = False,
    lang: Annotated[str, typer.Option(help="Language of what is said and shown.")] = "en",
    side: options.Side = None,
    sensitivity: options.Sensitivity = None,
    task: options.Task = None,
    profile: options.Profile = None,
    learn: options.Learn = None,
    keep: options.Keep = None,
    model: options.Model = None,
    settings_file: options.SettingsFile = None,
) -> None:
    """Watch and coach a session in front of the camera, by sound and speech."""
    from posecheck.coach.plan import load_plan
    from posecheck.coach.texts import load_texts
    from posecheck.config import load_settings
    from posecheck.live_session import LiveOptions
    from posecheck.stored import default_folder

    load_texts(lang)
    if plan == TODAY:
        profile, plan = _of_today(profile or load_settings(settings_file).profile)
    chosen = load_plan(plan)
    settings = load_settings(
        settings_file,
        side=side,
        sensitivity=sensitivity,
        task=task,
        profile=profile,
        learn=learn,
        keep=keep,
        model=model,
    )
    if "task" not in settings.model_fields_set:
        settings = settings.model_copy(update={"task": chosen.task})
    if settings.learn and settings.profile is None:
        raise UsageError("--learn needs --profile NAME: whose rhythm is it?")
    if window and not has_desktop():
        console.err.print("there is no screen here: going on without a window")
        window = False
    options = LiveOptions(
        folder or default_folder(),
        chosen,
        Path(plan).stem,
        lang,
        window,
        full_screen,
        mirror,
        record,
    )
    _finish_left_behind(options.folder)
    raise typer.Exit(_run(source, options, settings, voice=voice, quiet=quiet))


def plans() -> None:
    """The plans for a live session, and what they are for."""
    from posecheck.coach.plan import plans as shipped

    for name, plan in shipped():
        console.out.print(f"[bold]{name}[/]: {escape(plan.title)}. {escape(plan.about)}")
    console.out.print("A plan is a small TOML file; docs/live.md shows how to write your own.")


def _of_today(profile: str | None) -> tuple[str, str]:
    """The person and the plan suggested; where it is no session, say so and end."""
    from posecheck.commands.programme import suggestion_for, whose
    from posecheck.record.store import open_store

    with open_store() as store:
        name = whose(store, profile)
        suggestion = suggestion_for(store, name)
    if name is None or suggestion.plan is None:
        what, why, _ = suggestion.lines(name)
        console.out.print(escape(f"{what} {why} See `posecheck today`."))
        raise typer.Exit
    return name, suggestion.plan


def _run(source: str, options: LiveOptions, settings: Settings, *, voice: bool, quiet: bool) -> int:
    from posecheck.estimators.model_store import model_path
    from posecheck.live_session import go_live
    from posecheck.session import NothingMeasured
    from posecheck.sinks.voice import Voice
    from posecheck.sources.live import open_live_source

    model = console.fetched(model_path, settings.model)
    camera = open_live_source(source)
    with (
        console.stoppable() as stopped,
        Voice(tones=not quiet, speech=voice and not quiet, lang=options.lang) as speaking,
    ):
        try:
            outcome = go_live(camera, options, settings, model, speaking, stopped)
        except NothingMeasured as error:
            if options.plan.watched:
                console.complain(error)
                return error.exit_code
            console.out.print("nothing is measured of these stretches, and nothing is kept")
            return console.INTERRUPTED if stopped() else 0
        except PosecheckError as error:
            console.complain(error)
            return error.exit_code
        finally:
            for problem in speaking.problems():
                console.err.print(escape(problem))
    console.show_outcome(outcome)
    if settings.profile is None:
        console.out.print("  no history is kept of this; `--profile NAME` keeps one of the next")
    return console.INTERRUPTED if stopped() else 0


def _finish_left_behind(folder: Path) -> None:
    """Sessions that were cut off get their results first."""
    from posecheck.live_session import finish_left_behind

    for came in finish_left_behind(folder):
        if isinstance(came, PosecheckError):
            console.complain(came)
        else:
            console.err.print(
                f"an earlier session was cut off; its results are now in {escape(str(came.folder))}"
            )
