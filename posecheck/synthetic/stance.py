"""Lying otherwise than on the back, or standing: a posed body turned as a whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posecheck.core.posture import Posture
from posecheck.core.records import Array
from posecheck.synthetic.angles import Skeleton
from posecheck.synthetic.body import PosedBody
from posecheck.synthetic.kinematics import about, move, turn

_TURNS = {
    Posture.PRONE: turn("y", 180),
    Posture.SIDE_LYING: turn("y", 90),  # on the left side
    Posture.UPRIGHT: turn("x", 90),
}
_PRESSED = {Posture.PRONE: 0.02, Posture.SIDE_LYING: 0.12}
"""Part of the skin that a lying body presses flat on the mat: nose and toes, the lower arm."""


def turned(posed: PosedBody, posture: Posture) -> PosedBody:
    """The body as it was posed on its back, turned into another posture, in the body frame.

    It lies or stands on z = 0, its width centred on the mat. On the back nothing changes.
    Raises ValueError for a posture that is none (UNSEEN).
    """
    if posture is Posture.SUPINE:
        return posed
    if posture not in _TURNS:
        raise ValueError(f"A body cannot be turned into the posture {posture.name}.")
    rotation = _TURNS[posture]
    vertices = posed.vertices_m @ rotation.T
    x, z = vertices[:, 0], vertices[:, 2]
    floor = np.quantile(z, _PRESSED.get(posture, 0.0))
    shift = np.array([-(x.min() + x.max()) / 2, 0.0, -floor])
    vertices += shift
    vertices[:, 2] = np.maximum(vertices[:, 2], 0.0)
    transform = about(np.zeros(3), rotation, shift)

    def moved(points: Array) -> Array:
        return move(transform, points)

    joints = {name: moved(joint) for name, joint in posed.skeleton.joints_m.items()}
    return replace(
        posed,
        skeleton=Skeleton(joints, rotation @ posed.skeleton.pelvis),
        vertices_m=vertices,
        normals=posed.normals @ rotation.T,
        strap_m=None if posed.strap_m is None else moved(posed.strap_m),
        bones={name: transform @ bone for name, bone in posed.bones.items()},
    )
