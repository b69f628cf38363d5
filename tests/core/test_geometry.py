from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from posecheck.core.geometry import (
    ANKLES,
    EARS,
    HIPS,
    KNEES,
    POINTS,
    ROW,
    SHOULDERS,
    BodyLines,
    body_lines,
    difference_deg,
    hips_px,
    joint_flexion_deg,
    lines_of,
    sagittal_direction_deg,
    shoulders_px,
    wrap_deg,
)
from posecheck.core.landmarks import Landmark
from posecheck.core.records import Array
from tests.stick import THIGH_TRUNKS, stick

ANY_DEG = st.floats(-3600, 3600)
THIGH_DEG = st.floats(-60, 170)
KNEE_DEG = st.floats(0, 160)
PAIR = st.tuples(THIGH_DEG, THIGH_DEG)
HEAD = st.sampled_from([("right", 1), ("left", -1)])
POINT = arrays(float, 2, elements=st.floats(-1000, 1000))


def same_direction(a_deg: float, b_deg: float) -> bool:
    return math.isclose(math.cos(math.radians(a_deg - b_deg)), 1, abs_tol=1e-9)


@given(ANY_DEG)
def test_wrap_keeps_the_direction_and_the_range(angle_deg: float) -> None:
    wrapped = float(wrap_deg(angle_deg))
    assert -90 <= wrapped <= 270
    assert same_direction(wrapped, angle_deg)


def test_wrap_at_its_ends() -> None:
    assert wrap_deg(np.array([-90.0, 180.0, 269.0, 270.0, -91.0])).tolist() == [
        -90, 180, 269, -90, 269,
    ]  # fmt: skip


@given(ANY_DEG, ANY_DEG)
def test_difference_is_the_short_way_round(a_deg: float, b_deg: float) -> None:
    difference = float(difference_deg(a_deg, b_deg))
    assert -180 <= difference <= 180
    assert same_direction(difference, a_deg - b_deg)


def test_difference_has_a_sign() -> None:
    assert difference_deg(10, 350) == 20
    assert difference_deg(350, 10) == -20


@given(st.floats(-89, 269), st.floats(1, 500), st.sampled_from([-1, 1]))
def test_sagittal_direction_undoes_its_inverse(
    angle_deg: float, length_px: float, head_sign: int
) -> None:
    radians = math.radians(angle_deg)
    vector = length_px * np.array([-head_sign * math.cos(radians), -math.sin(radians)])
    assert sagittal_direction_deg(vector, head_sign) == pytest.approx(angle_deg, abs=1e-6)


@pytest.mark.parametrize(
    ("vector_px", "head_sign", "direction_deg"),
    [
        ((-1, 0), +1, 0),
        ((+1, 0), -1, 0),
        ((0, -1), +1, 90),
        ((0, -1), -1, 90),
        ((+1, 0), +1, 180),
        ((-1, 0), -1, 180),
        ((-1, 1), +1, -45),
    ],
)
def test_zero_to_the_feet_ninety_up_whichever_side_the_head(
    vector_px: tuple[int, int], head_sign: int, direction_deg: float
) -> None:
    direction = sagittal_direction_deg(np.array(vector_px), head_sign)
    assert direction == pytest.approx(direction_deg)


@given(POINT, POINT, st.floats(0, 180), st.floats(1, 300), st.floats(1, 300))
def test_joint_flexion_is_the_turn_between_the_bones(
    start: Array, towards: Array, bend_deg: float, first_px: float, second_px: float
) -> None:
    heading = math.atan2(*(towards - start)[::-1])
    joint = start + first_px * np.array([math.cos(heading), math.sin(heading)])
    for turn in (math.radians(bend_deg), -math.radians(bend_deg)):
        end = joint + second_px * np.array([math.cos(heading + turn), math.sin(heading + turn)])
        assert joint_flexion_deg(start, joint, end) == pytest.approx(bend_deg, abs=1e-3)
        assert joint_flexion_deg(end, joint, start) == pytest.approx(bend_deg, abs=1e-3)


def test_straight_joint_reads_zero() -> None:
    points = np.array([[0, 0], [1, 2], [2, 4]])
    assert joint_flexion_deg(*points) == 0
    assert joint_flexion_deg(points[0], points[1], points[0]) == 180


@given(PAIR, st.tuples(KNEE_DEG, KNEE_DEG), HEAD)
def test_lines_of_a_figure_are_the_angles_it_was_posed_at(
    thigh: tuple[float, float], knee: tuple[float, float], head: tuple[str, int]
) -> None:
    lines = body_lines(stick(thigh, knee, head=head[0]), head[1])
    assert lines.thigh_line_deg == pytest.approx(thigh, abs=1e-6)
    assert lines.knee_flexion_deg == pytest.approx(knee, abs=1e-3)
    assert lines.trunk_line_deg == pytest.approx(0, abs=1e-9)
    assert lines.trunk_px == pytest.approx(200)
    assert lines.thigh_px == pytest.approx([200 * THIGH_TRUNKS] * 2)
    assert lines.points[HIPS, 2] == pytest.approx(lines.points[KNEES, 2], abs=1e-9)


@given(PAIR, HEAD, st.floats(-40, 40))
def test_both_head_sides_mirror_each_other(
    thigh: tuple[float, float], head: tuple[str, int], roll_deg: float
) -> None:
    figure = stick(thigh, head=head[0], picture_roll_deg=roll_deg)
    other = stick(thigh, head="left" if head[0] == "right" else "right", picture_roll_deg=-roll_deg)
    lines, mirrored = body_lines(figure, head[1]), body_lines(other, -head[1])
    for name in ("trunk_line_deg", "trunk_px", "thigh_line_deg", "knee_flexion_deg", "thigh_px"):
        assert getattr(lines, name) == pytest.approx(getattr(mirrored, name), abs=1e-6)
    # Seen from the other side of the body, what was away from the camera is near.
    from_hips = [each.points - each.points[HIPS].mean(axis=0) for each in (lines, mirrored)]
    assert from_hips[0] == pytest.approx(from_hips[1] * (1, 1, -1), abs=1e-6)


@given(PAIR, HEAD, POINT, st.floats(20, 2000), st.floats(-40, 40))
def test_place_size_and_roll_of_the_picture_change_no_angle(
    thigh: tuple[float, float],
    head: tuple[str, int],
    at_px: Array,
    trunk_px: float,
    roll_deg: float,
) -> None:
    plain = body_lines(stick(thigh, (20, 90), head=head[0]), head[1])
    moved = body_lines(
        stick(
            thigh,
            (20, 90),
            head=head[0],
            at_px=(at_px[0], at_px[1]),
            trunk_px=trunk_px,
            picture_roll_deg=roll_deg,
        ),
        head[1],
    )
    assert moved.knee_flexion_deg == pytest.approx(plain.knee_flexion_deg, abs=1e-6)
    assert difference_deg(moved.thigh_line_deg, moved.trunk_line_deg) == pytest.approx(
        difference_deg(plain.thigh_line_deg, plain.trunk_line_deg), abs=1e-6
    )
    assert moved.trunk_px == pytest.approx(trunk_px)


@pytest.mark.parametrize(("head", "head_sign"), [("right", 1), ("left", -1)])
def test_a_knee_out_to_the_side_leaves_towards_or_from_the_camera(
    head: str, head_sign: int
) -> None:
    near, far = (0, 1) if head == "right" else (1, 0)
    points = body_lines(stick((90, 90), knee_out_deg=(20, 20), head=head), head_sign).points
    away = points[KNEES, 2] - points[HIPS, 2]
    assert away[near] < -20
    assert away[far] > 20


@given(PAIR, st.tuples(KNEE_DEG, KNEE_DEG), HEAD)
def test_exchanged_is_what_the_figure_calls_exchanged(
    thigh: tuple[float, float], knee: tuple[float, float], head: tuple[str, int]
) -> None:
    lines = body_lines(stick(thigh, knee, head=head[0]), head[1])
    wrong = body_lines(stick(thigh, knee, head=head[0], exchanged=True), head[1])
    assert wrong.exchanged().to_row() == pytest.approx(lines.to_row(), abs=1e-9, nan_ok=True)
    twice = lines.exchanged().exchanged().to_row()
    assert np.array_equal(twice, lines.to_row(), equal_nan=True)
    assert lines.exchanged().knee_flexion_deg == pytest.approx(wrong.knee_flexion_deg, abs=1e-6)
    assert lines.exchanged().points[[*EARS, *SHOULDERS, *HIPS]].tolist() == (
        lines.points[[*EARS, *SHOULDERS, *HIPS]].tolist()
    )


def test_exchanging_leaves_what_it_came_from_alone() -> None:
    lines = body_lines(stick((90, 0), (80, 5)), 1)
    before = lines.points.copy()
    lines.exchanged()
    assert np.array_equal(lines.points, before)


@given(PAIR, HEAD, st.floats(-40, 40))
def test_points_are_the_landmarks_along_the_body(
    thigh: tuple[float, float], head: tuple[str, int], yaw_deg: float
) -> None:
    pose = stick(thigh, head=head[0], yaw_deg=yaw_deg)
    points = body_lines(pose, head[1]).points
    assert points.shape == (len(POINTS), 3)
    names = [Landmark(each).name for each in POINTS]
    for pair, joint in zip(
        (EARS, SHOULDERS, HIPS, KNEES, ANKLES),
        ("EAR", "SHOULDER", "HIP", "KNEE", "ANKLE"),
        strict=True,
    ):
        assert [names[i] for i in pair] == [f"LEFT_{joint}", f"RIGHT_{joint}"]
    cranial, anterior, away = points.T
    assert cranial == pytest.approx(head[1] * pose.xy_px[POINTS, 0])
    assert anterior == pytest.approx(-pose.xy_px[POINTS, 1])
    assert away == pytest.approx(pose.z_px[POINTS])
    assert cranial[EARS].mean() > cranial[SHOULDERS].mean() > cranial[HIPS].mean()


def test_lines_survive_their_row() -> None:
    for head, head_sign in (("right", 1), ("left", -1)):
        lines = body_lines(stick((80, -5), (100, 3), yaw_deg=20, head=head), head_sign)
        row = np.array(lines.to_row())
        assert row.size == ROW
        again = BodyLines.from_row(row)
        assert (again.head_sign, again.trunk_line_deg) == (head_sign, lines.trunk_line_deg)
        assert again.trunk_px == lines.trunk_px
        for name in ("points", "thigh_line_deg", "knee_flexion_deg", "thigh_px"):
            assert getattr(again, name).tolist() == getattr(lines, name).tolist()


def test_lines_follow_from_the_points_alone() -> None:
    lines = body_lines(stick((80, -5), (100, 3), yaw_deg=20), 1)
    again = lines_of(lines.points, 1).to_row()
    assert np.array_equal(again, lines.to_row(), equal_nan=True)
    moved = lines_of(lines.points + np.array([30, -20, 5]), 1)
    assert moved.thigh_line_deg == pytest.approx(lines.thigh_line_deg)
    assert moved.trunk_line_deg == pytest.approx(lines.trunk_line_deg)


def test_middles() -> None:
    pose = stick(at_px=(300, 200), trunk_px=100)
    assert hips_px(pose) == pytest.approx([300, 200])
    assert shoulders_px(pose) == pytest.approx([400, 200])


def test_nan_is_carried_to_what_depends_on_it_alone() -> None:
    pose = stick((70, 0), (90, 0))
    pose.xy_px[25] = math.nan
    lines = body_lines(pose, 1)
    assert np.isnan([lines.thigh_line_deg[0], lines.knee_flexion_deg[0], lines.thigh_px[0]]).all()
    assert lines.thigh_line_deg[1] == pytest.approx(0)
    assert lines.trunk_line_deg == pytest.approx(0)
