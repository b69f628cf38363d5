"""Rendered people in single poses, looked at by the pose model: what the thigh fit learns from.

Each subject is drawn from a seed of its own, in its own room and clothes, before its own camera,
and takes neutral and eight poses with each leg. Seeds from `FIRST_SEED` on appear in no clip.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posecheck.core.geometry import ROW, SIDES, BodyLines, body_lines
from posecheck.core.posture import stance_of
from posecheck.core.records import Array, Pose, Side
from posecheck.estimators.mediapipe_pose import MediapipePose
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
LOOKS, FIRST_LOOKS = 3, 5
"""How often the model, which follows a person from picture to picture, is shown each pose."""
_RATE_HZ = 30
_FACTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One pose.

    ``leg``: the one at work, 0 left. ``thigh_deg`` and ``resting_deg``: the truth.
    """

    seed: int
    leg: int
    yaw_deg: float
    thigh_deg: float
    resting_deg: float
    neutral: BodyLines
    lines: BodyLines

    def to_row(self) -> list[float]:
        """All of it as numbers."""
        facts = [self.seed, self.leg, self.yaw_deg, self.thigh_deg, self.resting_deg]
        return [*facts, *self.neutral.to_row(), *self.lines.to_row()]

    @classmethod
    def from_row(cls, row: Array) -> Still:
        """What `to_row` made."""
        neutral, lines = (BodyLines.from_row(part) for part in row[_FACTS:].reshape(2, ROW))
        yaw, thigh, resting = (float(fact) for fact in row[2:_FACTS])
        return cls(int(row[0]), int(row[1]), yaw, thigh, resting, neutral, lines)


def stills(seed: int, model: Path, cache: Path) -> list[Still]:
    """The stills of one subject, from the cache folder if they lie there, else made and kept."""
    file = cache / f"lines_{seed}.npy"
    if not file.is_file():
        rows = [still.to_row() for still in _made(seed, model)]
        with atomic_path(file) as aside, aside.open("wb") as out:
            np.save(out, np.array(rows).reshape(-1, _FACTS + 2 * ROW))
    return [Still.from_row(row) for row in np.load(file)]


def _made(seed: int, model: Path) -> list[Still]:
    rng = np.random.default_rng(seed + _SEEDS_APART)
    room, camera = subjects.room(rng), subjects.camera(rng)
    body, outfit = Body(subjects.phenotype(rng)), subjects.outfit(rng)
    effects = subjects.effects(rng, room.light)
    found: list[Still] = []
    shown = 0
    with Scene(body.rig, outfit, room, camera) as scene, MediapipePose(model) as pose_model:

        def look(posed: PosedBody, times: int = LOOKS) -> Pose | None:
            nonlocal shown
            picture = degrade(scene.render(posed), effects, shown)
            people: list[Pose] = []
            for _ in range(times):
                shown += 1
                people = pose_model.poses(picture, shown / _RATE_HZ)
            return people[0] if people else None

        for leg, side in enumerate(SIDES):
            rest = body.pose(JointAngles(), side)
            neutral = look(rest, FIRST_LOOKS)
            if neutral is None or not (head_sign := stance_of(neutral).head_sign):
                continue
            for motion in motions(rng, side):
                posed = body.pose(motion.at(1.0), side)
                truth: Truth = measure(posed.skeleton, rest.skeleton, side)
                pose = look(posed)
                if pose is not None:
                    found.append(
                        Still(
                            seed, leg, camera.yaw_deg, truth.thigh_angle_deg,
                            truth.resting_thigh_deg, body_lines(neutral, head_sign),
                            body_lines(pose, head_sign),
                        )
                    )  # fmt: skip
    return found


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
        bends = STRAIGHT_KNEE_DEG if straight else _bending(rng)
        motion = Motion(
            2.0, side, _to(thigh), _to(tilt), _to(twist), _to(lifted), (), _to(line),
            hands=hands, knee_for_thigh=bends,
        )  # fmt: skip
        motions.append(with_rhythm(motion, share))
    return motions


def _to(value: float) -> tuple[tuple[float, float], ...]:
    return (0.0, 0.0), (1.0, value)


def _bending(rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    return tuple((thigh, knee * rng.uniform(0.8, 1.15)) for thigh, knee in KNEE_FOR_THIGH_DEG)
