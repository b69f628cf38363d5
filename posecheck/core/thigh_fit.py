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
from dataclasses import dataclass
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
from posecheck.core.records import NAN, Array

FORMAT = "posecheck-thigh-fit/1"
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

    def thighs_deg(
        self, points: Array, neutral: Array | None, head_sign: int
    ) -> tuple[Array, Array]:
        """Rotation of each thigh since neutral, deg (..., 2), left first, positive to the chest.

        First if it is the one at work, second if the other one is (NaN without ``neutral``).
        ``points`` (..., 10, 3) as in `BodyLines`; ``neutral`` (10, 3) the same at rest, or None.
        ``head_sign`` as in `sagittal_direction_deg`: it tells which leg is the nearer one.
        """
        seen = look(points)
        alone = seen.rotation_deg(None) + self.trunk(features(seen, None, head_sign))
        if neutral is None:
            return alone, np.full_like(alone, NAN)
        rest = _at_rest(neutral)
        turned, shown = seen.rotation_deg(rest), features(seen, rest, head_sign)
        gate = rest_gate(turned)
        since = turned + gate * self.neutral(shown)
        return since + 0.5 * gate * (alone - since), turned + gate * self.resting(shown)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What landmarks show of each leg, the left one first; px, and directions in deg.

    ``vectors`` (..., 2, 9, 3): see `_vectors`. ``trunk_px`` (..., 1, 1). The others are (..., 2):
    ``thigh_deg`` and ``other_deg``, the leg's own thigh and the other one; ``trunk_deg``, towards
    the feet; ``knee_deg``, the bend of the knee.
    """

    vectors: Array
    trunk_px: Array
    thigh_deg: Array
    other_deg: Array
    trunk_deg: Array
    knee_deg: Array

    def rotation_deg(self, rest: Look | None) -> Array:
        """Rotation (..., 2) of the line from hip to knee in the picture, deg.

        Since ``rest``, or against the trunk line where that is None.
        """
        return wrap_deg(self.thigh_deg - (self.trunk_deg if rest is None else rest.thigh_deg))


def look(points: Array) -> Look:
    """What ``points`` (..., 10, 3) as in `BodyLines` show; few steps, for every frame takes it."""
    vectors = np.einsum("vp,...pa->...va", _VECTORS, points)
    vectors = vectors.reshape(*points.shape[:-2], 2, -1, 3)
    cranial, anterior = vectors[..., 0], vectors[..., 1]
    deg = wrap_deg(np.degrees(np.arctan2(anterior, -cranial)))
    # The trunk is taken towards the head, and its direction towards the feet.
    trunk_deg = wrap_deg(deg[..., _TRUNK] + 180.0)
    thigh, shank = vectors[..., _THIGH, :2], vectors[..., _SHANK, :2]
    cross = thigh[..., 0] * shank[..., 1] - thigh[..., 1] * shank[..., 0]
    along = (thigh * shank).sum(axis=-1)
    return Look(
        vectors=vectors,
        trunk_px=np.hypot(cranial, anterior)[..., :1, _TRUNK, None],
        thigh_deg=deg[..., _THIGH],
        other_deg=deg[..., _OTHER_THIGH],
        trunk_deg=trunk_deg,
        knee_deg=np.degrees(np.abs(np.arctan2(cross, along))),
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
    turned = seen.rotation_deg(rest)
    near = np.broadcast_to([float(head_sign > 0), float(head_sign <= 0)], turned.shape)
    trunk_px = (seen if rest is None else rest).trunk_px
    parts = [near[..., None], turned[..., None], _shape(seen, trunk_px)]
    if rest is not None:
        before = _shape(rest, trunk_px)
        shift = (seen.vectors[..., _FROM_CHEST, :2] - rest.vectors[..., _FROM_CHEST, :2]) / (
            trunk_px[..., None]
        )
        parts += [
            np.broadcast_to(before, (*turned.shape, before.shape[-1])),
            shift.reshape(*turned.shape, -1),
        ]
    return np.concatenate(parts, axis=-1)


def _shape(seen: Look, trunk_px: Array) -> Array:
    """The figure of trunk and leg, (..., 2, 21)."""
    vectors = seen.vectors[..., :_OTHER_THIGH, :].reshape(*seen.thigh_deg.shape, -1)
    thigh = seen.vectors[..., _THIGH, :2]
    length = np.hypot(thigh[..., :1], thigh[..., 1:])
    deg = np.stack([seen.thigh_deg, seen.other_deg, seen.knee_deg], axis=-1)
    # The last number is the depth of the head, which the networks do not know.
    return np.concatenate([vectors[..., :-1] / trunk_px, length / trunk_px, deg], axis=-1)


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
