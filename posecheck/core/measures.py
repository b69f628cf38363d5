"""From the body's lines to clinical angles: change since neutral, or against the trunk line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from posecheck.core.geometry import ANKLES, SIDES, BodyLines, short_way_deg, wrap_deg
from posecheck.core.landmarks import LIMBS
from posecheck.core.neutral import Neutral
from posecheck.core.pelvis import PelvisReading
from posecheck.core.records import NAN, Array, Mask, Measurement, Pose, Side
from posecheck.core.thigh_fit import ThighFit

TRUNK_TO_THIGH_DEG = -3.4
"""Direction of the thigh minus that of the trunk line, lying flat (sd 2.6 deg between 16 rendered
subjects): what stands in for a neutral that was never seen."""
LINE_ERROR_SD_DEG = 9.4
"""One standard deviation of the error of the line from hip to knee, taken for the thigh as it is:
7.5 deg off on average over all cameras of rendered subjects, the leg raised."""
PASSING_LIFT_DEG, PASSING_DEG = 8.0, 55.0
"""The resting thigh is not measured while the working one is lifted by more than the first and is
nearer to it than the second: in rendered clips it then reads up to 60 deg too high."""
_TELLING = [(LIMBS[side].shoulder, LIMBS[side].hip, LIMBS[side].knee) for side in SIDES]
"""The landmarks that a thigh angle rests on, the left leg's first."""
MIN_VISIBILITY = 0.3
MIN_PRESENCE = 0.5
BEHIND_VISIBILITY, BEHIND_DEG = 0.6, 15.0
"""A thigh less visible than the first, the other one lifted by more than the second in the picture,
is hidden: a far one behind a knee that stands, say, whose landmarks it then takes for its own. On
rendered people half of what it reads is more than 15 deg off, otherwise next to nothing."""
DRAGGED_TRUNKS, DRAGGED_LIFT_DEG = 0.5, 40.0
"""Nor while the working thigh is lifted by more than the second and both ankles are nearer to each
other than the first, trunk lengths: on rendered people a third of such readings is more than 8 deg
too high, for the landmarks of the resting leg are dragged along, and one in forty otherwise."""
UNSURE_SHARE = 0.25
"""What is left of the confidence while the two legs may have been taken for each other."""


def neutral_line_deg(lines: BodyLines, neutral: Neutral | None) -> Array:
    """Where each thigh points at rest, (2,) deg, left first; see `posecheck.core.geometry`.

    Without a neutral it is where the trunk line says that the thigh would lie.
    """
    if neutral is not None:
        return neutral.thigh_line_deg
    return np.full(2, lines.trunk_line_deg + TRUNK_TO_THIGH_DEG)


def lifts_deg(lines: BodyLines, neutral: Neutral | None) -> Array:
    """How far the line of each thigh has turned from rest in the picture, (2,) deg, left first.

    Positive to the chest. Good enough to tell which leg is at work; see `Thighs` for its angle.
    """
    return wrap_deg(lines.thigh_line_deg - neutral_line_deg(lines, neutral))


@dataclass(frozen=True, slots=True, eq=False)
class Thighs:
    """Rotation of both thighs since rest, deg (..., 2), left first, positive to the chest.

    ``raised_deg`` holds for the leg at work, ``resting_deg`` for the other.
    """

    raised_deg: Array
    resting_deg: Array


def thighs(lines: Sequence[BodyLines], neutral: Neutral | None, fit: ThighFit | None) -> Thighs:
    """`Thighs` of n frames, (n, 2). Without a fit both are the turn of the lines in the picture."""
    turned = np.array([lifts_deg(each, neutral) for each in lines]).reshape(-1, 2)
    if fit is None or not lines:
        return Thighs(turned, turned)
    raised, resting = turned.copy(), turned.copy()
    points, head = np.stack([each.points for each in lines]), np.array([e.head_sign for e in lines])
    rest = None if neutral is None else neutral.points
    for head_sign in np.unique(head):
        mine = head == head_sign
        at_work, at_rest = fit.thighs_deg(points[mine], rest, int(head_sign))
        raised[mine] = at_work
        if rest is not None:
            resting[mine] = at_rest
    return Thighs(raised, resting)


def thighs_now(
    lines: BodyLines, neutral: Neutral | None, fit: ThighFit | None, lift_deg: Array
) -> Thighs:
    """`Thighs` of one frame, (2,) each; ``lift_deg``: its `lifts_deg`."""
    if fit is None:
        return Thighs(lift_deg, lift_deg)
    rest = None if neutral is None else neutral.points
    raised, resting = fit.thighs_deg(lines.points, rest, lines.head_sign)
    return Thighs(raised, lift_deg if rest is None else resting)


def with_outline(
    both: Thighs, outline: Array, neutral: Neutral | None, fit: ThighFit | None
) -> Thighs:
    """The thighs (2,) with the higher one at work moved to what the outline (OUTLINE,) says too."""
    if fit is None or fit.outline is None or neutral is None:
        return both
    return Thighs(fit.outline.moved(both.raised_deg, outline, neutral.outline), both.resting_deg)


def visible_confidence(pose: Pose) -> Array:
    """The least visibility of shoulder, hip and knee of each leg, (2,), 0 to 1, left first.

    NaN, not measured: a hip, knee or shoulder outside the picture or hidden.
    """
    visibility, presence = pose.visibility.tolist(), pose.presence.tolist()
    least = [(min(visibility[i] for i in leg), min(presence[i] for i in leg)) for leg in _TELLING]
    return np.array(
        [NAN if v < MIN_VISIBILITY or p < MIN_PRESENCE else min(v, p) for v, p in least]
    )


def behind(confidence: Array, lift_deg: Array) -> Mask:
    """Which legs (..., 2) are hidden behind the other one, by `visible_confidence` and lift."""
    return np.asarray((confidence < BEHIND_VISIBILITY) & (lift_deg[..., ::-1] > BEHIND_DEG))


def measure(
    lines: BodyLines, side: Side | None, confidence: Array, both: Thighs, hidden: Mask
) -> Measurement:
    """The angles of one frame. ``confidence`` (2,) a leg, left first; NaN: that leg is not seen.

    ``both``: the thighs of this frame, (2,) each; ``hidden`` (2,): see `behind`.
    """
    if side is None:
        return Measurement()
    work = SIDES.index(side)
    rest = 1 - work
    sure, rest_sure = float(confidence[work]), float(confidence[rest])
    raised, resting = float(both.raised_deg[work]), float(both.resting_deg[rest])
    seen = not math.isnan(sure) and not hidden[work]
    raised = raised if seen else NAN
    dragged = raised > DRAGGED_LIFT_DEG and _ankles_trunks(lines) < DRAGGED_TRUNKS
    resting = NAN if math.isnan(rest_sure) or dragged else resting
    return Measurement(
        side=side,
        thigh_angle_deg=raised,
        resting_thigh_deg=resting_thigh_deg(raised, resting),
        knee_flexion_deg=float(lines.knee_flexion_deg[work]) if seen else NAN,
        confidence=sure if seen else NAN,
    )


def with_pelvis(measurement: Measurement, pelvis: PelvisReading) -> Measurement:
    """The measurement with tilt, twist and, from them, hip flexion."""
    return replace(
        measurement,
        hip_flexion_deg=measurement.thigh_angle_deg - pelvis.tilt_deg,
        pelvic_tilt_deg=pelvis.tilt_deg,
        pelvic_tilt_sd_deg=pelvis.tilt_sd_deg,
        low_back_twist_deg=pelvis.twist_deg,
        low_back_twist_sd_deg=pelvis.twist_sd_deg,
    )


def doubted(measurement: Measurement, *, sure: bool) -> Measurement:
    """The measurement with its confidence lowered unless it is sure which leg is which."""
    if sure:
        return measurement
    return replace(measurement, confidence=UNSURE_SHARE * measurement.confidence)


def _ankles_trunks(lines: BodyLines) -> float:
    """Distance of the ankles from each other in the picture, trunk lengths."""
    return math.dist(*lines.points[ANKLES, :2].tolist()) / lines.trunk_px


def resting_thigh_deg(working_lift_deg: float, resting_lift_deg: float) -> float:
    """Lift of the resting thigh, deg, positive off the mat.

    NaN while the working thigh passes close by: the landmarks then drag the resting leg along.
    """
    apart_deg = working_lift_deg - resting_lift_deg
    if working_lift_deg > PASSING_LIFT_DEG and apart_deg < PASSING_DEG:
        return NAN
    return short_way_deg(resting_lift_deg)
