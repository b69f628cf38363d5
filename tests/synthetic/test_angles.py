import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.records import Side
from posecheck.synthetic.angles import Skeleton, bend_deg, measure
from posecheck.synthetic.kinematics import turn

sides = st.sampled_from(Side)
HALF_WIDTH_M, THIGH_M, SHIN_M = 0.1, 0.42, 0.41


def stick(
    working: Side,
    thigh_deg: float = 0.0,
    tilt_deg: float = 0.0,
    twist_deg: float = 0.0,
    resting_deg: float = 0.0,
    knee_deg: float = 0.0,
    line_deg: float = 0.0,
) -> Skeleton:
    """Hips, knees and ankles at angles given outright, with no body model behind them."""
    joints = {}
    for side in Side:
        outward = 1.0 if side is Side.LEFT else -1.0
        at, line = (thigh_deg, line_deg) if side is working else (resting_deg, 0.0)
        bend = knee_deg if side is working else 0.0
        flex = turn("x", -at) @ turn("z", outward * line)
        hip = np.array([outward * HALF_WIDTH_M, 0.1, 0.08])
        knee = hip + flex @ [0.0, -THIGH_M, 0.0]
        joints[f"hip.{side}"] = hip
        joints[f"knee.{side}"] = knee
        joints[f"ankle.{side}"] = knee + flex @ turn("x", bend) @ [0.0, -SHIN_M, 0.0]
    lifted = twist_deg if working is Side.RIGHT else -twist_deg
    return Skeleton(joints, turn("YX", lifted, -tilt_deg))


@given(sides, st.floats(-20, 140), st.floats(-20, 40))
def test_thigh_tilt_and_their_difference(side, thigh, tilt):
    truth = measure(stick(side, thigh_deg=thigh, tilt_deg=tilt), stick(side), side)
    assert truth.thigh_angle_deg == pytest.approx(thigh, abs=1e-6)
    assert truth.pelvic_tilt_deg == pytest.approx(tilt, abs=1e-6)
    assert truth.hip_flexion_deg == pytest.approx(thigh - tilt, abs=1e-6)


@given(sides, st.floats(0, 120), st.floats(-30, 45), st.floats(0, 140))
def test_knee_line_is_positive_outwards_on_either_side(side, thigh, line, knee):
    truth = measure(stick(side, thigh_deg=thigh, line_deg=line, knee_deg=knee), stick(side), side)
    assert truth.knee_line_deg == pytest.approx(line, abs=1e-6)
    assert truth.thigh_angle_deg == pytest.approx(thigh, abs=1e-6)
    assert truth.knee_flexion_deg == pytest.approx(knee, abs=1e-4)


@given(sides, st.floats(-30, 30))
def test_twist_is_positive_when_the_working_side_rises(side, twist):
    posed = stick(side, twist_deg=twist)
    outward = np.array([1.0 if side is Side.LEFT else -1.0, 0.0, 0.0])
    truth = measure(posed, stick(side), side)
    assert truth.low_back_twist_deg == pytest.approx(twist, abs=1e-6)
    assert (posed.pelvis @ outward)[2] == pytest.approx(np.sin(np.radians(twist)), abs=1e-9)


@given(sides, st.floats(0, 60))
def test_the_resting_thigh_is_the_other_one(side, resting):
    truth = measure(stick(side, resting_deg=resting), stick(side), side)
    assert truth.resting_thigh_deg == pytest.approx(resting, abs=1e-6)
    assert truth.thigh_angle_deg == pytest.approx(0, abs=1e-6)


@given(st.floats(-10, 10), st.floats(20, 100))
def test_angles_are_counted_from_neutral(neutral_thigh, thigh):
    neutral, posed = (stick(Side.LEFT, thigh_deg=a) for a in (neutral_thigh, thigh))
    truth = measure(posed, neutral, Side.LEFT)
    assert truth.thigh_angle_deg == pytest.approx(thigh - neutral_thigh, abs=1e-6)


def test_a_straight_line_has_no_bend_and_a_corner_ninety():
    a, b = np.zeros(3), np.array([1.0, 0.0, 0.0])
    assert bend_deg(a, b, np.array([3.0, 0.0, 0.0])) == 0.0
    assert bend_deg(a, b, np.array([1.0, 0.0, 2.0])) == pytest.approx(90)
