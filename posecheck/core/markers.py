"""What one picture of a printed square tells: how it is turned towards the camera.

A square of 7 cm two to three metres away is 20 to 35 px wide: it is seen nearly as if from
infinity. Turned about the line of sight it shows at once, foreshortening tells how far it leans but
not to which side (the planar two-fold ambiguity), and what perspective there is tells the side a
little. So a `Square` is split into its affine shape and the little that is left.

Camera's axes: x right, y down, z away. The print's: x right, y to its top, z out of the paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from posecheck.core.records import Array, Marker, MarkerPlace

USUAL_FOCAL = 0.8
"""Focal length as a share of the picture's longer side: 64 deg across, between webcams (60 to 78)
and phones (55 to 70). Angles are changes from neutral, and half or twice of it moves them by a few
tenths of a degree (tests/core/test_markers.py)."""
ROW = 10
CROOKED_SDS, CROOKED_SHARE = 3.0, 0.004
"""What perspective does not explain of `Shape.leans` is more than so many of its sds and this share
of the square's width only where a corner is covered: 2 % of it then, on rendered people."""


@dataclass(frozen=True, slots=True, eq=False)
class Square:
    """A marker in one picture. ``corners`` (4, 2): as in `Marker`, from the middle of the picture,
    in focal lengths, and ``sd`` likewise: one standard deviation of each coordinate.
    """

    place: MarkerPlace
    corners: Array
    sd: float

    @classmethod
    def of(cls, marker: Marker, width_px: int, height_px: int) -> Self:
        """A marker in a picture of this size, by the usual focal length."""
        focal_px = USUAL_FOCAL * max(width_px, height_px)
        corners = (marker.corners_px - (width_px / 2, height_px / 2)) / focal_px
        return cls(marker.place, corners, marker.corner_sd_px / focal_px)

    def to_row(self) -> list[float]:
        """All of it as `ROW` numbers, for keeping many."""
        return [self.place, self.sd, *self.corners.ravel()]

    @classmethod
    def from_row(cls, row: Array) -> Self:
        """What `to_row` made, (ROW,). Raises ValueError."""
        return cls(MarkerPlace(int(row[0])), row[2:].reshape(4, 2), float(row[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A square as it looks along the line of sight to its middle.

    ``view`` (3, 3): turns the axes of that look into those of the camera. ``seen`` (2, 2): where
    the print's x and y go to, each in widths of the square by its distance; that is the upper left
    of its rotation times its size. ``leans`` (2,): what is left once that is taken off, which only
    perspective explains; focal lengths. ``sd``: of each number in ``seen``; of ``leans``, half.
    """

    view: Array
    seen: Array
    leans: Array
    sd: float

    @property
    def sizes(self) -> tuple[float, float]:
        """Of ``seen``, the singular values: the larger one is the size, the other one as it is
        foreshortened.
        """
        (a, b), (c, d) = self.seen.tolist()
        one, other = math.hypot(a + d, c - b), math.hypot(a - d, b + c)
        return (one + other) / 2, abs(one - other) / 2

    @property
    def crooked(self) -> bool:
        """Whether no square looks like this: a corner is covered, say."""
        large, small = self.sizes
        explained = large * math.sqrt(large**2 - small**2) / 3  # a quarter, at the picture's middle
        unsure = CROOKED_SDS * self.sd / 2 + CROOKED_SHARE * large
        return bool(np.linalg.norm(self.leans) > explained + unsure)


def shape_of(square: Square) -> Shape:
    """The affine shape of a square and what is left."""
    top_left, top_right, low_right, low_left = square.corners
    affine = np.empty((2, 2))
    affine[:, 0] = (top_right + low_right - top_left - low_left) / 2
    affine[:, 1] = (top_left + top_right - low_left - low_right) / 2
    x, y = square.corners.mean(axis=0).tolist()
    view = looking_at(x, y)
    flat = view[:2, :2] - np.outer((x, y), view[2, :2])
    seen = np.asarray(np.linalg.solve(flat, affine))
    leans = (top_right + low_left - top_left - low_right) / 4
    return Shape(view, seen, leans, square.sd)


def looking_at(x: float, y: float) -> Array:
    """The least turn (3, 3) of a camera towards the ray through (x, y, 1)."""
    away = 1.0 / math.sqrt(1.0 + x * x + y * y)
    x, y = x * away, y * away
    k = 1.0 / (1.0 + away)
    return np.array(
        [[1 - k * x * x, -k * x * y, x], [-k * x * y, 1 - k * y * y, y], [-x, -y, away]]
    )


def rotations(seen: Array) -> tuple[Array, Array]:
    """Both rotations (3, 3), print to line of sight, that look like ``seen`` (2, 2).

    They mirror each other in depth. The first has the print lean so that it faces down in the
    picture, as seen by a camera above it.
    """
    _, (large, small), axes = np.linalg.svd(seen)
    lean = math.sqrt(max(0.0, 1.0 - (small / large) ** 2))
    depth = lean * axes[1]
    both = [_rotation(seen / large, sign * depth) for sign in (1.0, -1.0)]
    one, other = sorted(both, key=lambda rotation: float(-rotation[1, 2]))
    return one, other


def _rotation(flat: Array, depth: Array) -> Array:
    x_axis, y_axis = (np.append(flat[:, i], depth[i]) for i in (0, 1))
    return np.stack([x_axis, y_axis, np.cross(x_axis, y_axis)], axis=1)


def leaning(shape: Shape, rotation: Array, size: float) -> Array:
    """What `Shape.leans` would be of a square of this rotation (to the line of sight), (2,)."""
    x, y = shape.view[0, 2] / shape.view[2, 2], shape.view[1, 2] / shape.view[2, 2]
    turned = shape.view @ rotation
    affine = size * (turned[:2, :2] - np.outer((x, y), turned[2, :2]))
    deeper = size * turned[2, :2]
    left: Array = -(affine[:, 0] * deeper[1] + affine[:, 1] * deeper[0]) / 4
    return left


def turn_about(axis: Array, angle_rad: Array) -> Array:
    """Rotations (..., 3, 3) by angles (...) about unit axes (..., 3)."""
    axis, angle = np.broadcast_arrays(axis, np.asarray(angle_rad)[..., None])
    angle = angle[..., 0]
    cross = np.zeros((*angle.shape, 3, 3))
    x, y, z = (axis[..., i] for i in range(3))
    cross[..., 0, 1], cross[..., 0, 2], cross[..., 1, 2] = -z, y, -x
    cross[..., 1, 0], cross[..., 2, 0], cross[..., 2, 1] = z, -y, x
    sin, cos = np.sin(angle)[..., None, None], np.cos(angle)[..., None, None]
    turned: Array = np.eye(3) + sin * cross + (1 - cos) * (cross @ cross)
    return turned
