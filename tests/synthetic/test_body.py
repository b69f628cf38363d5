"""Where hands, strap and pelvis come to be; skipped where the optional extra is not installed."""

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.synthetic.angles import Hands, JointAngles, measure
from posecheck.synthetic.motion import STRAIGHT_KNEE_DEG, Motion
from posecheck.synthetic.rig import Phenotype

pytest.importorskip("anny")
pytest.importorskip("pyvista")

from posecheck.synthetic.body import Body

LORDOSIS_M = 0.012
STRAPS = {Hands.STRAP_FOOT, Hands.STRAP_THIGH}


@pytest.fixture(scope="module")
def body():
    return Body(Phenotype())


def held(body, side, hands, thigh_deg=105.0):
    angles = JointAngles(thigh_deg=thigh_deg, knee_deg=thigh_deg, reach=1.0, hands=hands)
    return body.pose(angles, side)


def places(posed, side):
    """Where hands hold a leg: a quarter down the shin, three quarters down the thigh, the hip."""
    hip, knee, ankle = (posed.skeleton.joints_m[f"{j}.{side}"] for j in ("hip", "knee", "ankle"))
    return {
        "shin": knee + 0.22 * (ankle - knee),
        "thigh": hip + 0.78 * (knee - hip),
        "hip": hip,
        "ankle": ankle,
    }


def away_m(posed, wrist, place):
    return np.linalg.norm(posed.skeleton.joints_m[f"wrist.{wrist}"] - place)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(("hands", "place"), [(Hands.SHIN, "shin"), (Hands.THIGH, "thigh")])
def test_both_wrists_are_where_the_hands_hold(body, side, hands, place):
    posed = held(body, side, hands)
    for wrist in Side:
        assert away_m(posed, wrist, places(posed, side)[place]) < 0.2


@pytest.mark.parametrize("side", Side)
def test_on_the_shin_the_hands_are_above_the_thigh(body, side):
    shin, thigh = (held(body, side, hands) for hands in (Hands.SHIN, Hands.THIGH))
    for wrist in Side:
        heights = [p.skeleton.joints_m[f"wrist.{wrist}"][2] for p in (shin, thigh)]
        assert heights[0] > heights[1] + 0.05


@pytest.mark.parametrize("side", Side)
def test_one_wrist_is_over_the_hip_and_the_other_behind_the_thigh(body, side):
    posed = held(body, side, Hands.HIP)
    assert away_m(posed, side, places(posed, side)["hip"]) < 0.15
    assert away_m(posed, side.other, places(posed, side)["thigh"]) < 0.15


@pytest.mark.parametrize("hands", set(Hands) - {Hands.BELLY, Hands.BELLY_THIGH})
def test_without_reach_the_hands_lie_beside_the_hips(body, hands):
    posed = body.pose(JointAngles(thigh_deg=60, knee_deg=60, hands=hands), Side.LEFT)
    for wrist in Side:
        at = posed.skeleton.joints_m[f"wrist.{wrist}"]
        assert 0 < at[2] < 0.08
        assert np.linalg.norm((at - posed.skeleton.joints_m[f"hip.{wrist}"])[:2]) < 0.25


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("hands", "place"), [(Hands.STRAP_FOOT, "ankle"), (Hands.STRAP_THIGH, "thigh")]
)
def test_the_strap_runs_from_wrist_to_wrist_round_the_leg(body, side, hands, place):
    posed = held(body, side, hands)
    left, *loop, right = posed.strap_m
    np.testing.assert_array_equal(left, posed.skeleton.joints_m["wrist.left"])
    np.testing.assert_array_equal(right, posed.skeleton.joints_m["wrist.right"])
    for point in loop:
        assert np.linalg.norm(point - places(posed, side)[place]) < 0.14
    # Each hand pulls the end on its own side: the strap is not crossed.
    assert loop[0][0] > loop[1][0]


@pytest.mark.parametrize("hands", set(Hands) - STRAPS)
def test_hands_alone_hold_no_strap(body, hands):
    assert held(body, Side.LEFT, hands).strap_m is None


def hip_m(body, tilt_deg):
    joints = body.pose(JointAngles(pelvic_tilt_deg=tilt_deg), Side.LEFT).skeleton.joints_m
    return joints["hip.left"][2]


@pytest.fixture(scope="module")
def backs(body):
    """The usual back, which sinks as far as is asked; one that cannot; one that can a little."""
    return body, *(Body(Phenotype(lordosis_m=depth)) for depth in (0.0, LORDOSIS_M))


@pytest.mark.parametrize("tilt_deg", [0, 3, 6, 10, 18, 25])
def test_the_back_sinks_as_far_as_it_can(backs, tilt_deg):
    deep, stiff, usual = (hip_m(back, tilt_deg) for back in backs)
    assert stiff - usual == pytest.approx(min(stiff - deep, LORDOSIS_M), abs=5e-4)


def test_the_pelvis_lifts_off_only_beyond_the_lordosis(backs):
    deep, _, usual = backs
    assert hip_m(usual, 3) == pytest.approx(hip_m(deep, 3), abs=1e-6)
    lifted = [hip_m(usual, tilt_deg) - hip_m(deep, tilt_deg) for tilt_deg in (6, 10, 15, 20)]
    assert lifted[0] > 0.002
    assert np.all(np.diff(lifted) > 0.005)


def test_lifting_off_leaves_the_angles_true(backs):
    *_, usual = backs
    angles = JointAngles(thigh_deg=110, knee_deg=100, pelvic_tilt_deg=18)
    neutral = usual.pose(JointAngles(), Side.LEFT).skeleton
    truth = measure(usual.pose(angles, Side.LEFT).skeleton, neutral, Side.LEFT)
    assert truth.thigh_angle_deg == pytest.approx(110, abs=0.6)
    assert truth.pelvic_tilt_deg == pytest.approx(18, abs=0.5)


def test_the_resting_foot_stands_on_the_mat(body):
    motion = Motion(
        2.0, Side.LEFT, thigh=(), resting_thigh=((1.0, 38.0),), resting_knee=((1.0, 75.0),)
    )
    neutral = body.pose(JointAngles(), Side.LEFT).skeleton
    posed = body.pose(motion.at(1.0), Side.LEFT).skeleton
    assert measure(posed, neutral, Side.LEFT).resting_thigh_deg == pytest.approx(38, abs=1.0)
    foot = posed.joints_m["ankle.right"]
    assert foot[2] == pytest.approx(neutral.joints_m["ankle.right"][2], abs=0.03)
    assert foot[1] > neutral.joints_m["ankle.right"][1] + 0.1


def test_a_leg_raised_straight_stays_nearly_straight(body):
    motion = Motion(
        2.0, Side.LEFT, thigh=((1.0, 75.0),), hands=Hands.STRAP_FOOT,
        knee_for_thigh=STRAIGHT_KNEE_DEG,
    )  # fmt: skip
    neutral = body.pose(JointAngles(), Side.LEFT).skeleton
    truth = measure(body.pose(motion.at(1.0), Side.LEFT).skeleton, neutral, Side.LEFT)
    assert truth.thigh_angle_deg == pytest.approx(75, abs=0.6)
    assert 3 < truth.knee_flexion_deg < 20
