import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.synthetic import subjects
from posecheck.synthetic.company import Bystander, Pet
from posecheck.synthetic.room import MAT_SIZE_M

MANY = range(400)
CUT_OFF_M = 0.25
"""A camera shifted at least so far along the body is one that cuts somebody off."""
seeds = st.integers(0, 2**31)


def drawn(draw, *arguments):
    return [draw(np.random.default_rng(seed), *arguments) for seed in MANY]


@given(seeds)
def test_cameras_stay_where_a_person_would_put_one(seed):
    camera = subjects.camera(np.random.default_rng(seed))
    assert camera.side in (-1, 1)
    assert abs(camera.yaw_deg) <= 35
    assert 3 <= camera.elevation_deg <= 30
    assert abs(camera.roll_deg) <= 5
    assert camera.distance_m >= subjects.NEAREST_M
    assert (camera.width_px, camera.height_px) in subjects.SIZES_PX.values()


def ends_in_view(camera, margin=0.0):
    """Whether the middles of both ends of the mat are in the picture, widened by so much of it."""
    ends = camera.project(np.array([[0, end * MAT_SIZE_M[1] / 2, 0] for end in (-1, 1)]))
    shares = ends / [camera.width_px, camera.height_px]
    return bool(((shares >= -margin) & (shares <= 1 + margin)).all())


@given(seeds)
def test_both_ends_of_the_mat_are_about_in_view_unless_somebody_is_cut_off(seed):
    """In one of a thousand the farthest corner of all ranges leaves one a little outside."""
    camera = subjects.camera(np.random.default_rng(seed))
    assert camera.target_m[1] >= CUT_OFF_M or ends_in_view(camera, margin=0.15)


def test_both_ends_of_the_mat_are_in_view_as_a_rule():
    whole = [camera for camera in drawn(subjects.camera) if camera.target_m[1] < CUT_OFF_M]
    assert np.mean([ends_in_view(camera) for camera in whole]) > 0.99


def test_a_few_cameras_cut_somebody_off():
    cameras = drawn(subjects.camera)
    cutting = [camera for camera in cameras if camera.target_m[1] >= CUT_OFF_M]
    assert 0.05 < len(cutting) / len(MANY) < 0.2
    assert np.mean([ends_in_view(camera) for camera in cutting]) < 0.5


def test_cameras_cover_their_range():
    cameras = drawn(subjects.camera)
    for name, low, high in (("yaw_deg", -33, 33), ("elevation_deg", 4, 29), ("roll_deg", -4, 4)):
        values = [getattr(camera, name) for camera in cameras]
        assert min(values) < low
        assert max(values) > high
    assert {camera.side for camera in cameras} == {-1, 1}
    assert len({camera.height_px for camera in cameras}) == 3


@given(seeds)
def test_a_build_is_one_that_can_be_made(seed):
    build = subjects.phenotype(np.random.default_rng(seed))
    for name in ("gender", "age", "muscle", "weight", "height", "proportions"):
        assert 0 <= getattr(build, name) <= 1
    assert build.age >= 0.5  # nobody is a child
    assert sum(build.lumbar_shares) == pytest.approx(1)
    assert all(share >= 0 for share in build.lumbar_shares)
    assert 0 < build.lordosis_m < 0.05


def test_clothes_vary():
    outfits = drawn(subjects.outfit)
    assert {outfit.shirt.pattern for outfit in outfits} == set(subjects.PATTERNS)
    assert {outfit.skin for outfit in outfits} == set(subjects.SKINS)
    assert 0.3 < np.mean([outfit.leg > 1 for outfit in outfits]) < 0.5
    assert 0.3 < np.mean([outfit.loose > 0.3 for outfit in outfits]) < 0.6
    assert any(outfit.socks is None for outfit in outfits)


@given(seeds)
def test_colours_are_those_of_a_picture(seed):
    rng = np.random.default_rng(seed)
    outfit, room = subjects.outfit(rng), subjects.room(rng)
    cloths = [outfit.shirt, outfit.shorts, *([outfit.socks] if outfit.socks else [])]
    colours = [colour for cloth in cloths for colour in (cloth.main, cloth.second)]
    for colour in (*colours, room.floor, room.wall, *([room.mat] if room.mat else [])):
        assert len(colour) == 3
        assert all(0 <= part <= 255 for part in colour)


def test_rooms_vary_in_light_and_things():
    rooms = drawn(subjects.room)
    assert min(room.light for room in rooms) < 0.3
    assert max(room.light for room in rooms) > 1
    assert {room.ground for room in rooms} == set(subjects.GROUNDS)
    for thing in ("front", "window", "sofa", "clutter", "mat"):
        assert 0 < np.mean([bool(getattr(room, thing)) for room in rooms]) < 1


def test_the_dark_is_noisy():
    bright, dark = drawn(subjects.effects, 1.0), drawn(subjects.effects, 0.2)
    assert max(effects.exposure for effects in bright) == 1
    assert min(effects.exposure for effects in dark) >= 2
    assert max(e.noise for e in bright) < np.median([e.noise for e in dark])
    assert all(0 <= e.motion_blur <= 1 for e in (*bright, *dark))


def test_company_is_rare_behind_and_there_to_the_end():
    every = drawn(subjects.company, 12.0)
    assert 0.1 < np.mean([len(each) for each in every]) < 0.35
    kinds = {type(one) for each in every for one in each}
    assert kinds == {Bystander, Pet}
    for one in (one for each in every for one in each):
        (start_s, *_), *_, (end_s, *_) = one.keys
        assert (start_s, end_s) == (0.0, 12.0)
        if isinstance(one, Bystander):
            assert all(across < -0.8 for _, across, _ in one.keys)
        else:  # nobody is hidden by it: it stays beyond the head or the feet
            assert all(abs(along) > 1.2 for *_, along in one.keys)
