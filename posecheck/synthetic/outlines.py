"""Outlines of rendered people whose angles are known: what the outline fit learns from.

Most are only drawn, the skin's points laid on the grid, which takes a tenth of the time of a
picture; the others are masks of the pose model from whole pictures, with its mistakes. Seeds from
`FIRST_DRAWN` on and the first of the stills' appear in no clip.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from posecheck.core.geometry import SIDES
from posecheck.core.records import Array
from posecheck.estimators.mediapipe_pose import MediapipePose
from posecheck.estimators.outline import CELL_TRUNKS, COLUMNS, HEAD_TRUNKS, LOW_TRUNKS, ROWS, Grid
from posecheck.sinks.files import atomic_path
from posecheck.synthetic import subjects
from posecheck.synthetic.angles import JointAngles, Truth, measure
from posecheck.synthetic.body import Body, PosedBody
from posecheck.synthetic.effects import degrade
from posecheck.synthetic.motion import Motion
from posecheck.synthetic.scene import Camera, Scene
from posecheck.synthetic.stills import LOOKS, motions

FIRST_DRAWN, FIRST_SEEN = 810_000, 1000
FINE = 2
"""Outlines are kept on cells so many times smaller than the reader's."""
STANDING_SHARE = 0.15
"""Of the drawn poses, in so many the other foot stands on the mat or is on its way there."""
_SEEDS_APART = 7_000_000
_RATE_HZ = 30
_CLOSING = np.ones((3, 3), np.uint8)

Outlined = tuple[Grid, Grid, Array]
"""Outlines now and at rest (n, FINE ROWS, FINE COLUMNS) each, 0 to 1, and the true thigh angles
(n, 2) deg, the higher one first."""


def drawn(seed: int, cache: Path) -> Outlined:
    """Drawn outlines of one subject, from the cache folder if they lie there."""
    return _kept(cache / f"drawn_{seed}.npz") or _keep(cache / f"drawn_{seed}.npz", _drawn(seed))


def seen(seed: int, model: Path, cache: Path) -> Outlined:
    """Outlines that the pose model sees of one subject, from the cache folder if they lie there."""
    file = cache / f"seen_{seed}.npz"
    return _kept(file) or _keep(file, _seen(seed, model))


def _kept(file: Path) -> Outlined | None:
    if not file.is_file():
        return None
    with np.load(file) as stored:
        return stored["now"] / np.float32(250), stored["rest"] / np.float32(250), stored["angles"]


def _keep(file: Path, outlined: Outlined) -> Outlined:
    now, rest, angles = outlined
    now_250, rest_250 = (np.round(250 * each).astype(np.uint8) for each in (now, rest))
    with atomic_path(file) as aside, aside.open("wb") as out:
        np.savez_compressed(out, angles=angles, now=now_250, rest=rest_250)
    return outlined


def _together(found: list[tuple[Grid, Grid, Truth]]) -> Outlined:
    size = -1, FINE * ROWS, FINE * COLUMNS
    angles = [sorted((t.thigh_angle_deg, t.resting_thigh_deg), reverse=True) for *_, t in found]
    return (
        np.array([now for now, *_ in found], np.float32).reshape(size),
        np.array([rest for _, rest, _ in found], np.float32).reshape(size),
        np.array(angles, float).reshape(-1, 2),
    )


def _drawn(seed: int) -> Outlined:
    rng = np.random.default_rng(seed)
    camera, body = subjects.camera(rng), Body(subjects.phenotype(rng))
    found = []
    for side in SIDES:
        rest = body.pose(JointAngles(), side)
        rest_grid = _grid(camera, rest)
        for motion in motions(rng, side):
            posed = body.pose(_standing(rng, motion), side)
            truth = measure(posed.skeleton, rest.skeleton, side)
            found.append((_grid(camera, posed), rest_grid, truth))
    return _together(found)


def _standing(rng: np.random.Generator, motion: Motion) -> JointAngles:
    angles = motion.at(1.0)
    if rng.random() >= STANDING_SHARE:
        return angles
    part = rng.uniform(0.3, 1)
    return replace(
        angles,
        resting_thigh_deg=part * rng.uniform(28, 48),
        resting_knee_deg=part * rng.uniform(58, 88),
    )


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


def _seen(seed: int, model: Path) -> Outlined:
    rng = np.random.default_rng(seed + _SEEDS_APART)
    room, camera = subjects.room(rng), subjects.camera(rng)
    body, outfit = Body(subjects.phenotype(rng)), subjects.outfit(rng)
    effects, shown = subjects.effects(rng, room.light), 0
    found = []
    with (
        Scene(body.rig, outfit, room, camera) as scene,
        MediapipePose(model, outlines=True) as pose_model,
    ):

        def look(posed: PosedBody) -> Grid | None:
            nonlocal shown
            picture = degrade(scene.render(posed), effects, shown)
            grids: list[Grid] = []
            for _ in range(LOOKS):
                shown += 1
                grids = pose_model.grids(picture, shown / _RATE_HZ, FINE)
            return grids[0] if grids else None

        for side in SIDES:
            rest = body.pose(JointAngles(), side)
            rest_grid = look(rest)
            for motion in motions(rng, side):
                posed = body.pose(motion.at(1.0), side)
                grid = look(posed)
                if grid is not None and rest_grid is not None:
                    truth = measure(posed.skeleton, rest.skeleton, side)
                    found.append((grid, rest_grid, truth))
    return _together(found)
