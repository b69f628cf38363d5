"""The thigh angle from the landmarks, as learned from rendered people whose angles are known.

The line from hip to knee landmark is not the thigh: it lags behind it at small angles, and an
oblique camera or a knee led out of the sagittal plane turns it by tens of degrees. What else the
landmarks show (the breadth of shoulders and hips tells the camera, the shank and the length of the
thigh where the knee goes) takes most of that away. A small network of tanh units adds what is
missing to the geometry; it is nothing at rest. ``python -m posecheck.synthetic.landmark_fit`` makes
its numbers, ``models/thigh_fit.json`` holds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

import numpy as np

from posecheck.core.geometry import (
    ANKLES,
    EARS,
    HIPS,
    KNEES,
    POINTS,
    SHOULDERS,
    wrap_deg,
)
from posecheck.core.outline_fit import OutlineFit
from posecheck.core.records import NAN, Array

FORMAT = "posecheck-thigh-fit/1"
AT_REST_DEG = 25.0
"""What the network adds fades out below this rotation and is nothing at 0."""
LENGTHS, FIGURE = 18, 21
"""So many of the numbers in ``Look.figure`` are lengths, and so many there are in all."""
TURNED = 1
"""Where in `features` the rotation is."""
FAR_OUT_SD = 4.0
"""A feature further from its mean than this is taken to lie there: nothing was learned beyond."""


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """Some networks of one hidden layer, averaged.

    ``mean`` and ``scale`` (f,) of the features; ``inner`` (k, f + 1, h) and ``outer`` (k, h + 1):
    weights, the bias last.
    """

    mean: Array
    scale: Array
    inner: Array
    outer: Array
    _in: tuple[Array, Array] = field(init=False)
    _out: tuple[Array, float] = field(init=False)

    def __post_init__(self) -> None:
        # All networks side by side are one product: weights (f, k h), and (k h,) of their mean.
        count, inputs, hidden = self.inner[:, :-1].shape
        inner = self.inner[:, :-1].transpose(1, 0, 2).reshape(inputs, count * hidden)
        object.__setattr__(self, "_in", (inner, self.inner[:, -1].ravel()))
        outer = 10.0 * self.outer / count
        object.__setattr__(self, "_out", (outer[:, :-1].ravel(), float(outer[:, -1].sum())))

    def __call__(self, features: Array) -> Array:
        """What to add to the geometry, deg, (...), for features (..., f)."""
        (inner, inner_bias), (outer, outer_bias) = self._in, self._out
        scaled = (features - self.mean) / self.scale
        scaled = np.minimum(np.maximum(scaled, -FAR_OUT_SD), FAR_OUT_SD)
        return np.asarray(np.tanh(scaled @ inner + inner_bias) @ outer + outer_bias)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From the lists of a stored fit."""
        return cls(*(np.array(stored[name], float) for name in ("mean", "scale", "inner", "outer")))


@dataclass(frozen=True, slots=True, eq=False)
class ThighFit:
    """Networks for a thigh at work, against a neutral pose and against the trunk line, and at rest.

    Against a neutral pose the mean of both is better than either: their errors differ.
    ``outline``: how the angle follows from the outline, which `thighs_deg` does not look at.
    """

    neutral: Net
    trunk: Net
    resting: Net
    error_sd_deg: Mapping[str, float]
    outline: OutlineFit | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From a stored fit. Raises ValueError for another format, KeyError for a broken one."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        names = ("neutral", "trunk", "resting")
        neutral, trunk, resting = (Net.of(stored["nets"][name]) for name in names)
        return cls(neutral, trunk, resting, dict(stored["error_sd_deg"]))

    def thighs_deg(
        self, points: Array, neutral: Array | None, head_sign: int
    ) -> tuple[Array, Array]:
        """Rotation of each thigh since neutral, deg (..., 2), left first, positive to the chest.

        First if it is the one at work, second if the other one is (NaN without ``neutral``).
        ``points`` (..., 10, 3) as in `BodyLines`; ``neutral`` (10, 3) the same at rest, or None.
        ``head_sign`` as in `sagittal_direction_deg`: it tells which leg is the nearer one.
        """
        seen = look(points)
        shown = features(seen, None, head_sign)
        alone = shown[..., TURNED] + self.trunk(shown)
        if neutral is None:
            return alone, np.full_like(alone, NAN)
        rest = _at_rest(neutral)
        shown = features(seen, rest, head_sign)
        turned = shown[..., TURNED]
        gate = rest_gate(turned)
        since = turned + gate * self.neutral(shown)
        return since + 0.5 * gate * (alone - since), turned + gate * self.resting(shown)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What landmarks show of each leg, the left one first; px, and directions in deg.

    ``trunk_px`` (..., 1, 1). ``thigh_deg`` and ``trunk_deg`` (..., 2): the leg's own thigh, and the
    trunk towards the feet. ``figure`` (..., 2, 21): trunk and leg, `LENGTHS` of it in trunk
    lengths, then the directions of both thighs and the bend of the knee. ``hips`` (..., 2, 4): both
    hips from the middle of the shoulders.
    """

    trunk_px: Array
    thigh_deg: Array
    trunk_deg: Array
    figure: Array
    hips: Array

    def rotation_deg(self, rest: Look | None) -> Array:
        """Rotation (..., 2) of the line from hip to knee in the picture, deg.

        Since ``rest``, or against the trunk line where that is None.
        """
        return wrap_deg(self.thigh_deg - (self.trunk_deg if rest is None else rest.thigh_deg))


def look(points: Array) -> Look:
    """What ``points`` (..., 10, 3) as in `BodyLines` show; few steps, for every frame takes it."""
    vectors = (_VECTORS @ points).reshape(*points.shape[:-2], 2, -1, 3)
    cranial, anterior = vectors[..., 0], vectors[..., 1]
    deg = wrap_deg(np.degrees(np.arctan2(anterior, -cranial)))
    x, y = cranial[..., _THIGH], anterior[..., _THIGH]
    along, beyond = cranial[..., _SHANK], anterior[..., _SHANK]
    trunk_px = np.hypot(cranial[..., :1, _TRUNK, None], anterior[..., :1, _TRUNK, None])
    legs = deg.shape[:-1]
    figure = np.empty((*legs, FIGURE))
    # The last number is the depth of the head, which the networks do not know.
    figure[..., : LENGTHS - 1] = vectors[..., :_OTHER_THIGH, :].reshape(*legs, -1)[..., :-1]
    figure[..., LENGTHS - 1] = np.hypot(x, y)
    figure[..., :LENGTHS] /= trunk_px
    figure[..., LENGTHS] = deg[..., _THIGH]
    figure[..., LENGTHS + 1] = deg[..., _OTHER_THIGH]
    bend = np.arctan2(x * beyond - y * along, x * along + y * beyond)
    figure[..., LENGTHS + 2] = np.degrees(np.abs(bend))
    return Look(
        trunk_px=trunk_px,
        thigh_deg=deg[..., _THIGH],
        # The trunk is taken towards the head, and its direction towards the feet.
        trunk_deg=wrap_deg(deg[..., _TRUNK] + 180.0),
        figure=figure,
        hips=vectors[..., _FROM_CHEST, :2].reshape(*legs, -1),
    )


def _at_rest(neutral: Array) -> Look:
    """`look`, made once for a neutral: every frame is held against the same one."""
    return _look_at(neutral.shape, neutral.tobytes())


@lru_cache(maxsize=4)
def _look_at(shape: tuple[int, ...], data: bytes) -> Look:
    return look(np.frombuffer(data).reshape(shape))


def rest_gate(rotation_deg: Array) -> Array:
    """Part (...) of what a network says that counts at this rotation since neutral."""
    return np.asarray(np.minimum(1.0, np.abs(rotation_deg) / AT_REST_DEG))


def features(seen: Look, rest: Look | None, head_sign: int) -> Array:
    """What the networks look at, (..., 2, f), lengths in trunk lengths, angles deg."""
    alone = 2 + FIGURE
    count = alone if rest is None else alone + FIGURE + 4
    found = np.empty((*seen.thigh_deg.shape, count))
    found[..., 0] = _NEAR[int(head_sign > 0)]
    found[..., TURNED] = seen.rotation_deg(rest)
    found[..., 2:alone] = seen.figure
    if rest is not None:
        found[..., 2 : 2 + LENGTHS] *= seen.trunk_px / rest.trunk_px
        found[..., alone : alone + FIGURE] = rest.figure
        found[..., alone + FIGURE :] = (seen.hips - rest.hips) / rest.trunk_px
    return found


def _vectors() -> Array:
    """(18, 10): for each leg nine vectors between landmarks, as weights of the ten points.

    Across the shoulders, across the hips, thigh, shank, trunk, head; the other thigh; the leg's
    own hip and the other one from the middle of the shoulders.
    """

    def between(to: Sequence[int], from_: Sequence[int]) -> Array:
        weights = np.zeros(len(POINTS))
        weights[list(to)] += 1.0 / len(to)
        weights[list(from_)] -= 1.0 / len(from_)
        return weights

    rows = []
    for own, other in ((0, 1), (1, 0)):
        rows += [
            between([SHOULDERS[own]], [SHOULDERS[other]]),
            between([HIPS[own]], [HIPS[other]]),
            between([KNEES[own]], [HIPS[own]]),
            between([ANKLES[own]], [KNEES[own]]),
            between(SHOULDERS, HIPS),
            between(EARS, SHOULDERS),
            between([KNEES[other]], [HIPS[other]]),
            between([HIPS[own]], SHOULDERS),
            between([HIPS[other]], SHOULDERS),
        ]
    return np.stack(rows)


_VECTORS = _vectors()
_THIGH, _SHANK, _TRUNK, _OTHER_THIGH, _FROM_CHEST = 2, 3, 4, 6, slice(7, 9)
_NEAR = np.array([[0.0, 1.0], [1.0, 0.0]])  # whether each leg is, the head at the left, the right
