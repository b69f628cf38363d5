"""Patches of a textured trunk that turns by known angles."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
import pytest

from posecheck.core.landmarks import LIMBS, Landmark
from posecheck.core.posture import Posture
from posecheck.core.records import Pose, Side
from posecheck.estimators.surface_motion import EVERY_S, GONE_S, PATCHES, TRUNK_PX, SurfaceTracker
from tests.clips import Picture
from tests.stick import stick

Head = Literal["left", "right"]
SIZE_PX = (640, 480)
NEAR = {"right": Side.LEFT, "left": Side.RIGHT}


def lying(head: Head = "right", **how: object) -> Pose:
    """Arms out of the way unless a test brings them back."""
    pose = stick(head=head, at_px=(320.0, 240.0), **how)  # type: ignore[arg-type]
    for landmark in Landmark:
        if landmark.name.endswith(("ELBOW", "WRIST", "INDEX")):
            pose.xy_px[landmark] = (320.0, 470.0)
    near = LIMBS[NEAR[head]].shoulder
    pose.xy_px[Landmark[f"{NEAR[head].name}_ELBOW"]] = pose.xy_px[near] + (0, 150)
    return pose


def cloth(seed: int = 1) -> Picture:
    noise = np.random.default_rng(seed).integers(0, 256, (*SIZE_PX[::-1], 3), dtype=np.uint8)
    soft = cv2.GaussianBlur(noise, (0, 0), 2.0)
    return np.asarray(cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX), np.uint8)


def turned(picture: Picture, pose: Pose, head: Head, tilt_deg: float, cranial_px: float) -> Picture:
    """The picture turned about the near hip as posterior tilt would, and shifted to the head."""
    sign = 1 if head == "right" else -1
    hip = pose.xy_px[LIMBS[NEAR[head]].hip]
    turn = cv2.getRotationMatrix2D((float(hip[0]), float(hip[1])), -tilt_deg * sign, 1.0)
    turn[0, 2] += sign * cranial_px
    return np.asarray(cv2.warpAffine(picture, turn, SIZE_PX, borderMode=cv2.BORDER_REFLECT))


@pytest.mark.parametrize("head", ["left", "right"])
def test_rotation_and_shift_are_what_they_were(head: Head) -> None:
    pose, picture, tracker = lying(head), cloth(), SurfaceTracker()
    for i, tilt_deg in enumerate(np.linspace(0, 15, 31)):
        shown = turned(picture, pose, head, float(tilt_deg), 0.4 * float(tilt_deg))
        found = tracker.step(i / 30, shown, pose)
        assert found is not None
    assert (found.features > 0).mean() > 0.8
    seen = found.features > 0
    np.testing.assert_allclose(found.rotation_deg[seen], 15.0, atol=0.7)
    by_column = found.shift_trunks.reshape(-1, 3, 2)
    trunk_px = 200.0
    np.testing.assert_allclose(np.nanmedian(by_column[0, :, 0]), 6.0 / trunk_px, atol=0.02)


def test_it_comes_back_to_zero() -> None:
    pose, picture, tracker = lying(), cloth(), SurfaceTracker()
    there = [*np.linspace(0, 20, 25), *np.linspace(20, 0, 25), 0.0]  # every other one is looked at
    for i, tilt_deg in enumerate(there):
        shown = turned(picture, pose, "right", float(tilt_deg), 0.0)
        found = tracker.step(i / 30, shown, pose)
    assert found is not None
    assert np.nanmax(np.abs(found.rotation_deg)) < 0.3


def test_pictures_in_quick_succession_are_not_all_looked_at() -> None:
    pose, picture, tracker = lying(), cloth(), SurfaceTracker()
    shown = turned(picture, pose, "right", 2.0, 0.0)
    tracker.step(0.0, picture, pose)
    for time_s, tilt_deg in ((0.6 * EVERY_S, 0.0), (1.2 * EVERY_S, 2.0), (1.8 * EVERY_S, 2.0)):
        tracker.prepare(time_s, shown)
        found = tracker.step(time_s, shown, pose)
        assert found is not None
        np.testing.assert_allclose(np.nanmedian(found.rotation_deg), tilt_deg, atol=0.2)


def test_plain_cloth_shows_nothing() -> None:
    pose, tracker = lying(), SurfaceTracker()
    plain = np.full((*SIZE_PX[::-1], 3), 120, np.uint8)
    for i in range(3):
        found = tracker.step(i / 30, plain, pose)
    assert found is not None
    assert (found.features == 0).all()
    assert np.isnan(found.rotation_deg).all()
    assert np.isnan(found.shift_trunks).all()


def test_an_arm_before_the_trunk_hides_it_and_misleads_nobody() -> None:
    pose, picture, tracker = lying(), cloth(), SurfaceTracker()
    sleeve = cloth(seed=9)
    for i in range(40):
        shown = turned(picture, pose, "right", 0.0, 0.0).copy()
        height = 460 - 8 * i if i < 28 else 236
        here = lying()
        bones = [Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST, Landmark.LEFT_INDEX]
        here.xy_px[bones] = np.array([(480.0, height), (360.0, height), (300.0, height)])
        shown[height - 14 : height + 14, 290:490] = np.roll(sleeve, 3 * i, axis=0)[:28, 290:490]
        found = tracker.step(i / 30, shown, here)
    assert found is not None
    assert np.isnan(found.rotation_deg).any()
    assert np.isfinite(found.rotation_deg).any()
    assert np.nanmax(np.abs(found.rotation_deg)) < 3


def test_nobody_on_the_back_is_not_followed() -> None:
    tracker, picture = SurfaceTracker(), cloth()
    assert tracker.step(0.0, picture, None) is None
    assert tracker.step(0.1, picture, lying(posture=Posture.PRONE)) is None


def test_after_an_absence_everything_begins_anew() -> None:
    tracker, picture, pose = SurfaceTracker(), cloth(), lying()
    first = tracker.step(0.0, picture, pose)
    assert tracker.step(0.3, picture, None) is None
    short = tracker.step(GONE_S - 0.1, picture, pose)
    late = tracker.step(3.0, picture, pose)
    assert first is not None
    assert short is not None
    assert late is not None
    assert short.start_s == first.start_s == 0.0
    assert late.start_s == 3.0


def test_a_trunk_at_the_edge_of_the_picture() -> None:
    tracker, picture = SurfaceTracker(), cloth()
    pose = stick(at_px=(20.0, 20.0))
    for i in range(3):
        found = tracker.step(i / 30, picture, pose)
    assert found is not None
    assert found.rotation_deg.shape == (len(PATCHES),)


def test_a_small_trunk_is_not_blown_up() -> None:
    tracker, picture = SurfaceTracker(), cloth()
    pose = stick(at_px=(320.0, 240.0), trunk_px=TRUNK_PX / 3)
    for i in range(3):
        found = tracker.step(i / 30, picture, pose)
    assert found is not None
    assert np.nanmax(np.abs(found.rotation_deg), initial=0.0) < 0.5
