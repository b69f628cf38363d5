from dataclasses import replace

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.records import Side
from posecheck.synthetic.clips import Clip, encode, playing, ticks
from posecheck.synthetic.motion import Motion
from posecheck.synthetic.scene import Camera

FPS = 30
SMALL = Clip(
    motions=(Motion(1.0, Side.LEFT, thigh=()),),
    camera=Camera(width_px=96, height_px=64),
    fps=FPS,
    crf=10,
)


def red_corner() -> np.ndarray:
    """A picture whose upper left quarter is red."""
    picture = np.full((64, 96, 3), 40, np.uint8)
    picture[:32, :48, 0] = 230
    return picture


@pytest.mark.parametrize("rotation_deg", [0, 90, -90])
def test_a_player_shows_the_picture_upright(tmp_path, rotation_deg):
    path = tmp_path / "turned.mp4"
    encode(path, [(0, red_corner()), (2, red_corner())], replace(SMALL, rotation_deg=rotation_deg))
    with av.open(path) as container:
        frames = list(container.decode(video=0))
    stored = frames[0].to_ndarray(format="rgb24")
    assert frames[0].rotation == rotation_deg
    assert stored.shape[:2] == ((64, 96) if rotation_deg == 0 else (96, 64))
    assert [frame.time for frame in frames] == pytest.approx([0, 2 / FPS], abs=1e-4)

    player = cv2.VideoCapture(str(path))  # turns the picture as its metadata asks
    shown = player.read()[1][:, :, ::-1].astype(int)
    player.release()
    assert shown.shape[:2] == (64, 96)
    assert shown[16, 24, 0] > 180
    assert shown[48, 72, 0] < 90
    assert shown[16, 72, 0] < 90


def test_the_same_pictures_make_the_same_film(tmp_path):
    """Whatever lies in memory: without it x264 with AVX-512 makes another one each time."""
    rng = np.random.default_rng(0)
    camera = Camera(width_px=320, height_px=240)
    clip = replace(SMALL, camera=camera, crf=26, repeatable=True)
    still = cv2.GaussianBlur(rng.integers(0, 255, (240, 400, 3), dtype=np.uint8), (0, 0), 3)
    noise = rng.normal(0, 6, (50, 240, 320, 3))
    shown = [np.clip(still[:, k : k + 320] + noise[k], 0, 255).astype(np.uint8) for k in range(50)]
    films = set()
    for count in range(4):
        junk = [rng.integers(0, 255, 500_000, dtype=np.uint8) for _ in range(count * 5)]
        path = tmp_path / f"{count}.mp4"
        encode(path, ((tick, picture.copy()) for tick, picture in enumerate(shown)), clip)
        films.add(path.read_bytes())
        del junk
    assert len(films) == 1


@given(st.integers(0, 50), st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_gaps_leave_frames_out_but_never_the_first(seed, gaps):
    shown = ticks(replace(SMALL, gaps=tuple(gaps), gap_seed=seed))
    assert shown[0] == 0
    assert shown[-1] < FPS
    assert set(np.diff(shown)) <= set(gaps)


def test_a_steady_clip_shows_every_instant():
    assert ticks(SMALL) == list(range(FPS))


@pytest.mark.parametrize("fps", [10, 24, 60])
def test_the_rate_is_that_of_the_file(tmp_path, fps):
    clip = replace(SMALL, fps=fps)
    assert ticks(clip) == list(range(fps))
    encode(tmp_path / "rate.mp4", [(tick, red_corner()) for tick in range(3)], clip)
    with av.open(tmp_path / "rate.mp4") as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx([0, 1 / fps, 2 / fps], abs=1e-4)


@pytest.mark.parametrize("wrong", [{"fps": 9}, {"fps": 61}, {"motions": ()}])
def test_a_clip_without_motion_or_at_an_odd_rate_is_refused(wrong):
    with pytest.raises(ValueError, match="A clip"):
        replace(SMALL, **wrong)


def test_motions_play_in_turn_each_in_its_own_time():
    first, second = Motion(1.5, Side.LEFT, thigh=()), Motion(0.7, Side.RIGHT, thigh=())
    clip = replace(SMALL, motions=(first, second))
    assert len(ticks(clip)) == 66
    assert playing(clip, 0.0) == (first, 0.0)
    assert playing(clip, 44 / FPS) == (first, 44 / FPS)
    assert playing(clip, 45 / FPS) == (second, pytest.approx(0.0))
    motion, own_s = playing(clip, 2.0)
    assert motion is second
    assert own_s == pytest.approx(0.5)


def test_the_camera_sees_its_target_in_the_middle_and_the_head_at_the_right_from_the_left():
    camera = Camera(side=1, yaw_deg=0, elevation_deg=0)
    np.testing.assert_allclose(camera.project(camera.target_m), [640, 360], atol=1e-9)
    head, feet, up = camera.project(np.array([[0, 0.5, 0.22], [0, -0.5, 0.22], [0, 0, 0.5]]))
    assert head[0] > 640 > feet[0]
    assert up[1] < 360
    assert Camera(side=-1, yaw_deg=0).project(np.array([0, 0.5, 0.22]))[0] < 640


def test_yaw_goes_round_towards_the_feet():
    assert Camera(side=1, yaw_deg=20).position_m[1] < 0
    assert Camera(side=-1, yaw_deg=20).position_m[1] < 0


def test_roll_turns_the_picture_clockwise():
    camera = Camera(yaw_deg=0, elevation_deg=0, roll_deg=10)
    right = camera.project(np.array([0, 0.5, 0.22]))
    assert right[1] > 360
