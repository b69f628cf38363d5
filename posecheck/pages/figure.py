"""A drawing of the body from its angles: what part of the thigh's way is hip, and what pelvis."""

from __future__ import annotations

import math
from dataclasses import dataclass

TRUNK, THIGH, SHANK, HEAD = 104.0, 88.0, 84.0, 17.0
ARC = 52.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """Points of the drawing (x right, y down, the hip at 0 0, the head at the left) and its arcs.

    ``tilt_arc`` from neutral as far as the pelvis tilted, empty where that is not known; ``arc``
    from there to the thigh. ``told``: the pelvis is known, so that ``arc`` is the hip's part.
    """

    head: Point
    shoulder: Point
    knee: Point
    ankle: Point
    resting_knee: Point
    resting_ankle: Point
    pelvis_deg: float
    told: bool
    tilt_arc: str
    arc: str


def figure(
    thigh_angle_deg: float,
    pelvic_tilt_deg: float,
    knee_flexion_deg: float,
    resting_thigh_deg: float,
) -> Figure:
    """The body at these angles, deg; only the thigh's must be known, NaN is drawn as usual."""
    tilt = pelvic_tilt_deg if math.isfinite(pelvic_tilt_deg) else 0.0
    bent = knee_flexion_deg if math.isfinite(knee_flexion_deg) else 90.0
    resting = max(resting_thigh_deg, 0.0) if math.isfinite(resting_thigh_deg) else 0.0
    knee = _beyond((0.0, 0.0), thigh_angle_deg, THIGH)
    resting_knee = _beyond((0.0, 0.0), resting, THIGH)
    return Figure(
        head=(-TRUNK - 1.6 * HEAD, -2.0),
        shoulder=(-TRUNK, 0.0),
        knee=knee,
        ankle=_beyond(knee, thigh_angle_deg - bent, SHANK),
        resting_knee=resting_knee,
        resting_ankle=_beyond(resting_knee, resting - 2 * min(resting, 30.0), SHANK),
        pelvis_deg=round(tilt, 1),
        told=math.isfinite(pelvic_tilt_deg),
        tilt_arc=_arc(0.0, tilt) if tilt > 0 else "",
        arc=_arc(max(tilt, 0.0), thigh_angle_deg),
    )


def _beyond(start: Point, direction_deg: float, length: float) -> Point:
    """So far from ``start``; 0 is towards the feet, 90 up from the mat."""
    turn = math.radians(direction_deg)
    x, y = start[0] + length * math.cos(turn), start[1] - length * math.sin(turn)
    return round(x, 1), round(y, 1)


def _arc(from_deg: float, to_deg: float) -> str:
    """A sector about the hip."""
    (x0, y0), (x1, y1) = (_beyond((0.0, 0.0), deg, ARC) for deg in (from_deg, to_deg))
    large = int(to_deg - from_deg > 180)
    return f"M0 0L{x0} {y0}A{ARC} {ARC} 0 {large} 0 {x1} {y1}Z"
