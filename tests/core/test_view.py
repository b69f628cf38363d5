from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import astuple, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posecheck.core import view
from posecheck.core.landmarks import Landmark
from posecheck.core.posture import Posture
from posecheck.core.records import Pose
from posecheck.core.view import (
    LOOK_EVERY_FRAMES,
    LOOKS,
    YAW_GAIN,
    View,
    ViewLog,
    middle_view,
    view_of,
)
from tests.stick import THIGH_TRUNKS, stick

WIDTH, HEIGHT = 1280, 720
EAR, ANKLE = 1.42, -1.65
"""Along the body from the hips, trunk lengths."""


def seen(**how: Any) -> View:
    thighs, knees = how.pop("thighs", (0.0, 0.0)), how.pop("knees", (0.0, 0.0))
    return view_of(stick(thighs, knees, **how), WIDTH, HEIGHT)


def mirrored(pose: Pose) -> Pose:
    """The same person seen in a mirror, so that left is right."""
    names = [each.name for each in Landmark]
    other = [
        names.index(name.replace("LEFT", "?").replace("RIGHT", "LEFT").replace("?", "RIGHT"))
        for name in names
    ]
    return replace(
        pose,
        xy_px=(pose.xy_px * [-1, 1] + [WIDTH, 0])[other],
        world_m=(pose.world_m * [-1, 1, 1])[other],
        z_px=pose.z_px[other],
    )


@pytest.mark.parametrize("posture", [Posture.PRONE, Posture.SIDE_LYING, Posture.UPRIGHT])
def test_nothing_is_known_of_anyone_not_on_the_back(posture: Posture) -> None:
    assert np.isnan(astuple(seen(posture=posture))).all()
    assert np.isnan(astuple(view_of(None, WIDTH, HEIGHT))).all()


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("legs", [(0.0, 0.0), (45.0, 90.0)])
def test_the_length_of_the_body_counts_along_it(head: str, legs: tuple[float, float]) -> None:
    thigh, knee = legs
    view = seen(thighs=(thigh, thigh), knees=(knee, knee), head=head, trunk_px=160)
    assert view.span_share == pytest.approx((EAR - ANKLE) * 160 / WIDTH)


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("off_px", [-60, -1, 1, 80])
def test_room_of_head_and_feet_is_negative_outside(head: str, off_px: float) -> None:
    sign = 1 if head == "right" else -1
    edge = WIDTH if head == "right" else 0
    at_head = seen(head=head, at_px=(edge - sign * (off_px + EAR * 150), 400), trunk_px=150)
    assert at_head.head_room == pytest.approx(off_px / WIDTH)
    assert at_head.feet_room > 0.1
    at_feet = seen(
        head=head, at_px=(WIDTH - edge + sign * (off_px - ANKLE * 150), 400), trunk_px=150
    )
    assert at_feet.feet_room == pytest.approx(off_px / WIDTH)
    assert at_feet.head_room > 0.1


def test_room_counts_to_the_lower_edge_too() -> None:
    view = seen(at_px=(640, HEIGHT - 12))
    assert view.head_room == pytest.approx(12 / WIDTH)
    assert view.feet_room == pytest.approx(12 / WIDTH)
    assert view.knee_room == pytest.approx(12 / HEIGHT)


@pytest.mark.parametrize("thigh_deg", [0.0, 60.0])
@pytest.mark.parametrize("off_px", [-40, 40])
def test_room_for_a_knee_one_thigh_above_the_hips(thigh_deg: float, off_px: float) -> None:
    view = seen(thighs=(thigh_deg, 0), trunk_px=200, at_px=(640, THIGH_TRUNKS * 200 + off_px))
    assert view.knee_room == pytest.approx(off_px / HEIGHT)


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("yaw_deg", [-40, -10, 0, 25])
@pytest.mark.parametrize("thighs", [(0, 0), (90, 30)])
def test_yaw_is_positive_towards_the_feet_whatever_the_legs_do(
    head: str, yaw_deg: float, thighs: tuple[float, float]
) -> None:
    # `stick` turns clockwise seen from above, which brings the picture's right nearer.
    turned = -yaw_deg if head == "right" else yaw_deg
    pose = stick(thighs, head=head, yaw_deg=turned)
    shoulders, hips = pose.world_m[[11, 12]].mean(axis=0), pose.world_m[[23, 24]].mean(axis=0)
    assert np.sign((shoulders - hips)[2].round(9)) == np.sign(yaw_deg)  # the head is further away
    view = view_of(pose, WIDTH, HEIGHT)
    assert view.yaw_deg == pytest.approx(YAW_GAIN * yaw_deg, abs=1e-9)


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("roll_deg", [-20, 0, 8, 18])
def test_roll_is_clockwise(head: str, roll_deg: float) -> None:
    view = seen(head=head, picture_roll_deg=roll_deg)
    assert view.roll_deg == pytest.approx(roll_deg, abs=1.0)


def from_above(pose: Pose, elevation_deg: float) -> Pose:
    """The same pose for a camera so much higher."""
    c, s = math.cos(math.radians(elevation_deg)), math.sin(math.radians(elevation_deg))
    x, y = pose.xy_px.T
    z = pose.z_px
    return replace(pose, xy_px=np.column_stack([x, 400 + c * (y - 400) - s * z]))


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("yaw_deg", [-25, 25])
def test_what_yaw_and_height_of_the_camera_explain_is_no_roll(head: str, yaw_deg: float) -> None:
    pose = from_above(stick(head=head, yaw_deg=yaw_deg), 20)
    trunk = pose.xy_px[[11, 12]].mean(axis=0) - pose.xy_px[[23, 24]].mean(axis=0)
    leans_deg = math.degrees(math.atan2(abs(trunk[1]), abs(trunk[0])))
    assert leans_deg > 8
    assert abs(view_of(pose, WIDTH, HEIGHT).roll_deg) < leans_deg - 4


@given(
    st.tuples(st.floats(0, 120), st.floats(0, 120)),
    st.sampled_from(["left", "right"]),
    st.floats(-40, 40),
    st.floats(-15, 15),
    st.tuples(st.floats(200, 1000), st.floats(100, 600)),
)
@settings(max_examples=50, deadline=None)
def test_a_mirror_turns_only_the_roll(
    thighs: tuple[float, float], head: Any, yaw: float, roll: float, at_px: tuple[float, float]
) -> None:
    pose = stick(thighs, head=head, yaw_deg=yaw, picture_roll_deg=roll, at_px=at_px)
    one, other = (view_of(each, WIDTH, HEIGHT) for each in (pose, mirrored(pose)))
    assert astuple(replace(other, roll_deg=-other.roll_deg)) == pytest.approx(
        astuple(one), nan_ok=True
    )


def test_the_middle_of_views_ignores_what_is_not_known() -> None:
    views = [View(0.1, yaw_deg=1), View(0.5, yaw_deg=2), View(0.2), View()]
    middle = middle_view(views)
    assert (middle.span_share, middle.yaw_deg) == (0.2, 1.5)
    assert math.isnan(middle.roll_deg)


def test_the_middle_of_nothing_is_not_known() -> None:
    assert np.isnan(astuple(middle_view([]))).all()


class TestLog:
    @staticmethod
    def log(poses: Iterable[Pose | None]) -> ViewLog:
        log = ViewLog()
        for pose in poses:
            log.add(pose, WIDTH, HEIGHT)
        return log

    def test_of_nothing_nothing_is_known(self) -> None:
        assert np.isnan(astuple(ViewLog().usual)).all()
        assert np.isnan(astuple(self.log([None] * 50).usual)).all()

    def test_says_what_is_usual(self) -> None:
        turned = stick(yaw_deg=-20, head="right")
        usual = self.log([None] * 30 + [turned] * 100 + [stick()] * 40).usual
        assert astuple(usual) == pytest.approx(astuple(view_of(turned, WIDTH, HEIGHT)))

    def test_looks_now_and_then_from_the_first_frame_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked: list[Any] = []
        monkeypatch.setattr(view, "view_of", lambda pose, *_: looked.append(pose) or View())
        self.log(range(35))  # type: ignore[arg-type]
        assert looked == [0, LOOK_EVERY_FRAMES, 2 * LOOK_EVERY_FRAMES, 3 * LOOK_EVERY_FRAMES]

    @pytest.mark.parametrize("minutes", [1, 7, 60])
    def test_hours_are_looked_at_from_end_to_end(
        self, minutes: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        frames = minutes * 60 * 30
        monkeypatch.setattr(view, "view_of", lambda at, *_: View(yaw_deg=float(at)))
        log = self.log(range(frames))  # type: ignore[arg-type]
        kept = [each.yaw_deg for each in log._views]
        assert LOOKS / 2 <= len(kept) <= LOOKS or frames < LOOKS * LOOK_EVERY_FRAMES
        assert kept[0] == 0
        assert frames - kept[-1] <= frames / 50
        assert log.usual.yaw_deg == pytest.approx(frames / 2, rel=0.03)
