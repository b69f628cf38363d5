"""A printed square in a picture, by projection, averaged over each pixel as a sensor does."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Array, MarkerPlace
from posecheck.synthetic.worn import CELLS, MARGIN_CELLS

Picture = NDArray[np.uint8]
CELL_TEXELS = 64
SAMPLES = 8
"""Along each side of a pixel."""
INK, WHITE = 18, 243
"""Levels of a laser print under full light."""


@functools.cache
def texture(place: MarkerPlace) -> Picture:
    """The print with its margin (n, n) uint8."""
    margin, ink = MARGIN_CELLS * CELL_TEXELS, CELLS * CELL_TEXELS
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    square = cv2.aruco.generateImageMarker(dictionary, int(place), ink)
    bits = cv2.copyMakeBorder(
        square, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(255,)
    )
    return np.where(bits > 127, WHITE, INK).astype(np.uint8)


def box_of(outline_px: Array, width_px: int, height_px: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the part of the picture that a paper's outline (4, 2) may touch;
    empty (right <= left or bottom <= top) where it is outside.
    """
    left, top = np.floor(outline_px.min(axis=0)).astype(int) - 2
    right, bottom = np.ceil(outline_px.max(axis=0)).astype(int) + 2
    return (
        max(int(left), 0),
        max(int(top), 0),
        min(int(right), width_px),
        min(int(bottom), height_px),
    )


def printed(
    place: MarkerPlace, outline_px: Array, box: tuple[int, int, int, int], shade: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Level (h, w) in a box of the picture, and which share (0 to 1) of each pixel is paper.

    ``outline_px`` (4, 2): the paper's corners, px from the picture's upper left edge. The level is
    multiplied by the share already. ``shade``: the light that falls on it, 1 white.
    """
    left, top, right, bottom = box
    print_ = texture(place)
    side = print_.shape[0]
    flat = np.array([[0, 0], [side, 0], [side, side], [0, side]]) - 0.5
    seen = (outline_px - (left, top)) * SAMPLES - 0.5
    to_box = cv2.getPerspectiveTransform(flat.astype(np.float32), seen.astype(np.float32))
    size, fine = (right - left, bottom - top), (SAMPLES * (right - left), SAMPLES * (bottom - top))

    def averaged(flat_picture: Picture) -> NDArray[np.float32]:
        warped = cv2.warpPerspective(flat_picture, to_box, fine, flags=cv2.INTER_LINEAR)
        return np.asarray(cv2.resize(warped.astype(np.float32), size, interpolation=cv2.INTER_AREA))

    whole = np.full_like(print_, 255)
    return averaged(print_) * np.float32(shade), averaged(whole) / np.float32(255)
