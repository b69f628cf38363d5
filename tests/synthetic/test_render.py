"""A few real pictures; skipped where the optional extra is not installed."""

from dataclasses import replace

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.synthetic.angles import JointAngles, measure

pytest.importorskip("anny")
pytest.importorskip("pyvista")

from posecheck.synthetic.body import Body
from posecheck.synthetic.company import Bystander, Pet
from posecheck.synthetic.dress import Cloth, Outfit
from posecheck.synthetic.rig import Phenotype
from posecheck.synthetic.scene import Camera, Room, Scene, empty_room


@pytest.fixture(scope="module")
def body():
    return Body(Phenotype())


ASKED = JointAngles(
    thigh_deg=110.0, knee_deg=100.0, pelvic_tilt_deg=15.0, low_back_twist_deg=6.0,
    resting_thigh_deg=12.0, resting_knee_deg=40.0, knee_line_deg=10.0, reach=1.0,
)  # fmt: skip


@pytest.mark.parametrize("side", Side)
def test_the_posed_bones_have_the_angles_that_were_asked_for(body, side):
    truth = measure(body.pose(ASKED, side).skeleton, body.pose(JointAngles(), side).skeleton, side)
    assert truth.thigh_angle_deg == pytest.approx(110, abs=0.6)
    assert truth.pelvic_tilt_deg == pytest.approx(15, abs=0.5)
    assert truth.low_back_twist_deg == pytest.approx(6, abs=0.5)
    assert truth.resting_thigh_deg == pytest.approx(12, abs=0.6)
    assert truth.knee_line_deg == pytest.approx(10, abs=1.5)
    assert truth.knee_flexion_deg == pytest.approx(100, abs=4)


@pytest.mark.parametrize("side", Side)
def test_the_body_lies_on_the_mat_and_the_chest_stays_still(body, side):
    neutral, posed = body.pose(JointAngles(), side), body.pose(ASKED, side)
    for one in (neutral, posed):
        assert one.vertices_m[:, 2].min() == 0.0
    for shoulder in ("shoulder.left", "shoulder.right"):
        np.testing.assert_allclose(
            neutral.skeleton.joints_m[shoulder],
            posed.skeleton.joints_m[shoulder],
            atol=1e-12,
        )
    ankles = [neutral.skeleton.joints_m[f"ankle.{s}"] for s in Side]
    assert max(abs(ankle[2]) for ankle in ankles) < 0.12


def test_bones_keep_their_length(body):
    def thigh(angles):
        joints = body.pose(angles, Side.LEFT).skeleton.joints_m
        return np.linalg.norm(joints["knee.left"] - joints["hip.left"])

    assert thigh(ASKED) == pytest.approx(thigh(JointAngles()), abs=1e-9)


def test_a_rendered_person_stands_out_where_the_camera_says(body):
    camera = Camera(width_px=320, height_px=180)
    outfit = Outfit(skin=(255, 0, 0))
    with Scene(body.rig, outfit, Room(wall=(90, 90, 90)), camera) as scene:
        posed = body.pose(JointAngles(thigh_deg=100, knee_deg=100, reach=1), Side.LEFT)
        picture = scene.render(posed).astype(int)
    assert picture.shape == (180, 320, 3)
    x, y = camera.project(posed.skeleton.joints_m["knee.left"]).round().astype(int)
    red, green, blue = picture[y, x]
    assert red > 2 * max(green, blue)
    red, green, _ = picture[y - 30, x]
    assert red < 1.5 * green


SMALL = Camera(width_px=320, height_px=180)


def reddish(picture):
    red, green, blue = np.moveaxis(picture.astype(int), 2, 0)
    return (red > 2 * green) & (red > 2 * blue) & (red > 60)


def test_every_picture_is_the_room_with_the_body_over_it(body):
    posed = body.pose(JointAngles(), Side.LEFT)
    with Scene(body.rig, Outfit(), Room(), SMALL) as scene:
        empty = scene.render(None)
        lying = scene.render(posed)
        np.testing.assert_array_equal(scene.render(None), empty)
        np.testing.assert_array_equal(scene.render(posed), lying)
    np.testing.assert_array_equal(empty, empty_room(Room(), SMALL))
    changed = (empty != lying).any(axis=2)
    assert 0.05 < changed.mean() < 0.4
    assert not changed[:40].any()


def test_the_shadow_darkens_what_it_falls_on(body):
    posed = body.pose(JointAngles(), Side.LEFT)
    with Scene(body.rig, Outfit(), Room(), Camera(elevation_deg=30.0)) as scene:
        empty, lying = scene.render(None).astype(float), scene.render(posed).astype(float)
    share = (lying.sum(axis=2) / empty.sum(axis=2)).ravel()
    counts, edges = np.histogram(share[np.abs(share - 1) > 0.02], bins=40, range=(0.0, 2.0))
    assert edges[counts.argmax()] == pytest.approx(0.66, abs=0.04)


def test_the_strap_is_drawn_where_it_is_held(body):
    posed = body.pose(JointAngles(thigh_deg=90, knee_deg=60), Side.LEFT)
    line = np.array([[0.35, -0.3, 0.5], [0.35, 0.0, 0.5], [0.35, 0.3, 0.5]])
    outfit = Outfit(strap=(255, 0, 0), skin=(90, 90, 90))
    room = Room(floor=(120, 120, 120), wall=(120, 120, 120))
    with Scene(body.rig, outfit, room, SMALL) as scene:
        strapped = reddish(scene.render(replace(posed, strap_m=line)))
        x, y = SMALL.project(0.9 * line + 0.1 * line[1]).astype(int).T
        assert strapped[y, x].all()
        shorter = reddish(scene.render(replace(posed, strap_m=line[:2])))
        assert 0 < shorter.sum() < 0.7 * strapped.sum()
        assert not reddish(scene.render(replace(posed, strap_m=None))).any()


def test_the_body_hides_company_behind_it_and_company_moves(body):
    posed = body.pose(JointAngles(thigh_deg=90, knee_deg=90), Side.LEFT)
    red = Cloth((255, 0, 0), (255, 0, 0))
    visitor = Bystander(
        ((0.0, -0.7, 0.3), (1.0, -0.7, -0.3)),
        outfit=Outfit(skin=(255, 0, 0), shirt=red, shorts=red, socks=red, leg=2.0),
    )
    outfit = Outfit(skin=(90, 90, 90), shirt=Cloth((60, 60, 90), (60, 60, 90)), strap=(90, 90, 90))
    room = Room(floor=(120, 120, 120), wall=(120, 120, 120))
    with Scene(body.rig, outfit, room, SMALL, (visitor,)) as scene:
        alone, behind = reddish(scene.render(None)), reddish(scene.render(posed))
        later = reddish(scene.render(None, 1.0))
    assert behind.sum() < alone.sum()
    assert not (behind & ~alone).any()
    columns = [np.nonzero(seen)[1].mean() for seen in (alone, later)]
    moved = SMALL.project(np.array([[-0.7, 0.3, 0.2], [-0.7, -0.3, 0.2]]))[:, 0]
    assert columns[0] - columns[1] == pytest.approx(moved[0] - moved[1], abs=8)


def test_a_pet_is_seen_where_it_sits(body):
    camera = Camera(width_px=320, height_px=180)
    pet = Pet(((0.0, -0.6, -1.2),), colour=(255, 0, 0))
    room = Room(floor=(120, 120, 120), wall=(120, 120, 120))
    with Scene(body.rig, Outfit(), room, camera, (pet,)) as scene:
        rows, columns = np.nonzero(reddish(scene.render(None)))
    x, y = camera.project(np.array([-0.6, -1.2, 0.3]))
    assert columns.mean() == pytest.approx(x, abs=10)
    assert rows.mean() == pytest.approx(y, abs=12)


def test_a_bag_in_front_hides_part_of_the_legs_and_nothing_else(body):
    posed = body.pose(JointAngles(), Side.LEFT)
    with Scene(body.rig, Outfit(), Room(), SMALL) as scene:
        free = scene.render(posed).astype(int)
    with Scene(body.rig, Outfit(), Room(front=True), SMALL) as scene:
        hidden = scene.render(posed).astype(int)
    changed = np.abs(free - hidden).max(axis=2) > 10
    x, y = SMALL.project(np.array([0.5, -0.62, 0.1])).astype(int)
    assert changed[y, x]
    hip = SMALL.project(posed.skeleton.joints_m["hip.left"])[0]
    assert not changed[:, int(hip) - 30 :].any()


def test_a_portrait_picture_has_its_size(body):
    camera = Camera(width_px=90, height_px=160, fov_deg=50, distance_m=4)
    with Scene(body.rig, Outfit(), Room(), camera) as scene:
        assert scene.render(body.pose(JointAngles(), Side.RIGHT)).shape == (160, 90, 3)
