"""How many cores this process may use: all of them, unless it is one of several workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

ALL = 0
"""No share is set."""
_share = ALL


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


@contextmanager
def on_cores(first: int, count: int = 1) -> Iterator[None]:
    """While it holds, this thread and those it starts stay on ``count`` cores, on Linux.

    That is on the ``first`` and the next ones of those that it may use, from 0 and round again.
    The pose model then has no threads to wait for each other, and finds its memory near by.
    """
    if sys.platform != "linux":
        yield
        return
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[(first + i) % len(allowed)] for i in range(count)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """While it holds, neither OpenCV nor numpy's linear algebra starts threads of its own.

    All cores are busy while a clip is analysed, and threads that wait for each other cost a tenth.
    """
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with unthreaded_algebra():
            yield
    finally:
        cv2.setNumThreads(before)


def unthreaded_algebra() -> AbstractContextManager[object]:
    """While it holds, numpy's linear algebra keeps to the thread that asks for it.

    The arrays of a frame are small: on busy cores threads that wait for each other cost 8 ms a
    frame, and the work itself a quarter of one.
    """
    from threadpoolctl import threadpool_limits

    return cast(AbstractContextManager[object], threadpool_limits(1, "blas"))
