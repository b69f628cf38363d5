import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from posecheck.synthetic.kinematics import about, move, turn, two_link

coordinate = st.floats(-1.0, 1.0)
points = st.tuples(coordinate, coordinate, coordinate).map(np.array)
SHOULDER, ELBOW, WRIST = np.array([[0.2, 0.6, 0.1], [0.35, 0.4, 0.1], [0.45, 0.25, 0.25]])
POLE = np.array([0.9, 0.0, -0.3])


@given(points)
def test_the_arm_keeps_its_lengths_and_reaches_what_it_can(target):
    line = target - SHOULDER
    distance = np.linalg.norm(line)
    assume(distance > 1e-3)
    assume(np.linalg.norm(np.cross(line / distance, POLE)) > 0.05)
    arm = two_link(SHOULDER, ELBOW, WRIST, target, POLE)
    upper, lower = np.linalg.norm(ELBOW - SHOULDER), np.linalg.norm(WRIST - ELBOW)
    np.testing.assert_allclose(np.linalg.norm(arm.elbow - SHOULDER), upper, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(arm.wrist - arm.elbow), lower, atol=1e-9)
    if 0.1 < distance < 0.98 * (upper + lower):
        np.testing.assert_allclose(arm.wrist, target, atol=1e-9)
    np.testing.assert_allclose(np.cross(arm.wrist - SHOULDER, line), 0, atol=1e-9)


@given(points)
def test_the_links_turn_with_the_joints(target):
    line = target - SHOULDER
    assume(np.linalg.norm(line) > 1e-3)
    assume(np.linalg.norm(np.cross(line / np.linalg.norm(line), POLE)) > 0.05)
    arm = two_link(SHOULDER, ELBOW, WRIST, target, POLE)
    for rotation in (arm.upper, arm.lower):
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(rotation) > 0
    np.testing.assert_allclose(SHOULDER + arm.upper @ (ELBOW - SHOULDER), arm.elbow, atol=1e-9)
    np.testing.assert_allclose(arm.elbow + arm.lower @ (WRIST - ELBOW), arm.wrist, atol=1e-9)


def test_the_elbow_bends_towards_the_pole():
    arm = two_link(SHOULDER, ELBOW, WRIST, np.array([0.2, 0.3, 0.1]), POLE)
    assert (arm.elbow - SHOULDER) @ POLE > 0.05


@given(points, st.floats(-180, 180))
def test_turning_about_a_point_leaves_it_in_place(point, angle_deg):
    np.testing.assert_allclose(move(about(point, turn("x", angle_deg)), point), point, atol=1e-12)


def test_lying_down_puts_the_head_to_y_and_the_face_up():
    up_in_standing, face_in_standing = np.array([0.0, 0.0, 1.0]), np.array([0.0, -1.0, 0.0])
    np.testing.assert_allclose(turn("x", -90) @ up_in_standing, [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(turn("x", -90) @ face_in_standing, [0, 0, 1], atol=1e-12)
