"""The report command: a page for the browser from results that are there already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from posecheck import console
from posecheck.errors import UsageError


def report(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="DIR…", help="Folders of results; several are compared."),
    ],
    file: Annotated[
        Path | None,
        typer.Option("--out", help="The page.", show_default="report.html in the one folder"),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print it as a PDF, too.")] = False,
    show: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it if there is a desktop.")
    ] = True,
) -> None:
    """Make the report anew, or one page that compares several clips or sessions."""
    from posecheck.pages.pdf import print_pdf
    from posecheck.pages.report import NAME, write_report

    if file is None and len(folders) > 1:
        raise UsageError("several folders make one page: say where with --out FILE.html")
    page = file or folders[0] / NAME
    if page.is_dir() or page.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{page}: --out takes the name of a page, such as compared.html")
    files = [write_report(folders, page)]
    if pdf:
        files.append(print_pdf(page, page.with_suffix(".pdf")))
    console.show_files(files)
    console.show_or_open(page, opening=show)
