"""What is drawn where: by the colours of pixels, and by the texts handed to the writer of text."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from posecheck.coach.cues import cue
from posecheck.core import measures
from posecheck.core.events import Event, Kind
from posecheck.core.geometry import sagittal_direction_deg
from posecheck.core.judge import Judge, Observation
from posecheck.core.phases import Phase
from posecheck.core.posture import UNSEEN, Posture
from posecheck.core.records import NAN, Array, FrameRef, Measurement, Pose, Side
from posecheck.sinks.overlay import NEUTRAL, THIGH, WAITING, Picture, draw
from tests.stick import THIGH_TRUNKS, Pair, movement, observe, stick

SIZES = [(64, 64), (64, 96), (360, 640), (720, 1280), (1920, 1080), (1281, 723), (2160, 3840)]
HIP_PX = (640.0, 560.0)
STILL = FrameRef(0, NAN, 1280, 720)


@pytest.fixture(autouse=True)
def exact_landmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "TRUNK_TO_THIGH_DEG", 0.0)


def seen(
    thigh_deg: Pair = (90.0, 0.0),
    *,
    head: str = "right",
    at_px: Pair = HIP_PX,
    trunk_px: float = 200,
    side: Side | None = None,
) -> Observation:
    pose = stick(thigh_deg, (90, 0), head=head, at_px=at_px, trunk_px=trunk_px)
    return Judge(side).step(STILL, pose)


def nobody() -> Observation:
    return Judge().step(STILL, None)


def drawn(observation: Observation, size: tuple[int, int] = (720, 1280)) -> Picture:
    picture = np.zeros((*size, 3), np.uint8)
    draw(picture, observation)
    return picture


def share_of(picture: Picture, colour: tuple[int, int, int]) -> float:
    return float((picture == colour).all(axis=2).mean())


def texts_of(observation: Observation, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(cv2, "putText", lambda _picture, text, *_: texts.append(text))
    drawn(observation)
    return texts


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("head", ["left", "right"])
def test_any_size_of_picture(size: tuple[int, int], head: str) -> None:
    height, width = size
    trunk_px = min(size) / 4
    observation = seen(head=head, at_px=(width / 2, height * 0.8), trunk_px=trunk_px)
    picture = drawn(observation, size)
    assert picture.shape == (*size, 3)
    without_angle = drawn(replace(observation, measurement=Measurement()), size)
    below_the_panel = slice(height * 7 // 10, None)
    assert (picture != without_angle)[below_the_panel].any()
    assert drawn(nobody(), size).any()


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (16, 200)])
def test_even_tiny_pictures_do_not_raise(size: tuple[int, int]) -> None:
    drawn(seen(at_px=(4, 4), trunk_px=4), size)
    drawn(nobody(), size)


@pytest.mark.parametrize(("head", "head_sign"), [("right", 1), ("left", -1)])
@pytest.mark.parametrize("side", list(Side))
def test_arc_runs_from_the_neutral_line_over_the_anterior_side_to_the_thigh(
    head: str, head_sign: int, side: Side
) -> None:
    angles = (120.0, 0.0) if side is Side.LEFT else (0.0, 120.0)
    picture = drawn(seen(angles, head=head))
    assert np.array_equal(_at(picture, 120, 0.7, head_sign), THIGH)
    assert np.array_equal(_at(picture, 0, 1.05, head_sign), NEUTRAL)
    for on_arc_deg in (30, 60, 90):
        assert np.abs(_at(picture, on_arc_deg, 0.5, head_sign).astype(int) - THIGH).max() < 8
        tinted = _at(picture, on_arc_deg, 0.25, head_sign)
        assert np.abs(tinted - 0.35 * np.array(THIGH)).max() < 3
        assert not _at(picture, -on_arc_deg, 0.5, head_sign).any()
        assert not _at(picture, on_arc_deg, 0.6, head_sign).any()
    assert not _at(picture, 145, 0.5, head_sign).any()


def _at(picture: Picture, direction_deg: float, thighs: float, head_sign: int) -> Array:
    """The pixel that many thigh lengths from the hip in a direction of the sagittal plane."""
    radians = math.radians(direction_deg)
    towards = np.array([-head_sign * math.cos(radians), -math.sin(radians)])
    assert sagittal_direction_deg(towards, head_sign) == pytest.approx(direction_deg)
    x, y = np.round(HIP_PX + thighs * 200 * THIGH_TRUNKS * towards).astype(int)
    return picture[y, x]


def test_a_thigh_below_neutral_has_its_arc_below() -> None:
    picture = drawn(seen((-40.0, 0.0), side=Side.LEFT))
    assert np.abs(_at(picture, -20, 0.5, 1).astype(int) - THIGH).max() < 8
    assert not _at(picture, 20, 0.5, 1).any()


@pytest.mark.parametrize(
    "posture", [Posture.UPRIGHT, Posture.PRONE, Posture.SIDE_LYING, Posture.SUPINE]
)
def test_without_a_measurement_the_skeleton_and_a_word_but_no_angle(
    posture: Posture, monkeypatch: pytest.MonkeyPatch
) -> None:
    observation = Judge().step(STILL, stick(posture=posture, at_px=HIP_PX))
    picture = drawn(observation)
    assert share_of(picture, THIGH) == 0
    assert share_of(picture, NEUTRAL) == 0
    assert picture[300:].any()
    assert texts_of(observation, monkeypatch) == [WAITING[posture]]


def test_a_word_for_every_posture(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(WAITING) == set(Posture)
    assert len(set(WAITING.values())) == len(Posture)
    assert texts_of(nobody(), monkeypatch) == [WAITING[Posture.UNSEEN]]


def test_nobody_leaves_all_but_the_panel_untouched() -> None:
    picture = np.full((720, 1280, 3), 90, np.uint8)
    draw(picture, nobody())
    assert (picture[200:] == 90).all()
    assert (picture[:, 800:] == 90).all()


@pytest.mark.parametrize("posture", list(Posture))
def test_words_fit_into_the_narrowest_picture(posture: Posture) -> None:
    picture = drawn(replace(nobody(), stance=replace(UNSEEN, posture=posture)), (1280, 720))
    assert picture[:, 400:].any() or posture in (Posture.UNSEEN, Posture.SUPINE)
    assert not picture[:, -8:].any()


class TestPanel:
    def test_a_measured_frame(self, monkeypatch: pytest.MonkeyPatch) -> None:
        observation = replace(
            seen(), phase=Phase.HOLDING, measurement=_measured(resting_thigh_deg=-3.4)
        )
        assert texts_of(observation, monkeypatch) == [
            "101°",
            "thigh angle, left leg",
            "holding",
            "confidence 87 %",
            "resting thigh -3°",
            "against the trunk line: no neutral seen",
        ]

    def test_with_neutral_and_nothing_else_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        neutral = observe(movement(1.5))[-1].neutral
        assert neutral is not None
        observation = replace(seen(), neutral=neutral, measurement=_measured())
        assert texts_of(observation, monkeypatch)[2:] == ["confidence 87 %"]

    def test_legs_that_may_have_been_mistaken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        observation = replace(seen(), legs_sure=False)
        assert "legs hard to tell apart" in texts_of(observation, monkeypatch)

    def test_a_hidden_leg(self, monkeypatch: pytest.MonkeyPatch) -> None:
        observation = replace(seen(), measurement=Measurement(side=Side.RIGHT))
        assert texts_of(observation, monkeypatch) == ["right leg hidden: not measured"]

    def test_nan_is_never_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        hidden = np.full(33, 0.95)
        hidden[[26]] = 0.0
        observation = Judge().step(
            STILL, replace(stick((90, 0), visibility=0.9), visibility=hidden)
        )
        observations = [observation, nobody(), Judge(Side.LEFT).step(STILL, observation.pose)]
        texts = [text for each in observations for text in texts_of(each, monkeypatch)]
        assert texts
        assert not any("nan" in text.lower() for text in texts)


def _measured(**more: float) -> Measurement:
    return Measurement(side=Side.LEFT, thigh_angle_deg=101.2, confidence=0.87, **more)


def test_hidden_landmarks_are_not_drawn() -> None:
    pose = stick(at_px=HIP_PX, posture=Posture.PRONE, visibility=0.0)
    hidden = drawn(Judge().step(STILL, pose))
    assert not hidden[300:].any()


def test_lines_stay_fine_in_small_and_grow_in_large_pictures() -> None:
    shares = [
        share_of(drawn(seen(at_px=(w / 2, h * 0.8), trunk_px=h / 4), (h, w)), THIGH)
        for h, w in ((360, 640), (720, 1280), (1440, 2560))
    ]
    assert max(shares) < 2 * min(shares)


def test_poses_kept_without_depth_are_drawn_alike() -> None:
    observation = seen()
    assert observation.pose is not None
    nothing = np.full((33, 3), NAN)
    flat = Pose(
        observation.pose.xy_px,
        nothing[:, 0],
        nothing,
        observation.pose.visibility,
        nothing[:, 0],
    )
    assert np.array_equal(drawn(observation), drawn(replace(observation, pose=flat)))


def test_landmarks_another_program_has_not_are_not_drawn() -> None:
    observation = seen()
    assert observation.pose is not None
    arms, hidden = slice(13, 23), np.array(observation.pose.visibility)
    hidden[arms] = 0.0
    xy_px = observation.pose.xy_px.copy()
    xy_px[arms] = NAN
    without = drawn(replace(observation, pose=replace(observation.pose, xy_px=xy_px)))
    assert np.array_equal(
        without, drawn(replace(observation, pose=replace(observation.pose, visibility=hidden)))
    )
    assert not np.array_equal(without, drawn(observation))


FAR = st.floats(-1e5, 1e5)


@settings(max_examples=60, deadline=None)
@given(arrays(float, (33, 2), elements=FAR), st.floats(-90, 250), st.sampled_from([-1, 1]))
def test_landmarks_outside_the_picture_never_raise(
    xy_px: Array, thigh_angle_deg: float, head_sign: int
) -> None:
    observation = seen()
    assert observation.pose is not None
    assert observation.lines is not None
    observation = replace(
        observation,
        pose=replace(observation.pose, xy_px=xy_px),
        lines=replace(observation.lines, head_sign=head_sign, thigh_px=np.hypot(*xy_px[:2].T)),
        measurement=replace(observation.measurement, thigh_angle_deg=thigh_angle_deg),
    )
    drawn(observation, (64, 96))


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(FAR, FAR), st.floats(1, 5000), st.floats(-40, 40), st.sampled_from(["left", "right"])
)
def test_figures_of_any_size_anywhere_never_raise(
    at_px: Pair, trunk_px: float, roll_deg: float, head: str
) -> None:
    pose = stick(
        (110, 3), (90, 0), head=head, at_px=at_px, trunk_px=trunk_px, picture_roll_deg=roll_deg
    )
    drawn(Judge().step(STILL, pose), (90, 64))


class TestCues:
    @staticmethod
    def going_on(*kinds: Kind, end_s: float = NAN) -> Observation:
        events = (Event(kind, Side.LEFT, 1.0, 1.5, 12.0, 90.0, 80.0, end_s) for kind in kinds)
        return replace(seen(at_px=(640.0, 400.0)), events=tuple(events))

    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("kind", list(Kind))
    def test_what_goes_on_is_said_at_the_bottom(self, kind: Kind, size: tuple[int, int]) -> None:
        differs = (drawn(self.going_on(kind), size) != drawn(self.going_on(), size)).any(axis=2)
        rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
        assert rows.min() > 0.7 * size[0]
        assert columns.min() + columns.max() == pytest.approx(size[1], abs=0.04 * size[1] + 2)

    @pytest.mark.parametrize("size", SIZES[1:])
    @pytest.mark.parametrize("kind", list(Kind))
    def test_every_word_fits(self, kind: Kind, size: tuple[int, int]) -> None:
        plain, cued = drawn(self.going_on(), size), drawn(self.going_on(kind), size)
        edge = max(1, size[1] // 100)
        bright = (cued > 150).any(axis=2) & (cued != plain).any(axis=2)
        assert bright.any()
        assert not bright[:, :edge].any()
        assert not bright[:, -edge:].any()

    def test_what_has_ended_is_said_no_more(self) -> None:
        ended = drawn(self.going_on(Kind.PELVIC_TILT, end_s=2.0))
        assert np.array_equal(ended, drawn(self.going_on()))

    def test_what_was_asked_for_looks_unlike_what_was_not(self) -> None:
        bottom = slice(600, None)
        asked = drawn(self.going_on(Kind.INTENDED_TWIST))[bottom]
        unasked = drawn(self.going_on(Kind.LOW_BACK_TWIST))[bottom]
        assert share_of(unasked, THIGH) > 0.005
        assert share_of(asked, THIGH) == 0

    def test_two_at_once_stand_one_above_the_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        both = Kind.PELVIC_TILT, Kind.RESTING_LEG_LIFT
        places: dict[str, tuple[int, int]] = {}
        monkeypatch.setattr(cv2, "putText", lambda _, text, at, *__: places.update({text: at}))
        drawn(self.going_on(*both))
        first, second = (places[cue(kind)][1] for kind in both)
        assert first < second - 40
        assert second < 720
