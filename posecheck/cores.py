"""How many cores this process may use: all of them, unless it is one of several workers."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from typing import cast

ALL = 0
"""No share was set: FFmpeg, too, takes 0 for as many threads as it likes."""
_share = ALL


def share() -> int:
    """The share that was set, `ALL` if none was."""
    return _share


def cores() -> int:
    """As many as this process may use, at least one."""
    return _share or _allowed() or 1


def _allowed() -> int | None:
    """Those that the operating system lets this process have."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def keep_to(count: int) -> None:
    """From now on this process keeps to ``count`` cores; `ALL` takes that back."""
    global _share
    import cv2

    _share = count
    cv2.setNumThreads(count or -1)  # -1: OpenCV's own choice


def unthreaded_algebra() -> AbstractContextManager[object]:
    """While it holds, numpy's linear algebra keeps to the thread that asks for it.

    The arrays of a frame are small: on busy cores threads that wait for each other cost 8 ms a
    frame, and the work itself a quarter of one.
    """
    from threadpoolctl import threadpool_limits

    return cast(AbstractContextManager[object], threadpool_limits(1, "blas"))
