"""The two ends of a synthetic pose: the joint angles asked for, and the angles that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from posecheck.core.records import Array, Side


class Hands(StrEnum):
    """Where the hands go when they leave the mat."""

    THIGH = "behind the thigh"
    SHIN = "on the shin"
    STRAP_FOOT = "strap round the foot"
    STRAP_THIGH = "strap behind the thigh"
    HIP = "one over the hip, one behind the thigh"
    MAT = "on the mat"
    UP = "the working side's straight up"
    BELLY = "on the belly"
    BELLY_THIGH = "from the belly to behind the thigh"


STRETCHING = (
    Hands.THIGH, Hands.SHIN, Hands.STRAP_FOOT, Hands.STRAP_THIGH, Hands.HIP, Hands.MAT,
)  # fmt: skip
"""Where they are while somebody stretches."""


@dataclass(frozen=True, slots=True)
class JointAngles:
    """What a motion asks of the body, degrees since neutral (signs as everywhere in posecheck).

    ``thigh_deg`` and ``resting_thigh_deg`` are rotations against the mat, not the pelvis. Twist is
    positive when the working side of the pelvis rises, obliquity when it moves towards the head.
    ``reach`` 0 leaves the hands at rest, mostly on the mat, 1 brings them where ``hands`` says.
    ``breath`` is -1 (out) to 1 (in).
    A knee flexes no further than the mat under the heel allows.
    """

    thigh_deg: float = 0.0
    knee_deg: float = 0.0
    pelvic_tilt_deg: float = 0.0
    low_back_twist_deg: float = 0.0
    resting_thigh_deg: float = 0.0
    resting_knee_deg: float = 0.0
    knee_line_deg: float = 0.0
    reach: float = 0.0
    breath: float = 0.0
    hands: Hands = Hands.THIGH
    pelvic_obliquity_deg: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """Where the bones are: ``joints_m`` maps "hip.left" and so on to (3,), body frame, metres.

    ``pelvis`` (3, 3) is the rotation of the pelvis since the rest pose.
    """

    joints_m: dict[str, Array]
    pelvis: Array


@dataclass(frozen=True, slots=True)
class Truth:
    """The angles of a posed skeleton, degrees, named and signed as in ``angles.csv``.

    ``low_back_twist_deg`` is positive when the working side of the pelvis rises from the mat.
    """

    thigh_angle_deg: float
    hip_flexion_deg: float
    pelvic_tilt_deg: float
    low_back_twist_deg: float
    resting_thigh_deg: float
    knee_flexion_deg: float
    knee_line_deg: float


def measure(posed: Skeleton, neutral: Skeleton, working: Side) -> Truth:
    """Angles of ``posed`` since ``neutral``, from joint centres and the pelvis alone."""
    thigh = _sagittal_deg(posed, working) - _sagittal_deg(neutral, working)
    resting = _sagittal_deg(posed, working.other) - _sagittal_deg(neutral, working.other)
    turn = posed.pelvis @ neutral.pelvis.T
    long_axis, left_axis = turn[:, 1], turn[:, 0]
    tilt = float(-np.degrees(np.arctan2(long_axis[2], long_axis[1])))
    left_up = float(np.degrees(np.arctan2(left_axis[2], left_axis[0])))
    return Truth(
        thigh_angle_deg=thigh,
        hip_flexion_deg=thigh - tilt,
        pelvic_tilt_deg=tilt,
        low_back_twist_deg=left_up if working is Side.LEFT else -left_up,
        resting_thigh_deg=resting,
        knee_flexion_deg=bend_deg(
            *(posed.joints_m[f"{joint}.{working}"] for joint in ("hip", "knee", "ankle"))
        ),
        knee_line_deg=_outward_deg(posed, working) - _outward_deg(neutral, working),
    )


def obliquity_deg(posed: Skeleton, neutral: Skeleton, working: Side) -> float:
    """Pelvic obliquity since neutral, degrees: positive, the working side is nearer to the head."""
    left_axis = (posed.pelvis @ neutral.pelvis.T)[:, 0]
    left_up = float(np.degrees(np.arctan2(left_axis[1], left_axis[0])))
    return left_up if working is Side.LEFT else -left_up


def bend_deg(a: Array, b: Array, c: Array) -> float:
    """How far a-b-c departs from a straight line, degrees (0 straight)."""
    first, second = b - a, c - b
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(first, second)), first @ second)))


def _thigh(skeleton: Skeleton, side: Side) -> Array:
    return skeleton.joints_m[f"knee.{side}"] - skeleton.joints_m[f"hip.{side}"]


def _sagittal_deg(skeleton: Skeleton, side: Side) -> float:
    """Direction of the thigh in the sagittal plane: 0 towards the feet, 90 up, 180 to the head."""
    _, y, z = _thigh(skeleton, side)
    return float(np.degrees(np.arctan2(z, -y)))


def _outward_deg(skeleton: Skeleton, side: Side) -> float:
    thigh = _thigh(skeleton, side)
    outward = thigh[0] if side is Side.LEFT else -thigh[0]
    return float(np.degrees(np.arcsin(outward / np.linalg.norm(thigh))))
