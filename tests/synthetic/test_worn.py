"""Paper markers on a rendered person; skipped where the optional extra is not installed."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from posecheck.core.posture import Posture
from posecheck.core.records import MarkerPlace, Side
from posecheck.synthetic.angles import Hands, JointAngles
from posecheck.synthetic.clips import Clip, film, make_clip
from posecheck.synthetic.motion import Motion
from posecheck.synthetic.scene import Camera
from posecheck.synthetic.truth import VISIBLE_SHARE, read_markers

pytest.importorskip("anny")
pytest.importorskip("pyvista")

from posecheck.synthetic.body import Body
from posecheck.synthetic.dress import Outfit
from posecheck.synthetic.rig import Phenotype
from posecheck.synthetic.room import Room
from posecheck.synthetic.scene import Scene
from posecheck.synthetic.worn import Wearing, WornMarker

ALL = tuple(WornMarker(place) for place in MarkerPlace)
SIDEWAYS = Camera(yaw_deg=0.0, elevation_deg=0.0, distance_m=6.0, fov_deg=15.0)
FREE = JointAngles(hands=Hands.STRAP_THIGH, reach=1.0)


@pytest.fixture(scope="module")
def body():
    return Body(Phenotype())


def papers(body, angles, *markers, side=Side.LEFT):
    return Wearing(markers, body, Outfit(), side).papers(body.pose(angles, side))


def one(body, place=MarkerPlace.PELVIS, angles=FREE, **error):
    (paper,) = papers(body, angles, WornMarker(place, **error))
    return paper


def edge_deg(corners_px):
    """Direction of the print's top edge in the picture, deg, anticlockwise."""
    x, y = corners_px[1] - corners_px[0]
    return np.degrees(np.arctan2(-y, x))


def seen(body, angles, markers, camera):
    worn = papers(body, angles, *markers)
    with Scene(body.rig, Outfit(), Room(), camera) as scene:
        picture, shares = scene.render_wearing(body.pose(angles, Side.LEFT), worn)
    return picture, shares, [camera.project(paper.corners_m()) for paper in worn]


def detected(picture):
    finder = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    how = cv2.aruco.DetectorParameters()
    how.cornerRefinementMethod, how.minMarkerPerimeterRate = cv2.aruco.CORNER_REFINE_SUBPIX, 0.01
    finder.setDetectorParameters(how)
    corners, found, _ = finder.detectMarkers(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    named = [] if found is None else found.ravel()
    return {MarkerPlace(n): each[0] for n, each in zip(named, corners, strict=True)}


def test_a_detector_reads_every_marker_at_its_corners(body):
    camera = Camera(yaw_deg=5.0, elevation_deg=8.0)
    picture, shares, corners = seen(body, FREE, ALL, camera)
    assert min(shares) >= VISIBLE_SHARE
    found = detected(picture)
    assert set(found) == set(MarkerPlace)
    for worn, exact in zip(ALL, corners, strict=True):
        assert 25 < np.linalg.norm(exact[1] - exact[0]) < 36
        off = found[worn.place] + 0.5 - exact
        assert np.abs(off).max() < 0.8
        assert np.abs(off.mean(axis=0)).max() < 0.25


@pytest.mark.parametrize("place", MarkerPlace)
@pytest.mark.parametrize("side", Side)
def test_the_print_lies_outside_of_the_clothes_its_top_to_the_head(body, place, side):
    (paper,) = papers(body, JointAngles(), WornMarker(place), side=side)
    right, up, away = paper.axes.T
    assert up[1] > 0.97
    assert away[0] * (1 if side is Side.LEFT else -1) > 0.8
    np.testing.assert_allclose(np.cross(right, up), away, atol=1e-9)
    sides = np.linalg.norm(np.diff(paper.corners_m(), axis=0), axis=1)
    np.testing.assert_allclose(sides, 0.07, atol=1e-9)


@pytest.mark.parametrize("tilt_deg", [15.0, -5.0])
def test_in_a_side_view_it_turns_by_the_tilt(body, tilt_deg):
    neutral, tilted = (
        SIDEWAYS.project(one(body, angles=angles).corners_m())
        for angles in (FREE, replace(FREE, pelvic_tilt_deg=tilt_deg))
    )
    # Seen from the left, head at the right, the pubic bone at the left rises: clockwise.
    assert edge_deg(tilted) - edge_deg(neutral) == pytest.approx(-tilt_deg, abs=0.8)


def test_the_thigh_carries_its_own_and_the_ribs_stay(body):
    raised = replace(FREE, thigh_deg=70.0, knee_deg=90.0)
    turned = {
        place: edge_deg(SIDEWAYS.project(one(body, place, raised).corners_m()))
        - edge_deg(SIDEWAYS.project(one(body, place).corners_m()))
        for place in MarkerPlace
    }
    assert turned[MarkerPlace.THIGH] == pytest.approx(-70.0, abs=1.5)
    assert turned[MarkerPlace.RIBCAGE] == pytest.approx(0.0, abs=1e-6)
    assert turned[MarkerPlace.PELVIS] == pytest.approx(0.0, abs=0.02)  # lifted by the flesh


def test_skin_that_slips_takes_a_part_along_and_drifts_with_the_thigh(body):
    tilted = replace(FREE, pelvic_tilt_deg=20.0)

    def turned_deg(angles, **error):
        now, then = one(body, angles=angles, **error), one(body, **error)
        turn = now.axes @ then.axes.T
        return np.degrees(np.arccos((np.trace(turn) - 1) / 2))

    assert turned_deg(tilted) == pytest.approx(20.0, abs=0.1)
    assert turned_deg(tilted, slip=0.25) == pytest.approx(15.0, abs=0.1)
    half = replace(FREE, thigh_deg=45.0, knee_deg=80.0)
    assert turned_deg(half, drift_deg=4.0) == pytest.approx(2.0, abs=0.1)


def test_mounted_badly_it_is_turned_clockwise(body):
    straight, turned = (SIDEWAYS.project(one(body, turned_deg=by).corners_m()) for by in (0.0, 5.0))
    assert edge_deg(turned) - edge_deg(straight) == pytest.approx(-5.0, abs=0.3)


def test_a_hand_over_it_hides_it_and_the_render_tells(body):
    camera = Camera(elevation_deg=15.0)
    over = JointAngles(thigh_deg=90.0, knee_deg=100.0, reach=1.0, hands=Hands.HIP)
    picture, (share,), _ = seen(body, over, ALL[:1], camera)
    assert share < 0.8
    assert MarkerPlace.PELVIS not in detected(picture)


def test_out_of_the_picture_or_facing_away_nothing_is_seen(body):
    beside = Camera(target_m=(0.0, 3.0, 0.2), width_px=320, height_px=180)
    behind = Camera(side=-1, width_px=320, height_px=180)
    for camera in (beside, behind):
        picture, shares, _ = seen(body, FREE, ALL, camera)
        assert shares == [0.0, 0.0, 0.0]
        with Scene(body.rig, Outfit(), Room(), camera) as scene:
            plain = scene.render(body.pose(FREE, Side.LEFT))
        np.testing.assert_array_equal(picture, plain)


STILL = Motion(0.3, Side.LEFT, thigh=(), hands=Hands.STRAP_THIGH)
CLIP = Clip(motions=(STILL,), camera=Camera(width_px=320, height_px=180), fps=10)


def test_only_the_paper_changes_the_picture():
    (_, plain, truth, _), *_ = film(CLIP)
    told = []
    (_, marked, same, _), *_ = film(replace(CLIP, markers=ALL), lambda *given: told.append(given))
    assert truth == same
    changed = (plain != marked).any(axis=2)
    _, oblique_deg, markers = told[0]
    assert oblique_deg == pytest.approx(0.0, abs=1e-9)
    for marker in markers:
        x, y = marker.corners_px.mean(axis=0).astype(int)
        assert changed[y, x]
        changed[y - 12 : y + 13, x - 12 : x + 13] = False
    assert not changed.any()


def test_the_table_has_the_corners_of_every_picture(tmp_path):
    moving = replace(STILL, obliquity=((0.0, 0.0), (0.2, 8.0)))
    path = tmp_path / "one.mp4"
    make_clip(replace(CLIP, motions=(moving,), markers=ALL[:2], away=((0.1, 0.2),)), path)
    found = read_markers(tmp_path / "one.markers.csv")
    assert set(found) == {MarkerPlace.PELVIS, MarkerPlace.THIGH}
    for table in found.values():
        assert table["frame"].tolist() == [0, 2]
        np.testing.assert_allclose(table["time_s"], [0.0, 0.2])
        assert table["corners_px"].shape == (2, 4, 2)
        np.testing.assert_allclose(table["pelvic_obliquity_deg"], [0.0, 8.0], atol=0.1)
    assert np.abs(np.diff(found[MarkerPlace.PELVIS]["corners_px"], axis=0)).max() > 0.3


def test_a_clip_without_markers_has_no_table(tmp_path):
    make_clip(replace(CLIP, motions=(replace(STILL, duration_s=0.1),)), tmp_path / "one.mp4")
    assert {file.name for file in tmp_path.iterdir()} == {"one.mp4", "one.truth.csv"}


def test_only_somebody_on_the_back_wears_them():
    with pytest.raises(ValueError, match="on their back"):
        replace(CLIP, markers=ALL, posture=Posture.PRONE)
