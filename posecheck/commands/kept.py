"""The commands about what is kept on this computer: pose models, and what is remembered of people.

Heavy imports wait until they are used.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from posecheck import console
from posecheck.console import out
from posecheck.errors import PosecheckError, UsageError

models = typer.Typer(no_args_is_help=True, help="The pose model: where it is, fetch it, check it.")
profiles = typer.Typer(no_args_is_help=True, help="What is remembered of a person: see, forget it.")


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

    out.print(f"{escape(str(console.fetched(fetch_model, name)))} is here and right")


@models.command(epilog="Example: posecheck models verify")
def verify() -> None:
    """Check the files in the cache folder against their checksums."""
    from posecheck.estimators.model_store import model_statuses

    present = [status for status in model_statuses() if status.present]
    if not present:
        raise PosecheckError("no model is here yet; `posecheck models fetch` gets one")
    for status in present:
        word = "[green]right[/]" if status.ok else "[red]damaged[/]"
        out.print(f"{word}  {escape(str(status.path))}\n       {escape(status.provenance)}")
        if not status.ok:
            out.print(f"       `posecheck models fetch {status.name}` replaces it")
    raise typer.Exit(0 if all(status.ok for status in present) else 1)


@profiles.command("list", epilog="Example: posecheck profile list")
def list_profiles() -> None:
    """Show who has a history, what was learned of them, and where it is."""
    from posecheck.record.database import history_path
    from posecheck.record.store import open_store

    with open_store() as store:
        for person in store.people():
            rhythm = "the usual pelvic tilt is expected"
            if person.tilt_share is not None and person.tilt_share_sd is not None:
                rhythm = (
                    f"pelvic tilt {person.tilt_share:.2f} ±"
                    f" {1.96 * person.tilt_share_sd:.2f} times the usual; clips: {person.clips}"
                )
            counts = _counts(store.count(person.name), len(store.check_ins(person.name)))
            out.print(f"[bold]{escape(person.name)}[/]: {rhythm}; {counts}")
            for estimate in store.estimates(person.name):
                out.print(f"    {estimate}")
    out.print(f"kept in {escape(str(history_path()))}")


@profiles.command(epilog="Example: posecheck profile forget anna")
def forget(name: Annotated[str, typer.Argument(help="Whom to forget.")]) -> None:
    """Delete all there is of a person in the history; folders of results stay."""
    from posecheck.record.store import open_store

    with open_store() as store:
        if store.person(name) is None:
            raise UsageError(f"nothing is remembered of {name!r}; see `posecheck profile list`")
        counts = _counts(store.count(name), len(store.check_ins(name)))
        store.delete_person(name)
    out.print(f"{escape(name)} is forgotten: rhythm, {counts}")


def _counts(sessions: int, check_ins: int) -> str:
    return f"sessions: {sessions}, check-ins: {check_ins}"
