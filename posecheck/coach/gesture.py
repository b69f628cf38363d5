"""A hand held straight up: the one thing that someone on the mat can do without a keyboard."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from posecheck.core.geometry import hips_px, shoulders_px
from posecheck.core.landmarks import Landmark
from posecheck.core.records import NAN, Pose

UP_TRUNKS = 0.7
"""So far above its shoulder is the wrist of an arm held straight up: 0.97 trunk lengths of the near
arm, 0.76 or more of the far one, rendered."""
ASIDE_TRUNKS = 0.28
"""And no further from it towards feet or head: 0.17 at most. Hands at a shin that is drawn up high
are as far up, but 0.3 or more towards the feet. With both, none of 302 rendered clips signals."""
SEEN = 0.5
"""Least visibility of shoulder, elbow and wrist."""
NEXT_S = 1.2
STOP_S = 4.0
BLINK_S = 0.4
"""A hand that is lost from sight for less is still up."""

ARMS = (
    (Landmark.LEFT_SHOULDER, Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST),
    (Landmark.RIGHT_SHOULDER, Landmark.RIGHT_ELBOW, Landmark.RIGHT_WRIST),
)


class Command(StrEnum):
    """What the person, or someone beside them, asks for."""

    NEXT = "next"
    PAUSE = "pause"
    STOP = "stop"


def hand_is_up(pose: Pose) -> bool:
    """Whether either arm of someone lying is held straight up."""
    trunk_px = float(math.dist(shoulders_px(pose), hips_px(pose)))
    for arm in ARMS:
        shoulder, elbow, wrist = (pose.xy_px[joint] for joint in arm)
        if (
            min(pose.visibility[joint] for joint in arm) >= SEEN
            and shoulder[1] - wrist[1] > UP_TRUNKS * trunk_px
            and wrist[1] < elbow[1] < shoulder[1]
            and abs(wrist[0] - shoulder[0]) < ASIDE_TRUNKS * trunk_px
        ):
            return True
    return False


@dataclass(slots=True)
class HandSignal:
    """Causal; feed it the pose of someone lying, None where there is none."""

    _since_s: float = NAN
    _seen_s: float = NAN
    _told: Command | None = None

    def step(self, time_s: float, pose: Pose | None) -> Command | None:
        """`Command.NEXT` once a hand has been up for `NEXT_S`, `Command.STOP` after `STOP_S`."""
        if pose is not None and hand_is_up(pose):
            self._seen_s = time_s
            if math.isnan(self._since_s):
                self._since_s = time_s
        elif not time_s - self._seen_s <= BLINK_S:
            self._since_s, self._told = NAN, None
            return None
        up_s = time_s - self._since_s
        if up_s >= STOP_S and self._told is Command.NEXT:
            self._told = Command.STOP
            return Command.STOP
        if up_s >= NEXT_S and self._told is None:
            self._told = Command.NEXT
            return Command.NEXT
        return None
