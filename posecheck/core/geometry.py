"""Lines of the body as directions in its sagittal plane, before any calibration.

A direction is an angle in degrees: 0 points caudally (towards the feet, level with the picture),
+90 anteriorly (up from the mat), +180 cranially (towards the head), whichever way the person
lies. The camera is taken to be at the side.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from posecheck.core.landmarks import LIMBS, Landmark
from posecheck.core.records import OUTLINE, Array, Numbers, Pose, Side, no_outline

SIDES = (Side.LEFT, Side.RIGHT)
"""Order of the two legs wherever an array has one entry a leg."""


def wrap_deg(angle_deg: Array | float) -> Array:
    """The same angle between -90 (included) and +270 degrees: a thigh reaches 180, never -90."""
    wrapped: Array = (np.asarray(angle_deg, dtype=float) + 90.0) % 360.0 - 90.0
    return wrapped


def difference_deg(a_deg: Array | float, b_deg: Array | float) -> Array:
    """``a - b`` the short way round, between -180 (included) and +180 degrees."""
    difference: Array = (np.asarray(a_deg, dtype=float) - b_deg + 180.0) % 360.0 - 180.0
    return difference


def short_way_deg(angle_deg: float) -> float:
    """The same angle between -180 (included) and +180 degrees."""
    return (angle_deg + 180.0) % 360.0 - 180.0


def sagittal_direction_deg(vector_px: Array, head_sign: int) -> Array:
    """Direction in the sagittal plane of picture vectors (..., 2), px, y down.

    ``head_sign`` is +1 where the head is at the right of the picture, -1 at the left.
    """
    return direction_deg(np.asarray(vector_px, dtype=float) * (head_sign, -1.0))


def direction_deg(vector: Array) -> Array:
    """Direction of vectors (..., 2 or more) along the body's axes: cranial, anterior."""
    return wrap_deg(np.degrees(np.arctan2(vector[..., 1], -vector[..., 0])))


def joint_flexion_deg(proximal_px: Array, joint_px: Array, distal_px: Array) -> Array:
    """How far a joint is bent, 0 (straight) to 180 degrees, from three points (..., 2)."""
    along = np.asarray(joint_px, dtype=float) - proximal_px
    beyond = np.asarray(distal_px, dtype=float) - joint_px
    cross = along[..., 0] * beyond[..., 1] - along[..., 1] * beyond[..., 0]
    dot = np.sum(along * beyond, axis=-1)
    flexion: Array = np.degrees(np.abs(np.arctan2(cross, dot)))
    return flexion


@dataclass(frozen=True, slots=True, eq=False)
class BodyLines:
    """What one pose says of the body's lines, free of any calibration.

    ``points`` (10, 3): the landmarks of `POINTS` in the body's own axes as the picture shows them,
    px: cranial, anterior, away from the camera. ``trunk_line_deg``: direction from the middle of
    the shoulders to that of the hips (near 0 when lying). The others are (2,) arrays, left leg
    first: ``thigh_line_deg`` hip to knee; ``knee_flexion_deg`` (0 straight); ``thigh_px`` length
    of the thigh in the picture. ``trunk_px`` is the length of the trunk; ``head_sign`` as in
    `sagittal_direction_deg`; ``outline`` as in `Pose`.
    """

    head_sign: int
    points: Array
    trunk_line_deg: float
    trunk_px: float
    thigh_line_deg: Array
    knee_flexion_deg: Array
    thigh_px: Array
    outline: Array = field(default_factory=no_outline)

    def to_row(self) -> list[float]:
        """All of it as `ROW` numbers, for keeping many."""
        return [self.head_sign, *self.points.ravel(), *self.outline]

    @classmethod
    def from_row(cls, row: Numbers) -> BodyLines:
        """What `to_row` made, (ROW,)."""
        exact: Array = np.asarray(row, dtype=float)
        points = exact[1 : ROW - OUTLINE].reshape(-1, 3)
        return lines_of(points, int(exact[0]), exact[ROW - OUTLINE :])

    def exchanged(self) -> BodyLines:
        """The same with the two legs below the hips exchanged."""
        points = self.points.copy()
        points[KNEES], points[ANKLES] = self.points[KNEES][::-1], self.points[ANKLES][::-1]
        return lines_of(points, self.head_sign, self.outline)


POINTS = [
    landmark
    for joint in ("ear", "shoulder", "hip", "knee", "ankle")
    for landmark in (getattr(LIMBS[side], joint) for side in SIDES)
]
"""The landmarks kept of every pose: ears, shoulders, hips, knees, ankles, the left one first."""
EARS, SHOULDERS, HIPS, KNEES, ANKLES = ([2 * i, 2 * i + 1] for i in range(5))
"""Their places in ``BodyLines.points``."""
ROW = 1 + 3 * len(POINTS) + OUTLINE
_PLACES = np.array(POINTS)  # plain numbers, which numpy looks up faster than an enumeration


def points_of(rows: Numbers) -> Numbers:
    """The points (n, 10, 3) of `BodyLines` kept in ``rows``, not copied."""
    return rows[:, 1 : ROW - OUTLINE].reshape(len(rows), -1, 3)


def outlines_of(rows: Numbers) -> Numbers:
    """The outlines (n, OUTLINE) kept in ``rows``, not copied."""
    return rows[:, ROW - OUTLINE :]


def body_lines(pose: Pose, head_sign: int) -> BodyLines:
    """Measure the body's lines in a pose; ``head_sign`` as in `sagittal_direction_deg`."""
    points = np.empty((len(POINTS), 3))
    points[:, :2] = pose.xy_px[_PLACES]
    points[:, 2] = pose.z_px[_PLACES]
    points[:, 0] *= head_sign
    points[:, 1] *= -1.0
    return lines_of(points, head_sign, pose.outline)


def lines_of(points: Array, head_sign: int, outline: Array | None = None) -> BodyLines:
    """The body's lines from ``points`` (10, 3) and ``outline``, see `BodyLines`.

    In complex numbers, cranial + i anterior: for a handful of them a call of numpy takes longer
    than all of this.
    """
    flat = [complex(cranial, anterior) for cranial, anterior, _ in points.tolist()]
    shoulders, hips, knees, ankles = (
        [flat[i] for i in j] for j in (SHOULDERS, HIPS, KNEES, ANKLES)
    )
    trunk = (hips[0] + hips[1]) / 2 - (shoulders[0] + shoulders[1]) / 2
    thighs = [knee - hip for hip, knee in zip(hips, knees, strict=True)]
    shanks = [ankle - knee for knee, ankle in zip(knees, ankles, strict=True)]
    bends = [shank * thigh.conjugate() for thigh, shank in zip(thighs, shanks, strict=True)]
    return BodyLines(
        head_sign=head_sign,
        points=points,
        trunk_line_deg=short_way_deg(_direction_deg(trunk)),
        trunk_px=abs(trunk),
        thigh_line_deg=np.array([_direction_deg(thigh) for thigh in thighs]),
        knee_flexion_deg=np.array([math.degrees(abs(cmath.phase(bend))) for bend in bends]),
        thigh_px=np.array([abs(thigh) for thigh in thighs]),
        outline=no_outline() if outline is None else outline,
    )


def _direction_deg(along: complex) -> float:
    """As `direction_deg`, of one vector, cranial + i anterior."""
    return (math.degrees(cmath.phase(-along.conjugate())) + 90.0) % 360.0 - 90.0


def shoulders_px(pose: Pose) -> Array:
    """Middle of the shoulders, (2,) px."""
    return _middle(pose.xy_px, (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER))


def hips_px(pose: Pose) -> Array:
    """Middle of the hips, (2,) px."""
    return _middle(pose.xy_px, (Landmark.LEFT_HIP, Landmark.RIGHT_HIP))


def _middle(points: Array, pair: Sequence[int]) -> Array:
    a, b = pair
    middle: Array = (points[a] + points[b]) / 2  # a quarter of the time that mean takes
    return middle
