"""The film of a live session, made only if asked for: what the camera saw, without a sound."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.sinks.video import VideoWriter
from posecheck.sources.base import SourceInfo

NAME, PART = "recording.mp4", "recording.part.mp4"
WAITING_FRAMES = 15
"""An encoder further behind than this loses frames, rather than holding the coach up."""


class Film:
    """Encodes on a thread of its own. A context manager; leaving it finishes the file.

    ``lost_frames``: those that the encoder had no time for. An `OutputError` comes out of a later
    `put` or the end.
    """

    def __init__(self, folder: Path, info: SourceInfo) -> None:
        self.lost_frames = 0
        self._size = info.width_px, info.height_px
        self._writer = VideoWriter(
            folder / NAME, *self._size, fps_hint=info.average_fps or 30.0, part=folder / PART
        )
        self.note = self._writer.note
        self._thread = ThreadPoolExecutor(1, "film")
        self._waiting: deque[Future[None]] = deque()

    def put(self, rgb: NDArray[np.uint8], time_s: float) -> None:
        """Take the next picture, which must not change afterwards; returns at once."""
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft().result()
        if len(self._waiting) >= WAITING_FRAMES:
            self.lost_frames += 1
            return
        self._waiting.append(self._thread.submit(self._write, rgb, time_s))

    def _write(self, rgb: NDArray[np.uint8], time_s: float) -> None:
        if rgb.shape[1::-1] != self._size:  # a camera that came back with another size
            rgb = np.asarray(cv2.resize(rgb, self._size), np.uint8)
        self._writer.write(rgb, time_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown()
        try:
            while self._waiting:
                self._waiting.popleft().result()
        finally:
            self._writer.close()


def rescue_film(folder: Path) -> None:
    """Give the film of a session that was cut off its name."""
    if (part := folder / PART).exists():
        part.replace(folder / NAME)
