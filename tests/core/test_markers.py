"""One printed square in one picture: its shape, the two ways it may lie, and its perspective."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from posecheck.core.markers import (
    ROW,
    USUAL_FOCAL,
    Square,
    leaning,
    looking_at,
    rotations,
    shape_of,
    turn_about,
)
from posecheck.core.records import Array, Marker, MarkerPlace
from tests.paper import HEIGHT_PX, OUTLINE_M, SIDE_M, WIDTH_PX

FOCAL_PX = USUAL_FOCAL * WIDTH_PX
ANGLES = st.floats(-40, 40)
FACING = np.diag([1.0, -1.0, -1.0])


def pictured(rotation: Array, at_m: Array) -> Square:
    points = at_m + OUTLINE_M @ rotation[:, :2].T
    pixels = points[:, :2] / points[:, 2:] * FOCAL_PX + (WIDTH_PX / 2, HEIGHT_PX / 2)
    return Square.of(Marker(MarkerPlace.PELVIS, pixels, 0.2), WIDTH_PX, HEIGHT_PX)


def apart_deg(one: Array, other: Array) -> float:
    return float(np.degrees(Rotation.from_matrix(one.T @ other).magnitude()))


@given(ANGLES, ANGLES, st.floats(-180, 180), st.floats(-0.8, 0.8), st.floats(-0.5, 0.5))
def test_one_of_the_two_rotations_is_the_true_one(
    about_x: float, about_y: float, spin: float, right_m: float, down_m: float
) -> None:
    about = Rotation.from_euler("zxy", [spin, about_x, about_y], degrees=True)
    rotation, at_m = about.as_matrix() @ FACING, np.array([right_m, down_m, 2.5])
    shape = shape_of(pictured(rotation, at_m))
    found = [shape.view @ each for each in rotations(shape.seen)]
    lean_deg = apart_deg(*found) / 2
    # Next to facing the camera a lean shows as its square alone: twice that is rounding there.
    assert min(apart_deg(each, rotation) for each in found) < (0.1 if lean_deg > 3 else 2.0)
    for each in found:
        assert np.allclose(each @ each.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(each) == pytest.approx(1.0)


@given(ANGLES, ANGLES)
def test_both_look_alike_and_the_first_faces_down(about_x: float, about_y: float) -> None:
    rotation = Rotation.from_euler("xy", [about_x, about_y], degrees=True).as_matrix() @ FACING
    shape = shape_of(pictured(rotation, np.array([0.1, 0.1, 2.5])))
    first, other = rotations(shape.seen)
    assert first[1, 2] >= other[1, 2] - 1e-12
    assert np.allclose(first[:2, :2], other[:2, :2], atol=1e-12)
    assert np.allclose(first[:2, 2], -other[:2, 2], atol=1e-9)


def test_perspective_tells_one_from_the_other() -> None:
    rotation = Rotation.from_euler("xy", [25, -15], degrees=True).as_matrix() @ FACING
    at_m = np.array([0.4, -0.2, 2.0])
    shape = shape_of(pictured(rotation, at_m))
    size = SIDE_M / at_m[2]
    found = sorted(rotations(shape.seen), key=lambda r: apart_deg(shape.view @ r, rotation))
    right, wrong = (leaning(shape, each, size) for each in found)
    assert right == pytest.approx(shape.leans, abs=0.02 * np.abs(shape.leans).max())
    assert wrong @ shape.leans < -0.8 * shape.leans @ shape.leans


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_looks_along_the_ray(x: float, y: float) -> None:
    view = looking_at(x, y)
    assert np.allclose(view @ [0, 0, 1], np.array([x, y, 1]) / np.linalg.norm([x, y, 1]))
    assert np.allclose(view @ view.T, np.eye(3))


@given(st.floats(-3, 3), st.tuples(ANGLES, ANGLES, st.floats(1, 40)))
def test_turns_about_an_axis(angle_rad: float, along: tuple[float, float, float]) -> None:
    axis = np.array(along) / np.linalg.norm(along)
    expected = Rotation.from_rotvec(angle_rad * axis).as_matrix()
    assert np.allclose(turn_about(axis, np.array(angle_rad)), expected)


def test_is_kept_in_numbers_to_the_last_bit() -> None:
    square = pictured(FACING, np.array([0.1, 0.2, 2.7]))
    row = square.to_row()
    assert len(row) == ROW
    back = Square.from_row(np.array(row))
    assert (back.place, back.sd) == (square.place, square.sd)
    assert np.array_equal(back.corners, square.corners)


def test_the_size_of_the_picture_does_not_matter() -> None:
    small = Marker(MarkerPlace.THIGH, OUTLINE_M * 400 + (640, 360), 0.2)
    large = Marker(MarkerPlace.THIGH, small.corners_px * 1.5, 0.3)
    one, other = Square.of(small, 1280, 720), Square.of(large, 1920, 1080)
    assert np.allclose(one.corners, other.corners)
    assert one.sd == pytest.approx(other.sd)


@given(ANGLES, ANGLES, st.floats(0.3, 1.0))
def test_a_square_with_a_covered_corner_is_crooked(x_deg: float, y_deg: float, off: float) -> None:
    """A fifth of a side and more, as where a hand lies over it; a whole one is not, at any lean."""
    rotation = Rotation.from_euler("xy", [x_deg, y_deg], degrees=True).as_matrix() @ FACING
    whole = pictured(rotation, np.array([0.2, 0.1, 2.5]))
    assert not shape_of(whole).crooked
    corners = whole.corners.copy()
    corners[2] += 0.2 * (1 + off) * (corners[0] - corners[2])
    assert shape_of(replace(whole, corners=corners)).crooked
