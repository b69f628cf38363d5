"""What the landmarks get systematically wrong, measured on rendered people.

``python -m posecheck.synthetic.landmark_fit`` renders subjects that appear in no sample clip, lets
the pose model look at them, and prints the constants of `posecheck.core.measures` with their error
on subjects left out of the fit, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from posecheck.core.geometry import SIDES, body_lines, wrap_deg
from posecheck.core.posture import Posture, stance_of
from posecheck.core.records import Array, Pose, Side
from posecheck.estimators.mediapipe_pose import MediapipePose
from posecheck.estimators.model_store import model_path
from posecheck.synthetic.angles import JointAngles, Truth, measure
from posecheck.synthetic.body import Body
from posecheck.synthetic.dress import Cloth, Outfit, Pattern
from posecheck.synthetic.motion import Motion
from posecheck.synthetic.rig import Phenotype
from posecheck.synthetic.scene import Camera, Room, Scene

FIRST_SEED = 1000
THIGHS_DEG = (20.0, 35.0, 50.0, 65.0, 80.0, 90.0, 100.0, 110.0, 120.0, 130.0)
SKINS = [(236, 196, 170), (214, 168, 140), (160, 110, 80), (100, 70, 52)]
PATTERNS: list[Pattern] = ["plain", "stripes", "checks", "print"]
LOST_DEG = 20.0
"""A landmark further off than this was put on something else; the fit leaves it out."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One pose of one subject: what the picture's lines say, and the truth (deg)."""

    seed: int
    near: bool
    rotation_deg: float
    trunk_to_thigh_deg: float
    truth: Truth


def subject(seed: int) -> tuple[Phenotype, Outfit, Room, Camera]:
    """Everything about one subject, drawn from its seed."""
    rng = np.random.default_rng(seed)

    def colour() -> tuple[int, int, int]:
        red, green, blue = (int(value) for value in rng.integers(20, 235, 3))
        return red, green, blue

    def cloth() -> Cloth:
        return Cloth(colour(), colour(), PATTERNS[rng.integers(len(PATTERNS))])

    first, second, third, fourth = (float(share) for share in rng.dirichlet([2, 3, 4, 1]))
    phenotype = Phenotype(
        gender=float(rng.integers(2)),
        age=rng.uniform(0.5, 0.9),
        muscle=rng.uniform(0.3, 0.7),
        weight=rng.uniform(0.3, 0.75),
        height=rng.uniform(0.25, 0.75),
        proportions=rng.uniform(0.3, 0.9),
        lumbar_shares=(first, second, third, fourth),
    )
    outfit = Outfit(
        skin=SKINS[rng.integers(len(SKINS))],
        hair=colour(),
        shirt=cloth(),
        shorts=cloth(),
        socks=Cloth(colour(), colour()),
        sleeve=rng.uniform(0.2, 0.9),
        leg=rng.uniform(0.4, 0.9),
        long_hair=bool(rng.integers(2)),
        seed=seed,
    )
    room = Room(mat=colour(), floor=colour(), wall=colour(), light=rng.uniform(0.6, 1.0), seed=seed)
    camera = Camera(
        side=int(rng.choice([1, -1])),
        yaw_deg=rng.uniform(-12, 12),
        elevation_deg=rng.uniform(3, 20),
        distance_m=rng.uniform(2.3, 3.2),
    )
    return phenotype, outfit, room, camera


def samples(seed: int, model: MediapipePose) -> Iterator[Sample]:
    """Both legs of one subject at all thigh angles, as far as the model finds them on the back."""
    phenotype, outfit, room, camera = subject(seed)
    rng = np.random.default_rng(seed + 1_000_000)
    body = Body(phenotype)
    with Scene(body.rig, outfit, room, camera) as scene:

        def look(angles: JointAngles, side: Side) -> tuple[Truth, Pose | None]:
            posed = body.pose(angles, side)
            rest = body.pose(JointAngles(), side).skeleton
            people = model.poses(np.ascontiguousarray(scene.render(posed)))
            found = next((p for p in people if stance_of(p).posture is Posture.SUPINE), None)
            return measure(posed.skeleton, rest, side), found

        for side in SIDES:
            _, pose = look(JointAngles(), side)
            if pose is None:
                continue
            leg = SIDES.index(side)
            rest = body_lines(pose, camera.side)
            offset_deg = float(rest.thigh_line_deg[leg]) - rest.trunk_line_deg
            for thigh_deg in THIGHS_DEG + rng.uniform(-7, 7, len(THIGHS_DEG)):
                extra_deg = rng.uniform(0, 12) if thigh_deg > 80 and rng.random() < 0.5 else 0.0
                motion = Motion(
                    2.0, side, ((0.0, 0.0), (1.0, thigh_deg)), ((0.0, 0.0), (1.0, extra_deg))
                )
                truth, pose = look(motion.at(1.0), side)
                if pose is not None:
                    turned = body_lines(pose, camera.side).thigh_line_deg - rest.thigh_line_deg
                    near = (side is Side.LEFT) == (camera.side > 0)
                    yield Sample(seed, near, float(wrap_deg(turned[leg])), offset_deg, truth)


def fit(rotation_deg: Array, truth_deg: Array) -> Array:
    """Least squares for truth = a x + b x^2 + c x^3 over rotations x (n,) deg; (3,)."""
    powers = np.power.outer(rotation_deg, [1, 2, 3])
    return np.asarray(np.linalg.lstsq(powers, truth_deg, rcond=None)[0])


def main(subjects: int = 16) -> None:
    """Render, look, fit, and print the constants with their left-out error."""
    out = Console(highlight=False)
    with MediapipePose(model_path("full"), video=False) as model:
        found = [
            sample
            for seed in track(
                range(FIRST_SEED, FIRST_SEED + subjects), console=Console(stderr=True)
            )
            for sample in samples(seed, model)
        ]
    x = np.array([sample.rotation_deg for sample in found])
    y = np.array([sample.truth.thigh_angle_deg for sample in found])
    seeds = np.array([sample.seed for sample in found])
    offsets = {(s.seed, s.near): s.trunk_to_thigh_deg for s in found}
    kept = np.abs(x - y) < LOST_DEG
    left_out = np.full(x.size, np.nan)
    for seed in np.unique(seeds):
        mine = seeds == seed
        left_out[mine] = np.power.outer(x[mine], [1, 2, 3]) @ fit(x[kept & ~mine], y[kept & ~mine])
    out.print(f"{subjects} subjects, {x.size} poses, {(~kept).sum()} lost")
    out.print("THIGH_CORRECTION", fit(x[kept], y[kept]).tolist())
    for name, error in (("before", x - y), ("after, left out", left_out - y)):
        error = error[kept]
        out.print(
            f"{name}: mean absolute error {np.abs(error).mean():.2f} sd {error.std():.2f} deg"
        )
    values = list(offsets.values())
    out.print(f"TRUNK_TO_THIGH_DEG {np.mean(values):.2f} sd {np.std(values):.2f}")


if __name__ == "__main__":
    typer.run(main)
