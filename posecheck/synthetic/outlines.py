"""Outlines of people whose angles are known: what the outline fit learns from.

Some are only drawn, the skin's points laid on the grid, which takes a tenth of the time of a
picture; the others are masks of the pose model from whole pictures, with its mistakes: those of the
stills. Seeds from `FIRST_DRAWN` on appear in no clip.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from posecheck.core.geometry import SIDES
from posecheck.core.records import Array
from posecheck.estimators.convolution import Grid
from posecheck.estimators.outline import CELL_TRUNKS, COLUMNS, HEAD_TRUNKS, LOW_TRUNKS, ROWS
from posecheck.sinks.files import atomic_path
from posecheck.synthetic import subjects
from posecheck.synthetic.angles import JointAngles, measure
from posecheck.synthetic.body import Body, PosedBody
from posecheck.synthetic.scene import Camera
from posecheck.synthetic.stills import FINE, LEVELS, Still, poses

FIRST_DRAWN = 810_000
_CLOSING = np.ones((3, 3), np.uint8)

Outlined = tuple[Grid, Grid, Array]
"""Outlines now and at rest (n, FINE ROWS, FINE COLUMNS) each, 0 to 1, and the true thigh angles
(n, 2) deg, the higher one first."""


def drawn(seed: int, cache: Path) -> Outlined:
    """Drawn outlines of one subject, from the cache folder if they lie there."""
    file = cache / f"drawn_{seed}.npz"
    if not file.is_file():
        _keep(file, _drawn(seed))
    with np.load(file) as stored:
        now, rest = (stored[name] / np.float32(LEVELS) for name in ("now", "rest"))
        return now, rest, stored["angles"]


def seen(stills: Sequence[Still]) -> Outlined:
    """The outlines of stills."""
    angles = [(still.thigh_deg, still.resting_deg) for still in stills]
    return _together(
        [still.outline for still in stills], [still.rest_outline for still in stills], angles
    )


def _keep(file: Path, outlined: Outlined) -> None:
    now, rest, angles = outlined
    now_levels, rest_levels = (np.round(LEVELS * each).astype(np.uint8) for each in (now, rest))
    with atomic_path(file) as aside, aside.open("wb") as out:
        np.savez_compressed(out, angles=angles, now=now_levels, rest=rest_levels)


def _together(now: list[Grid], rest: list[Grid], angles: list[tuple[float, float]]) -> Outlined:
    size = -1, FINE * ROWS, FINE * COLUMNS
    higher_first = -np.sort(-np.array(angles, float).reshape(-1, 2), axis=1)
    return (
        np.array(now, np.float32).reshape(size),
        np.array(rest, np.float32).reshape(size),
        higher_first,
    )


def _drawn(seed: int) -> Outlined:
    rng = np.random.default_rng(seed)
    camera, body = subjects.camera(rng), Body(subjects.phenotype(rng))
    now, at_rest, angles = [], [], []
    for side in SIDES:
        rest = body.pose(JointAngles(), side)
        rest_grid = _grid(camera, rest)
        for joints in poses(rng, side):
            posed = body.pose(joints, side)
            truth = measure(posed.skeleton, rest.skeleton, side)
            now.append(_grid(camera, posed))
            at_rest.append(rest_grid)
            angles.append((truth.thigh_angle_deg, truth.resting_thigh_deg))
    return _together(now, at_rest, angles)


def _grid(camera: Camera, posed: PosedBody) -> Grid:
    """The body as the camera sees it, on the grid of `posecheck.estimators.outline`."""
    places = posed.skeleton.joints_m
    hips, shoulders = (
        np.mean([camera.project(places[f"{joint}.{side}"][None])[0] for side in SIDES], axis=0)
        for joint in ("hip", "shoulder")
    )
    trunk_px = float(np.hypot(*(shoulders - hips)))
    to_feet = -1.0 if shoulders[0] > hips[0] else 1.0
    skin = (camera.project(posed.vertices_m) - hips) * (to_feet, -1.0) / trunk_px
    corner = np.array([HEAD_TRUNKS, LOW_TRUNKS])
    cells = np.floor((skin + corner) * FINE / CELL_TRUNKS).astype(int)
    inside = ((cells >= 0) & (cells < (FINE * COLUMNS, FINE * ROWS))).all(axis=1)
    grid = np.zeros((FINE * ROWS, FINE * COLUMNS), np.uint8)
    grid[cells[inside, 1], cells[inside, 0]] = 1
    return np.asarray(cv2.morphologyEx(grid, cv2.MORPH_CLOSE, _CLOSING), np.float32)
