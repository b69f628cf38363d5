"""Pictures of hips and waist, at rest and with a knee raised, of people whose pelvis is known.

What the network of `posecheck.estimators.pelvis_picture` learns from. Tilt and twist are drawn by
themselves, whatever the thigh does. Seeds from `FIRST_SEED` on appear in no clip.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posecheck.core.landmarks import LIMBS
from posecheck.core.posture import stance_of
from posecheck.core.records import Array, Mask, Pose, Side
from posecheck.estimators.mediapipe_pose import MediapipePose
from posecheck.estimators.pelvis_picture import HEIGHT, WIDTH, Layout, Picture
from posecheck.sinks.files import atomic_path
from posecheck.synthetic import subjects
from posecheck.synthetic.angles import STRETCHING, Hands, JointAngles, Truth, measure
from posecheck.synthetic.body import Body
from posecheck.synthetic.effects import degrade
from posecheck.synthetic.motion import STRAIGHT_KNEE_DEG, Motion
from posecheck.synthetic.pelvis_clips import STILL_PELVIS
from posecheck.synthetic.scene import Scene
from posecheck.synthetic.stills import bending, key, stood

FIRST_SEED = 600_000
STANDING_FROM = FIRST_SEED + 1822
"""From this seed on the other foot stands on the mat in some poses, or is on its way there: a
network that had only seen the earlier ones took that for a tilt."""
BREATHING_FROM = FIRST_SEED + 4050
"""From this seed on people breathe, hold their strap while they lie flat, too, and are mostly seen
with the thigh far up, where the near leg hides most: a network that had only seen the earlier ones
was up to four times as far off as it said where there was a strap."""
_SEEDS_APART = 9_000_000
NEAR_POSES, FAR_POSES = 8, 4
"""How many poses with the near leg, for which more varies, and with the far one."""
BREATHING_POSES = 12, 6
"""The same from `BREATHING_FROM` on."""
THIGHS_DEG, THIGH_SHARES = ((0, 12), (12, 60), (60, 134)), (0.08, 0.22, 0.7)
"""There: between which thigh angles, and how many of the poses."""
STRAIGHT_SHARE = 0.68
"""A straight leg is raised to so much of that."""
LOOKS = 4
"""How often the model, which follows a person from picture to picture, is shown the rest."""
_RATE_HZ = 30

Rng = np.random.Generator


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """``rest`` and ``now`` (n, HEIGHT, WIDTH, 3), red first.

    ``truth_deg`` (n, 4): see `SurfaceMotion.read_deg`.
    """

    rest: NDArray[np.uint8]
    now: NDArray[np.uint8]
    truth_deg: Array

    def only(self, chosen: Mask) -> Pairs:
        """The chosen pairs (n,)."""
        return Pairs(self.rest[chosen], self.now[chosen], self.truth_deg[chosen])

    @classmethod
    def together(cls, parts: list[Pairs]) -> Pairs:
        """All of them as one."""
        names = [each.name for each in fields(cls)]
        return cls(*(np.concatenate([getattr(each, name) for each in parts]) for name in names))


def pairs(seed: int, model: Path, cache: Path) -> Pairs:
    """The pairs of one subject, from the cache folder if they lie there, else made and kept."""
    file = cache / f"pairs_{seed}.npz"
    if not file.is_file():
        made = _made(seed, model)
        kept: dict[str, Any] = {"rest": made.rest, "now": made.now, "truth_deg": made.truth_deg}
        with atomic_path(file) as aside, aside.open("wb") as out:
            np.savez(out, **kept)
    with np.load(file) as stored:
        return Pairs(stored["rest"], stored["now"], stored["truth_deg"])


def _made(seed: int, model: Path) -> Pairs:
    rng = np.random.default_rng(seed + _SEEDS_APART)
    room, camera = subjects.room(rng), subjects.camera(rng)
    body, outfit = Body(subjects.phenotype(rng)), subjects.outfit(rng)
    effects = subjects.effects(rng, room.light)
    near = Side.LEFT if camera.side > 0 else Side.RIGHT
    before: list[Picture] = []
    after: list[Picture] = []
    truth: list[tuple[float, float, float, float]] = []
    shown = 0
    with Scene(body.rig, outfit, room, camera) as scene, MediapipePose(model, outlines=True) as eye:
        for side in Side:
            neutral = body.pose(JointAngles(), side)
            lying, posing = poses(rng, seed, side, near=side is near)
            rest = body.pose(lying, side)
            picture = degrade(scene.render(rest), effects, shown)
            layout = None
            for _ in range(LOOKS):
                shown += 1
                layout = _layout(eye.poses(picture, shown / _RATE_HZ), near)
            if layout is None:
                continue
            rest_picture = layout.cut(picture)
            for angles in posing:
                posed = body.pose(angles, side)
                true = measure(posed.skeleton, neutral.skeleton, side)
                shown += 1
                before.append(rest_picture)
                after.append(layout.cut(degrade(scene.render(posed), effects, shown)))
                truth.append(_read(true, near=side is near))
    size = -1, HEIGHT, WIDTH, 3
    return Pairs(
        np.array(before, np.uint8).reshape(size),
        np.array(after, np.uint8).reshape(size),
        np.array(truth, float).reshape(-1, 4),
    )


def _read(true: Truth, *, near: bool) -> tuple[float, float, float, float]:
    """What should be read, deg; ``near``: whether the near leg is at work."""
    thighs = true.thigh_angle_deg, true.resting_thigh_deg
    twist = true.low_back_twist_deg
    if near:
        return true.pelvic_tilt_deg, twist, *thighs
    return true.pelvic_tilt_deg, -twist, *thighs[::-1]


def _layout(people: list[Pose], near: Side) -> Layout | None:
    """Where hips and waist are, None where the model does not see the side that is near."""
    if not people or stance_of(people[0]).near_side is not near:
        return None
    limb = LIMBS[near]
    return Layout.of(*people[0].xy_px[[limb.hip, limb.shoulder]].astype(float))


def poses(rng: Rng, seed: int, side: Side, *, near: bool) -> tuple[JointAngles, list[JointAngles]]:
    """How a subject lies flat, and poses of one leg; tilt and twist by chance, whatever the thigh.

    ``near``: whether it is the leg nearer to the camera.
    """
    breathing = seed >= BREATHING_FROM
    count = (BREATHING_POSES if breathing else (NEAR_POSES, FAR_POSES))[0 if near else 1]
    hands = STRETCHING[rng.integers(len(STRETCHING))]
    straight = hands is Hands.STRAP_FOOT or rng.random() < 0.1
    motions = [_motion(rng, side, hands, straight=straight, deep=breathing) for _ in range(count)]
    found = [motion.at(1.0) for motion in motions]
    if seed >= STANDING_FROM:
        found = [stood(rng, angles) for angles in found]
    if not breathing:
        return JointAngles(), found
    return _breathing(rng, motions[0].at(0.0)), [_breathing(rng, angles) for angles in found]


def _breathing(rng: Rng, angles: JointAngles) -> JointAngles:
    """The same at some time of a breath."""
    return replace(angles, breath=float(np.sin(rng.uniform(0, 2 * np.pi))))


def _motion(rng: Rng, side: Side, hands: Hands, *, straight: bool, deep: bool) -> Motion:
    if deep:
        least, most = THIGHS_DEG[rng.choice(len(THIGHS_DEG), p=THIGH_SHARES)]
        share = STRAIGHT_SHARE if straight else 1.0
        thigh, most_tilt = share * float(rng.uniform(least, most)), 30
    else:
        thigh, most_tilt = float(rng.uniform(12, 90 if straight else 132)), 26
    out, past = rng.uniform(8, 30), -rng.uniform(3, 14)
    line = float(rng.choice([0, 0, out, past]) * np.clip(thigh / 50, 0, 1))
    tilt = float(rng.choice([0, *(rng.uniform(-4, most_tilt) for _ in range(3))]))
    twist = float(rng.choice([0, rng.uniform(-15, 15)]))
    lifted = float(rng.choice([0, 0, 0, rng.uniform(0, 22)]))
    return Motion(
        2.0, side, key(thigh), key(tilt), key(twist), key(lifted), (), key(line),
        hands=hands, healthy_tilt=STILL_PELVIS,
        knee_for_thigh=STRAIGHT_KNEE_DEG if straight else bending(rng),
    )  # fmt: skip
