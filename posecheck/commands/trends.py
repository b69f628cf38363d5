"""The trends command: is it getting better, or is it the measurement?"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from posecheck import console
from posecheck.commands.history import Profile, known
from posecheck.errors import PosecheckError, UsageError


@contextmanager
def _uncollected() -> Iterator[None]:
    """With years of sessions the search for garbage would take longer than the work."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def trends(
    profile: Profile = None,
    file: Annotated[
        Path | None, typer.Option("--out", help="The page.", show_default="trends-NAME.html")
    ] = None,
    show: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it if there is a desktop.")
    ] = True,
) -> None:
    """Draw clean range, depth and compensation of each leg over weeks, with the noise of it all."""
    from posecheck.pages.trends import told, write_trends
    from posecheck.record.store import open_store
    from posecheck.record.trends import trends_of
    from posecheck.sinks.files import output_folder

    with _uncollected(), open_store() as store:
        name = known(store, profile)
        found = trends_of(store.sessions(name, happenings=False))
    if not found:
        raise PosecheckError(f"there is no session of {name} with a leg at work yet")
    page = file or Path(f"trends-{name}.html")
    if page.is_dir() or page.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{page}: --out takes the name of a page, such as trends.html")
    output_folder(page.parent)
    write_trends(name, found, page)
    for trend in found:
        console.out.print(escape(told(trend)))
    console.show_or_open(page, opening=show)
