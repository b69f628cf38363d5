"""A camera that never waits: every frame of an acted scene, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import numpy as np

from posecheck.core.records import FrameRef, Pose
from posecheck.sources.base import Frame, SourceInfo
from posecheck.sources.live import Arrival
from tests.acting import HEIGHT_PX, WIDTH_PX, Actor

FPS = 30


class EagerSource:
    """Stands in for `LiveSource`. ``gone``: at these frames no picture comes, for as long."""

    def __init__(self, count: int, each: Callable[[int], None] = lambda _index: None) -> None:
        self.info = SourceInfo("acted", WIDTH_PX, HEIGHT_PX, FPS, None, None)
        self.lost: str | None = None
        self.dropped = 0
        self._count, self._each, self._at = count, each, 0
        self._rgb = np.full((HEIGHT_PX, WIDTH_PX, 3), 120, np.uint8)

    @property
    def ended(self) -> bool:
        return self._at >= self._count

    def newest(self, timeout_s: float) -> Arrival | None:  # noqa: ARG002
        if self.ended:
            return None
        index, self._at = self._at, self._at + 1
        self._each(index)
        ref = FrameRef(index, index / FPS, WIDTH_PX, HEIGHT_PX)
        return Arrival(Frame(ref, self._rgb), time.monotonic())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass


class LiveActor(Actor):
    """An estimator that gives each frame the pose written for it, and can count."""

    def __init__(self, poses: Sequence[Pose | None], people: int = 1) -> None:
        super().__init__(poses)
        self.people = people

    def warm_up(self) -> None:
        pass

    def people_in(self, frame: Frame) -> int:  # noqa: ARG002
        return self.people
