"""Short clips with a person in them whose pose is known."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from posecheck.core.records import Pose
from posecheck.sources import Frame
from tests.clips import moving_texture, write_clip
from tests.stick import OfTime, movement, rep

WIDTH_PX, HEIGHT_PX = 128, 96
ONE_REP_S = 6.0
ONE_REP: OfTime = rep(1.5, 90.0, move_s=1.0, hold_s=1.0)


class Actor:
    """Stands in for `PersonEstimator`: gives each frame the pose written for its index."""

    def __init__(self, poses: Sequence[Pose | None]) -> None:
        self.poses = poses

    def pose(self, frame: Frame) -> Pose | None:
        return self.poses[frame.ref.index]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """There is nothing to let go."""


def poses(duration_s: float = ONE_REP_S, left: OfTime = ONE_REP, **how: Any) -> list[Pose | None]:
    """Poses at 30 frames/s of a figure that fits the clip of `film`; ``how`` as in `movement`."""
    how = {"trunk_px": 24.0, "at_px": (64.0, 60.0)} | how
    return [pose for _, pose in movement(duration_s, left, **how)]


def film(path: Path, frames: int = 180, **how: Any) -> Path:
    """A clip of 30 frames/s that shows nothing in particular; ``how`` as in `write_clip`."""
    return write_clip(path, moving_texture(frames, WIDTH_PX, HEIGHT_PX), **how)


def table(path: Path) -> dict[str, np.ndarray]:
    """Columns of a CSV file: numbers where all cells are numbers or empty (NaN), else text."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return {
        name: _column(cells) for name, cells in zip(header, zip(*rows, strict=True), strict=True)
    }


def _column(cells: tuple[str, ...]) -> np.ndarray:
    try:
        return np.array([float(cell or "nan") for cell in cells])
    except ValueError:
        return np.array(cells)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder: the bytes of files, None for folders."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
