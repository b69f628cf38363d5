"""From the body's lines to clinical angles: change since neutral, or against the trunk line."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from posecheck.core.geometry import SIDES, BodyLines, difference_deg, wrap_deg
from posecheck.core.landmarks import LIMBS
from posecheck.core.neutral import Neutral
from posecheck.core.records import NAN, Array, Measurement, Pose, Side

# The first three are fitted by `python -m posecheck.synthetic.landmark_fit`: 16 rendered subjects,
# none of them in a sample clip, camera within 12 degrees of the side and 3 to 20 up, 319 poses.
THIGH_CORRECTION = (1.311, -0.00546, 0.0000215)
"""Thigh angle from the rotation x of the hip-knee line in the picture: a x + b x^2 + c x^3 (deg).
The landmarks lag behind the thigh at small angles and run ahead of it at large ones. On subjects
left out of the fit it takes the mean absolute error from 3.9 to 2.7 deg."""
TRUNK_TO_THIGH_DEG = -3.4
"""Direction of the thigh minus that of the trunk line, lying flat (sd 2.6 deg between subjects):
what stands in for a neutral that was never seen."""
TYPICAL_ERROR_DEG = {"neutral": 3.5, "trunk": 4.3}
"""One standard deviation of the thigh angle's error on those left-out subjects, by calibration."""
IN_PLANE_SHORTENING = 0.93
"""Length in the picture of a raised thigh in the sagittal plane against the same thigh at rest (sd
0.08; 10 rendered subjects)."""
TOLD_SHORTENING = 0.77
"""Only a thigh shortened to less, two of those sd, can be told to have left the plane."""
LIFTED_DEG = 20.0
"""A thigh above this is at work."""
CLEARLY_MORE_DEG = 12.0
"""The other leg takes over the work when it is lifted by this much more."""
TAKES_OVER_S = 0.5
"""... for this long."""
PASSING_LIFT_DEG, PASSING_DEG = 8.0, 55.0
"""The resting thigh is not measured while the working one is lifted by more than the first and is
nearer to it than the second: in rendered clips it then reads up to 60 deg too high."""
MIN_VISIBILITY = 0.3
MIN_PRESENCE = 0.5


def neutral_line_deg(lines: BodyLines, neutral: Neutral | None) -> Array:
    """Where each thigh points at rest, (2,) deg, left first; see `posecheck.core.geometry`.

    Without a neutral it is where the trunk line says that the thigh would lie.
    """
    if neutral is not None:
        return neutral.thigh_line_deg
    return np.full(2, lines.trunk_line_deg + TRUNK_TO_THIGH_DEG)


def lifts_deg(lines: BodyLines, neutral: Neutral | None) -> Array:
    """How far each thigh is rotated from rest, (2,) deg, left first, positive to the chest."""
    return corrected_deg(wrap_deg(lines.thigh_line_deg - neutral_line_deg(lines, neutral)))


def corrected_deg(rotation_deg: Array) -> Array:
    """The thigh's rotation from that of the line between its landmarks; see `THIGH_CORRECTION`.

    Below 0 and beyond 140 deg, where nothing was fitted, the slope at the edge goes on.
    """
    a, b, c = THIGH_CORRECTION
    x = np.clip(rotation_deg, 0.0, 140.0)
    slope = a + 2 * b * x + 3 * c * x**2
    inside: Array = a * x + b * x**2 + c * x**3
    return inside + np.minimum(slope, 1.0) * (rotation_deg - x)


@dataclass(slots=True)
class WorkingLeg:
    """Causal: which leg works. It stays the same until the other is clearly the one lifted."""

    fixed: Side | None = None
    _side: Side | None = field(default=None, init=False)
    _other_since_s: float = field(default=NAN, init=False)

    def step(self, time_s: float, lift_deg: Array, near_side: Side | None) -> Side | None:
        """The working leg after a frame with lifts (2,) deg; None before one was lifted.

        With both legs lifted alike and none chosen before, it is the nearer one, which is seen
        better. ``time_s`` (s).
        """
        if self.fixed is not None:
            return self.fixed
        both_seen = not np.isnan(lift_deg).any()
        lift_deg = np.where(np.isnan(lift_deg), 0.0, lift_deg)  # a leg out of sight is not at work
        if lift_deg.max() < LIFTED_DEG:
            self._other_since_s = NAN if both_seen else self._other_since_s
            return self._side
        clearly = lift_deg.max() - lift_deg.min() >= CLEARLY_MORE_DEG
        higher = SIDES[int(np.argmax(lift_deg))] if clearly else self._side or near_side
        if self._side is None or higher is self._side:
            self._side, self._other_since_s = higher, NAN
        elif math.isnan(self._other_since_s):
            self._other_since_s = time_s
        elif time_s - self._other_since_s >= TAKES_OVER_S:
            self._side, self._other_since_s = higher, NAN
        return self._side


def visible_confidence(pose: Pose, side: Side) -> float:
    """The least visibility of shoulder, hip and knee of a leg, 0 to 1; NaN if not measured.

    Not measured: a hip, knee or shoulder outside the picture or hidden.
    """
    limb = LIMBS[side]
    points = [limb.shoulder, limb.hip, limb.knee]
    visibility, presence = pose.visibility[points], pose.presence[points]
    if visibility.min() < MIN_VISIBILITY or presence.min() < MIN_PRESENCE:
        return NAN
    return float(min(visibility.min(), presence.min()))


def measure(
    lines: BodyLines, side: Side | None, neutral: Neutral | None, confidence: Array
) -> Measurement:
    """The angles of one frame. ``confidence`` (2,) a leg, left first; NaN: that leg is not seen."""
    if side is None:
        return Measurement()
    work = SIDES.index(side)
    rest = 1 - work
    lift = np.where(np.isnan(confidence), NAN, lifts_deg(lines, neutral))
    seen = not math.isnan(confidence[work])
    return Measurement(
        side=side,
        thigh_angle_deg=float(lift[work]),
        resting_thigh_deg=resting_thigh_deg(float(lift[work]), float(lift[rest])),
        knee_flexion_deg=float(lines.knee_flexion_deg[work]) if seen else NAN,
        knee_line_deg=knee_line_deg(lines, side, neutral) if seen else NAN,
        confidence=float(confidence[work]) if seen else NAN,
    )


def resting_thigh_deg(working_lift_deg: float, resting_lift_deg: float) -> float:
    """Lift of the resting thigh, deg, positive off the mat.

    NaN while the working thigh passes close by: the landmarks then drag the resting leg along.
    """
    apart_deg = working_lift_deg - resting_lift_deg
    if working_lift_deg > PASSING_LIFT_DEG and apart_deg < PASSING_DEG:
        return NAN
    return float(difference_deg(resting_lift_deg, 0.0))


def knee_line_deg(lines: BodyLines, side: Side, neutral: Neutral | None) -> float:
    """How far the thigh leaves the sagittal plane, deg, positive out to the side.

    From the thigh's foreshortening since neutral. NaN without a neutral, and below some 34 deg,
    which one camera at the side cannot tell from 0 (mean absolute error above that: 11 deg). The
    landmarks' depth does not tell out from past midline (right in two of three); what is seen here
    is taken to be out, for no hip goes so far past midline.
    """
    if neutral is None:
        return NAN
    work = SIDES.index(side)
    shortening = float(lines.thigh_px[work] / neutral.thigh_px[work])
    if not shortening < TOLD_SHORTENING:
        return NAN
    return math.degrees(math.acos(shortening / IN_PLANE_SHORTENING))
