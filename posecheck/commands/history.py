"""The commands about the history: see it, add to it, take it elsewhere, delete it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from posecheck import console
from posecheck.console import out
from posecheck.errors import PosecheckError, UsageError

if TYPE_CHECKING:
    from posecheck.record.entries import Leg, Session
    from posecheck.record.store import Store

KEY_SHOWN = 8
NOTHING_YET = "no history is kept yet; `posecheck live --profile NAME` keeps one"

history = typer.Typer(no_args_is_help=True, help="Sessions kept: see, add, export, delete them.")

Profile = Annotated[str | None, typer.Option(help="Whose history; not needed with only one.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Key = Annotated[str, typer.Argument(help="As `history list` shows it; a beginning will do.")]


@history.command("list", epilog="Example: posecheck history list --profile anna")
def list_sessions(
    profile: Profile = None,
    most: Annotated[int, typer.Option(min=1, help="So many of the newest of each.")] = 20,
) -> None:
    """List the sessions, the newest first."""
    from posecheck.record.store import open_store

    with open_store() as store:
        names = [known(store, profile)] if profile else [each.name for each in store.people()]
        for name in names:
            count = store.count(name)
            out.print(f"[bold]{escape(name)}[/], sessions: {count}")
            for session in store.sessions(name, most, happenings=False):
                out.print(f"  {escape(_line(session))}")
            if count > most:
                out.print(f"  and {count - most} earlier; --most shows more")
    if not names:
        out.print(NOTHING_YET)


@history.command(epilog="Example: posecheck history show 3f2a91bc")
def show(key: Key, profile: Profile = None) -> None:
    """Show all that is kept of one session."""
    from posecheck.record.store import open_store

    with open_store() as store:
        name, session = _one(store, key, profile)
    out.print(f"[bold]{escape(session.name)}[/] of {escape(name)}")
    for what, value in _about(session):
        out.print(f"  {what}: {escape(value)}")
    for leg in session.legs:
        out.print(f"  {leg.side} leg: {_told(leg)}")
    for rep in session.repetitions:
        clean = {True: "clean", False: "not clean", None: "pelvis not told"}[rep.clean]
        angles = f"thigh {_deg(rep.peak_thigh_angle_deg)}, hip {_deg(rep.peak_hip_flexion_deg)}"
        out.print(f"  {rep.number}. {rep.side}, at {rep.peak_s:.1f} s: {angles}, {clean}")
    for each in session.happenings:
        out.print(f"  {each.start_s:.1f} s: {escape(each.message)}")


@history.command(epilog="Example: posecheck history add results/monday --profile anna")
def add(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR…", help="Folders of results.")],
    profile: Annotated[str, typer.Option(help="Whose history; made if there is none.")],
    date: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            help="When it was, if the results do not say or are wrong.",
        ),
    ] = None,
) -> None:
    """Read results that are there already into the history; twice does no harm."""
    from posecheck.record.reading import read_results
    from posecheck.record.store import checked_name, open_store

    checked_name(profile)
    sessions = [read_results(folder, date and date.astimezone()) for folder in folders]
    with open_store(making=True) as store:
        store.add_sessions(profile, sessions)
    for session in sessions:
        out.print(escape(_line(session)))


@history.command(epilog="Example: posecheck history export --out history --format csv")
def export(
    folder: Annotated[Path, typer.Option("--out", help="Where the files go.")],
    profile: Annotated[
        str | None, typer.Option(help="Whose history.", show_default="everybody")
    ] = None,
    form: Annotated[
        Literal["csv", "json"], typer.Option("--format", help="Tables, or one file.")
    ] = "csv",
) -> None:
    """Write all that is kept into open files."""
    from posecheck.record.store import open_store

    with open_store() as store:
        names = [known(store, profile)] if profile else [each.name for each in store.people()]
        if not names:
            raise PosecheckError(NOTHING_YET)
        from posecheck.sinks.history_files import export_csv, export_json

        files = {"csv": export_csv, "json": export_json}[form](store, names, folder)
    console.show_files(files)


@history.command(epilog="Example: posecheck history delete 3f2a91bc")
def delete(
    key: Annotated[str | None, typer.Argument(help="As `history list` shows it.")] = None,
    profile: Profile = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All sessions and check-ins of the --profile.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Delete a session, or all of a person, from the history; folders of results stay."""
    from posecheck.record.store import open_store

    if (key is None) is not everything or (everything and profile is None):
        raise UsageError("name one session by its KEY, or give --profile NAME --all")
    with open_store() as store:
        if key is None:
            name = known(store, profile)
            counts = f"sessions: {store.count(name)}, check-ins: {len(store.check_ins(name))}"
            console.agreed(f"Delete all of {name} ({counts})?", yes=yes)
            store.delete_history(name)
            out.print(f"deleted of {escape(name)}: {counts}; what was learned of the rhythm stays")
            return
        name, session = _one(store, key, profile)
        console.agreed(f"Delete {_line(session)} of {name}?", yes=yes)
        store.delete_session(name, session.key)
    out.print(f"deleted; its results stay in {escape(session.folder)}")


@history.command(epilog="Example: posecheck history backup copy.sqlite")
def backup(
    file: Annotated[Path, typer.Argument(help="The copy; an earlier copy is replaced.")],
) -> None:
    """Copy the whole history into one file."""
    from posecheck.record.copies import back_up
    from posecheck.record.store import open_store

    with open_store() as store:
        if not store.people():
            raise PosecheckError(NOTHING_YET)
        back_up(store, file)
    out.print(f"{escape(str(file))} holds all of it; `posecheck history restore` puts it back")


@history.command(epilog="Example: posecheck history restore copy.sqlite")
def restore(
    file: Annotated[Path, typer.Argument(help="A copy made by `history backup`.")],
    yes: Yes = False,
) -> None:
    """Put a copy in the place of the history, which is kept beside it."""
    from posecheck.record import copies
    from posecheck.record.database import history_path

    path = history_path()
    if path.exists():
        console.agreed(f"Put {file} in the place of the history in {path}?", yes=yes)
    if before := copies.restore(file, path):
        out.print(f"the history before is now {escape(str(before))}")
    out.print(f"{escape(str(path))} holds what {escape(str(file))} holds")


def known(store: Store, profile: str | None) -> str:
    """Whose history: the one named, or the only one. Raises `UsageError`."""
    names = [each.name for each in store.people()]
    if profile is None and len(names) == 1:
        return names[0]
    if not names:
        raise UsageError(NOTHING_YET)
    if profile is None:
        raise UsageError(f"whose history? --profile takes one of {', '.join(names)}")
    if profile not in names:
        raise UsageError(f"there is no history of {profile!r}; there is one of {', '.join(names)}")
    return profile


def _one(store: Store, start: str, profile: str | None) -> tuple[str, Session]:
    """The one session whose key begins with ``start``."""
    if profile is not None:
        known(store, profile)
    found = store.matching(start, profile)
    exact = [(name, key) for name, key in found if key == start]
    match exact or found:
        case []:
            raise UsageError(f"there is no session {start!r}; see `posecheck history list`")
        case [(name, key)]:
            session = store.session(name, key)
            assert session is not None
            return name, session
        case several:
            some = ", ".join(f"{key} of {name}" for name, key in several[:3])
            raise UsageError(f"{start!r} may be {some}; give more of it, or --profile")


def _line(session: Session) -> str:
    what = session.plan or session.kind
    legs = "; ".join(f"{leg.side} {_told(leg)}" for leg in session.legs)
    when = f"{session.recorded_at.astimezone():%Y-%m-%d %H:%M}"
    return f"{when}  {session.key[:KEY_SHOWN]}  {what}: {legs or 'no leg seen at work'}"


def _told(leg: Leg) -> str:
    """The best that is known of a leg: the clean range, else the hip, else the thigh."""
    reps = f"repetitions: {leg.reps}"
    if leg.told_reps:
        reps += f" ({leg.clean_reps} of {leg.told_reps} clean)"
    for what, value, sd in (
        ("clean range", leg.clean_hip_flexion_deg, leg.clean_hip_flexion_sd_deg),
        ("hip flexion", leg.peak_hip_flexion_deg, leg.peak_hip_flexion_sd_deg),
    ):
        if value is not None and sd is not None:
            return f"{what} {value:.0f}° ±{1.96 * sd:.0f}°, {reps}"
    return f"thigh {_deg(leg.peak_thigh_angle_deg)}, {reps}"


def _about(session: Session) -> list[tuple[str, str]]:
    share, error = session.measured_share, session.thigh_sd_deg
    told = [
        ("key", session.key),
        ("recorded", f"{session.recorded_at.astimezone():%Y-%m-%d %H:%M:%S}"),
        ("kind", session.kind),
        ("plan", session.plan or ""),
        ("task", session.task),
        ("length", "" if session.duration_s is None else f"{session.duration_s:.0f} s"),
        ("measured", "" if share is None else f"{100 * share:.0f} % of the frames"),
        ("calibration", session.calibration),
        ("thigh angle", "" if error is None else f"±{1.96 * error:.0f}°"),
        ("results", session.folder),
        ("made by", f"posecheck {session.version}"),
    ]
    return [(what, value) for what, value in told if value]


def _deg(value: float | None) -> str:
    return "not told" if value is None else f"{value:.0f}°"
