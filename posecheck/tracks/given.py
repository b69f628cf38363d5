"""Landmarks from elsewhere in the place of the pose model, with the clip or without it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from posecheck.core.records import FrameRef, Pose
from posecheck.errors import SourceError, UsageError
from posecheck.sources.base import Frame, SourceInfo
from posecheck.sources.origin import origin_of
from posecheck.tracks.reading import read_landmarks
from posecheck.tracks.track import Track

LEAST_INSIDE = 0.5
"""Share of the points that lie within the picture they were seen in: feet may be cut off."""
_NO_PICTURE = np.zeros((1, 1, 3), np.uint8)


class Given:
    """The landmarks in ``path``. ``fps``: for files without times, OpenPose's.

    Raises `UsageError` and `SourceError`.
    """

    def __init__(self, path: Path, fps: float | None = None) -> None:
        self.path = path
        self.track = read_landmarks(path, fps=fps)
        self._row_of = {int(frame): row for row, frame in enumerate(self.track.frame)}

    @property
    def with_depth(self) -> bool:
        """Whether depth is known, as our fit of the thigh wants it."""
        return bool(np.isfinite(self.track.z_px).any())

    def pose(self, frame: Frame) -> Pose | None:
        """The pose of the frame of this number, or None."""
        row = self._row_of.get(frame.ref.index)
        return None if row is None else self.track.pose(row)

    def must_fit(self, info: SourceInfo) -> None:
        """Raise `UsageError` where most points lie outside the pictures of the clip."""
        xy = self.track.xy_px[np.isfinite(self.track.xy_px).all(axis=2)]
        inside = ((xy >= 0) & (xy <= (info.width_px, info.height_px))).all(axis=1)
        if xy.size and inside.mean() < LEAST_INSIDE:
            raise UsageError(
                f"{self.path}: most of its points lie outside the picture of {info.width_px} by"
                f" {info.height_px} px; are they of this clip, turned as a player shows it?"
            )

    def sha256(self) -> str:
        """Of the file, or of the files in the folder one after the other."""
        digest = hashlib.sha256()
        for file in _files(self.path):
            digest.update(file.read_bytes())
        return digest.hexdigest()


class TrackSource:
    """Frames that have landmarks and a time, but no picture. A context manager, as any source."""

    def __init__(self, given: Given) -> None:
        track = given.track
        if given.path.is_dir() and track.still:
            raise UsageError(f"{given.path}: OpenPose's files have no times; give --fps")
        if not track.still and not (np.diff(track.time_s) > 0).all():
            raise SourceError(f"{given.path}: its times do not rise from row to row")
        self._track = track
        self.warnings: list[str] = []
        self.info = SourceInfo(
            name=given.path.name,
            width_px=track.width_px,
            height_px=track.height_px,
            average_fps=None if np.isnan(track.fps) else track.fps,
            frame_count=track.frame.size,
            duration_s=None if track.still else float(track.time_s[-1] - track.time_s[0]),
            still=track.still,
            origin=origin_of(_files(given.path)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def __iter__(self) -> Iterator[Frame]:
        track: Track = self._track
        for index, time_s in zip(track.frame, track.time_s, strict=True):
            ref = FrameRef(int(index), float(time_s), track.width_px, track.height_px)
            yield Frame(ref, _NO_PICTURE)


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*_keypoints.json")) if path.is_dir() else [path]
