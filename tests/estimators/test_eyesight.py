"""What the pose model is given to look at, and where its landmarks then lie."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.estimators.eyesight import (
    BRIGHT,
    HIGHLIGHT,
    LONG_SIDE_PX,
    MOST_GAIN,
    Picture,
    brightness,
    eased,
)
from posecheck.estimators.mediapipe_pose import MediapipePose
from posecheck.sources.video import VideoSource
from tests.conftest import SAMPLES


def level(value: float, height: int = 60, width: int = 80) -> Picture:
    return np.full((height, width, 3), value, np.uint8)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 3000), st.integers(1, 3000))
def test_size_and_aspect(height: int, width: int) -> None:
    found = eased(np.broadcast_to(np.uint8(120), (height, width, 3)))
    longest = max(height, width)
    if longest <= LONG_SIDE_PX:
        assert found.shape == (height, width, 3)
        return
    assert max(found.shape) == LONG_SIDE_PX
    shrunk = LONG_SIDE_PX / longest
    for size, before in zip(found.shape, (height, width), strict=False):
        assert size == pytest.approx(max(1, before * shrunk), abs=0.51)


@pytest.mark.parametrize("shape", [(40, 60), (480, 640), (720, 1280), (1920, 1080)])
def test_is_a_picture_as_mediapipe_wants_it_and_the_given_one_is_left_alone(
    shape: tuple[int, int],
) -> None:
    rgb = np.random.default_rng(0).integers(0, 60, (*shape, 3), np.uint8)
    before = rgb.copy()
    found = eased(rgb)
    assert found.dtype == np.uint8
    assert found.flags.c_contiguous
    assert found.flags.owndata or found.base is not rgb
    assert np.array_equal(rgb, before)


def test_a_view_of_a_larger_picture_is_taken_too() -> None:
    rgb = np.random.default_rng(0).integers(0, 255, (100, 120, 3), np.uint8)
    turned = np.rot90(rgb)[::2, ::-1]
    assert np.array_equal(eased(turned), eased(np.ascontiguousarray(turned)))


class TestBrightness:
    @pytest.mark.parametrize("dim", [30, 45, 60])
    def test_a_dim_picture_is_brought_to_the_mean_level(self, dim: int) -> None:
        assert eased(level(dim)).mean() == pytest.approx(BRIGHT, abs=1)

    @pytest.mark.parametrize("dark", [2, 10, 20])
    def test_a_dark_one_no_further_than_the_gain(self, dark: int) -> None:
        assert eased(level(dark)).mean() == pytest.approx(MOST_GAIN * dark, abs=1)

    @pytest.mark.parametrize("bright", [BRIGHT, 128, 250])
    def test_a_bright_one_stays(self, bright: float) -> None:
        assert (eased(level(bright)) == bright).all()

    def test_black_stays_black(self) -> None:
        assert not eased(level(0)).any()

    def test_white_clothes_in_a_dark_room_keep_their_folds(self) -> None:
        rgb = level(10, 200, 300)
        rgb[50:100, 50:100] = np.resize(np.arange(150, 200, 2), 50)[:, None]
        found = eased(rgb)
        assert HIGHLIGHT - 15 < found.max() < 255
        assert np.ptp(found[52:98, 52:98]) > 40
        assert found[150:, 200:].mean() > 11

    def test_a_small_lamp_holds_nothing_back_and_does_not_turn_over(self) -> None:
        rgb = level(10, 200, 300)
        rgb[50:70, 50:70] = 200
        found = eased(rgb)
        assert (found[55:65, 55:65] == 255).all()
        assert found[150:, 200:].mean() == pytest.approx(MOST_GAIN * 10, abs=1)

    def test_colours_keep_their_order(self) -> None:
        rgb = np.full((60, 80, 3), (40, 20, 10), np.uint8)
        red, green, blue = eased(rgb).reshape(-1, 3).mean(axis=0)
        assert (red / green, green / blue) == pytest.approx((2, 2), rel=0.05)


def test_noise_is_averaged_away() -> None:
    """Each point of the shrunk picture is a mean; picked out points would keep the noise."""
    noise = np.random.default_rng(1).normal(120, 20, (1280, 1280, 3))
    found = eased(np.clip(noise, 0, 255).astype(np.uint8))
    assert found.std() < 20 / 3
    assert found.mean() == pytest.approx(120, abs=1)


@pytest.fixture(scope="module")
def person() -> Picture:
    with VideoSource(SAMPLES / "clean_near.mp4") as source:
        return next(iter(source)).rgb


class TestLandmarks:
    """Whatever the picture's size, they are in its own pixels."""

    @staticmethod
    def seen(model: Path, rgb: Picture) -> np.ndarray:
        landmarker = MediapipePose(model, video=False)
        try:
            (pose,) = landmarker.poses(rgb)
        finally:
            landmarker.close()
        return np.column_stack([pose.xy_px, pose.z_px])

    def test_in_pictures_of_any_size(self, pose_model: Path, person: Picture) -> None:
        here = self.seen(pose_model, person)
        height, width = person.shape[:2]
        limbs = here[11:29, :2]
        assert ((limbs > 0) & (limbs < (width, height))).all()
        assert np.ptp(limbs[:, 0]) > width / 4
        for size in ((width * 2, height * 2), (width // 2, height // 2)):
            other = np.asarray(cv2.resize(person, size, interpolation=cv2.INTER_AREA))
            there = self.seen(pose_model, other) * (width / size[0])
            assert np.abs(there - here)[11:29, :2].max() < 0.03 * width
            assert np.abs(there - here)[11:29, 2].max() < 0.1 * width

    def test_in_a_dark_room(self, pose_model: Path, person: Picture) -> None:
        here = self.seen(pose_model, person)
        dark = np.asarray(person // 5, np.uint8)
        there = self.seen(pose_model, dark)
        assert np.abs(there - here)[[11, 12, 23, 24, 25, 26], :2].max() < 0.03 * person.shape[1]


class TestMeanLevel:
    @pytest.mark.parametrize("grey", [0, 17, 128, 255])
    def test_of_a_plain_picture(self, grey: int) -> None:
        assert brightness(level(grey)) == pytest.approx(grey)

    def test_is_the_mean_over_the_whole_picture(self) -> None:
        rgb = level(0, 480, 854)
        rgb[:, 427:] = 200
        assert brightness(rgb) == pytest.approx(100, abs=2)
        assert brightness(np.asarray(rgb.transpose(1, 0, 2))) == pytest.approx(100, abs=2)

    def test_of_noise_a_few_points_are_enough(self) -> None:
        noise = np.random.default_rng(1).normal(60, 20, (720, 1280, 3)).clip(0, 255)
        assert brightness(noise.astype(np.uint8)) == pytest.approx(60, abs=1)

    def test_green_counts_more_than_blue(self) -> None:
        green, blue = (np.zeros((50, 50, 3), np.uint8) for _ in range(2))
        green[:, :, 1] = blue[:, :, 2] = 200
        assert brightness(green) > 3 * brightness(blue)

    def test_of_a_picture_smaller_than_a_step(self) -> None:
        assert brightness(level(40, 3, 5)) == pytest.approx(40)
