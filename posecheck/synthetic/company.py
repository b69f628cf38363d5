"""Who else is in the room: a person standing or walking by, a dog or a cat. Rigid, only moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from posecheck.core.records import Array, Side
from posecheck.synthetic.angles import JointAngles
from posecheck.synthetic.body import Body
from posecheck.synthetic.dress import Outfit, Rgb, dress
from posecheck.synthetic.kinematics import turn
from posecheck.synthetic.rig import Phenotype

Keys = tuple[tuple[float, float, float], ...]
"""(time_s, x_m, y_m): x towards the camera (negative: behind the body), y towards the head."""


@dataclass(frozen=True, slots=True)
class Bystander:
    """A second person, upright: faces the way it walks, else the camera."""

    keys: Keys
    phenotype: Phenotype = field(default_factory=Phenotype)
    outfit: Outfit = field(default_factory=Outfit)


@dataclass(frozen=True, slots=True)
class Pet:
    """A dog or a cat, ``size_m`` from nose to rump; faces the way it walks, else the camera."""

    keys: Keys
    size_m: float = 0.7
    colour: Rgb = (120, 88, 58)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A pyvista mesh (metres, colours "rgb") on z = 0, facing +x, and half its footprint."""

    mesh: Any
    half_length_m: float
    half_width_m: float


def place(keys: Keys, time_s: float, side: int) -> Array:
    """(4, 4) from a shape that faces +x to where it is at ``time_s``, in the body frame.

    Straight from key to key, waiting at the first and the last. Where it stands still it faces
    the camera.
    """
    times, x, y = np.array(keys, float).T
    ahead = np.array([1.0, 0.0])
    if times[0] <= time_s < times[-1]:
        step = np.searchsorted(times, time_s, "right")
        run = np.array([x[step] - x[step - 1], y[step] - y[step - 1]])
        ahead = run / np.linalg.norm(run) if run.any() else ahead
    ahead = ahead * [side, 1.0]
    placed = np.eye(4)
    placed[:2, 0], placed[:2, 1] = ahead, (-ahead[1], ahead[0])
    placed[:2, 3] = side * np.interp(time_s, times, x), np.interp(time_s, times, y)
    return placed


def shape_of(one: Bystander | Pet) -> Shape:
    """The mesh of one companion."""
    return _person(one) if isinstance(one, Bystander) else _animal(one)


def _person(one: Bystander) -> Shape:
    """The body as it lies with straight legs, set on its feet and turned to face +x."""
    import pyvista

    body = Body(one.phenotype)
    posed = body.pose(JointAngles(), Side.LEFT)
    rgb, stand_off = dress(body.rig, one.outfit)
    count = body.rig.coarse_faces.max() + 1
    upright = turn("z", 90) @ turn("x", 90)
    points = (posed.vertices_m + stand_off[:, None] * posed.normals)[:count] @ upright.T
    points -= [*points[:, :2].mean(axis=0), points[:, 2].min()]
    mesh = pyvista.PolyData.from_regular_faces(points, body.rig.coarse_faces)
    mesh.point_data["rgb"] = rgb[:count]
    mesh.point_data.active_normals = (posed.normals[:count] @ upright.T).astype(np.float32)
    return Shape(mesh, 0.2, 0.26)


def _animal(one: Pet) -> Shape:
    """A trunk, a head with snout and ears, four legs and a tail; 1 m long, then scaled."""
    import pyvista

    def lump(centre: tuple[float, float, float], half: tuple[float, float, float]) -> Any:
        return pyvista.ParametricEllipsoid(*half, u_res=24, v_res=24).translate(centre)

    def limb(start: tuple[float, float, float], end: tuple[float, float, float], r: float) -> Any:
        tube = pyvista.Line(start, end).tube(radius=r, n_sides=16, capping=True)
        return tube.triangulate()

    coat = [
        lump((-0.05, 0.0, 0.46), (0.36, 0.13, 0.15)),
        lump((0.2, 0.0, 0.49), (0.15, 0.135, 0.17)),
        limb((0.22, 0.0, 0.52), (0.42, 0.0, 0.74), 0.07),
        lump((0.42, 0.0, 0.74), (0.12, 0.085, 0.09)),
        limb((-0.38, 0.0, 0.52), (-0.56, 0.0, 0.68), 0.028),
    ]
    coat += [limb((x, y, 0.42), (x, y, 0.03), 0.045) for x in (-0.3, 0.22) for y in (-0.08, 0.08)]
    dark = [lump((0.53, 0.0, 0.71), (0.07, 0.045, 0.045))]
    dark += [lump((0.38, y, 0.81), (0.03, 0.03, 0.08)) for y in (-0.065, 0.065)]
    dark += [
        lump((x + 0.02, y, 0.03), (0.06, 0.05, 0.03)) for x in (-0.3, 0.22) for y in (-0.08, 0.08)
    ]
    for parts, gain in ((coat, 1.0), (dark, 0.6)):
        for part in parts:
            shade = np.array(one.colour) * gain
            part.clear_data()
            part.point_data["rgb"] = np.tile(shade.astype(np.uint8), (part.n_points, 1))
    mesh = pyvista.merge(
        [part.compute_normals(auto_orient_normals=True) for part in coat + dark]
    ).extract_surface(algorithm="dataset_surface")
    return Shape(mesh.scale(one.size_m), 0.4 * one.size_m, 0.15 * one.size_m)
