"""What a camera does to a picture, in a camera's order: motion blur, defocus, exposure, noise.

Everything is drawn from (seed, tick), so that any picture can be made again by itself.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Array

Picture = NDArray[np.uint8]

MID_GREY = 128
READ_SHARE = 0.3
"""Part of the noise variance at mid-grey that does not depend on the light."""
CHROMA_SHARE = 0.25
"""Part of the noise variance that differs between the colours; it is coarser than the rest."""
CELL_PX = 4
SMEAR_STEP_PX = 3.0
SMEAR_SAMPLES_MAX = 17
_TILE_SLACK_PX = 64
_TILE_UNITS = 32.0  # a standard deviation in the noise tile, which is of int8
_SD_UNITS = 8.0  # a level in the table of standard deviations, which is of uint8


@dataclass(frozen=True, slots=True)
class Effects:
    """How good the camera is; the defaults change nothing.

    ``exposure`` multiplies the light. ``noise`` is its standard deviation at mid-grey, in levels
    of 8 bits, up to 16. ``motion_blur`` is the part of the frame interval (0 to 1) for which the
    shutter is open, ``blur_px`` the standard deviation of the defocus.
    """

    exposure: float = 1.0
    noise: float = 0.0
    motion_blur: float = 0.0
    blur_px: float = 0.0
    seed: int = 0


def degrade(picture: Picture, effects: Effects, tick: int) -> Picture:
    """The picture (h, w, 3) uint8 with defocus, exposure and noise; motion blur is ``smear``."""
    if effects.blur_px > 0:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), effects.blur_px), np.uint8)
    if effects.exposure != 1.0:
        picture = np.asarray(cv2.LUT(picture, _exposed(effects.exposure)), np.uint8)
    if effects.noise > 0:
        picture = _noisy(picture, effects, tick)
    return picture


def smear(picture: Picture, at_px: Array, nearness: Array, travel_px: Array) -> Picture:
    """Motion blur: the picture averaged along the way of the surface seen at each place.

    ``at_px`` (N, 2): where points of the moving surface are at the middle of the exposure;
    ``nearness`` (N,): of two points at one place the greater is seen; ``travel_px`` (N, 2): how
    far each moves while the shutter is open. What does not move stays as it is, except where the
    moving surface sweeps over it.
    """
    if np.abs(travel_px).max(initial=0.0) < 1.0:
        return picture
    travel = _travel_map(picture.shape[:2], at_px, nearness, travel_px)
    rows, columns = (np.flatnonzero((travel != 0).any(axis=(axis, 2))) for axis in (1, 0))
    if not rows.size:
        return picture
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ways = travel[box]
    y, x = np.mgrid[box].astype(np.float32)
    total = np.zeros((*ways.shape[:2], 3), np.float32)
    samples = int(np.clip(np.abs(ways).max() / SMEAR_STEP_PX + 2, 3, SMEAR_SAMPLES_MAX))
    for part in np.linspace(-0.5, 0.5, samples, dtype=np.float32):
        sampled = cv2.remap(
            picture,
            x + part * ways[:, :, 0],
            y + part * ways[:, :, 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        cv2.accumulate(sampled, total)
    smeared = picture.copy()
    smeared[box] = np.rint(total / samples)
    return smeared


def _travel_map(
    shape: tuple[int, ...], at_px: Array, nearness: Array, travel_px: Array
) -> NDArray[np.float32]:
    """(h, w, 2): the travel of what moves in or through each place; 0 out of its reach."""
    height, width = shape
    grid = (height // CELL_PX + 1, width // CELL_PX + 1)
    column, row = np.floor_divide(at_px, CELL_PX).astype(int).T
    seen = (column >= 0) & (column < grid[1]) & (row >= 0) & (row < grid[0])
    order = np.flatnonzero(seen)[np.argsort(nearness[seen], kind="stable")]
    cells = np.zeros((*grid, 2), np.float32)
    cells[row[order], column[order]] = travel_px[order]

    # What is near enough to be swept over takes the travel of the nearest place that moves.
    length = np.hypot(cells[:, :, 0], cells[:, :, 1])
    moves = length > 0.5
    away, nearest = cv2.distanceTransformWithLabels(
        (~moves).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_label = np.zeros((nearest.max() + 1, 2), np.float32)
    of_label[nearest[moves]] = cells[moves]
    reach = np.zeros(len(of_label))
    reach[nearest[moves]] = length[moves] / 2 / CELL_PX + 1
    cells = of_label[nearest] * (away < reach[nearest])[:, :, None]
    cells = cv2.GaussianBlur(cells, (0, 0), 1.0)
    size = (grid[1] * CELL_PX, grid[0] * CELL_PX)
    return np.asarray(cv2.resize(cells, size)[:height, :width], np.float32)


@functools.cache
def _exposed(gain: float) -> NDArray[np.uint8]:
    """(256,) level for level, the gain applied to the light that sRGB levels stand for."""
    level = np.arange(256) / 255
    light = gain * np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    bright = 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055
    encoded = np.where(light <= 0.0031308, 12.92 * light, bright)
    return np.asarray(np.rint(255 * np.clip(encoded, 0, 1)), np.uint8)


def _noisy(picture: Picture, effects: Effects, tick: int) -> Picture:
    height, width = picture.shape[:2]
    rng = np.random.default_rng([effects.seed, tick])
    top, left = rng.integers(0, _TILE_SLACK_PX, 2)
    noise = _noise_tile(height, width, effects.seed)[top : top + height, left : left + width]
    if rng.random() < 0.5:
        noise = noise[::-1]
    level = np.arange(256)
    sd = effects.noise * np.sqrt(READ_SHARE + (1 - READ_SHARE) * level / MID_GREY)
    table = np.clip(np.rint(_SD_UNITS * sd), 0, 255).astype(np.uint8)
    added = cv2.multiply(
        noise, cv2.LUT(picture, table), scale=1 / (_TILE_UNITS * _SD_UNITS), dtype=cv2.CV_16S
    )
    return np.asarray(cv2.add(picture, added, dtype=cv2.CV_8U), np.uint8)


@functools.lru_cache(maxsize=2)
def _noise_tile(height: int, width: int, seed: int) -> NDArray[np.int8]:
    """Noise of unit standard deviation (``_TILE_UNITS``), a little larger than the picture."""
    rng = np.random.default_rng(seed)
    size = (height + _TILE_SLACK_PX, width + _TILE_SLACK_PX)
    grey = rng.standard_normal((*size, 1), np.float32)
    half = rng.standard_normal((size[0] // 2 + 1, size[1] // 2 + 1, 3), np.float32)
    colour = half.repeat(2, axis=0).repeat(2, axis=1)[: size[0], : size[1]]
    tile = np.sqrt(1 - CHROMA_SHARE) * grey + np.sqrt(CHROMA_SHARE) * colour
    return np.asarray(np.clip(np.rint(_TILE_UNITS * tile), -127, 127), np.int8)
