"""Rigid movements as (4, 4) matrices, and the two-link reach of an arm. Pure geometry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from posecheck.core.records import Array


def turn(axes: str, *angles_deg: float) -> Array:
    """Rotation matrix (3, 3); axes as in scipy's ``Rotation.from_euler``."""
    return np.asarray(Rotation.from_euler(axes, angles_deg, degrees=True).as_matrix()).reshape(3, 3)


def about(point: Array, rotation: Array, shift: Array | float = 0.0) -> Array:
    """(4, 4): rotate about a point, then shift."""
    transform = np.eye(4)
    transform[:3, :3] = rotation
    transform[:3, 3] = point - rotation @ point + shift
    return transform


def move(transform: Array, points: Array) -> Array:
    """Apply a (4, 4) movement to points (..., 3)."""
    return np.asarray(points @ transform[:3, :3].T + transform[:3, 3])


def unit(vector: Array) -> Array:
    """The vector at length 1."""
    return np.asarray(vector / np.linalg.norm(vector))


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """A two-link arm that has reached: where elbow and wrist are, and how each link has turned."""

    elbow: Array
    wrist: Array
    upper: Array
    lower: Array


def two_link(shoulder: Array, elbow: Array, wrist: Array, target: Array, pole: Array) -> Reach:
    """Bring the wrist to ``target``, or as near as the arm goes; the elbow points to ``pole``.

    All arguments (3,): the resting joints, where the wrist should go, and a direction.
    """
    upper, lower = np.linalg.norm(elbow - shoulder), np.linalg.norm(wrist - elbow)
    line = unit(target - shoulder)
    nearest, farthest = 1.02 * abs(upper - lower) + 0.01, 0.985 * (upper + lower)
    reach = np.clip(np.linalg.norm(target - shoulder), nearest, farthest)
    along = (upper**2 - lower**2 + reach**2) / (2 * reach)
    across = unit(pole - (pole @ line) * line) * np.sqrt(max(upper**2 - along**2, 0.0))
    bent, end = shoulder + along * line + across, shoulder + reach * line
    rest_hinge = np.cross(elbow - shoulder, wrist - elbow)
    hinge = np.cross(bent - shoulder, end - bent)
    return Reach(
        elbow=bent,
        wrist=end,
        upper=_frame(bent - shoulder, hinge) @ _frame(elbow - shoulder, rest_hinge).T,
        lower=_frame(end - bent, hinge) @ _frame(wrist - elbow, rest_hinge).T,
    )


def _frame(along: Array, hinge: Array) -> Array:
    """Axes (columns) of a link: along it, its hinge, and across both."""
    first, second = unit(along), unit(hinge)
    return np.column_stack([first, second, np.cross(first, second)])
