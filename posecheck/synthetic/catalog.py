"""The sample clips, by name: who, which movement, which camera."""

from __future__ import annotations

from dataclasses import replace

from posecheck.core.records import Side
from posecheck.synthetic.clips import Clip
from posecheck.synthetic.dress import Cloth, Outfit
from posecheck.synthetic.motion import Motion, in_turn, repetition
from posecheck.synthetic.rig import Phenotype
from posecheck.synthetic.scene import Camera, Room

_CLEAN_NEAR = Clip(
    preset="slow",
    motions=(
        Motion(
            duration_s=17.0,
            side=Side.LEFT,
            thigh=in_turn(
                repetition(1.8, 96.0, rise_s=2.2, hold_s=1.6, lower_s=2.0),
                repetition(8.4, 104.0, rise_s=2.4, hold_s=2.0, lower_s=2.2),
            ),
        ),
    ),
)

_CLEAN_FAR = Clip(
    preset="slow",
    motions=(
        Motion(
            duration_s=17.5,
            side=Side.LEFT,
            thigh=in_turn(
                repetition(2.0, 98.0, rise_s=2.4, hold_s=1.8, lower_s=2.2),
                repetition(9.0, 103.0, rise_s=2.3, hold_s=2.0, lower_s=2.2),
            ),
        ),
    ),
    phenotype=Phenotype(gender=1.0, age=0.64, muscle=0.5, weight=0.55, height=0.4),
    outfit=Outfit(
        skin=(150, 104, 78),
        hair=(28, 22, 22),
        shirt=Cloth((196, 74, 62), (240, 214, 180), "print"),
        shorts=Cloth((58, 76, 112), (150, 166, 196), "checks"),
        socks=Cloth((70, 70, 80), (70, 70, 80)),
        sleeve=0.35,
        leg=0.45,
        long_hair=True,
        seed=3,
    ),
    room=Room(mat=(112, 98, 146), floor=(136, 128, 120), wall=(202, 212, 210), seed=5),
    camera=Camera(side=-1, yaw_deg=-4.0, elevation_deg=12.0),
)

_END_RANGE_TILT = Clip(
    preset="slow",
    motions=(
        Motion(
            duration_s=17.0,
            side=Side.LEFT,
            thigh=in_turn(
                repetition(1.8, 92.0, rise_s=2.2, hold_s=1.2, lower_s=2.0),
                repetition(8.2, 120.0, rise_s=3.0, hold_s=2.2, lower_s=2.4),
            ),
            # Begins as the thigh passes about 95 degrees, and is gone again below it.
            extra_tilt=((10.3, 0.0), (11.3, 10.0), (13.4, 10.0), (14.1, 0.0)),
        ),
    ),
    phenotype=Phenotype(
        gender=0.1, age=0.75, muscle=0.6, weight=0.65, lumbar_shares=(0.15, 0.3, 0.4, 0.15)
    ),
    outfit=Outfit(
        skin=(226, 182, 154),
        hair=(128, 120, 112),
        shirt=Cloth((232, 226, 214), (150, 60, 60), "print"),
        shorts=Cloth((64, 92, 78), (150, 172, 150), "print"),
        sleeve=0.6,
        leg=0.65,
        seed=8,
    ),
    room=Room(mat=(70, 84, 120), floor=(160, 124, 92), wall=(222, 214, 196), seed=11),
    camera=Camera(yaw_deg=4.0, elevation_deg=9.0),
)

_RESTING_LEG_LIFT = Clip(
    preset="slow",
    motions=(
        Motion(
            duration_s=17.0,
            side=Side.RIGHT,
            thigh=in_turn(
                repetition(1.8, 94.0, rise_s=2.2, hold_s=1.6, lower_s=2.0),
                repetition(8.4, 100.0, rise_s=2.4, hold_s=2.4, lower_s=2.2),
            ),
            resting_thigh=((9.6, 0.0), (11.0, 15.0), (13.0, 15.0), (14.4, 0.0)),
        ),
    ),
    phenotype=Phenotype(gender=0.9, age=0.66, muscle=0.45, weight=0.4, height=0.55),
    outfit=Outfit(
        skin=(198, 150, 116),
        hair=(84, 56, 34),
        shirt=Cloth((60, 140, 132), (226, 236, 230), "checks"),
        shorts=Cloth((74, 60, 92), (140, 122, 160), "print"),
        sleeve=0.3,
        leg=0.35,
        long_hair=True,
        seed=13,
    ),
    room=Room(mat=(150, 120, 96), floor=(120, 98, 82), wall=(206, 204, 216), seed=17),
    camera=Camera(side=-1, yaw_deg=5.0, elevation_deg=10.0),
)

CLIPS: dict[str, Clip] = {
    "clean_near": _CLEAN_NEAR,
    "clean_far": _CLEAN_FAR,
    "end_range_tilt": _END_RANGE_TILT,
    "resting_leg_lift": _RESTING_LEG_LIFT,
    "portrait_vfr": replace(_CLEAN_NEAR, rotation_deg=-90, gaps=(1, 1, 1, 2, 3), gap_seed=21),
}
"""Every sample clip; ``portrait_vfr`` is ``clean_near`` as a phone might store it."""
