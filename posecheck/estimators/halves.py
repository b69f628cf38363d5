"""The poses of a long clip on two cores: its second half is looked at while the first one is.

The pose model uses one core, and following someone goes from frame to frame. A second model starts
a little before the middle, to have found the person by then, and keeps its poses (about 2 kB each)
until the first half is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from threading import Event

from posecheck.core.records import Pose
from posecheck.cores import cores
from posecheck.errors import SourceError
from posecheck.estimators.person import PersonEstimator
from posecheck.sources.base import Frame, Recorded, Source
from posecheck.sources.read_ahead import read_ahead

FIRST_SHARE = 0.54
"""Of the frames; the second model also has to read its way to its first one."""
LONG_FRAMES = 450
"""Shorter clips are over before a second model has paid for itself."""
SETTLE_FRAMES = 45
"""Seen by the second model before its first pose counts."""
KEPT_FRAMES = 60_000
"""The most poses kept: half an hour, 150 MB."""

Posed = tuple[Frame, Pose | None]
Later = tuple[int, Pose | None]


def posed_frames(
    source: Source, reopen: Callable[[], Recorded], estimator: Callable[[], PersonEstimator]
) -> Iterator[Posed]:
    """Every frame of ``source`` in order with the pose of the person on the mat.

    ``reopen`` opens the same source once more, ``estimator`` makes what looks at it.
    """
    count = source.info.frame_count or 0
    if source.info.still or count < LONG_FRAMES or cores() < 2:
        with estimator() as only, closing(read_ahead(source)) as frames:
            for frame in frames:
                yield frame, only.pose(frame)
        return
    first = max(round(FIRST_SHARE * count), count - KEPT_FRAMES)
    later: SimpleQueue[Later | None] = SimpleQueue()
    enough = Event()
    with ThreadPoolExecutor(1, "second-half") as thread:
        second = thread.submit(_look_later, first, reopen, estimator, later, enough)
        try:
            with estimator() as one, closing(read_ahead(source)) as frames:
                for frame in frames:
                    if frame.ref.index < first:
                        yield frame, one.pose(frame)
                    elif (found := later.get()) is not None and found[0] == frame.ref.index:
                        yield frame, found[1]
                    else:
                        second.result()
                        raise SourceError(f"{source.info.name}: it changed while it was read")
        finally:
            enough.set()


def _look_later(
    first: int,
    reopen: Callable[[], Recorded],
    estimator: Callable[[], PersonEstimator],
    later: SimpleQueue[Later | None],
    enough: Event,
) -> None:
    """Put index and pose of every frame from ``first`` on into ``later``, and None at the end."""
    try:
        with reopen() as source, estimator() as other:
            for ref, picture in source.unread():
                if enough.is_set():
                    return
                if ref.index >= first - SETTLE_FRAMES:
                    pose = other.pose(Frame(ref, picture()))
                    if ref.index >= first:
                        later.put((ref.index, pose))
    finally:
        later.put(None)
