"""What every source of pictures offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import FrameRef
from posecheck.sources.origin import UNKNOWN, Origin

_USUAL_PX = 1280 * 720


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One upright picture: ``rgb`` is (height, width, 3) uint8, contiguous, red first."""

    ref: FrameRef
    rgb: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a source before it is read.

    ``frame_count`` is the container's claim (None where it says nothing), for progress bars and to
    tell a long clip from a short one; ``average_fps`` likewise, and to tell a slow one.
    ``rotation_deg`` is the rotation metadata that has been undone. ``still`` is true for
    photographs, which have no time between them. ``origin`` is empty where a source has none of
    its own: a camera, before a session begins.
    """

    name: str
    width_px: int
    height_px: int
    average_fps: float | None
    frame_count: int | None
    duration_s: float | None
    rotation_deg: int = 0
    still: bool = False
    origin: Origin = UNKNOWN

    def room_for(self, frames: int, least: int = 1) -> int:
        """How many pictures to keep at once: ``frames`` up to 720p, fewer of larger ones.

        Larger ones then take no more room, unless ``least`` of them do.
        """
        px = max(1, self.width_px * self.height_px)
        return max(least, min(frames, frames * _USUAL_PX // px))


class Source(Protocol):
    """A context manager that yields frames in order of time."""

    @property
    def info(self) -> SourceInfo:
        """What is known before reading."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def __iter__(self) -> Iterator[Frame]: ...
