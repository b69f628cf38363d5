"""How the person lies or stands in one picture: only on the back are angles measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from posecheck.core.landmarks import Landmark
from posecheck.core.records import NAN, Array, Pose, Side

LYING_TILT_DEG = 40.0
"""Largest slope of the trunk in the picture of someone lying, oblique cameras included."""
CHEST_UP_MIN = 0.5
"""Smallest upward part of the chest's normal on the back: up to 60 degrees of roll."""
KNEES_DOWN_TRUNKS = 0.6
"""Standing, the knees are further than this below the hips, trunk lengths; see `sitting`."""


_TRUNK = np.array(
    [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP]
)


class Posture(StrEnum):
    """What the trunk does."""

    SUPINE = "on the back"
    PRONE = "face down"
    SIDE_LYING = "on the side"
    UPRIGHT = "upright"
    UNSEEN = "not seen"


@dataclass(frozen=True, slots=True)
class Stance:
    """Posture, and the way the head lies in the picture.

    ``head_sign``: +1 head at the right of the picture, -1 at the left, 0 when not lying.
    ``trunk_tilt_deg``: slope of the trunk against the picture's horizon, 0 to 90.
    ``chest_up``: upward part of the chest's unit normal, +1 face up, -1 face down, by the world
    landmarks.
    """

    posture: Posture
    head_sign: int = 0
    trunk_tilt_deg: float = NAN
    chest_up: float = NAN

    @property
    def lying(self) -> bool:
        """Whether the trunk lies, whichever way up."""
        return self.posture not in (Posture.UPRIGHT, Posture.UNSEEN)

    @property
    def near_side(self) -> Side | None:
        """The leg nearer to a camera at the side of someone on their back."""
        if self.posture is not Posture.SUPINE:
            return None
        return Side.LEFT if self.head_sign > 0 else Side.RIGHT


UNSEEN = Stance(Posture.UNSEEN)


@lru_cache(maxsize=8)  # everyone asks it of the same pose
def stance_of(pose: Pose | None) -> Stance:
    """Judge one pose; `UNSEEN` for None, or where the trunk's landmarks are NaN.

    Without world landmarks, those of another pose program, who lies is taken to lie on the back.
    """
    if pose is None:
        return UNSEEN
    right_px, down_px = _up_the_trunk(pose.xy_px[_TRUNK].tolist())
    tilt_deg = math.degrees(math.atan2(abs(down_px), abs(right_px)))
    chest_up = -float(chest_normal(pose)[1])
    if math.isnan(tilt_deg):
        return UNSEEN
    if tilt_deg > LYING_TILT_DEG:
        return Stance(Posture.UPRIGHT, 0, tilt_deg, chest_up)
    head_sign = 1 if right_px > 0 else -1
    if chest_up >= CHEST_UP_MIN or math.isnan(chest_up):
        posture = Posture.SUPINE
    elif chest_up <= -CHEST_UP_MIN:
        posture = Posture.PRONE
    else:
        posture = Posture.SIDE_LYING
    return Stance(posture, head_sign, tilt_deg, chest_up)


def chest_normal(pose: Pose) -> Array:
    """Unit vector (3,) pointing out of the chest, in the axes of the world landmarks."""
    trunk = pose.world_m[_TRUNK].tolist()
    a, b, c = (left - right for left, right in zip(trunk[0], trunk[1], strict=True))
    x, y, z = _up_the_trunk(trunk)
    normal = b * z - c * y, c * x - a * z, a * y - b * x
    length = max(math.hypot(*normal), 1e-9)
    return np.array([each / length for each in normal])


def _up_the_trunk(trunk: list[list[float]]) -> list[float]:
    """From the middle of the hips to that of the shoulders; ``trunk``: places of `_TRUNK`."""
    return [(a + b) / 2 - (c + d) / 2 for a, b, c, d in zip(*trunk, strict=True)]


def sitting(pose: Pose) -> bool:
    """Whether someone upright sits (on a chair, the floor or the heels) rather than stands.

    Told by how far the knees are below the hips in the world landmarks. Real pictures: standing
    0.85 trunk lengths, walking 0.62 or more in 23 of 24, sitting 0.19, kneeling 0.01. Rendered from
    five sides: standing 0.81 or more, sitting below `KNEES_DOWN_TRUNKS` in 117 of 120; the others
    sat on a chair, the knees towards the camera.
    """
    hips, knees, shoulders = (
        pose.world_m[[Landmark[f"LEFT_{joint}"], Landmark[f"RIGHT_{joint}"]]].mean(axis=0)
        for joint in ("HIP", "KNEE", "SHOULDER")
    )
    trunk_m = float(np.linalg.norm(shoulders - hips))
    return bool(knees[1] - hips[1] < KNEES_DOWN_TRUNKS * trunk_m)
