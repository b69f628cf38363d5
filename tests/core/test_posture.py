from __future__ import annotations

import math

import numpy as np
import pytest

from posecheck.core.posture import (
    CHEST_UP_MIN,
    LYING_TILT_DEG,
    UNSEEN,
    Posture,
    chest_normal,
    sitting,
    stance_of,
)
from posecheck.core.records import Side
from tests.stick import stick

LYING = (Posture.SUPINE, Posture.PRONE, Posture.SIDE_LYING)


@pytest.mark.parametrize("posture", [*LYING, Posture.UPRIGHT])
@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("yaw_deg", [-30, 0, 30])
def test_postures(posture: Posture, head: str, yaw_deg: float) -> None:
    stance = stance_of(stick(posture=posture, head=head, yaw_deg=yaw_deg))
    assert stance.posture is posture
    assert stance.lying is (posture in LYING)
    signs = {"left": -1, "right": 1}
    assert stance.head_sign == (signs[head] if stance.lying else 0)


@pytest.mark.parametrize(("head", "near"), [("right", Side.LEFT), ("left", Side.RIGHT)])
def test_near_leg_follows_the_head_and_agrees_with_the_depth(head: str, near: Side) -> None:
    pose = stick(head=head)
    assert stance_of(pose).near_side is near
    nearer = Side.LEFT if pose.z_px[23] < pose.z_px[24] else Side.RIGHT
    assert nearer is near


@pytest.mark.parametrize("posture", [Posture.PRONE, Posture.SIDE_LYING, Posture.UPRIGHT])
def test_no_near_leg_unless_on_the_back(posture: Posture) -> None:
    assert stance_of(stick(posture=posture)).near_side is None


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("sign", [-1, 1])
def test_slope_that_still_counts_as_lying(head: str, sign: int) -> None:
    below, above = (
        stance_of(stick(head=head, picture_roll_deg=sign * (LYING_TILT_DEG + off)))
        for off in (-0.5, 0.5)
    )
    assert below.posture is Posture.SUPINE
    assert below.trunk_tilt_deg == pytest.approx(LYING_TILT_DEG - 0.5)
    assert above.posture is Posture.UPRIGHT


def test_roll_that_still_counts_as_on_the_back() -> None:
    limit_deg = math.degrees(math.acos(CHEST_UP_MIN))
    seen = {
        roll_deg: stance_of(stick(roll_deg=roll_deg)).posture
        for roll_deg in (limit_deg - 1, limit_deg + 1, 180 - limit_deg - 1, 180 - limit_deg + 1)
    }
    assert list(seen.values()) == [
        Posture.SUPINE,
        Posture.SIDE_LYING,
        Posture.SIDE_LYING,
        Posture.PRONE,
    ]


@pytest.mark.parametrize("roll_deg", [-120, -30, 0, 45, 90, 170])
def test_chest_normal_is_a_unit_vector_turned_with_the_body(roll_deg: float) -> None:
    normal = chest_normal(stick(roll_deg=roll_deg))
    assert np.linalg.norm(normal) == pytest.approx(1)
    assert -normal[1] == pytest.approx(math.cos(math.radians(roll_deg)))


def test_nobody_and_nothing_known() -> None:
    assert stance_of(None) is UNSEEN
    assert not UNSEEN.lying
    pose = stick()
    pose.xy_px[:] = math.nan
    assert stance_of(pose).posture is Posture.UNSEEN


def test_landmarks_of_another_program_are_taken_to_lie_on_the_back() -> None:
    lying, upright = stick(), stick(posture=Posture.UPRIGHT)
    for pose in (lying, upright):
        pose.world_m[:] = math.nan
    assert stance_of(lying).posture is Posture.SUPINE
    assert math.isnan(stance_of(lying).chest_up)
    assert stance_of(upright).posture is Posture.UPRIGHT


def test_shoulders_in_one_point_do_not_divide_by_zero() -> None:
    pose = stick()
    pose.world_m[12] = pose.world_m[11]
    assert stance_of(pose).posture is Posture.SIDE_LYING


@pytest.mark.parametrize("yaw_deg", [-90, -30, 0, 45, 180])
@pytest.mark.parametrize(
    ("thigh_deg", "knee_deg", "sits"),
    [
        (0, 0, False),
        (25, 40, False),  # a step
        (90, 90, True),  # on a chair
        (80, 0, True),  # on the floor, legs stretched out
        (120, 120, True),  # on the floor, knees drawn up
        (60, 140, True),  # on the heels, leaning forward
    ],
)
def test_sitting_and_standing(
    thigh_deg: float, knee_deg: float, sits: bool, yaw_deg: float
) -> None:
    legs = (thigh_deg, thigh_deg), (knee_deg, knee_deg)
    pose = stick(*legs, posture=Posture.UPRIGHT, yaw_deg=yaw_deg)
    assert sitting(pose) is sits


def test_one_knee_drawn_up_is_not_sitting() -> None:
    assert not sitting(stick((60, 0), (90, 0), posture=Posture.UPRIGHT))


def test_sitting_is_never_told_of_unknown_legs() -> None:
    pose = stick((90, 90), (90, 90), posture=Posture.UPRIGHT)
    pose.world_m[:] = math.nan
    assert not sitting(pose)
