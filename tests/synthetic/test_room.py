"""What the furniture, the window and the lamps do to the picture."""

import numpy as np
import pytest

from posecheck.synthetic.room import MAT_THICKNESS_M, Room
from posecheck.synthetic.surfaces import GROUNDS, plaster

pytest.importorskip("pyvista")

from posecheck.synthetic.rig import require_extra
from posecheck.synthetic.scene import Camera, empty_room

require_extra()
CAMERA = Camera(width_px=320, height_px=180)


def photograph(camera=CAMERA, **room):
    return empty_room(Room(**room), camera).astype(int)


@pytest.fixture(scope="module")
def plain():
    return photograph()


def seen(picture, point_m, camera=CAMERA):
    x, y = camera.project(np.array(point_m)).astype(int)
    return picture[y, x]


def test_the_same_room_is_the_same_picture(plain):
    np.testing.assert_array_equal(photograph(), plain)


def test_without_a_mat_there_is_floor_where_the_mat_was(plain):
    red, green, _ = seen(plain, (0, 0, 0))
    assert green > red
    bare = photograph(mat=None)
    red, green, blue = seen(bare, (0, 0, 0))
    assert red > green > blue
    assert Room(mat=None).floor_m == 0.0
    assert Room().floor_m == -MAT_THICKNESS_M


def test_light_goes_from_a_dark_evening_to_a_bright_room(plain):
    means = [photograph(light=light).mean() for light in (0.15, 0.5)] + [plain.mean()]
    assert means[0] < 0.25 * means[2]
    assert 0.4 * means[2] < means[1] < 0.6 * means[2]


def test_the_window_is_bright_in_a_dark_room():
    point, side = (-1.46, -0.9, 0.8), 1
    dark = photograph(light=0.2)
    lit = photograph(light=0.2, window=True)
    assert seen(lit, point).min() > 240
    assert seen(dark, point).max() < 80
    assert any(x * side < -1 for (x, _, _), _ in Room(window=True).lamps(side))
    assert len(Room().lamps(side)) == len(Room(window=True).lamps(side)) - 1


@pytest.mark.parametrize("side", [-1, 1])
def test_a_sofa_stands_at_the_back_wall_on_either_side(side):
    camera = Camera(side=side, width_px=320, height_px=180)
    deep, sofa = photograph(camera), photograph(camera, sofa=True)
    changed = np.abs(sofa - deep).max(axis=2) > 25
    assert changed[60:90].mean() > 0.1  # between the mat and the picture on the wall
    assert changed[140:].mean() < 0.02


@pytest.mark.parametrize("seed", range(3))
def test_clutter_is_seen_but_never_before_the_mat(seed):
    tidy, full = photograph(seed=seed), photograph(seed=seed, clutter=9)
    changed = np.abs(full - tidy).max(axis=2) > 12
    assert changed.mean() > 0.01
    across = [CAMERA.project(np.array([0.33, y, 0.0]))[1] for y in (-0.9, 0.9)]
    assert not changed[int(max(across)) :, 60:260].any()


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ground_has_the_colour_asked_for(ground):
    rng = np.random.default_rng(0)
    picture = GROUNDS[ground]((120, 100, 80), rng)
    assert picture.dtype == np.uint8
    np.testing.assert_allclose(picture.mean(axis=(0, 1)), (120, 100, 80), rtol=0.05)
    assert picture.std(axis=(0, 1)).min() > 0.5


def test_a_wall_is_nearly_plain():
    picture = plaster((200, 200, 200), np.random.default_rng(0))
    assert 1 < picture.std() < 12
