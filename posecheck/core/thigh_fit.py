"""The thigh angle from the landmarks, as learned from rendered people whose angles are known.

The line from hip to knee landmark is not the thigh: it lags behind it at small angles, and an
oblique camera or a knee led out of the sagittal plane turns it by tens of degrees. What else the
landmarks show (the breadth of shoulders and hips tells the camera, the shank and the length of the
thigh where the knee goes) takes most of that away. A small network of tanh units adds what is
missing to the geometry; it is nothing at rest. ``python -m posecheck.synthetic.landmark_fit`` makes
its numbers, ``models/thigh_fit.json`` holds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from posecheck.core.geometry import (
    ANKLES,
    EARS,
    HIPS,
    KNEES,
    SHOULDERS,
    direction_deg,
    joint_flexion_deg,
    wrap_deg,
)
from posecheck.core.records import Array

FORMAT = "posecheck-thigh-fit/1"
LEGS = (0, 1)
AT_REST_DEG = 25.0
"""What the network adds fades out below this rotation and is nothing at 0."""
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

    def __call__(self, features: Array) -> Array:
        """What to add to the geometry, deg, (...), for features (..., f)."""
        scaled = np.clip((features - self.mean) / self.scale, -FAR_OUT_SD, FAR_OUT_SD)
        hidden = np.tanh(
            np.einsum("...f,kfh->...kh", scaled, self.inner[:, :-1]) + self.inner[:, -1]
        )
        each = (hidden * self.outer[:, :-1]).sum(axis=-1) + self.outer[:, -1]
        return np.asarray(10.0 * each.mean(axis=-1))

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From the lists of a stored fit."""
        return cls(*(np.array(stored[name], float) for name in ("mean", "scale", "inner", "outer")))


@dataclass(frozen=True, slots=True, eq=False)
class ThighFit:
    """Networks for a thigh at work, against a neutral pose and against the trunk line, and at rest.

    Against a neutral pose the mean of both is better than either: their errors differ.
    """

    neutral: Net
    trunk: Net
    resting: Net
    error_sd_deg: Mapping[str, float]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From a stored fit. Raises ValueError for another format, KeyError for a broken one."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        nets = {name: Net.of(stored["nets"][name]) for name in ("neutral", "trunk", "resting")}
        return cls(**nets, error_sd_deg=dict(stored["error_sd_deg"]))

    def raised_deg(self, points: Array, neutral: Array | None, head_sign: int) -> Array:
        """Rotation of each thigh since neutral if it is the one at work, deg (..., 2), left first.

        Positive to the chest. ``points`` (..., 10, 3) as in `BodyLines`; ``neutral`` (10, 3) the
        same at rest, or None. ``head_sign`` as in `sagittal_direction_deg`: it tells which leg is
        the nearer one.
        """
        return np.stack([self._raised(points, neutral, leg, head_sign) for leg in LEGS], axis=-1)

    def resting_deg(self, points: Array, neutral: Array, head_sign: int) -> Array:
        """The same if the other thigh is the one at work."""
        return np.stack(
            [self._since(self.resting, points, neutral, leg, head_sign) for leg in LEGS], axis=-1
        )

    def _raised(self, points: Array, neutral: Array | None, leg: int, head_sign: int) -> Array:
        near = is_near(leg, head_sign)
        alone = rotation_deg(points, None, leg) + self.trunk(features(points, None, leg, near=near))
        if neutral is None:
            return np.asarray(alone)
        since = self._since(self.neutral, points, neutral, leg, head_sign)
        share = 0.5 * rest_gate(rotation_deg(points, neutral, leg))
        return np.asarray(since + share * (alone - since))

    def _since(self, net: Net, points: Array, neutral: Array, leg: int, head_sign: int) -> Array:
        turned = rotation_deg(points, neutral, leg)
        added = net(features(points, neutral, leg, near=is_near(leg, head_sign)))
        return np.asarray(turned + rest_gate(turned) * added)


def rotation_deg(points: Array, neutral: Array | None, leg: int) -> Array:
    """Rotation (...) of the line from hip to knee of ``leg`` (0 left) in the picture, deg.

    Since ``neutral``, or against the trunk line where that is None.
    """
    line = direction_deg(points[..., KNEES[leg], :] - points[..., HIPS[leg], :])
    if neutral is None:
        trunk = points[..., HIPS, :].mean(axis=-2) - points[..., SHOULDERS, :].mean(axis=-2)
        return wrap_deg(line - direction_deg(trunk))
    return wrap_deg(line - direction_deg(neutral[KNEES[leg]] - neutral[HIPS[leg]]))


def rest_gate(rotation_deg: Array) -> Array:
    """Part (...) of what a network says that counts at this rotation since neutral."""
    return np.asarray(np.minimum(1.0, np.abs(rotation_deg) / AT_REST_DEG))


def is_near(leg: int, head_sign: int) -> bool:
    """Whether a leg (0 left) is the one nearer to the camera."""
    return (leg == 0) is (head_sign > 0)


def features(points: Array, neutral: Array | None, leg: int, *, near: bool) -> Array:
    """What the network looks at, (..., f), lengths in trunk lengths, angles deg."""
    now = _features_now(points, leg, _trunk_px(points if neutral is None else neutral))
    if neutral is None:
        turned = rotation_deg(points, None, leg)
        return np.stack([np.full_like(turned, near), turned, *now], axis=-1)
    before = np.stack(_features_now(neutral, leg, _trunk_px(neutral)), axis=-1)
    since = np.broadcast_to(before, (*points.shape[:-2], before.size))
    turned = rotation_deg(points, neutral, leg)
    shift = (_from_chest(points, leg) - _from_chest(neutral, leg)) / _trunk_px(neutral)
    return np.concatenate(
        [np.stack([np.full_like(turned, near), turned, *now], axis=-1), since, shift], axis=-1
    )


def _features_now(points: Array, leg: int, trunk_px: Array) -> list[Array]:
    other = 1 - leg
    shoulders, hips = (points[..., pair, :] for pair in (SHOULDERS, HIPS))
    across = [
        (pair[..., leg, :] - pair[..., other, :]) / trunk_px[..., None]
        for pair in (shoulders, hips)
    ]
    thigh = points[..., KNEES[leg], :] - points[..., HIPS[leg], :]
    shank = points[..., ANKLES[leg], :] - points[..., KNEES[leg], :]
    resting = points[..., KNEES[other], :] - points[..., HIPS[other], :]
    trunk = shoulders.mean(axis=-2) - hips.mean(axis=-2)
    head = points[..., EARS, :].mean(axis=-2) - shoulders.mean(axis=-2)
    lengths = [
        *across,
        thigh / trunk_px[..., None],
        shank / trunk_px[..., None],
        trunk / trunk_px[..., None],
    ]
    knee_deg = joint_flexion_deg(*(points[..., pair[leg], :2] for pair in (HIPS, KNEES, ANKLES)))
    return [
        *(vector[..., axis] for vector in lengths for axis in range(3)),
        *((head / trunk_px[..., None])[..., axis] for axis in range(2)),
        np.hypot(thigh[..., 0], thigh[..., 1]) / trunk_px,
        direction_deg(thigh),
        direction_deg(resting),
        knee_deg,
    ]


def _from_chest(points: Array, leg: int) -> Array:
    """Both hips against the middle of the shoulders, the leg's own first, (..., 4) px."""
    chest = points[..., SHOULDERS, :].mean(axis=-2)
    own, other = (points[..., HIPS[each], :] - chest for each in (leg, 1 - leg))
    return np.concatenate([own[..., :2], other[..., :2]], axis=-1)


def _trunk_px(points: Array) -> Array:
    trunk = points[..., SHOULDERS, :2].mean(axis=-2) - points[..., HIPS, :2].mean(axis=-2)
    return np.asarray(np.hypot(trunk[..., 0], trunk[..., 1]))
