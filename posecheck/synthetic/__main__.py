"""Make the sample clips again: ``python -m posecheck.synthetic``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from posecheck.errors import PosecheckError, UsageError
from posecheck.synthetic.catalog import CLIPS
from posecheck.synthetic.clips import make_clip, ticks
from posecheck.synthetic.rig import require_extra


def main(
    names: Annotated[
        list[str] | None, typer.Argument(help="Clips to make; all by default.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("sample_videos"),
) -> None:
    """Render the sample clips (mp4) with their true angles (CSV).

    Example: python -m posecheck.synthetic clean_near --out /tmp/clips
    """
    try:
        render(names or [], out)
    except PosecheckError as error:
        Console(stderr=True).print(f"[red]Error:[/red] {error}", soft_wrap=True)
        raise typer.Exit(error.exit_code) from None


def render(names: list[str], out: Path) -> None:
    """Render the named sample clips (none: all) into a folder, showing progress.

    Raises UsageError for an unknown name or where the optional extra is missing.
    """
    if unknown := [name for name in names if name not in CLIPS]:
        raise UsageError(f"No sample clip is called {unknown[0]!r}. There are: {', '.join(CLIPS)}.")
    require_extra()
    with Progress(console=Console(stderr=True)) as progress:
        for name in names or CLIPS:
            clip = CLIPS[name]
            task = progress.add_task(name, total=len(ticks(clip)))
            make_clip(clip, out / f"{name}.mp4", partial(progress.advance, task))


if __name__ == "__main__":
    typer.run(main)
