"""The person on the mat: one pose a picture, whoever else is in view."""

from __future__ import annotations

import math
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from posecheck.core.geometry import hips_px, shoulders_px
from posecheck.core.posture import Posture, stance_of
from posecheck.core.records import Array, FrameRef, Pose
from posecheck.estimators.mediapipe_pose import MediapipePose
from posecheck.sources.base import Frame

MAX_PEOPLE = 3
SCOUT_EVERY_S = 0.5
ALONE_FOR_S = 5.0


class PersonEstimator:
    """Follows the person lying on the mat through the frames of one source.

    One person is looked for, which is fast and smooth, as long as that person lies. When they do
    not, the picture is now and then searched for several people; if one of them lies, several are
    followed from there on, and the one on the mat is picked, until nobody else has been seen for
    `ALONE_FOR_S` seconds. With ``stills`` true each picture stands alone. With ``outlines`` poses
    have what the person's outline tells, for 2 to 3 ms a frame.
    """

    def __init__(self, model: Path, *, stills: bool = False, outlines: bool = True) -> None:
        self._model = model
        self._stills = stills
        self._scout: MediapipePose | None = None
        self._counter: MediapipePose | None = None
        self._crowd: MediapipePose | None = None
        self._outlines = outlines
        self._single = None if stills else MediapipePose(model, outlines=outlines)
        self._last_middle_px: Array | None = None
        self._scouted_s = -math.inf
        self._company_s = -math.inf

    def pose(self, frame: Frame) -> Pose | None:
        """The pose of the person on the mat, else of the most prominent one, else None."""
        people = self._people(frame)
        chosen = choose(people, self._last_middle_px)
        if chosen is not None and stance_of(chosen).lying and not self._stills:
            self._last_middle_px = middle_px(chosen)
        return chosen

    def warm_up(self) -> None:
        """Look at a black picture: the first one takes several times as long as those after it."""
        black = Frame(FrameRef(0, 0.0, 640, 360), np.zeros((360, 640, 3), np.uint8))
        self.pose(black)
        self.people_in(black)
        self._scouted_s = -math.inf

    def people_in(self, frame: Frame) -> int:
        """How many people are seen in the picture on its own, `MAX_PEOPLE` at most; slow.

        Measured on rendered clips: never one too many (288 pictures of someone alone, 40 with a
        pet), but whoever stands behind with the head out of the picture is missed.
        """
        if self._counter is None:  # one of its own, for this may be asked by another thread
            self._counter = MediapipePose(self._model, video=False, max_people=MAX_PEOPLE)
        return len(self._counter.poses(frame.rgb))

    def _people(self, frame: Frame) -> list[Pose]:
        if self._stills:
            return self._look_around(frame)
        time_s = frame.ref.time_s
        if self._crowd is not None:
            return self._among_several(frame, self._crowd)
        if self._single is None:
            self._single = MediapipePose(self._model, outlines=self._outlines)
        people = self._single.poses(frame.rgb, time_s)
        if any(stance_of(pose).lying for pose in people):
            return people
        if time_s - self._scouted_s < SCOUT_EVERY_S:
            return people
        self._scouted_s = time_s
        around = self._look_around(frame)
        if not any(stance_of(pose).lying for pose in around):
            return people
        self._company_s = time_s
        self._single.close()
        self._single = None
        self._crowd = MediapipePose(self._model, max_people=MAX_PEOPLE, outlines=self._outlines)
        self._crowd.poses(frame.rgb, time_s)
        return around

    def _among_several(self, frame: Frame, crowd: MediapipePose) -> list[Pose]:
        people = crowd.poses(frame.rgb, frame.ref.time_s)
        if len(people) > 1:
            self._company_s = frame.ref.time_s
        elif frame.ref.time_s - self._company_s > ALONE_FOR_S:
            crowd.close()
            self._crowd = None
        return people

    def _look_around(self, frame: Frame) -> list[Pose]:
        if self._scout is None:
            self._scout = MediapipePose(
                self._model, video=False, max_people=MAX_PEOPLE, outlines=self._outlines
            )
        return self._scout.poses(frame.rgb)

    def close(self) -> None:
        """Let the models go."""
        for landmarker in (self._single, self._crowd, self._scout, self._counter):
            if landmarker is not None:
                landmarker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def choose(people: list[Pose], last_middle_px: Array | None) -> Pose | None:
    """The one on the mat: on the back before otherwise lying before upright.

    Among equals the one nearest to ``last_middle_px``, the middle of the trunk last followed
    ((2,) px, None at the start), else the one with the longest trunk.
    """
    if len(people) < 2:
        return people[0] if people else None

    def rank(pose: Pose) -> tuple[int, float]:
        stance = stance_of(pose)
        order = 2 if stance.posture is Posture.SUPINE else int(stance.lying)
        trunk_px = float(np.hypot(*(shoulders_px(pose) - hips_px(pose))))
        if last_middle_px is None:
            return order, trunk_px
        return order, -float(np.hypot(*(middle_px(pose) - last_middle_px)))

    return max(people, key=rank)


def middle_px(pose: Pose) -> Array:
    """Middle of the trunk, (2,) px."""
    middle: Array = (shoulders_px(pose) + hips_px(pose)) / 2
    return middle
