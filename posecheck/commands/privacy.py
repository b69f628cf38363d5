"""The commands about privacy: all that is stored on this computer, and how it goes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from posecheck import console
from posecheck.console import out
from posecheck.errors import PosecheckError

if TYPE_CHECKING:
    from posecheck.record.store import Store
    from posecheck.stored import Place

privacy = typer.Typer(help="All that posecheck stores on this computer: see it, delete it.")


@privacy.callback(invoke_without_command=True, epilog="Example: posecheck privacy")
def show(context: typer.Context) -> None:
    """Show all that posecheck stores on this computer, and where; `delete` deletes it."""
    if context.invoked_subcommand is not None:
        return
    from posecheck.stored import places

    out.print("posecheck keeps everything on this computer and sends nothing anywhere.")
    for place in places():
        out.print(_told(place))
        if place.what == "history":
            for line in _of_the_history(place.size_bytes):
                out.print(f"  {escape(line)}")
    out.print("`posecheck privacy delete` deletes all of it but results elsewhere.")


@privacy.command(epilog="Example: posecheck privacy delete")
def delete(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete all that posecheck stores on this computer, after saying what that is."""
    from posecheck.stored import delete as delete_place
    from posecheck.stored import places

    full = [place for place in places() if place.items]
    if not full:
        out.print("nothing is stored")
        return
    console.may_ask(yes=yes)
    for place in full:
        out.print(_told(place))
        for item in place.items:
            out.print(f"  {escape(str(item))}")
    for line in _elsewhere():
        out.print(escape(line))
    console.agreed("Delete all of it, for good?", yes=yes)
    for place in full:
        delete_place(place)
    out.print("deleted")


def _told(place: Place) -> str:
    if not place.items:
        return f"[bold]{escape(place.what)}[/]: none in {escape(str(place.folder))}"
    size = _size(place.size_bytes)
    return f"[bold]{escape(place.what)}[/]: {size} in {escape(str(place.folder))}"


def _of_the_history(size_bytes: int) -> Iterator[str]:
    """Whose history it is, and where their results are; or why that cannot be told."""
    from posecheck.record.store import open_store

    try:
        with open_store() as store:
            yield from _people(store, size_bytes)
    except PosecheckError as error:
        yield str(error)
        return
    yield from _elsewhere()


def _people(store: Store, size_bytes: int) -> Iterator[str]:
    people = store.people()
    text_bytes = {each.name: store.summary_bytes(each.name) for each in people}
    whole_bytes = sum(text_bytes.values())
    for each in people:
        counts = f"sessions: {store.count(each.name)}, check-ins: {len(store.check_ins(each.name))}"
        rhythm = "not learned" if each.tilt_share is None else f"learned from {each.clips}"
        legs = [own.leg for own in store.estimates(each.name)]
        rhythm += f", estimate with a marker: {' and '.join(legs)} leg" if legs else ""
        share = text_bytes[each.name] / whole_bytes if whole_bytes else 1 / len(people)
        yield f"{each.name}: {counts}, rhythm: {rhythm}; about {_size(share * size_bytes)}"


def _elsewhere() -> Iterator[str]:
    from posecheck.record.store import open_store
    from posecheck.stored import elsewhere

    try:
        with open_store() as store:
            for folder, count in elsewhere(store):
                yield f"results of {count} of these sessions are elsewhere and yours: {folder}"
    except PosecheckError:
        return


def _size(count: float) -> str:
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            return f"{count / size:.{0 if count >= 10 * size else 1}f} {unit}"
    return f"{count:.0f} bytes"
