"""Paper markers that a rendered person wears: where they lie, and how they ride on the body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from posecheck.core.records import Array, MarkerPlace, Side
from posecheck.synthetic.angles import JointAngles
from posecheck.synthetic.body import Body, PosedBody, outward
from posecheck.synthetic.dress import Outfit, dress
from posecheck.synthetic.kinematics import move, unit
from posecheck.synthetic.rig import Mask, bone_name

MARGIN_CELLS = 1
"""Width of the white margin, in cells of the print, of which the black square has six."""
CELLS = 6
AIR_M = 0.002
"""What paper and tape are thick."""
LIFT_MOST_M = 0.03
"""How far moving flesh may push the paper out."""
DRIFT_AT_DEG = 90.0
FLESH = ("root", "pelvis", "spine", "upperleg", "breast")


@dataclass(frozen=True, slots=True)
class WornMarker:
    """A paper marker on the side of the body that the camera sees; the top of its print points to
    the head in neutral.

    ``size_m``: the black square. ``turned_deg``: how badly it is taped on, clockwise as one looks
    at it; ``along_m`` towards the head and ``above_m`` off the mat: how far from its usual place.
    Skin is not bone: ``slip`` is the part of the bone's rotation since neutral that the paper does
    not take along; ``drift_deg`` and ``drift_m`` are how far it turns (clockwise) and shifts
    (towards the head) on the bone by the time that the near thigh is at 90 deg.
    """

    place: MarkerPlace
    size_m: float = 0.07
    turned_deg: float = 0.0
    along_m: float = 0.0
    above_m: float = 0.0
    slip: float = 0.0
    drift_deg: float = 0.0
    drift_m: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """A marker's paper at one moment, body frame, metres.

    ``axes`` (3, 3): columns right and up of the print, and out of it towards who looks at it.
    """

    worn: WornMarker
    centre_m: Array
    axes: Array

    def corners_m(self, margin: bool = False) -> Array:
        """(4, 3) of the black square (or of the white margin round it), in the print's order."""
        half = self.worn.size_m / 2 * (1 + 2 * MARGIN_CELLS / CELLS * margin)
        right, up = half * self.axes[:, 0], half * self.axes[:, 1]
        return self.centre_m + np.stack([up - right, up + right, right - up, -up - right])


class Wearing:
    """The markers of one subject, taped over the clothes in neutral, on one side."""

    def __init__(
        self, markers: tuple[WornMarker, ...], body: Body, outfit: Outfit, side: Side
    ) -> None:
        self._stand_off = dress(body.rig, outfit)[1]
        neutral = body.pose(JointAngles(), side)
        self._side, self._thigh = side, bone_name("upperleg01", side)
        self._neutral = neutral.bones
        surface = self._surface(neutral)
        flesh = body.rig.of(*FLESH)
        joints = neutral.skeleton.joints_m
        self._taped = [
            self._tape(worn, surface, flesh, neutral.normals, joints) for worn in markers
        ]

    def papers(self, posed: PosedBody) -> list[Paper]:
        """Where every paper is now. The bone carries it; flesh may push it out, along itself."""
        surface = self._surface(posed)
        return [self._moved(paper, under, posed, surface) for paper, under in self._taped]

    def _surface(self, posed: PosedBody) -> Array:
        return posed.vertices_m + self._stand_off[:, None] * posed.normals

    def _tape(
        self,
        worn: WornMarker,
        surface: Array,
        flesh: Mask,
        normals: Array,
        joints: dict[str, Array],
    ) -> tuple[Paper, Mask]:
        """The paper in neutral, and which vertices lie under it, (N,)."""
        out = outward(self._side)
        hip, knee, shoulder = (
            joints[f"{joint}.{self._side}"] for joint in ("hip", "knee", "shoulder")
        )
        start, on = {
            MarkerPlace.PELVIS: (hip, (0.065, 0.03)),
            MarkerPlace.THIGH: ((hip + knee) / 2, (0.0, 0.015)),
            MarkerPlace.RIBCAGE: (hip, (0.55 * (shoulder - hip)[1], 0.045)),
        }[worn.place]
        spot = start + np.array([0.0, on[0] + worn.along_m, on[1] + worn.above_m])
        half = worn.size_m / 2 * (1 + 2 * MARGIN_CELLS / CELLS)
        beside = np.abs(surface - spot)[:, 1:].max(axis=1) < 1.1 * half
        faces_out = out * normals[:, 0] > 0.2
        under = flesh & beside & faces_out & (out * surface[:, 0] > 0.0)
        away = unit(normals[under].mean(axis=0))
        up = np.array([0.0, 1.0, 0.0])
        up = unit(up - (up @ away) * away)
        axes = np.column_stack([np.cross(up, away), up, away])
        axes = _spun(away, -worn.turned_deg) @ axes
        spot[0] = surface[under, 0].mean()
        lift = ((surface[under] - spot) @ away).max() + AIR_M
        return Paper(worn, spot + lift * away, axes), under

    def _moved(self, taped: Paper, under: Mask, posed: PosedBody, surface: Array) -> Paper:
        worn = taped.worn
        bone = {
            MarkerPlace.PELVIS: "root",
            MarkerPlace.THIGH: self._thigh,
            MarkerPlace.RIBCAGE: "spine02",
        }[worn.place]
        since = posed.bones[bone] @ np.linalg.inv(self._neutral[bone])
        risen = self._thigh_deg(posed) / DRIFT_AT_DEG
        axes = _part(since[:3, :3], 1.0 - worn.slip) @ taped.axes
        axes = _spun(axes[:, 2], -worn.drift_deg * risen) @ axes
        centre = move(since, taped.centre_m) + worn.drift_m * risen * axes[:, 1]
        sunk = ((surface[under] - centre) @ axes[:, 2]).max() + AIR_M
        return Paper(worn, centre + np.clip(sunk, 0.0, LIFT_MOST_M) * axes[:, 2], axes)

    def _thigh_deg(self, posed: PosedBody) -> float:
        """How far the thigh of the markers' side has come up since neutral."""
        turn = posed.bones[self._thigh][:3, :3] @ self._neutral[self._thigh][:3, :3].T
        return float(np.degrees(np.arctan2(-turn[2, 1], turn[1, 1])))


def _spun(axis: Array, angle_deg: float) -> Array:
    """Rotation (3, 3) about an axis."""
    return np.asarray(Rotation.from_rotvec(angle_deg * axis, degrees=True).as_matrix())


def _part(rotation: Array, share: float) -> Array:
    """A share of a rotation about its own axis, (3, 3)."""
    return np.asarray(
        Rotation.from_rotvec(share * Rotation.from_matrix(rotation).as_rotvec()).as_matrix()
    )
