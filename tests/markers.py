"""Pictures of printed markers at a known place, as an exact pinhole camera sees them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
CELL_PX, FINE = 60, 8
DISTANCE_M, WIDTH_M = 2.5, 0.07


@dataclass(frozen=True, slots=True)
class View:
    """How a square of ``width_px``, seen from in front, is turned and pictured."""

    width_px: float = 25.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    centre_px: tuple[float, float] = (120.3, 99.6)
    blur_px: float = 0.7
    noise: float = 3.0
    light: float = 1.0
    number: int = 0


def corners_px(view: View) -> NDArray[np.float64]:
    """Where the corners of the black square are, (4, 2)."""
    half = WIDTH_M / 2
    square = np.array([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)])
    yaw, pitch, roll = (cv2.Rodrigues(np.radians(turn))[0] for turn in (
        (0.0, view.yaw_deg, 0.0), (view.pitch_deg, 0.0, 0.0), (0.0, 0.0, view.roll_deg),
    ))  # fmt: skip
    points = square @ (roll @ yaw @ pitch).T + (0, 0, DISTANCE_M)
    focal_px = view.width_px * DISTANCE_M / WIDTH_M
    return np.asarray(focal_px * points[:, :2] / points[:, 2:] + view.centre_px)


def picture(view: View, seed: int = 0, size_px: tuple[int, int] = (240, 200)) -> Picture:
    """The square on its white paper before a blotchy background, (h, w, 3)."""
    rng = np.random.default_rng(seed)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    paper = cv2.copyMakeBorder(
        cv2.aruco.generateImageMarker(dictionary, view.number, 6 * CELL_PX),
        *[CELL_PX] * 4, cv2.BORDER_CONSTANT, value=255,
    )  # fmt: skip
    near, far = CELL_PX - 0.5, 7 * CELL_PX - 0.5
    stored = np.array([(near, near), (far, near), (far, far), (near, far)], np.float32)
    shown = (corners_px(view) * FINE + (FINE - 1) / 2).astype(np.float32)
    fine_px = size_px[0] * FINE, size_px[1] * FINE
    room = cv2.GaussianBlur(rng.uniform(20, 200, size_px[::-1]).astype(np.float32), (0, 0), 3)
    room = cv2.resize(100 + 4 * (room - room.mean()), fine_px, interpolation=cv2.INTER_CUBIC)
    laid = cv2.warpPerspective(
        20 + 215 / 255 * paper.astype(np.float32),
        cv2.getPerspectiveTransform(stored, shown),
        fine_px,
        borderValue=-1000,
    )
    grey = cv2.resize(np.where(laid > -1, laid, room), size_px, interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(grey, (0, 0), view.blur_px) * view.light
    grey = np.clip(grey + rng.normal(0, view.noise, grey.shape), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)
