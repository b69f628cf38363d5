"""A person on their back seen from the side, drawn with few strokes, and where markers go on them.

Drawn 1 : 10, so that a centimetre of the person is a millimetre of the paper. The head is left;
the origin is where the mat begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, Polygon
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

Point = tuple[float, float]
Blob = tuple[float, float, float]
"""A round place of the outline: x, y, radius."""

_NEAR, _FAR, _MAT, _LABEL, _PAPER = "#B9CBD6", "#DCE5EA", "#C9BFA8", "#222222", "#0072B2"
_HEAD, _NECK = (12.0, 13.5, 9.0), (24.0, 12.0, 5.0)
_TRUNK: Sequence[Blob] = (
    (37.0, 13.0, 9.0), (50.0, 13.5, 11.0), (68.0, 12.0, 9.3), (82.0, 12.0, 10.0),
)  # fmt: skip
_HIP = (86.0, 11.5, 9.0)
_FLAT_LEG: Sequence[Blob] = (_HIP, (128.0, 9.5, 6.2), (168.0, 6.0, 4.2))
_FLAT_FOOT: Sequence[Blob] = ((168.0, 5.5, 4.2), (172.0, 21.0, 2.3))
_RAISED_LEG: Sequence[Blob] = (_HIP, (88.0, 54.0, 6.4), (126.0, 43.0, 4.0))
_RAISED_FOOT: Sequence[Blob] = ((126.5, 43.0, 4.0), (135.0, 56.0, 2.3))
_HOLDING_ARM: Sequence[Blob] = ((36.0, 14.0, 4.4), (57.0, 30.0, 3.8), (84.0, 38.0, 3.0))
_PELVIS, _RIBCAGE = (80.0, 12.5), (55.0, 12.0)


def draw_lying_flat(axes: Axes, x: float, y: float) -> None:
    """Both legs straight, the markers on the near side, each with its name; mm, from (x, y)."""
    at = np.array((x, y))
    _draw_body(axes, at, _FLAT_LEG, _FLAT_FOOT)
    thigh = (107.0, 10.6)
    _draw_marker(axes, at, _RIBCAGE, 180.0)
    _draw_marker(axes, at, _PELVIS, 180.0)
    _draw_marker(axes, at, thigh, 180.0)
    _draw_label(axes, at, _RIBCAGE, (44.0, 44.0), "ribcage: on the side,\nover the lower ribs")
    _draw_label(
        axes, at, _PELVIS, (86.0, 44.0), "pelvis: on the side, between\nhip joint and hip bone"
    )
    _draw_label(axes, at, thigh, (137.0, 44.0), "thigh: on the outer side,\nin the middle")
    _draw_caption(axes, at, "1. Lie flat and still for one second. Every arrow points to the head.")


def draw_knee_raised(axes: Axes, x: float, y: float) -> None:
    """The near knee drawn up: the markers have gone along; mm, from (x, y)."""
    at = np.array((x, y))
    _draw_body(axes, at, _RAISED_LEG, _RAISED_FOOT)
    _draw_limb(axes, at, _HOLDING_ARM, _NEAR)
    _draw_marker(axes, at, _RIBCAGE, 180.0)
    _draw_marker(axes, at, _PELVIS, 186.0)
    _draw_marker(axes, at, (87.0, 30.5), 267.0)
    _draw_caption(axes, at, "2. Draw the knee up. Leave the markers uncovered where you can.")


def _draw_body(
    axes: Axes, at: NDArray[np.float64], leg: Sequence[Blob], foot: Sequence[Blob]
) -> None:
    axes.plot([at[0] - 4, at[0] + 181], [at[1], at[1]], color=_MAT, linewidth=3, zorder=0)
    for limb in (_FLAT_LEG, _FLAT_FOOT):
        _draw_limb(axes, at + np.array((0.0, 0.6)), limb, _FAR)
    _draw_limb(axes, at, (_NECK, _TRUNK[0]), _NEAR)
    axes.add_patch(Circle(_point(at + _HEAD[:2]), _HEAD[2], facecolor=_NEAR, edgecolor="none"))
    for limb in (_TRUNK, leg, foot):
        _draw_limb(axes, at, limb, _NEAR)


def _draw_limb(axes: Axes, at: NDArray[np.float64], blobs: Sequence[Blob], colour: str) -> None:
    """Each pair of neighbours with the skin stretched round them."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    ring = np.column_stack((np.cos(turn), np.sin(turn)))
    for first, second in pairwise(blobs):
        points = np.vstack([(x, y) + radius * ring for x, y, radius in (first, second)])
        outline = points[ConvexHull(points).vertices]
        axes.add_patch(Polygon(at + outline, facecolor=colour, edgecolor=colour, linewidth=0.2))


def _draw_marker(axes: Axes, at: NDArray[np.float64], centre: Point, top_deg: float) -> None:
    """A marker to scale, its top towards ``top_deg``, counted from the right, counterclockwise."""
    up = np.array((np.cos(np.radians(top_deg)), np.sin(np.radians(top_deg))))
    right = np.array((up[1], -up[0]))
    middle = at + centre
    for half_width, low, high, colour in ((4.6, -5.0, 5.6, "white"), (3.5, -3.8, 3.2, "black")):
        corners = [middle + side * half_width * right + end * up for side, end in
                   ((-1, low), (1, low), (1, high), (-1, high))]  # fmt: skip
        axes.add_patch(
            Polygon(corners, facecolor=colour, edgecolor=_PAPER, linewidth=0.6, zorder=3)
        )
    axes.add_patch(
        FancyArrowPatch(
            _point(middle + 5.6 * up), _point(middle + 12.5 * up), arrowstyle="-|>",
            mutation_scale=9, color=_PAPER, linewidth=1.4, shrinkA=0, shrinkB=0, zorder=4,
        )
    )  # fmt: skip


def _draw_label(
    axes: Axes, at: NDArray[np.float64], centre: Point, where: Point, text: str
) -> None:
    axes.annotate(
        text, _point(at + centre), _point(at + where), fontsize=8.5, color=_LABEL, va="bottom",
        zorder=5, arrowprops={"arrowstyle": "-", "color": _LABEL, "linewidth": 0.7, "shrinkB": 12},
    )  # fmt: skip


def _draw_caption(axes: Axes, at: NDArray[np.float64], text: str) -> None:
    axes.text(at[0] - 4, at[1] - 7, text, fontsize=9.5, color=_LABEL)


def _point(xy: NDArray[np.float64]) -> Point:
    return float(xy[0]), float(xy[1])
