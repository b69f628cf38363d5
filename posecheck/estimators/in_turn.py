"""The poses of a clip on two cores: two models look at its frames in turn.

The pose model uses one core, so two of them look at every other frame each, on their half of the
cores. To either the clip has half the rate, at which somebody lying is followed as well.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import cycle

from posecheck.core.records import Pose
from posecheck.cores import cores, on_cores
from posecheck.estimators.person import PersonEstimator
from posecheck.sources.base import Frame, Source
from posecheck.sources.read_ahead import read_ahead

MODELS = 2
"""More would each see too few frames a second of an ordinary clip."""
LONG_FRAMES = 150
"""Shorter clips are over before a second model has paid for itself."""
WAITING_FRAMES = 4
"""So many for each model are looked at or wait; with 2 of them, one often waits for the other."""

Posed = tuple[Frame, Pose | None]
Look = Callable[[Frame], Future[Pose | None]]
"""Hands a model the next frame that it sees; what it makes of it comes later."""


def posed_frames(source: Source, estimator: Callable[[], PersonEstimator]) -> Generator[Posed]:
    """Every frame of ``source`` in order with the pose of the person on the mat.

    ``estimator`` makes what looks at it. Models have threads of their own, and so has decoding;
    on a single core nothing has, for handing over from one to another only costs.
    """
    with closing(read_ahead(source)) as frames:
        if cores() < MODELS:
            with estimator() as only:
                for frame in frames:
                    yield frame, only.pose(frame)
        else:
            alone = source.info.still or (source.info.frame_count or 0) < LONG_FRAMES
            models = 1 if alone else MODELS
            at_hand = source.info.room_for(models * WAITING_FRAMES, least=models + 1)
            yield from _in_turn(frames, estimator, models, at_hand)


def _in_turn(
    frames: Iterator[Frame], estimator: Callable[[], PersonEstimator], models: int, at_hand: int
) -> Generator[Posed]:
    waiting: deque[tuple[Frame, Future[Pose | None]]] = deque()
    share = cores() // models
    with ExitStack() as stack:
        looks = [
            stack.enter_context(_looking(estimator, number * share, share))
            for number in range(models)
        ]
        for frame, look in zip(frames, cycle(looks), strict=False):
            waiting.append((frame, look(frame)))
            if len(waiting) == at_hand:
                looked_at, pose = waiting.popleft()
                yield looked_at, pose.result()
        for looked_at, pose in waiting:
            yield looked_at, pose.result()


@contextmanager
def _looking(estimator: Callable[[], PersonEstimator], first: int, count: int) -> Iterator[Look]:
    """A model on ``count`` cores from the ``first`` on, with a thread of its own."""
    thread = ThreadPoolExecutor(1, "pose-model")
    made = thread.submit(_made, estimator, first, count)
    try:
        yield lambda frame: thread.submit(lambda: made.result().pose(frame))
    finally:
        thread.shutdown(cancel_futures=True)
        if not made.cancelled() and not made.exception():
            made.result().close()


def _made(estimator: Callable[[], PersonEstimator], first: int, count: int) -> PersonEstimator:
    with on_cores(first, count):
        return estimator()
