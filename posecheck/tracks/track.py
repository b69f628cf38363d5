"""Landmarks over time: the 33 of BlazePose, NaN where another program has no such point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posecheck.core.blocks import blocks
from posecheck.core.geometry import POINTS
from posecheck.core.landmarks import LEG_SWAP, Landmark
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, Array, Mask, Numbers, Pose
from posecheck.tracks.rows import RowsOnDisk

COUNT = len(Landmark)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person's landmarks, a row a frame, NaN where nobody, or no such landmark, was seen.

    ``frame`` (n,): index in the clip, from 0; ``time_s`` (n,): NaN for photographs. ``xy_px``
    (n, 33, 2): in the picture, x right, y down. ``z_px`` (n, 33): depth against the hips, smaller
    is nearer to the camera. ``visibility`` (n, 33): 0 to 1. ``width_px`` and ``height_px``: of the
    picture, 0 where not known.
    """

    frame: NDArray[np.int64]
    time_s: Array
    xy_px: Numbers
    z_px: Numbers
    visibility: Numbers
    width_px: int = 0
    height_px: int = 0

    @property
    def seen(self) -> Mask:
        """Rows (n,) that hold somebody."""
        mask: Mask = np.isfinite(self.xy_px).all(axis=2).max(axis=1)
        return mask

    @property
    def still(self) -> bool:
        """Whether these are photographs, without time."""
        return bool(np.isnan(self.time_s).all())

    @property
    def fps(self) -> float:
        """Frames a second on average, NaN for photographs or a single frame."""
        known = self.time_s[np.isfinite(self.time_s)]
        if known.size < 2 or known[-1] <= known[0]:
            return NAN
        return float((known.size - 1) / (known[-1] - known[0]))

    def pose(self, row: int) -> Pose | None:
        """The pose in ``row``, or None; see `pose_of`."""
        xy, seen = self.xy_px[row], self.visibility[row]
        if not np.isfinite(xy).any():
            return None
        return pose_of(np.column_stack([xy, self.z_px[row], seen]).astype(float))


def pose_of(table: Array) -> Pose:
    """A pose from (33, 4): x, y, depth px, visibility. A landmark that is NaN is not visible.

    World landmarks are not kept (NaN).
    """
    known = np.isfinite(table[:, :2]).all(axis=1)
    return Pose(
        xy_px=table[:, :2],
        z_px=table[:, 2],
        world_m=np.full((COUNT, 3), NAN),
        visibility=np.where(known, table[:, 3], 0.0),
        presence=known.astype(float),
    )


def track_of_lines(recording: Recording, width_px: int, height_px: int) -> Track:
    """The ten landmarks that every recording keeps; the others, and visibility, are NaN."""
    count, points = recording.time_s.size, recording.points_px()
    xy_px, z_px = np.full((count, COUNT, 2), NAN), np.full((count, COUNT), NAN)
    xy_px[:, POINTS], z_px[:, POINTS] = points[..., :2], points[..., 2]
    return Track(
        frame=np.array(recording.frame, dtype=np.int64),
        time_s=recording.time_s,
        xy_px=xy_px,
        z_px=z_px,
        visibility=np.full((count, COUNT), NAN),
        width_px=width_px,
        height_px=height_px,
    )


_SHAPE = (COUNT, 4)


class PoseLog:
    """Every pose of a recording as it comes, 528 bytes each, on disk."""

    def __init__(self) -> None:
        self._rows = RowsOnDisk(COUNT * 4)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, pose: Pose | None) -> None:
        """Take the next frame's pose, or None. Raises `OutputError` where the disk is full."""
        table = np.full(_SHAPE, NAN, dtype=np.float32)
        if pose is not None:
            table[:, :2], table[:, 2], table[:, 3] = pose.xy_px, pose.z_px, pose.visibility
        self._rows.add(table.ravel())

    def __getitem__(self, row: int) -> Pose | None:
        """Picture positions, depth and visibility; world landmarks are not kept (NaN)."""
        (table,) = self._read(row, row + 1)
        return None if np.isnan(table).all() else pose_of(table.astype(float))

    def parts(self, recording: Recording) -> Iterator[NDArray[np.float32]]:
        """All of it, (k, 33, 4) at a time, the legs named as the ``recording`` names them."""
        for some in blocks(np.arange(min(len(self), recording.time_s.size))):
            numbers = self._read(int(some[0]), int(some[-1]) + 1)
            swap = recording.renamed[some]
            numbers[swap] = numbers[swap][:, LEG_SWAP]
            yield numbers

    def _read(self, first: int, last: int) -> NDArray[np.float32]:
        return self._rows.read(first, last).reshape(-1, *_SHAPE)

    def track(self, recording: Recording, width_px: int, height_px: int) -> Track:
        """All of it at once, the legs named as the ``recording`` names them."""
        numbers = np.concatenate([np.empty((0, *_SHAPE), np.float32), *self.parts(recording)])
        return Track(
            frame=np.array(recording.frame, dtype=np.int64),
            time_s=recording.time_s,
            xy_px=numbers[..., :2],
            z_px=numbers[..., 2],
            visibility=numbers[..., 3],
            width_px=width_px,
            height_px=height_px,
        )
