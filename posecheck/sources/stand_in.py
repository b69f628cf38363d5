"""A clip in place of a camera, shown at its own speed."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

from posecheck.sources.base import Frame, SourceInfo
from posecheck.sources.device import Picture
from posecheck.sources.video import VideoSource


class StandIn:
    """A `Device` that gives the frames of a clip, none of them before its time.

    The clip's first frame comes at once. Where decoding is too slow, frames come late, and those
    after them as soon as they can until the clip is back at its own time.
    """

    silence = None

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._clock = clock
        self._frames: Iterator[Frame] = iter(())
        self._began_s: float | None = None

    def open(self, stop: Event) -> SourceInfo:  # noqa: ARG002 - a file does not keep one waiting
        """Look at the clip; errors as those of `VideoSource`."""
        source = VideoSource(self.path)
        self._frames = iter(source)
        self._began_s = None
        return replace(source.info, frame_count=None)

    def read(self, stop: Event) -> Picture | None:
        """The next frame, when its time has come."""
        frame = next(self._frames, None)
        if frame is None:
            return None
        if self._began_s is None:
            self._began_s = self._clock() - frame.ref.time_s
        while (early_s := self._began_s + frame.ref.time_s - self._clock()) > 0:
            if stop.wait(early_s):
                return None
        return Picture(self._clock(), lambda: frame.rgb, frame.ref.time_s)

    def close(self) -> None:
        """Close the file."""
        if isinstance(self._frames, Generator):
            self._frames.close()
