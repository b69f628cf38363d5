"""The committed clips and their truth belong together, and show what they say."""

from pathlib import Path

import av
import numpy as np
import pytest

from posecheck.synthetic.catalog import CLIPS
from posecheck.synthetic.clips import ticks
from posecheck.synthetic.truth import read_truth

FOLDER = Path(__file__).parents[2] / "sample_videos"


FPS = 30


def truth(name: str) -> dict[str, np.ndarray]:
    table = read_truth(FOLDER / f"{name}.truth.csv")
    (motion,) = CLIPS[name].motions
    assert set(table.pop("side")) == {motion.side}
    return table


@pytest.mark.parametrize("name", CLIPS)
def test_every_frame_has_its_row_at_its_own_time(name):
    table = truth(name)
    with av.open(FOLDER / f"{name}.mp4") as container:
        stream = container.streams.video[0]
        times = sorted(float(p.pts * p.time_base) for p in container.demux(stream) if p.size)
    np.testing.assert_array_equal(table["frame"], np.arange(len(times)))
    np.testing.assert_allclose(table["time_s"], times, atol=1e-4)
    np.testing.assert_allclose(times, np.array(ticks(CLIPS[name])) / FPS, atol=1e-4)


@pytest.mark.parametrize("name", CLIPS)
def test_clips_are_small_and_upright_1280_by_720(name):
    path = FOLDER / f"{name}.mp4"
    assert path.stat().st_size <= 1_500_000
    with av.open(path) as container:
        frame = next(container.decode(video=0))
    turned = CLIPS[name].rotation_deg % 180 != 0
    assert (frame.width, frame.height) == ((720, 1280) if turned else (1280, 720))
    assert frame.rotation == CLIPS[name].rotation_deg


@pytest.mark.parametrize("name", CLIPS)
def test_truth_is_of_one_piece(name):
    table = truth(name)
    still = table["time_s"] < 1.5
    for column in ("thigh_angle_deg", "pelvic_tilt_deg", "resting_thigh_deg"):
        np.testing.assert_allclose(table[column][still], 0, atol=0.01)
    difference = table["thigh_angle_deg"] - table["pelvic_tilt_deg"]
    np.testing.assert_allclose(table["hip_flexion_deg"], difference, atol=0.002)
    step_s = np.diff(table["time_s"])
    assert step_s.min() > 0
    assert np.abs(np.diff(table["thigh_angle_deg"]) / step_s).max() < 90  # slow and controlled


def test_clean_clips_stay_on_the_healthy_rhythm():
    for name in ("clean_near", "clean_far"):
        table = truth(name)
        assert 95 <= table["thigh_angle_deg"].max() <= 105
        assert table["pelvic_tilt_deg"].max() < 9
        assert table["resting_thigh_deg"].max() < 1


def test_end_range_tilt_sets_in_late():
    table = truth("end_range_tilt")
    assert 18 <= table["pelvic_tilt_deg"].max() <= 22
    assert table["thigh_angle_deg"].max() == pytest.approx(120, abs=1)
    assert table["pelvic_tilt_deg"][table["thigh_angle_deg"] < 95].max() < 9


def test_the_resting_leg_lifts_in_the_second_repetition_only():
    table = truth("resting_leg_lift")
    assert table["resting_thigh_deg"].max() == pytest.approx(15, abs=0.5)
    assert np.abs(table["resting_thigh_deg"][table["time_s"] < 8]).max() < 0.5


def test_the_phone_clip_is_clean_near_with_frames_left_out():
    near, phone = truth("clean_near"), truth("portrait_vfr")
    steps = np.round(np.diff(phone["time_s"]) * FPS).astype(int)
    assert set(steps) == {1, 2, 3}
    kept = np.isin(np.round(near["time_s"] * FPS), np.round(phone["time_s"] * FPS))
    np.testing.assert_allclose(near["thigh_angle_deg"][kept], phone["thigh_angle_deg"], atol=0.002)


def test_turned_upright_the_phone_clip_shows_the_same_picture():
    pictures = []
    for name in ("clean_near", "portrait_vfr"):
        with av.open(FOLDER / f"{name}.mp4") as container:
            frame = next(container.decode(video=0))
            rgb = frame.to_ndarray(format="rgb24").astype(float)
            pictures.append(np.rot90(rgb, frame.rotation // 90))
    assert np.abs(pictures[0] - pictures[1]).mean() < 4
