"""The export command: results in the formats of other programs.

Heavy imports wait until they are used.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from posecheck import console

SHOWN = 8
"""More files than this are counted, not named."""


def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder of results of a clip or session.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Where the files go.")],
    name: Annotated[
        Literal["csv", "parquet", "trc", "trc-px", "mot", "openpose", "netcdf"],
        typer.Option("--format", help="Which format; trc is in metres, trc-px in pixels."),
    ] = "csv",
    height_m: Annotated[
        float | None,
        typer.Option(
            min=0.5, max=2.6, help="The person's height, for trc in metres.", show_default="1.7"
        ),
    ] = None,
) -> None:
    """Write results in the formats of other programs; the clip is not needed."""
    from posecheck.exports.formats import export as write
    from posecheck.exports.trc import USUAL_HEIGHT_M

    files = write(folder, name, out, height_m=height_m)
    if name == "trc" and height_m is None:
        console.out.print(
            f"note: metres are for a person of {USUAL_HEIGHT_M:g} m; --height-m says otherwise"
        )
    console.show_files(files[:SHOWN])
    if len(files) > SHOWN:
        console.out.print(f"  and {len(files) - SHOWN} more")
