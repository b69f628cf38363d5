"""The hip's centre from the path of the knee: a second opinion on the thigh angle of a recording.

The hip landmark is the weakest of the leg, but the knee turns about the true joint: the circle that
fits its path has the joint at its middle (a functional joint centre, as gait laboratories find it).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from posecheck.core.geometry import HIPS, KNEES, SHOULDERS, direction_deg, wrap_deg
from posecheck.core.records import Array

LEAST_FRAMES = 20
LEAST_RANGE_DEG = 40.0
"""A shorter arc does not tell its middle."""
HIP_TRUST, RADIUS_TRUST = 0.07, 0.05
"""How firmly the middle is held at the hip landmark, the radius at the thigh's length at rest."""
REST_SHARE = 0.2
"""Weight of the knee at rest against all the knees of the path."""
STRAY_TRUNKS = 0.03
"""A knee further off the circle than this counts less and less."""
OPINION_SHARE = 0.27
"""What the second opinion counts. This, and the trusts, were chosen on the practice suite."""
MOST_APART_DEG = 30.0
"""An opinion further off than this is a failed fit."""
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class KneePath:
    """A circle in the sagittal plane as the picture shows it, from the chest, in trunk lengths.

    ``centre`` (2,) cranial, anterior; ``rest_deg``: direction of the resting knee from it.
    """

    centre: Array
    rest_deg: float
    trunk_px: float
    leg: int

    def rotation_deg(self, points: Array) -> Array:
        """Rotation of the knee about the centre since rest, deg (...), for points (..., 10, 3)."""
        knee = _from_chest(points, KNEES[self.leg]) / self.trunk_px
        return wrap_deg(direction_deg(knee - self.centre) - self.rest_deg)


def knee_path(points: Array, neutral: Array, leg: int) -> KneePath | None:
    """The path of one knee (leg 0 left) over the frames (n, 10, 3) in which it was raised.

    ``neutral`` (10, 3): the points at rest. None where the path tells no centre.
    """
    points = points[np.isfinite(points).all(axis=(1, 2))]
    trunk = _from_chest(neutral, HIPS).mean(axis=0)
    trunk_px = float(np.hypot(*trunk))
    hip, rest = (_from_chest(neutral, pair[leg]) / trunk_px for pair in (HIPS, KNEES))
    knees = _from_chest(points, KNEES[leg]) / trunk_px
    turned = wrap_deg(direction_deg(knees - hip) - direction_deg(rest - hip))
    if len(points) < LEAST_FRAMES or np.percentile(turned, 95) < LEAST_RANGE_DEG:
        return None
    centre = _centre(np.vstack([rest, knees]), hip)
    return KneePath(centre, float(direction_deg(rest - centre)), trunk_px, leg)


def second_opinion(raised_deg: Array, path: KneePath, points: Array) -> Array:
    """The thigh angles (n,) deg moved towards what the knee's path says of ``points``."""
    apart = path.rotation_deg(points) - raised_deg
    believed = np.abs(apart) < MOST_APART_DEG
    return np.asarray(raised_deg + np.where(believed, OPINION_SHARE * apart, 0.0))


def _centre(knees: Array, hip: Array) -> Array:
    """Middle (2,) of the circle through knees (n, 2), the first of them the one at rest.

    Damped least squares, reweighted so that strays count less; the landmark and the length of the
    thigh at rest hold it where the path is short.
    """
    rest_weight = REST_SHARE * len(knees)
    start = np.append(hip, np.hypot(*(knees[0] - hip)))
    trust = np.array([HIP_TRUST, HIP_TRUST, RADIUS_TRUST]) * np.sqrt(len(knees) + rest_weight)
    circle = start.copy()
    for _ in range(_ROUNDS):
        from_centre = knees - circle[:2]
        distance = np.hypot(*from_centre.T)
        off = distance - circle[2]
        weight = 1.0 / np.sqrt(1.0 + (off / STRAY_TRUNKS) ** 2)
        weight[0] *= rest_weight
        root = np.sqrt(weight)
        slope = np.column_stack([-from_centre / distance[:, None], np.full(len(knees), -1.0)])
        left = np.vstack([slope * root[:, None], np.diag(trust)])
        right = np.concatenate([-off * root, trust * (start - circle)])
        circle = circle + np.linalg.lstsq(left, right, rcond=None)[0]
    return np.asarray(circle[:2])


def _from_chest(points: Array, place: int | list[int]) -> Array:
    """Some of the points against the middle of the shoulders, in the picture's plane, px."""
    chest = points[..., SHOULDERS, :2].mean(axis=-2)
    chosen = points[..., place, :2]
    return np.asarray(chosen - (chest[..., None, :] if isinstance(place, list) else chest))
