"""The commands about paper markers, which are worn so that angles are measured, not estimated.

Heavy imports wait until they are used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from posecheck import console
from posecheck.errors import UsageError

marker = typer.Typer(no_args_is_help=True, help="Paper markers to wear, if you like: print them.")


@marker.command("print", epilog="Example: posecheck marker print --paper a4 --out markers.pdf")
def print_markers(
    paper: Annotated[Literal["a4", "letter"], typer.Option(help="The paper.")] = "a4",
    size_mm: Annotated[
        float, typer.Option(help="The side of the black squares; 40 mm or more.")
    ] = 70.0,
    out: Annotated[Path, typer.Option("--out", help="The PDF to write.")] = Path("markers.pdf"),
) -> None:
    """Write a PDF of the markers at true size, to print at 100 % and cut out."""
    from posecheck.figures.marker_sheet import marker_pdf
    from posecheck.sinks.files import atomic_path

    if out.suffix.lower() != ".pdf":
        raise UsageError(f"{out} is not named as a PDF; let --out end in .pdf")
    sheet = marker_pdf(paper, size_mm)
    with atomic_path(out) as aside:
        aside.write_bytes(sheet)
    console.show_files([out])
    console.out.print("print it at 100 %, not “fit to page”; the ruler must measure 100 mm")
