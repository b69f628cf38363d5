"""A few real pictures; skipped where the optional extra is not installed."""

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.synthetic.angles import JointAngles, measure

pytest.importorskip("anny")
pytest.importorskip("pyvista")

from posecheck.synthetic.body import Body
from posecheck.synthetic.dress import Outfit
from posecheck.synthetic.rig import Phenotype
from posecheck.synthetic.scene import Camera, Room, Scene


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
        np.testing.assert_array_equal(
            neutral.skeleton.joints_m[shoulder], posed.skeleton.joints_m[shoulder]
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
