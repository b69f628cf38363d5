"""Pelvis and thighs by the look of hips and waist: now, beside a picture of the person lying flat.

Both are laid out alike, by hip and shoulder at rest, and a small convolutional network tells tilt,
twist and both thighs with the sd it expects to be off by. It sees what single points of the surface
do not: where shirt and trousers meet, how the buttock lies, how the thigh grows out of the hip. Its
weights are in ``models/pelvis_picture.json``, made by
``python -m posecheck.synthetic.pelvis_picture_fit``.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.core.geometry import body_lines
from posecheck.core.landmarks import LIMBS
from posecheck.core.neutral import lies_flat
from posecheck.core.pelvis_picture import FORMAT
from posecheck.core.posture import Stance
from posecheck.core.records import NAN, Array, Pose, Side, unread
from posecheck.estimators.convolution import Grid, Kernel, convolved, summed, unpacked
from posecheck.shipped import shipped_fit

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 112, 72
"""Size of the cut, px."""
TRUNK_PX = 64.0
"""The near hip and shoulder are this far apart in the cut."""
FEET_TRUNKS, ABOVE_TRUNKS = 0.75, 0.675
"""How far it reaches from the near hip towards the feet, and above the line to the shoulder."""
SOFT = 0.4
"""Pictures shrunk by more than `LEAST_SHRINK` are softened by so many of the new pixels first."""
LEAST_SHRINK = 0.7
FLAT_S = 0.3
"""So long must both legs lie flat before the picture counts as that of rest."""
EVERY_S = 0.095
"""Pictures sooner than this after the last one read tell hardly more than it. With 0.05, twice the
time, thighs of 439 rendered clips are read 0.1 deg better, live and recorded."""
UNIT_DEG = 10.0
LEAST_LOG_SD, MOST_LOG_SD = -3.0, 2.0
"""Bounds of what the network may say of its own error, natural logarithm of `UNIT_DEG`."""
LEAST_CONTRAST = 0.03
"""Standard deviation of the picture at rest, of 1, below which nothing is to be seen on it; those
learned from had 0.04 and more."""
EVEN = 0.05
"""Added to the contrast of the picture at rest, of 1, so that a black one is not divided by 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where hips and waist lie in the pictures of a clip.

    ``matrix`` (2, 3), affine, as for cv2.warpAffine: from the clip's pixels to those of the cut;
    ``trunk_px``: from hip to shoulder in the clip.
    """

    matrix: Array
    trunk_px: float

    @classmethod
    def of(cls, hip_px: Array, shoulder_px: Array) -> Self:
        """By the near hip and shoulder, (2,) px each; the head comes to the right."""
        trunk = shoulder_px - hip_px
        length = max(float(np.hypot(*trunk)), 1.0)
        along = trunk / length
        up = np.array([along[1], -along[0]]) * np.sign(trunk[0])
        turn = np.stack([along, -up]) * TRUNK_PX / length
        corner = np.array([FEET_TRUNKS, ABOVE_TRUNKS]) * TRUNK_PX
        return cls(np.column_stack([turn, corner - turn @ hip_px]), length)

    def cut(self, rgb: Picture) -> Picture:
        """What it shows of ``rgb`` (h, w, 3), (`HEIGHT`, `WIDTH`, 3)."""
        shrink = TRUNK_PX / self.trunk_px
        soft_px = SOFT / shrink if shrink < LEAST_SHRINK else 0.0
        part, matrix = self._part(rgb, margin_px=int(4 * soft_px) + 2)
        if soft_px:
            part = np.asarray(cv2.GaussianBlur(part, (0, 0), soft_px), np.uint8)
        size = WIDTH, HEIGHT
        shown = cv2.warpAffine(
            part, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(shown, np.uint8)

    def _part(self, rgb: Picture, margin_px: int) -> tuple[Picture, Array]:
        """The part of ``rgb`` it rests on and the matrix from there."""
        corners = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)]) - self.matrix[:, 2]
        there = np.linalg.solve(self.matrix[:, :2], corners.T)
        most = np.array(rgb.shape[1::-1])
        low = np.clip(there.min(axis=1).astype(int) - margin_px, 0, most - 2)
        high = np.clip(there.max(axis=1).astype(int) + margin_px, low + 2, most)
        matrix = self.matrix.copy()
        matrix[:, 2] += self.matrix[:, :2] @ low
        return rgb[low[1] : high[1], low[0] : high[0]], matrix


@dataclass(frozen=True, slots=True, eq=False)
class PelvisReader:
    """The network: ``kernels`` of its convolutions and by what ``steps`` they go.

    The first sees both pictures, that at rest first. ``inner`` and ``outer``: weights and bias.
    """

    kernels: list[Kernel]
    steps: list[int]
    inner: Kernel
    outer: Kernel

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From a stored fit. Raises ValueError for another format, KeyError for a broken one."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        *kernels, inner, outer = [
            (unpacked(weights), unpacked(bias)) for weights, bias in stored["layers"]
        ]
        return cls(kernels, [int(step) for step in stored["steps"]], inner, outer)

    def at_rest(self, rest: Picture) -> RestPicture:
        """What follows from the picture at rest alone."""
        shares = rest / np.float32(255)
        middle, contrast = float(shares.mean()), float(shares.std(ddof=1))
        weights, bias = self.kernels[0]
        even = evened(rest, middle, contrast)
        before = summed(even, weights[:, :3], self.steps[0]) + bias[:, None, None]
        return RestPicture(middle, contrast, before)

    def __call__(self, rest: RestPicture, now: Picture) -> Array:
        """As `SurfaceMotion.read_deg`, (4, 2)."""
        even = evened(now, rest.middle, rest.contrast)
        seen = summed(even, self.kernels[0][0][:, 3:], self.steps[0])
        maps = np.maximum(seen + rest.before, 0)
        for kernel, step in zip(self.kernels[1:], self.steps[1:], strict=True):
            maps = convolved(maps, kernel, step)
        hidden = np.maximum(self.inner[0] @ maps.ravel() + self.inner[1], 0)
        said = (self.outer[0] @ hidden + self.outer[1]).astype(float).reshape(-1, 2)
        said[:, 1] = np.exp(np.clip(said[:, 1], LEAST_LOG_SD, MOST_LOG_SD))
        return np.asarray(UNIT_DEG * said)


def evened(picture: Picture, middle: float, contrast: float) -> Grid:
    """A picture (h, w, 3) as the network takes it, (3, h, w); see `RestPicture`."""
    shares = np.moveaxis(picture, 2, 0) / np.float32(255)
    return np.asarray((shares - middle) / (contrast + EVEN), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class RestPicture:
    """The picture at rest: mean and standard deviation of its brightness, 0 to 1, all channels.

    ``before``: its share of the first convolution, bias included; see `PelvisReader`.
    """

    middle: float
    contrast: float
    before: Grid


@dataclass(slots=True)
class PelvisPicture:
    """Reads the pelvis of whoever lies on the back; feed it every picture in order."""

    reader: PelvisReader
    _layout: Layout | None = field(default=None, init=False)
    _rest: RestPicture | None = field(default=None, init=False)
    _flat_since_s: float = field(default=NAN, init=False)
    _read_s: float = field(default=-np.inf, init=False)
    _last: Array = field(default_factory=unread, init=False)

    def forget(self) -> None:
        """Somebody else lies there, or otherwise."""
        self._layout = self._rest = None
        self._flat_since_s, self._read_s, self._last = NAN, -np.inf, unread()

    def step(self, time_s: float, rgb: Picture, pose: Pose, stance: Stance) -> Array:
        """As `SurfaceMotion.read_deg`; NaN while nobody was seen lying flat."""
        if self._layout is None or self._rest is None:
            self._begin(time_s, rgb, pose, stance)
        elif time_s - self._read_s >= EVERY_S:
            self._read_s = time_s
            self._last = self.reader(self._rest, self._layout.cut(rgb))
        return self._last

    def _begin(self, time_s: float, rgb: Picture, pose: Pose, stance: Stance) -> None:
        if not lies_flat(body_lines(pose, stance.head_sign)):
            self._flat_since_s = NAN
            return
        if np.isnan(self._flat_since_s):
            self._flat_since_s = time_s
        if time_s - self._flat_since_s >= FLAT_S:
            limb = LIMBS[stance.near_side or Side.LEFT]
            self._layout = Layout.of(*pose.xy_px[[limb.hip, limb.shoulder]].astype(float))
            rest = self.reader.at_rest(self._layout.cut(rgb))
            self._rest = rest if rest.contrast > LEAST_CONTRAST else None


@functools.cache
def pelvis_reader() -> PelvisReader:
    """As shipped. Raises `PosecheckError`."""
    return shipped_fit("models/pelvis_picture.json", PelvisReader.of)
