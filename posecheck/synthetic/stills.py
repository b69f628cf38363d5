"""Rendered people in single poses, looked at by the pose model: what the thigh fits learn from.

Each subject is drawn from a seed of its own, in its own room and clothes, before its own camera,
and takes neutral and eight poses with each leg. Seeds from `FIRST_SEED` on appear in no clip.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from posecheck.core.geometry import ROW, SIDES, BodyLines, body_lines
from posecheck.core.posture import stance_of
from posecheck.core.records import Array, Pose, Side
from posecheck.estimators.convolution import Grid
from posecheck.estimators.mediapipe_pose import MediapipePose
from posecheck.estimators.outline import COLUMNS, ROWS
from posecheck.sinks.files import atomic_path
from posecheck.synthetic import subjects
from posecheck.synthetic.angles import STRETCHING, Hands, JointAngles, Truth, measure
from posecheck.synthetic.body import Body, PosedBody
from posecheck.synthetic.effects import degrade
from posecheck.synthetic.motion import KNEE_FOR_THIGH_DEG, STRAIGHT_KNEE_DEG, Motion
from posecheck.synthetic.scene import Scene
from posecheck.synthetic.scripts import with_rhythm

FIRST_SEED = 1000
_SEEDS_APART = 7_000_000
POSES_A_LEG = 8
STANDING_SHARE = 0.15
"""Of the poses, in so many the other foot stands on the mat or is on its way there."""
LOOKS, FIRST_LOOKS = 3, 5
"""How often the model, which follows a person from picture to picture, is shown each pose."""
FINE = 2
"""Outlines are kept on cells so many times smaller than the reader's."""
_RATE_HZ = 30
LEVELS = 250
"""Of an outline as it is kept, for 0 to 1."""
_FACTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One pose.

    ``leg``: the one at work, 0 left. ``thigh_deg`` and ``resting_deg``: the truth. ``outline`` and
    ``rest_outline`` (FINE ROWS, FINE COLUMNS): see `posecheck.estimators.outline.laid`.
    """

    seed: int
    leg: int
    yaw_deg: float
    thigh_deg: float
    resting_deg: float
    neutral: BodyLines
    lines: BodyLines
    rest_outline: Grid
    outline: Grid

    def to_row(self) -> list[float]:
        """All but the outlines as numbers."""
        facts = [self.seed, self.leg, self.yaw_deg, self.thigh_deg, self.resting_deg]
        return [*facts, *self.neutral.to_row(), *self.lines.to_row()]

    @classmethod
    def of(cls, row: Array, rest_outline: Grid, outline: Grid) -> Still:
        """From what `to_row` made, and the outlines."""
        neutral, lines = (BodyLines.from_row(part) for part in row[_FACTS:].reshape(2, ROW))
        yaw, thigh, resting = (float(fact) for fact in row[2:_FACTS])
        seed, leg = int(row[0]), int(row[1])
        return cls(seed, leg, yaw, thigh, resting, neutral, lines, rest_outline, outline)


def stills(seed: int, model: Path, cache: Path) -> list[Still]:
    """The stills of one subject, from the cache folder if they lie there, else made and kept."""
    file = cache / f"stills_{seed}.npz"
    if not file.is_file():
        _keep(file, _made(seed, model))
    with np.load(file) as stored:
        rows, grids = stored["rows"], stored["outlines"] / np.float32(LEVELS)
    return [Still.of(row, *pair) for row, pair in zip(rows, grids, strict=True)]


def _keep(file: Path, made: list[Still]) -> None:
    rows = np.array([still.to_row() for still in made]).reshape(-1, _FACTS + 2 * ROW)
    grids = np.array([(still.rest_outline, still.outline) for still in made], np.float32)
    levels = np.round(LEVELS * grids).astype(np.uint8)
    shape = -1, 2, FINE * ROWS, FINE * COLUMNS
    with atomic_path(file) as aside, aside.open("wb") as out:
        np.savez_compressed(out, rows=rows, outlines=levels.reshape(shape))


def _made(seed: int, model: Path) -> list[Still]:
    rng = np.random.default_rng(seed + _SEEDS_APART)
    room, camera = subjects.room(rng), subjects.camera(rng)
    body, outfit = Body(subjects.phenotype(rng)), subjects.outfit(rng)
    effects = subjects.effects(rng, room.light)
    found: list[Still] = []
    shown = 0
    with (
        Scene(body.rig, outfit, room, camera) as scene,
        MediapipePose(model, outlines=True) as pose_model,
    ):

        def look(posed: PosedBody, times: int = LOOKS) -> tuple[Pose, Grid] | None:
            nonlocal shown
            picture = degrade(scene.render(posed), effects, shown)
            people: list[tuple[Pose, Grid]] = []
            for _ in range(times):
                shown += 1
                people = pose_model.lying(picture, shown / _RATE_HZ, FINE)
            return people[0] if people else None

        for leg, side in enumerate(SIDES):
            rest = body.pose(JointAngles(), side)
            if (seen := look(rest, FIRST_LOOKS)) is None:
                continue
            neutral, rest_outline = seen
            head_sign = stance_of(neutral).head_sign
            for angles in poses(rng, side):
                posed = body.pose(angles, side)
                truth: Truth = measure(posed.skeleton, rest.skeleton, side)
                if (seen := look(posed)) is not None:
                    pose, outline = seen
                    found.append(
                        Still(
                            seed, leg, camera.yaw_deg, truth.thigh_angle_deg,
                            truth.resting_thigh_deg, body_lines(neutral, head_sign),
                            body_lines(pose, head_sign), rest_outline, outline,
                        )
                    )  # fmt: skip
    return found


def poses(rng: np.random.Generator, side: Side) -> list[JointAngles]:
    """Poses of one leg; tilt, twist, knee line and a standing other foot by chance."""
    return [stood(rng, motion.at(1.0)) for motion in motions(rng, side)]


def stood(rng: np.random.Generator, angles: JointAngles) -> JointAngles:
    """The same, or by chance with the other foot on the mat or on its way there."""
    if rng.random() >= STANDING_SHARE:
        return angles
    part = rng.uniform(0.3, 1)
    return replace(
        angles,
        resting_thigh_deg=part * rng.uniform(28, 48),
        resting_knee_deg=part * rng.uniform(58, 88),
    )


def motions(rng: np.random.Generator, side: Side) -> list[Motion]:
    """Poses of one leg, each at 1 s of its motion; tilt, twist and knee line by chance."""
    hands = STRETCHING[rng.integers(len(STRETCHING))]
    straight = hands is Hands.STRAP_FOOT
    share = rng.uniform(0.6, 1.4)
    motions = []
    for number in range(POSES_A_LEG):
        most_deg = (90 if straight else 136) if number else 30
        thigh = float(rng.uniform(3, most_deg))
        out, past = rng.uniform(8, 30), -rng.uniform(3, 14)
        line = float(rng.choice([0, 0, out, past]) * np.clip(thigh / 50, 0, 1))
        tilt = float(rng.choice([0, rng.uniform(0, 15)]))
        twist = float(rng.choice([0, 0, rng.uniform(-15, 15)]))
        lifted = float(rng.choice([0, 0, 0, rng.uniform(5, 28)])) if thigh > 40 else 0.0
        bends = STRAIGHT_KNEE_DEG if straight else bending(rng)
        motion = Motion(
            2.0, side, key(thigh), key(tilt), key(twist), key(lifted), (), key(line),
            hands=hands, knee_for_thigh=bends,
        )  # fmt: skip
        motions.append(with_rhythm(motion, share))
    return motions


def key(value: float) -> tuple[tuple[float, float], ...]:
    """From 0 to ``value`` within a second."""
    return (0.0, 0.0), (1.0, value)


def bending(rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    """How far the knee bends with the thigh, by chance."""
    return tuple((thigh, knee * rng.uniform(0.8, 1.15)) for thigh, knee in KNEE_FOR_THIGH_DEG)
