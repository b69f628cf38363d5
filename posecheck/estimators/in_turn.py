"""The poses of a long clip on two cores: one part is looked at while another one is.

The pose model uses one core, and following someone goes from frame to frame. So a clip is parted,
and two models, each with its half of the cores, take its parts in turn. The second one is ahead and
keeps its poses (about 2 kB each) until the first one's are through. Each starts a little before its
next part, to have found the person by then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import Full, Queue
from threading import Event
from typing import Self

from posecheck.core.records import Pose
from posecheck.cores import cores, on_cores
from posecheck.errors import SourceError
from posecheck.estimators.person import PersonEstimator
from posecheck.sources.base import Frame, Recorded, Source
from posecheck.sources.read_ahead import read_ahead

FIRST_SHARE = 0.54
"""Of the frames, to the first model; the second also has to read its way to its own."""
ROUND_FRAMES = 6000
"""The most in which both have one part; a longer clip is parted again and again."""
LONG_FRAMES = 450
"""Shorter clips are over before a second model has paid for itself."""
SETTLE_FRAMES = 45
"""Seen by a model before its first pose of a part counts."""
WAITING_FRAMES = 6000
"""So many poses are kept at most."""
_WAIT_S = 0.2

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
    parts = Parts.of(count)
    later: Queue[Later | None] = Queue(WAITING_FRAMES)
    enough = Event()
    with ThreadPoolExecutor(1, "second-model") as thread:
        second = thread.submit(_look_ahead, parts, reopen, estimator, later, enough)
        try:
            with on_cores(0, cores() // 2):
                first = estimator()
            with first as one, closing(read_ahead(source)) as frames:
                for frame in frames:
                    index = frame.ref.index
                    if not parts.second(index):
                        yield frame, one.pose(frame)
                    elif (found := later.get()) is not None and found[0] == index:
                        if not parts.second(index + SETTLE_FRAMES):
                            one.pose(frame)
                        yield frame, found[1]
                    else:
                        second.result()
                        raise SourceError(f"{source.info.name}: it changed while it was read")
        finally:
            enough.set()


@dataclass(frozen=True, slots=True)
class Parts:
    """Which model looks at which frame: in every ``round`` the first one at the first ``share``."""

    count: int
    round: float
    share: float = FIRST_SHARE

    @classmethod
    def of(cls, count: int) -> Self:
        """Of a clip of so many frames."""
        return cls(count, count / math.ceil(count / ROUND_FRAMES))

    def second(self, index: int) -> bool:
        """Whether the frame is the second model's; what comes after the end, too."""
        return index >= self.count or index % self.round >= self.share * self.round


def _look_ahead(
    parts: Parts,
    reopen: Callable[[], Recorded],
    estimator: Callable[[], PersonEstimator],
    later: Queue[Later | None],
    enough: Event,
) -> None:
    """Put index and pose of every frame of the second model into ``later``, and None at the end."""
    try:
        with on_cores(cores() // 2, cores() // 2):
            ahead = estimator()
        with ahead as other, reopen() as source:
            for ref, picture in source.unread():
                if enough.is_set():
                    return
                mine = parts.second(ref.index)
                if mine or parts.second(ref.index + SETTLE_FRAMES):
                    pose = other.pose(Frame(ref, picture()))
                    if mine:
                        _put(later, (ref.index, pose), enough)
    finally:
        _put(later, None, enough)


def _put(later: Queue[Later | None], item: Later | None, enough: Event) -> None:
    """Put it there, or not at all once nobody takes it any more."""
    while not enough.is_set():
        with suppress(Full):
            later.put(item, timeout=_WAIT_S)
            return
