"""Where companions are, which way they face, and that they stand on the floor."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.synthetic.company import Bystander, Pet, place, shape_of

WALK = ((0.0, -1.0, -2.0), (4.0, -1.0, 2.0), (6.0, -1.0, 2.0), (7.0, -2.0, 2.0))


@given(st.floats(-5, 20), st.sampled_from([-1, 1]))
def test_a_place_is_a_rigid_movement_about_the_vertical(time_s, side):
    turned = place(WALK, time_s, side)[:3, :3]
    np.testing.assert_allclose(turned @ turned.T, np.eye(3), atol=1e-12)
    np.testing.assert_array_equal(turned[2], [0, 0, 1])
    assert np.linalg.det(turned) == pytest.approx(1)


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize(
    ("time_s", "position", "facing"),
    [
        (-1.0, (-1.0, -2.0), (1, 0)),  # waits, looking at the camera
        (1.0, (-1.0, -1.0), (0, 1)),  # walks to the head
        (5.0, (-1.0, 2.0), (1, 0)),  # stands
        (6.5, (-1.5, 2.0), (-1, 0)),  # walks away from the camera
        (9.0, (-2.0, 2.0), (1, 0)),  # is there
    ],
)
def test_it_faces_the_way_it_walks_and_the_camera_where_it_stands(time_s, position, facing, side):
    placed = place(WALK, time_s, side)
    np.testing.assert_allclose(placed[:2, 3], np.multiply(position, [side, 1]), atol=1e-12)
    np.testing.assert_allclose(placed[:2, 0], np.multiply(facing, [side, 1]), atol=1e-12)


def test_one_key_is_a_place_to_stand():
    placed = place(((3.0, -0.9, 0.5),), 0.0, 1)
    np.testing.assert_allclose(placed[:3, 3], [-0.9, 0.5, 0])
    np.testing.assert_allclose(placed[:3, 0], [1, 0, 0])


def test_a_pet_stands_on_its_paws_at_the_size_asked_for():
    pytest.importorskip("pyvista")
    small, large = (shape_of(Pet(WALK, size_m=size)).mesh for size in (0.4, 0.8))
    for mesh in (small, large):
        assert mesh.points[:, 2].min() == pytest.approx(0.0, abs=0.01)
    np.testing.assert_allclose(2 * np.ptp(small.points, axis=0), np.ptp(large.points, axis=0))
    x, z = large.points[:, 0], large.points[:, 2]
    assert x[z.argmax()] > 0.2 * 0.8  # the ears, at the front: it faces +x


def test_a_bystander_is_upright_and_faces_forward():
    pytest.importorskip("anny")
    mesh = shape_of(Bystander(WALK)).mesh
    x, y, z = mesh.points.T
    assert z.min() == 0.0
    assert 1.4 < z.max() < 2.1
    assert np.ptp(y) > np.ptp(x[z > 0.3])  # broader than deep
    assert x[z < 0.1].max() > -x[z < 0.1].min()  # toes to the front
