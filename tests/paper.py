"""Paper markers worn by somebody who lies with the near side to an exact pinhole camera.

World: x to the head, y up from the mat, z towards the camera, which is at the side; metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from posecheck.core.marker_turn import Rest, TurnFilter, rest_of
from posecheck.core.markers import Square
from posecheck.core.records import Array, Marker, MarkerPlace

WIDTH_PX, HEIGHT_PX = 1280, 720
SIDE_M = 0.07
OUTLINE_M = np.array([[-0.5, 0.5], [0.5, 0.5], [0.5, -0.5], [-0.5, -0.5]]) * SIDE_M
WORN = np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
"""The print's x, y and z as columns: its top to the head, its face to the camera."""
STILL_S = 1.2
Angles = Callable[[float], tuple[float, float, float]]


@dataclass(frozen=True)
class Camera:
    """``yaw_deg`` towards the feet, ``above_deg`` over the mat; ``focal``: of the longer side."""

    yaw_deg: float = 0.0
    above_deg: float = 12.0
    roll_deg: float = 0.0
    away_m: float = 2.5
    focal: float = 0.8

    def picture_px(self, points_m: Array) -> Array:
        """Where points (n, 3) are seen, (n, 2)."""
        yaw, above = np.radians([self.yaw_deg, self.above_deg])
        flat = np.cos(above)
        at_m = self.away_m * np.array([-np.sin(yaw) * flat, np.sin(above), np.cos(yaw) * flat])
        away = -at_m / self.away_m
        right = np.cross(away, [0.0, 1.0, 0.0])
        right /= np.linalg.norm(right)
        axes = np.stack([right, np.cross(away, right), away])
        seen = (
            (points_m - at_m) @ axes.T @ Rotation.from_euler("z", self.roll_deg, True).as_matrix()
        )
        pixels: Array = seen[:, :2] / seen[:, 2:] * self.focal * WIDTH_PX
        return pixels + np.array([WIDTH_PX / 2, HEIGHT_PX / 2])

    @property
    def cranial(self) -> Array:
        """The trunk line in the picture, (2,)."""
        hips, shoulders = self.picture_px(np.array([[0.0, 0.1, 0], [0.5, 0.1, 0]]))
        return np.asarray(shoulders - hips)


def turned(tilt_deg: float, twist_deg: float = 0.0, oblique_deg: float = 0.0) -> Array:
    """The rotation (3, 3) of a pelvis: posterior tilt after twist (near side up) after obliquity
    (near side to the head).
    """
    turns = (("z", -tilt_deg), ("x", -twist_deg), ("y", oblique_deg))
    whole = Rotation.identity()
    for axis, angle_deg in turns:
        whole *= Rotation.from_euler(axis, angle_deg, degrees=True)
    return np.asarray(whole.as_matrix())


def true_turn(rotation: Array) -> tuple[float, float, float]:
    """Tilt, twist and obliquity as posecheck defines them, deg."""
    cranial, lateral = rotation[:, 0], rotation[:, 2]
    return (
        float(-np.degrees(np.arctan2(cranial[1], cranial[0]))),
        float(np.degrees(np.arctan2(lateral[1], lateral[2]))),
        float(np.degrees(np.arcsin(lateral[0]))),
    )


def paper(
    camera: Camera,
    rotation: Array,
    *,
    place: MarkerPlace = MarkerPlace.PELVIS,
    at_m: tuple[float, float, float] = (0.05, 0.1, 0.17),
    taped: Array | None = None,
    noise_px: float = 0.0,
    told_px: float = 0.15,
    rng: np.random.Generator | None = None,
) -> Marker:
    """A marker whose bone has turned by ``rotation``; ``taped``: how it is on askew, (3, 3)."""
    bone = rotation @ (np.eye(3) if taped is None else taped) @ WORN
    corners = camera.picture_px(np.array(at_m) + OUTLINE_M @ bone[:, :2].T)
    if noise_px:
        corners = corners + (rng or np.random.default_rng(0)).normal(0, noise_px, (4, 2))
    return Marker(place, corners, noise_px or told_px)


def square(marker: Marker) -> Square:
    """As the core takes it."""
    return Square.of(marker, WIDTH_PX, HEIGHT_PX)


@dataclass(frozen=True)
class Worn:
    """What a filter told of a marker: ``true`` and ``told`` (n, 3), ``sd`` (n, 3), deg."""

    rest: Rest
    time_s: Array
    true: Array
    told: Array
    sd: Array


def wear(
    camera: Camera,
    angles: Angles,
    rng: np.random.Generator,
    *,
    place: MarkerPlace = MarkerPlace.PELVIS,
    noise_px: float = 0.15,
    askew_deg: float = 3.0,
    yaw_error_deg: float = 0.0,
    lasts_s: float = 8.0,
    fps: float = 30.0,
) -> Worn:
    """Lie still for `STILL_S`, then move as ``angles`` says: tilt, twist and obliquity by time."""
    taped = Rotation.from_rotvec(np.radians(rng.normal(0, askew_deg, 3))).as_matrix()
    along, up = rng.uniform(-0.4, 0.4), rng.uniform(-0.1, 0.15)

    def seen(*turn: float) -> Square:
        where = (along, up, 0.17)
        turned_so = turned(*turn)
        of = paper(
            camera, turned_so, place=place, at_m=where, taped=taped, noise_px=noise_px, rng=rng
        )
        return square(of)

    still = [seen(0.0, 0.0, 0.0) for _ in range(round(STILL_S * fps))]
    middle = Square(place, np.median([each.corners for each in still], axis=0), still[0].sd)
    rest = rest_of(middle, camera.cranial, camera.yaw_deg + yaw_error_deg, 1)
    turning = TurnFilter(rest)
    time_s, turns = [], []
    for t in np.arange(0.0, lasts_s, 1 / fps).tolist():
        if turn := turning.step(t, seen(*angles(t))):
            time_s.append(t)
            turns.append(turn.by_chance(turning.chance))
    table = np.array([(t.sagittal_deg, t.twist_deg, t.oblique_deg) for t in turns])
    sd = np.array([(t.sagittal_sd_deg, t.twist_sd_deg, t.oblique_sd_deg) for t in turns])
    true = np.array([true_turn(turned(*angles(t))) for t in time_s])
    return Worn(rest, np.array(time_s), true, table, sd)
