"""Reads landmarks from a CSV table under MediaPipe's names, a row a frame."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from posecheck.core.landmarks import Landmark
from posecheck.core.records import NAN, Array
from posecheck.errors import SourceError
from posecheck.tracks.track import COUNT, Track

_TIMES, _FRAMES = ("time_s", "time", "timestamp"), ("frame", "frame#", "frame_number")


def read_table(path: Path) -> Track:
    """Columns ``left_knee_x_px`` or ``left_knee_x``, likewise y, z and visibility; px.

    Without a column ``frame`` rows are counted. Raises `SourceError`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        columns = {
            name.strip().lower(): np.array([float(row[name] or "nan") for row in rows])
            for name in (rows[0] if rows else {})
            if name and _wanted(name)
        }
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise SourceError(f"{path}: not a table that can be read ({error})") from error
    count = len(rows)
    x, y, z, seen = (
        _of_landmarks(columns, count, endings)
        for endings in (("x_px", "x"), ("y_px", "y"), ("z_px", "z"), ("visibility", "v"))
    )
    if not np.isfinite(x + y).any():
        raise SourceError(f"{path}: no columns such as left_knee_x_px and left_knee_y_px")
    if np.nanmax(np.abs(x)) < 2:
        raise SourceError(
            f"{path}: positions are shares of the picture; multiply by its size in px"
        )
    frame = next((columns[n] for n in _FRAMES if n in columns), np.arange(count, dtype=float))
    seen = np.where(np.isnan(seen) & np.isfinite(x), 1.0, seen)
    return Track(
        frame=frame.astype(np.int64),
        time_s=next((columns[name] for name in _TIMES if name in columns), np.full(count, NAN)),
        xy_px=np.stack([x, y], axis=2),
        z_px=z,
        visibility=seen,
    )


def _wanted(name: str) -> bool:
    lower = name.strip().lower()
    return lower in (*_TIMES, *_FRAMES) or lower.startswith(
        tuple(landmark.name.lower() for landmark in Landmark)
    )


def _of_landmarks(columns: dict[str, Array], count: int, endings: tuple[str, ...]) -> Array:
    table = np.full((count, COUNT), math.nan)
    for landmark in Landmark:
        for ending in endings:
            name = f"{landmark.name.lower()}_{ending}"
            if name in columns:
                table[:, landmark] = columns[name]
                break
    return table
