"""Thigh angles moved to what the picture of hips and waist says of them, too."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from posecheck.core.legs import LegReading
from posecheck.core.measures import lifts_deg
from posecheck.core.neutral import Neutral
from posecheck.core.pelvis import MEDIAN_S, READ, THIGHS_READ
from posecheck.core.pelvis_picture import PictureFit
from posecheck.core.records import (
    NAN,
    Array,
    Mask,
    Measurement,
    Numbers,
    Side,
    SurfaceMotion,
    unread,
)

REST_DEG, RAISED_DEG = 5.0, 30.0
"""Below the first thigh angle the picture does not count, above the second in full."""
APART_DEG = 20.0
"""Where both are further from each other than this one of them has lost the leg: the thigh at work
is left as it is, and of the one at rest nothing is told."""
BELOW_DEG = 30.0
"""A thigh at rest that is less far below the one at work may be at work itself."""

CLEARLY_DEG = 30.0
"""A thigh that the picture shows so much higher than the other is the higher one: true of all of
57,980 such frames of 439 rendered clips, when the landmarks took one for the other in 1381."""
LIES_DEG = 20.0
"""Against the landmarks that counts only where the other one lies, below this: of two that are
raised the picture, too, may take one for the other."""


def higher_leg(
    surface: SurfaceMotion | None, near: Side | None, lower_deg: float = math.inf
) -> Side | None:
    """The leg that the picture shows clearly higher than the other one.

    ``lower_deg``: the other one must be below this.
    """
    if surface is None or near is None:
        return None
    near_deg, far_deg = surface.read_deg[-THIGHS_READ:, 0].tolist()
    if abs(near_deg - far_deg) > CLEARLY_DEG and min(near_deg, far_deg) < lower_deg:
        return near if near_deg > far_deg else near.other
    return None


def named(legs: LegReading, higher: Side | None, neutral: Neutral | None) -> LegReading:
    """The legs with the names that go with the ``higher`` one by the picture."""
    if higher is None or neutral is None:
        return legs
    left_deg, right_deg = lifts_deg(legs.lines, neutral).tolist()
    more_deg = left_deg - right_deg if higher is Side.LEFT else right_deg - left_deg
    if abs(more_deg) < CLEARLY_DEG:
        return legs
    return replace(legs if more_deg > 0 else legs.renamed, sure=True)


def misnamed(lift_deg: Array, moved: Numbers, near: Sequence[Side | None]) -> Mask:
    """In which frames of a recording landmarks and picture each raise another leg, both clearly.

    ``lift_deg`` (n, 2): by the landmarks, left first; ``moved`` (n, p + READ, 3).
    """
    left = np.array([each is Side.LEFT for each in near])
    known = np.array([each is not None for each in near])
    read = moved[:, -THIGHS_READ:, 0].astype(float)
    more = (lift_deg[:, 0] - lift_deg[:, 1]) * np.where(left, 1.0, -1.0)
    apart = read[:, 0] - read[:, 1]
    clearly = np.minimum(np.abs(more), np.abs(apart)) > CLEARLY_DEG
    clearly &= read.min(axis=1) < LIES_DEG
    return np.asarray(known & clearly & (np.sign(more) != np.sign(apart)))


@dataclass(slots=True)
class PicturedThighs:
    """Causal; feed it every frame.

    What is read off the picture stays as it is until the next reading, and of that the median of
    `MEDIAN_S` is taken. So must what it is held against, or it would be behind in every movement.
    """

    _recent: deque[tuple[float, float]] = field(default_factory=deque, init=False)
    _read: Array = field(default_factory=unread, init=False)
    _thigh_then_deg: float = field(default=NAN, init=False)

    def clear(self) -> None:
        """The other leg is at work from now on."""
        self._recent.clear()
        self._read = unread()

    def step(
        self,
        time_s: float,
        m: Measurement,
        fit: PictureFit,
        surface: SurfaceMotion,
        moved: Array,
        *,
        near: bool,
    ) -> Measurement:
        """The measurement with both thighs as landmarks, outline and picture together tell them.

        ``moved`` (p + READ, 3): see `posecheck.core.pelvis.moved`, since neutral.
        """
        if not np.array_equal(surface.read_deg, self._read):
            self._read, self._thigh_then_deg = surface.read_deg, m.thigh_angle_deg
        self._recent.append((time_s, self._thigh_then_deg))
        while time_s - self._recent[0][0] > MEDIAN_S:
            self._recent.popleft()
        late_deg = NAN
        if math.isfinite(m.thigh_angle_deg):
            known = [angle for _, angle in self._recent if math.isfinite(angle)]
            late_deg = statistics.median(known) if known else NAN
        other = late_deg, m.resting_thigh_deg
        by_deg, resting_deg = _taken(fit, other, moved[-READ:, :2], near=near)
        return replace(m, thigh_angle_deg=m.thigh_angle_deg + by_deg, resting_thigh_deg=resting_deg)


def pictured(
    fit: PictureFit, thigh_deg: Array, resting_deg: Array, moved: Numbers, near: Mask
) -> tuple[Array, Array]:
    """Both thighs of a whole recording, (n,) each, as `PicturedThighs`, which see."""
    found = np.empty((2, len(moved)))
    frames = zip(thigh_deg.tolist(), resting_deg.tolist(), moved, near.tolist(), strict=True)
    for i, (thigh, resting, shown, leg) in enumerate(frames):
        read = shown[-READ:, :2].astype(float)
        found[:, i] = _taken(fit, (thigh, resting), read, near=leg)
    return thigh_deg + found[0], found[1]


def _taken(
    fit: PictureFit, other: tuple[float, float], read: Array, *, near: bool
) -> tuple[float, float]:
    """By how much the thigh at work is moved and the angle of the one at rest, deg.

    ``other``: of either without the picture; ``read`` (READ, 2): see `PictureFit.together`.
    """
    by_picture, both = fit.thighs_deg(other, read, near=near)
    thigh, resting = other
    raised = by_picture[0] if math.isnan(thigh) else thigh
    counts = min(max((raised - REST_DEG) / (RAISED_DEG - REST_DEG), 0.0), 1.0)
    lost = abs(by_picture[0] - thigh) > APART_DEG
    by_deg = 0.0 if lost else counts * (both[0] - thigh)
    if not counts > 0 or math.isnan(by_picture[1]):
        return by_deg, resting
    known = raised - both[1] > BELOW_DEG and not abs(by_picture[1] - resting) > APART_DEG
    return by_deg, both[1] if known else NAN
