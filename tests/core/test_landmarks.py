from __future__ import annotations

import numpy as np
from mediapipe.tasks.python.vision.pose_landmarker import PoseLandmark

from posecheck.core.landmarks import LEG_SWAP, LIMBS, SKELETON, Landmark
from posecheck.core.records import Side


def test_order_and_names_are_mediapipes() -> None:
    assert {each.name: each.value for each in Landmark} == {
        each.name: each.value for each in PoseLandmark
    }


def test_limbs_hold_their_own_side_by_name() -> None:
    for side, limb in LIMBS.items():
        for part in limb.__slots__:
            assert getattr(limb, part).name == f"{side.name}_{part.upper()}"


def test_leg_swap_exchanges_sides_below_the_hips_and_nothing_else() -> None:
    exchange = {"LEFT": "RIGHT", "RIGHT": "LEFT"}
    for landmark in Landmark:
        side, _, part = landmark.name.partition("_")
        below = part in {"KNEE", "ANKLE", "HEEL", "FOOT_INDEX"}
        expected = f"{exchange[side]}_{part}" if below else landmark.name
        assert Landmark(LEG_SWAP[landmark]).name == expected
    assert LEG_SWAP[LEG_SWAP].tolist() == list(range(33))


def test_bones_join_each_side_alike() -> None:
    mirrored = {
        frozenset(Landmark[_mirror(joint.name)] for joint in bone)
        for bone in map(frozenset, SKELETON)
    }
    assert mirrored == set(map(frozenset, SKELETON))
    assert len(mirrored) == len(SKELETON)


def _mirror(name: str) -> str:
    side, _, part = name.partition("_")
    return f"{'RIGHT' if side == 'LEFT' else 'LEFT'}_{part}"


def test_other_side() -> None:
    assert np.all([side.other is not side and side.other.other is side for side in Side])
