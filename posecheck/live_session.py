"""A live session from opening the camera to its folder of results, and those that were cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

from posecheck.coach.closing import closing
from posecheck.coach.coach import Coach
from posecheck.coach.lines import Line, Urgency
from posecheck.coach.plan import Plan
from posecheck.coach.talk import Talk
from posecheck.coach.texts import load_texts
from posecheck.config import Settings
from posecheck.core.judge import Judge
from posecheck.core.own_estimate import OwnEstimate
from posecheck.core.recorder import Recorder
from posecheck.core.records import Side
from posecheck.core.rules import Rules
from posecheck.cores import unthreaded_algebra
from posecheck.errors import OutputError, PosecheckError
from posecheck.estimators.person import PersonEstimator
from posecheck.fits import pelvis_fit, thigh_fit
from posecheck.live import Live
from posecheck.pages.report import NAME as REPORT
from posecheck.pages.report import write_report
from posecheck.profiles import Profile, load_profile
from posecheck.record.reading import keep_results
from posecheck.session import (
    NothingMeasured,
    Outcome,
    learned,
    provenance,
)
from posecheck.sinks.files import output_folder, staged_folder
from posecheck.sinks.film import NAME as FILM
from posecheck.sinks.film import Film, rescue_film
from posecheck.sinks.journal import Journal, Kept, left_behind
from posecheck.sinks.live_view import HEIGHT, WIDTH, LiveView
from posecheck.sinks.live_window import LiveWindow
from posecheck.sinks.results import write_results
from posecheck.sinks.summary import document, notes, why_nothing
from posecheck.sinks.voice import Voice
from posecheck.sinks.window_choice import window
from posecheck.sources.base import SourceInfo
from posecheck.sources.live import LiveSource
from posecheck.sources.origin import Origin, origin_now
from posecheck.tracks.store import write_track
from posecheck.tracks.track import track_of_lines

LAST_WORDS_S = 20.0
"""The closing sentences are waited for so long."""


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """What is particular to live use. ``folder``: where the session's own folder is made."""

    folder: Path
    plan: Plan
    plan_name: str = ""
    lang: str = "en"
    window: bool = True
    full_screen: bool = False
    mirror: bool = True
    record: bool = False


def go_live(
    source: LiveSource,
    options: LiveOptions,
    settings: Settings,
    model: Path,
    voice: Voice,
    stopped: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Run a session and write its results; says so through ``voice``, which is open.

    Raises `SourceError`, `OutputError`, and `NothingMeasured`, which leaves nothing behind but a
    film that was asked for.
    """
    texts = load_texts(options.lang)
    profile = load_profile(settings.profile) if settings.profile else Profile()
    folder, started = _new_folder(options.folder)
    rules = Rules(settings.sensitivity, settings.task, profile.rhythm)
    try:
        with ExitStack() as parts:
            # All that takes long comes before the first picture.
            estimator = parts.enter_context(PersonEstimator(model, outlines=False))
            estimator.warm_up()
            judge = Judge(settings.side, thigh_fit(), profile.fitted(pelvis_fit()), rules)
            display = None
            if options.window:
                opened = parts.enter_context(window(WIDTH, HEIGHT, full_screen=options.full_screen))
                view = LiveView(texts, thigh_fit().error_sd_deg["neutral"], options.mirror)
                display = LiveWindow(opened, view)
            parts.enter_context(source)
            info = replace(
                source.info,
                name=f"{source.info.name}, {started:%Y-%m-%d %H:%M}",
                origin=origin_now(started),
            )
            about = {
                "provenance": provenance(settings, profile, model),
                "source": asdict(info),
                "plan": {"name": options.plan_name, **options.plan.model_dump(mode="json")},
                "side": settings.side,
                "learn_as": settings.profile if settings.learn else None,
                "keep_as": settings.profile if settings.keep else None,
                "cutoff_hz": settings.cutoff_hz,
            }
            live = Live(
                source=source,
                estimator=estimator,
                judge=judge,
                coach=Coach(options.plan, Talk(texts), task=settings.task),
                voice=voice,
                journal=parts.enter_context(Journal(folder, about)),
                display=display,
                film=parts.enter_context(Film(folder, info)) if options.record else None,
                lost=texts("window.lost"),
            )
            run(live, display, stopped)
        if options.plan.watched:
            voice.say(Line("told.one_moment", texts("told.one_moment"), Urgency.INFO))
        else:
            voice.drain(LAST_WORDS_S)
        outcome = finish(live.journal.path, interrupted=stopped())
    except BaseException:
        with suppress(OSError):
            folder.rmdir()  # holds nothing unless there is a journal to finish another time
        raise
    for number, sentence in enumerate(closing(outcome.summary["legs"], texts)):
        voice.say(Line(f"closing.{number}", sentence, Urgency.STEP, stale_s=LAST_WORDS_S))
    voice.drain(LAST_WORDS_S)
    return outcome


def run(live: Live, display: LiveWindow | None, stopped: Callable[[], bool]) -> None:
    """The session on a thread of its own; this one has the window, and hears Ctrl-C."""
    gone = Event()
    live.stopped = lambda: gone.is_set() or stopped()
    with unthreaded_algebra(), ThreadPoolExecutor(1, "live") as thread:
        try:
            running = thread.submit(live.run)
            if display:
                display.run(running.done)
            while not running.done():
                wait([running], timeout=0.1)  # without a time-out Windows would not hear Ctrl-C
            running.result()
        finally:
            gone.set()


def finish(journal: Path, *, interrupted: bool) -> Outcome:
    """Make the results of a session from its journal, which is removed when they are there.

    Raises `PosecheckError`; `NothingMeasured` where there is nothing to keep, and the journal is
    removed then too.
    """
    folder = journal.parent
    kept = Kept(journal)
    about = kept.about
    own = about["provenance"].get("own_estimate", {})
    profile = Profile(own={leg: OwnEstimate(**each) for leg, each in own.items()})
    fit = profile.fitted(pelvis_fit())
    recorder = Recorder(about["side"] and Side(about["side"]), thigh_fit(), fit)
    kept.give_to(recorder)
    recording = recorder.finish(about["cutoff_hz"])
    rescue_film(folder)
    if not recording.measured.any():
        _remove(journal)
        raise NothingMeasured(f"{about['source']['name']}: {why_nothing(recording)}")
    info, said = _info(about["source"]), notes(recording)
    if interrupted:
        said.append(f"stopped early, after {recording.time_s.size} frames")
    elif about["learn_as"]:
        said += learned(about["learn_as"], recording)
    head = {**about["provenance"], "plan": about["plan"]}
    summary = document(head, recording, info, said, interrupted=interrupted)
    with staged_folder(folder) as aside:
        files = write_results(aside, info.name, recording, summary)
        files.append(write_track(aside, track_of_lines(recording, info.width_px, info.height_px)))
        files.insert(0, write_report([aside], aside / REPORT))
    if name := about.get("keep_as"):  # before the journal goes: twice does no harm, never would
        said.append(keep_results(name, folder))
    _remove(journal)
    film = [folder / FILM] if (folder / FILM).exists() else []
    shown = [*film, *(folder / file.name for file in files)]
    return Outcome(folder, shown, recording, summary, said, interrupted)


def finish_left_behind(folder: Path) -> Iterator[Outcome | PosecheckError]:
    """Finish every session below ``folder`` that was cut off."""
    for journal in list(left_behind(folder)):
        try:
            yield finish(journal, interrupted=True)
        except PosecheckError as error:
            yield error


def _info(source: dict[str, Any]) -> SourceInfo:
    return SourceInfo(**source | {"origin": Origin(**source.get("origin", {}))})


def _remove(journal: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        journal.with_name(journal.name + suffix).unlink(missing_ok=True)


def _new_folder(folder: Path) -> tuple[Path, datetime]:
    """A folder of its own for a session that starts now."""
    output_folder(folder)
    started = datetime.now().astimezone()
    for number in range(1, 100):
        name = f"{started:%Y-%m-%d_%H%M%S}" + (f"-{number}" if number > 1 else "")
        with suppress(FileExistsError):
            (folder / name).mkdir()
            return folder / name, started
    raise OutputError(f"{folder}: no new folder can be made in it")
