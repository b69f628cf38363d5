"""Reads landmarks from a TRC file in pixels, as Sports2D and posecheck write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from posecheck.errors import SourceError, UsageError
from posecheck.tracks.markers import spread
from posecheck.tracks.track import COUNT, Track

HEADER_LINES = 5


def read_trc(path: Path) -> Track:
    """The markers that have a BlazePose landmark; 0, 0 counts as not seen.

    Sports2D writes ``m`` for units into files in pixels, too: a picture is told by its size. Raises
    `SourceError`, and `UsageError` for a file in metres.
    """
    try:
        with path.open(encoding="utf-8-sig", newline=None) as file:
            lines = file.read().splitlines()
        names = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
        rows = [line.split("\t") for line in lines[HEADER_LINES:] if line.strip()]
        table = np.array(
            [
                [float(cell) if cell.strip() else np.nan for cell in row]
                for row in _even(rows, names)
            ]
        ).reshape(len(rows), 2 + 3 * len(names))
        if not len(table):
            raise ValueError("it has no rows")
    except (OSError, ValueError, IndexError) as error:
        raise SourceError(f"{path}: not a TRC file that can be read ({error})") from error
    xy = table[:, 2:].reshape(len(table), -1, 3)[..., :2]
    xy = np.where((xy == 0).all(axis=2, keepdims=True), np.nan, xy)
    xy_px = spread(names, xy)
    if not np.isfinite(xy_px).any():
        raise SourceError(f"{path}: no marker has a name that is known, such as RKnee")
    if np.nanmax(np.abs(xy_px)) < 20:
        raise UsageError(f"{path}: positions in metres; take the file in pixels (…_px.trc)")
    nothing = np.full((len(table), COUNT), np.nan)
    return Track(
        frame=table[:, 0].astype(np.int64),
        time_s=table[:, 1],
        xy_px=xy_px,
        z_px=nothing,
        visibility=np.where(np.isfinite(xy_px).all(axis=2), 1.0, 0.0),
    )


def _even(rows: list[list[str]], names: list[str]) -> list[list[str]]:
    """Rows of the length the header asks for: editors drop or add empty cells at the end."""
    count = 2 + 3 * len(names)
    return [[*row, *[""] * (count - len(row))][:count] for row in rows]
