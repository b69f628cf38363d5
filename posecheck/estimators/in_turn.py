"""The poses of a clip by two models, which look at its frames in turn, so that two cores are busy.

The pose model uses one core, so two of them look at every other frame each, on their half of the
cores. To either the clip has half the rate, at which somebody lying is followed as well. Outlines,
a tenth of the work, are the first model's: a frame between two of its own takes what lies between.
A single core has both models as well: what is measured must not hang on the computer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from itertools import cycle

from posecheck.core.records import Pose
from posecheck.cores import cores, on_cores
from posecheck.estimators.person import PersonEstimator
from posecheck.sources.base import Frame, Source, SourceInfo
from posecheck.sources.read_ahead import read_ahead

MODELS = 2
"""More would each see too few frames a second of an ordinary clip."""
LONG_FRAMES = 150
"""Shorter clips are over before a second model has paid for itself."""
USUAL_FPS = 30.0
SLOW_FPS = 9.0
"""At half of less a model loses sight of people: of 26 rendered clips at 7 frames a second 97.8
instead of 99.7 % of the frames were measured, at 10 a second 100.0 and 99.8 % (thigh 1.94 and
1.89 deg off)."""
WAITING_FRAMES = 4
"""So many for each model are looked at or wait; with 2 of them, one often waits for the other."""

APART_S = 0.25
"""Between outlines further apart than this there is none."""

Posed = tuple[Frame, Pose | None]
Estimator = Callable[[bool], PersonEstimator]
"""Makes what looks at a clip, with outlines or without."""
Look = Callable[[Frame], Future[Pose | None]]
"""Hands a model the next frame that it sees; what it makes of it comes later."""


def posed_frames(source: Source, estimator: Estimator) -> Generator[Posed]:
    """Every frame of ``source`` in order with the pose of the person on the mat.

    Models have threads of their own, and so has decoding; on a single core nothing has, for handing
    over from one to another only costs.
    """
    models = _models(source.info)
    room = source.info.room_for(models * WAITING_FRAMES, least=2 * models)
    with closing(read_ahead(source)) as frames:
        if cores() < MODELS:
            posed = _by_turns(frames, estimator, models)
        else:
            posed = _in_turn(frames, estimator, models, room - models + 1)  # `outlined` keeps one
        with closing(posed):
            yield from posed if models == 1 else outlined(posed)


def _models(info: SourceInfo) -> int:
    # Matroska and WebM do not count their frames, but mostly tell how long they are.
    frames = info.frame_count or USUAL_FPS * (info.duration_s or 0.0)
    slow = (info.average_fps or USUAL_FPS) < SLOW_FPS
    return 1 if info.still or frames < LONG_FRAMES or slow else MODELS


def outlined(posed: Iterable[Posed]) -> Iterator[Posed]:
    """The same with every second pose given the outline between those before and after it."""
    before: Posed | None = None
    lone: Posed | None = None
    try:
        for number, each in enumerate(posed):
            if number % MODELS:
                lone = each
                continue
            if before and lone:
                yield _between(before, lone, each)
            before, lone = each, None
            yield each
    except Exception:
        if lone:  # an error has its place behind it
            yield lone
        raise
    if lone:
        yield lone


def _between(one: Posed, posed: Posed, other: Posed) -> Posed:
    frame, pose = posed
    start_s, time_s, end_s = (each.ref.time_s for each, _ in (one, posed, other))
    if pose is None or one[1] is None or other[1] is None or end_s - start_s > APART_S:
        return posed
    before, after = one[1].outline, other[1].outline
    share = (time_s - start_s) / (end_s - start_s)
    return frame, replace(pose, outline=before + share * (after - before))


def _by_turns(frames: Iterator[Frame], estimator: Estimator, models: int) -> Generator[Posed]:
    with ExitStack() as stack:
        looks = [stack.enter_context(estimator(number == 0)) for number in range(models)]
        for frame, look in zip(frames, cycle(looks), strict=False):
            yield frame, look.pose(frame)


def _in_turn(
    frames: Iterator[Frame], estimator: Estimator, models: int, at_hand: int
) -> Generator[Posed]:
    waiting: deque[tuple[Frame, Future[Pose | None]]] = deque()
    share = cores() // models
    with ExitStack() as stack:
        looks = [
            stack.enter_context(_looking(estimator, number, share)) for number in range(models)
        ]
        for frame, look in zip(frames, cycle(looks), strict=False):
            waiting.append((frame, look(frame)))
            if len(waiting) == at_hand:
                looked_at, pose = waiting.popleft()
                yield looked_at, pose.result()
        for looked_at, pose in waiting:
            yield looked_at, pose.result()


@contextmanager
def _looking(estimator: Estimator, number: int, share: int) -> Iterator[Look]:
    """A model on its ``share`` of the cores, with a thread of its own; the first has outlines."""
    thread = ThreadPoolExecutor(1, "pose-model")
    made = thread.submit(_made, estimator, number, share)
    try:
        yield lambda frame: thread.submit(lambda: made.result().pose(frame))
    finally:
        thread.shutdown(cancel_futures=True)
        if not made.cancelled() and not made.exception():
            made.result().close()


def _made(estimator: Estimator, number: int, share: int) -> PersonEstimator:
    with on_cores(number * share, share):
        return estimator(number == 0)
