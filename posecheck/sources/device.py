"""What a live source asks of whatever gives it pictures: a camera, a stream, a clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.sources.base import SourceInfo


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture as it came; ``rgb`` converts it, so that one nobody looks at costs nothing.

    ``arrived_s`` is on the monotonic clock. ``time_s`` is the picture's own time in a clip, None
    where the picture is of the moment at which it arrives.
    """

    arrived_s: float
    rgb: Callable[[], NDArray[np.uint8]]
    time_s: float | None = None


class Device(Protocol):
    """Opened, read and closed by one thread at a time; opened again after a loss.

    ``silence`` is what to tell the person while no pictures come, None for a device that may
    pause as it likes and cannot be lost. Whatever waits does so on ``stop``, which is set when the
    source is closed.
    """

    @property
    def silence(self) -> str | None:
        """What to say while no pictures come."""
        ...

    def open(self, stop: Event) -> SourceInfo:
        """Begin, a first picture being certain; `PosecheckError` says why it cannot be."""
        ...

    def read(self, stop: Event) -> Picture | None:
        """The next picture; None when there will be no more; `SourceError` when it is lost."""
        ...

    def close(self) -> None:
        """Let go of everything; also when not open, or only half."""
        ...
