"""How the camera sees someone lying on their back: how large, how whole, and from where."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, field

import numpy as np

from posecheck.core.geometry import (
    ANKLES,
    EARS,
    HIPS,
    KNEES,
    SHOULDERS,
    BodyLines,
    body_lines,
)
from posecheck.core.landmarks import Landmark
from posecheck.core.posture import stance_of
from posecheck.core.records import NAN, Array, Pose

YAW_GAIN = 1.25
"""True yaw for each degree of the world landmarks' trunk axis, which turn too little. Fitted to 84
rendered clips (suite practice) while they lay flat; the intercept, -0.4 deg, is left out."""
LEAN_GAIN = 86.0
"""How far the body seems to lean, deg, for each tangent of the yaw and each trunk length that the
nearer shoulder is lower in the picture: seen from above, a line that comes nearer sinks."""
LEAN_DEG = -0.9
"""How far the trunk of someone lying level seems to lean, deg: shoulders lie lower than hips."""
FAR_OFF_DEG = 30.0
"""A camera further off the side costs degrees: uncorrected about 4 there, 10 at 45."""
LOOK_EVERY_FRAMES, LOOKS = 10, 200
"""The first looks; from so many on every second is dropped, so that they spread over hours, too."""
MOST_LEAN_TRUNKS = 0.35
"""Bound of how much lower the nearer shoulder may be: the camera is then about 30 deg up."""


@dataclass(frozen=True, slots=True)
class View:
    """How a person on their back is seen; every field is NaN where it is not known.

    ``span_share``: length along the body from the ears to the ankles, legs straight or bent, as a
    share of the picture's width. ``head_room`` and ``feet_room``: how far ears and ankles are
    from the nearest edge of the picture, the same share, negative outside: the pose model places
    them outside where it sees enough of the rest. ``knee_room``: what is left of the picture
    above a raised knee, one thigh above the hips, or below the hips if that is less, as a share
    of the picture's height, negative where it does not fit.

    ``roll_deg``: how far the picture is turned clockwise, as the lean of the trunk tells once the
    part that yaw and height of the camera explain is taken off. Median over the first second of 97
    rendered clips not used for choosing (true roll up to 5): RMS error 2.7, worst 12.

    ``yaw_deg``: how far the camera is from exactly at the side, positive towards the feet, by the
    slant of the trunk in the world landmarks; the legs do not matter to it. The same clips, true
    yaw up to 35: median error 3.5, RMS 5, 90th percentile 8.6. Beyond, it keeps growing with the
    yaw: eight subjects at 45 read 32 to 42 towards the head, 43 to 62 towards the feet. The whole
    body's axis and the gap between hips or shoulders in the picture, alone or in linear fits, were
    4.1 to 6.6 RMS.
    """

    span_share: float = NAN
    head_room: float = NAN
    feet_room: float = NAN
    knee_room: float = NAN
    roll_deg: float = NAN
    yaw_deg: float = NAN


def view_of(pose: Pose | None, width_px: int, height_px: int) -> View:
    """How the person is seen in a picture of this size; all NaN unless they lie on the back."""
    stance = stance_of(pose)
    if pose is None or stance.near_side is None:
        return View()
    lines = body_lines(pose, stance.head_sign)
    yaw_deg = yaw_deg_of(pose, stance.head_sign)
    return View(
        span_share=_span_px(lines) / width_px,
        head_room=_room_px(_middles_px(pose, "EAR"), width_px, height_px) / width_px,
        feet_room=_room_px(_ankles_px(pose), width_px, height_px) / width_px,
        knee_room=_knee_room_px(pose, lines, height_px) / height_px,
        roll_deg=_roll_deg(lines, yaw_deg),
        yaw_deg=yaw_deg,
    )


@dataclass(slots=True)
class ViewLog:
    """Looks now and then at how the camera sees a person, for the record of a whole clip."""

    _frames: int = field(default=0, init=False)
    _every: int = field(default=LOOK_EVERY_FRAMES, init=False)
    _views: list[View] = field(default_factory=list, init=False)

    def add(self, pose: Pose | None, width_px: int, height_px: int) -> None:
        """Take the next frame's pose, or None."""
        if self._frames % self._every == 0:
            self._views.append(view_of(pose, width_px, height_px))
            if len(self._views) > LOOKS:
                self._views, self._every = self._views[::2], 2 * self._every
        self._frames += 1

    @property
    def usual(self) -> View:
        """The median of each field; NaN where nobody was seen on their back."""
        return middle_view(self._views)


def middle_view(views: list[View]) -> View:
    """The median of each field over several views, NaN where none of them tells."""
    if not views:
        return View()
    columns = np.array([astuple(view) for view in views]).T
    known = [column[~np.isnan(column)] for column in columns]
    return View(*(float(np.median(column)) if column.size else NAN for column in known))


def _span_px(lines: BodyLines) -> float:
    middles = [lines.points[of, :2].mean(axis=0) for of in (EARS, SHOULDERS, HIPS, KNEES, ANKLES)]
    return float(np.linalg.norm(np.diff(middles, axis=0), axis=1).sum())


def _middles_px(pose: Pose, joint: str) -> Array:
    """Middle of a joint's two sides, (1, 2) px."""
    pair = [Landmark[f"LEFT_{joint}"], Landmark[f"RIGHT_{joint}"]]
    return np.asarray(pose.xy_px[pair].mean(axis=0, keepdims=True))


def _ankles_px(pose: Pose) -> Array:
    return np.asarray(pose.xy_px[[Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]])


def _room_px(points_px: Array, width_px: int, height_px: int) -> float:
    """Least distance of points (n, 2) from the edges of the picture, negative outside."""
    return float(np.minimum(points_px, (width_px, height_px) - points_px).min())


def _knee_room_px(pose: Pose, lines: BodyLines, height_px: int) -> float:
    hips_px = float(_middles_px(pose, "HIP")[0, 1])
    return min(hips_px - float(lines.thigh_px.max()), height_px - hips_px)


def yaw_deg_of(pose: Pose, head_sign: int) -> float:
    """How far the camera is off the side by this pose, see `View.yaw_deg`."""
    world = pose.world_m
    shoulders = world[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=0)
    hips = world[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=0)
    across, _, away = shoulders - hips
    return YAW_GAIN * math.degrees(math.atan2(away, head_sign * across))


def _roll_deg(lines: BodyLines, yaw_deg: float) -> float:
    shoulders, hips = lines.points[SHOULDERS, :2], lines.points[HIPS, :2]
    cranial, anterior = shoulders.mean(axis=0) - hips.mean(axis=0)
    lean_deg = math.degrees(math.atan2(anterior, cranial))
    near, far = (0, 1) if lines.head_sign > 0 else (1, 0)
    lower = (shoulders[far, 1] - shoulders[near, 1]) / max(lines.trunk_px, 1e-9)
    lower = float(np.clip(lower, 0.0, MOST_LEAN_TRUNKS))
    explained_deg = LEAN_DEG + LEAN_GAIN * math.tan(math.radians(yaw_deg)) * lower
    return -lines.head_sign * (lean_deg - explained_deg)
