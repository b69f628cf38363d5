"""A lying person whose joints are known: Anny's body, moved as a script asks.

Body frame, metres: x to the person's left, y to the head, z up from the mat (z = 0). The chest
stays where it is; the pelvis moves against it through the lumbar joints.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq
from scipy.spatial.transform import Rotation

from posecheck.core.records import Array, Side
from posecheck.synthetic.angles import Hands, JointAngles, Skeleton, bend_deg
from posecheck.synthetic.kinematics import about, move, turn, two_link, unit
from posecheck.synthetic.rig import Phenotype, Rig, bone_name

NEUTRAL_KNEE_DEG = 3.0
PLANTARFLEXION_DEG = 22.0
HEEL_OUT_DEG = 9.0
HAND_WRAP_DEG = 50.0
JOINTS = {
    "shoulder": "upperarm01",
    "elbow": "lowerarm01",
    "wrist": "wrist",
    "hip": "upperleg01",
    "knee": "lowerleg01",
    "ankle": "foot",
}
LUMBAR = ("spine02", "spine03", "spine04", "spine05", "root")


@dataclass(frozen=True, slots=True, eq=False)
class PosedBody:
    """One moment: the bones, and the skin they carry (``vertices_m``, ``normals``: (N, 3)).

    ``strap_m`` (n, 3): the line of the strap from hand to hand, None where there is none.
    ``bones``: how those that move of themselves have moved since the rest pose, (4, 4) each.
    """

    skeleton: Skeleton
    vertices_m: Array
    normals: Array
    strap_m: Array | None = None
    bones: dict[str, Array] = field(default_factory=dict)


class Body:
    """A subject of one build. Made once, posed as often as wanted."""

    def __init__(self, phenotype: Phenotype) -> None:
        """Raises UsageError where the optional extra is not installed."""
        self.rig = Rig(phenotype)
        self._shares, self._lordosis_m = phenotype.lumbar_shares, phenotype.lordosis_m
        self._pelvis_skin = self.rig.vertices[self.rig.of("root", "pelvis")]
        self._belly_m = float(self.rig.vertices[self.rig.of("spine"), 2].max())
        self._settle = {side: self._settling_deg(side) for side in Side}

    def pose(self, angles: JointAngles, working: Side) -> PosedBody:
        """Pose the subject; ``working`` is the leg that is drawn up."""
        twist = outward(working) * -angles.low_back_twist_deg
        oblique = outward(working) * angles.pelvic_obliquity_deg
        moved = self._pelvis(angles.pelvic_tilt_deg, twist, oblique)
        root = moved["root"]
        moved |= self._leg(working, root, angles.thigh_deg, angles.knee_deg, angles.knee_line_deg)
        moved |= self._leg(
            working.other, root, angles.resting_thigh_deg, angles.resting_knee_deg, 0.0
        )
        for side in Side:
            moved |= self._arm(side, working, moved, angles)
        transforms = self.rig.chain(moved)
        joints = {
            f"{joint}.{side}": move(
                transforms[self.rig.index[bone_name(bone, side)]], self.rig.head(bone, side)
            )
            for joint, bone in JOINTS.items()
            for side in Side
        }
        vertices, normals = self.rig.skin(transforms, angles.breath)
        strap = self._strap(working, moved, joints, angles.hands)
        return PosedBody(Skeleton(joints, root[:3, :3]), vertices, normals, strap, moved)

    def _pelvis(self, tilt_deg: float, twist_deg: float, oblique_deg: float) -> dict[str, Array]:
        """Movement of spine02 (still) to the root, lowered to the mat as far as the back goes."""

        def chain(drop: float) -> dict[str, Array]:
            moved = {"spine02": np.eye(4)}
            for share, upper, lower in zip(self._shares, LUMBAR, LUMBAR[1:], strict=False):
                rotation = turn("YX", share * twist_deg, -share * tilt_deg)
                if oblique_deg:
                    rotation = turn("z", share * oblique_deg) @ rotation
                shift = np.array([0.0, 0.0, share * drop])
                moved[lower] = moved[upper] @ about(self.rig.head(upper), rotation, shift)
            return moved

        lifted = move(chain(0.0)["root"], self._pelvis_skin)[:, 2].min()
        return chain(max(self._pelvis_skin[:, 2].min() - lifted, -self._lordosis_m))

    def _settling_deg(self, side: Side) -> float:
        """Rotation of the straight leg about the hip that brings the heel down to the mat."""
        stems = (bone_name(bone, side) for bone in ("foot", "lowerleg02"))
        heel = self.rig.vertices[self.rig.of(*stems)]

        def gap(angle_deg: float) -> float:
            bones = self._leg_bones(side, np.eye(4), angle_deg, NEUTRAL_KNEE_DEG, 0.0)
            return float(move(bones[bone_name("foot", side)], heel)[:, 2].min() + 0.004)

        return float(brentq(gap, -25.0, 25.0))

    def _leg(
        self, side: Side, root: Array, thigh_deg: float, knee_deg: float, line_deg: float
    ) -> dict[str, Array]:
        """Thigh, shin and foot; the heel stays on or above the mat."""
        foot, ankle = bone_name("foot", side), self.rig.head("foot", side)
        down = self._settle[side]
        lying = self._leg_bones(side, np.eye(4), down, NEUTRAL_KNEE_DEG, 0.0)
        floor = move(lying[foot], ankle)[2]

        def height(thigh: float, knee: float) -> float:
            bones = self._leg_bones(side, root, thigh + down, knee, line_deg)
            return float(move(bones[foot], ankle)[2] - floor)

        thigh, knee = thigh_deg, max(knee_deg, NEUTRAL_KNEE_DEG)
        if height(thigh, NEUTRAL_KNEE_DEG) < 0:  # the hip has sunk: let the leg lie again
            thigh = float(brentq(height, -20.0, 90.0, args=(NEUTRAL_KNEE_DEG,)))
        if height(thigh, knee) < 0:
            straight = height(thigh, NEUTRAL_KNEE_DEG)
            bent, knee = knee, NEUTRAL_KNEE_DEG
            if straight > 0:
                knee = float(brentq(lambda angle: height(thigh, angle), NEUTRAL_KNEE_DEG, bent))
        return self._leg_bones(side, root, thigh + down, knee, line_deg)

    def _leg_bones(
        self, side: Side, root: Array, thigh_deg: float, knee_deg: float, line_deg: float
    ) -> dict[str, Array]:
        hip, knee, ankle = (
            self.rig.head(bone, side) for bone in ("upperleg01", "lowerleg01", "foot")
        )
        out = turn("z", outward(side) * line_deg)
        thigh = about(hip, turn("x", -thigh_deg) @ out, move(root, hip) - hip)
        shin = thigh @ about(knee, turn("x", knee_deg - bend_deg(hip, knee, ankle)))
        toes = turn("yx", outward(side) * HEEL_OUT_DEG, PLANTARFLEXION_DEG)
        return {
            bone_name("upperleg01", side): thigh,
            bone_name("lowerleg01", side): shin,
            bone_name("foot", side): shin @ about(ankle, toes),
        }

    def _arm(
        self, side: Side, working: Side, moved: dict[str, Array], angles: JointAngles
    ) -> dict[str, Array]:
        """Arm and hand: on the mat beside the hip, or (reach 1) where the hands have to be."""
        shoulder, elbow, wrist = (
            self.rig.head(bone, side) for bone in ("upperarm01", "lowerarm01", "wrist")
        )
        out = outward(side)
        on_mat = self.rig.head("upperleg01", side) * [1.0, 1.0, 0.0]
        on_mat += np.array([out * 0.17, -0.03, 0.035])
        if angles.hands in (Hands.BELLY, Hands.BELLY_THIGH):
            on_mat = self._on_belly(side)
        held, reach = self._held(side, working, moved, angles.hands), angles.reach
        if angles.hands is Hands.UP:
            length_m = np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow)
            held = shoulder + np.array([0.0, 0.0, length_m])
            reach *= float(side is working)
        detour = np.sin(np.pi * reach) * np.array([out * 0.07, 0.0, 0.05])
        target = on_mat + reach * (held - on_mat) + detour

        arm = two_link(shoulder, elbow, wrist, target, np.array([out * 0.9, 0.0, -0.3]))
        axis = unit(np.cross(arm.wrist - arm.elbow, [-_hold(side, working), 0.0, 0.0]))
        wrap = Rotation.from_rotvec(axis * reach * HAND_WRAP_DEG, degrees=True).as_matrix()
        return {
            bone_name("upperarm01", side): about(shoulder, arm.upper),
            bone_name("lowerarm01", side): about(elbow, arm.lower, arm.elbow - elbow),
            bone_name("wrist", side): about(wrist, wrap @ arm.lower, arm.wrist - wrist),
        }

    def _on_belly(self, side: Side) -> Array:
        """Where the wrist of one side rests on the upper belly, (3,)."""
        hip, shoulder = self.rig.head("upperleg01", side), self.rig.head("upperarm01", side)
        return np.array([0.75 * hip[0], hip[1] + 0.55 * (shoulder - hip)[1], self._belly_m + 0.03])

    def _held(self, side: Side, working: Side, moved: dict[str, Array], hands: Hands) -> Array:
        """Where the wrist of one side has to be, (3,)."""
        hip, knee, ankle = (
            self.rig.head(bone, working) for bone in ("upperleg01", "lowerleg01", "foot")
        )
        hold = _hold(side, working)
        if hands in (Hands.STRAP_FOOT, Hands.STRAP_THIGH):
            chest = self.rig.head("upperarm01", side)
            return np.asarray([0.5 * chest[0], chest[1] - 0.24, chest[2] + 0.24])
        if hands is Hands.HIP and side is working:
            return move(moved["root"], hip + np.array([outward(side) * 0.13, 0.02, 0.0]))
        if hands is Hands.SHIN:
            grip = knee + 0.22 * (ankle - knee) + np.array([hold * 0.05, 0.0, 0.07])
            return move(moved[bone_name("lowerleg01", working)], grip)
        grip = hip + 0.78 * (knee - hip) + np.array([hold * 0.10, 0.0, -0.07])
        return move(moved[bone_name("upperleg01", working)], grip)

    def _strap(
        self, working: Side, moved: dict[str, Array], joints: dict[str, Array], hands: Hands
    ) -> Array | None:
        """The line of the strap, (4, 3): hand, both sides of the loop, hand."""
        if hands is Hands.STRAP_FOOT:
            bone, loop = "foot", self.rig.head("foot", working) + np.array([0.0, -0.05, -0.06])
        elif hands is Hands.STRAP_THIGH:
            hip, knee = (self.rig.head(bone, working) for bone in ("upperleg01", "lowerleg01"))
            bone, loop = "upperleg01", hip + 0.75 * (knee - hip) + np.array([0.0, 0.0, -0.085])
        else:
            return None
        across = np.array([0.045, 0.0, 0.0])
        round_leg = move(moved[bone_name(bone, working)], np.stack([loop + across, loop - across]))
        return np.stack([joints["wrist.left"], *round_leg, joints["wrist.right"]])


def _hold(side: Side, working: Side) -> float:
    """Of the leg, each hand takes its own side (sign of x); fingers then point to the other."""
    return outward(working) if side is working else -outward(working)


def outward(side: Side) -> float:
    """Sign of the x direction from the middle of the body to this side."""
    return 1.0 if side is Side.LEFT else -1.0
