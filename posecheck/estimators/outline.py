"""The outline of the person on the mat: a mask of the pose model in, a few numbers out.

The mask is laid on a coarse grid in the body's own axes (hips in the middle, trunk lengths, head to
the left), and a small convolutional network makes `OUTLINE` numbers of it, from which
`posecheck.core.outline_fit` tells how far a thigh is raised. Its weights are in
``models/outline_fit.json``, made by ``python -m posecheck.synthetic.outline_fit``.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np

from posecheck.core.geometry import hips_px, shoulders_px
from posecheck.core.outline_fit import FORMAT
from posecheck.core.posture import stance_of
from posecheck.core.records import Array, Pose, no_outline
from posecheck.estimators.convolution import Grid, Kernel, convolved, kernel_of
from posecheck.shipped import shipped_fit

ROWS, COLUMNS = 26, 38
"""Cells of the grid, up from the mat and towards the feet."""
CELL_TRUNKS = 0.1
LOW_TRUNKS, HEAD_TRUNKS = 0.625, 1.225
"""How far the grid reaches below the middle of the hips, and from it towards the head."""


def laid(mask: Grid, pose: Pose, width_px: int, fine: int = 1) -> Grid | None:
    """``mask`` (h, w), 0 to 1, on the grid (`ROWS`, `COLUMNS`), each times ``fine``.

    Row 0 lies lowest, column 0 nearest to the head; 0 beyond the picture, which is ``width_px``
    wide in the pixels of ``pose``. None unless the person lies.
    """
    head_sign = stance_of(pose).head_sign
    share = mask.shape[1] / width_px
    hips = hips_px(pose) * share
    trunk_px = float(np.hypot(*(shoulders_px(pose) * share - hips)))
    cell_px = CELL_TRUNKS * trunk_px
    if not head_sign or cell_px < 1.0:
        return None
    left = hips[0] - head_sign * (COLUMNS * cell_px / 2 - HEAD_TRUNKS * trunk_px)
    left -= COLUMNS * cell_px / 2
    top = hips[1] + LOW_TRUNKS * trunk_px - ROWS * cell_px
    cut = _cut(mask, left, top, COLUMNS * cell_px, ROWS * cell_px)
    size = COLUMNS * fine, ROWS * fine
    grid = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.float32)[::-1]
    return grid[:, ::-1] if head_sign > 0 else grid


def _cut(mask: Grid, left: float, top: float, width: float, height: float) -> Grid:
    """A part of ``mask``, px, with zeros beyond its edges."""
    x, y, x_end, y_end = (round(v) for v in (left, top, left + width, top + height))
    inside = mask[max(y, 0) : max(y_end, 0), max(x, 0) : max(x_end, 0)]
    whole = np.zeros((y_end - y, x_end - x), np.float32)
    whole[max(-y, 0) :, max(-x, 0) :][: inside.shape[0], : inside.shape[1]] = inside
    return whole


@dataclass(frozen=True, slots=True, eq=False)
class OutlineReader:
    """Three convolutions and a last layer.

    ``kernels``: (out, in, k, k) and bias (out,) of each; ``last``: (OUTLINE, n) and bias. The first
    steps by two, after the second the larger of each four cells is taken.
    """

    kernels: list[Kernel]
    last: Kernel

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From a stored fit. Raises ValueError for another format, KeyError for a broken one."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        kernels = [kernel_of(each) for each in stored["convolutions"]]
        return cls(kernels[:-1], kernels[-1])

    def __call__(self, grid: Grid) -> Array:
        """The numbers (OUTLINE,), -1 to 1, of a grid (`ROWS`, `COLUMNS`)."""
        (first, second, third), (weights, bias) = self.kernels, self.last
        maps = convolved(np.concatenate([grid[None], PLACES]), first, step=2)
        maps = _halved(convolved(maps, second))
        maps = convolved(maps, third)
        return np.asarray(np.tanh(weights @ maps.ravel() + bias), float)

    def outline(self, mask: Grid, pose: Pose, width_px: int) -> Array:
        """What ``mask`` (h, w) shows of ``pose``; NaN unless the person lies."""
        grid = laid(mask, pose, width_px)
        return no_outline() if grid is None else self(grid)


@functools.cache
def outline_reader() -> OutlineReader:
    """As shipped. Raises `PosecheckError`."""
    return shipped_fit("models/outline_fit.json", OutlineReader.of)


def _halved(maps: Grid) -> Grid:
    """The largest of each two by two cells; an odd row or column at the end is left out."""
    _, height, width = maps.shape
    even = maps[:, : height // 2 * 2, : width // 2 * 2]
    higher = np.maximum(even[:, ::2], even[:, 1::2])
    return np.maximum(higher[:, :, ::2], higher[:, :, 1::2])


PLACES: Grid = np.stack(
    np.broadcast_arrays(
        np.linspace(-1, 1, COLUMNS, dtype=np.float32)[None, :],
        np.linspace(-1, 1, ROWS, dtype=np.float32)[:, None],
    )
)
"""Where each cell lies, for a network that would otherwise not know."""
