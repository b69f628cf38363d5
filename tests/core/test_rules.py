"""Signs of compensation in, events out: how large, lasting and sure a sign must be, and when."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.events import Event, Kind
from posecheck.core.records import NAN, Measurement, Side
from posecheck.core.rules import BLINK_S, SURE_SDS, UNSEEN_S
from posecheck.core.thigh_speed import SPEED_S
from posecheck.core.thresholds import LIMITS, Sensitivity
from tests.signs import (
    FPS,
    UP_DEG,
    Frame,
    between,
    film,
    kinds,
    showing,
    steps,
    task_of,
    times,
    told,
)
from tests.stick import OfTime, path

FRAME_S = 1 / FPS
PELVIS = (Kind.PELVIC_TILT, Kind.LOW_BACK_TWIST, Kind.INTENDED_TWIST)
LEVEL = (*PELVIS, Kind.RESTING_LEG_LIFT)
"""Kinds whose sign is an angle as it stands, not a speed, and so has no delay."""


@pytest.mark.parametrize("sensitivity", list(Sensitivity))
@pytest.mark.parametrize("kind", list(Kind))
class TestThreshold:
    def test_is_told_above_and_not_below(self, kind: Kind, sensitivity: Sensitivity) -> None:
        flag = LIMITS[kind].at(sensitivity).flag
        for value, expected in ((0.99 * flag, []), (1.01 * flag, [kind])):
            frames = showing(kind, between(1, 4, value), 4)
            assert kinds(told(frames, sensitivity, task_of(kind))) == expected

    def test_must_last(self, kind: Kind, sensitivity: Sensitivity) -> None:
        threshold = LIMITS[kind].at(sensitivity)
        slack_s = 2 * FRAME_S if kind in LEVEL else 0.75 * SPEED_S
        for lasts_s, expected in (
            (threshold.lasts_s - slack_s, []),
            (threshold.lasts_s + slack_s, [kind]),
        ):
            frames = showing(kind, between(1, 1 + lasts_s, 1.3 * threshold.flag), 4)
            assert kinds(told(frames, sensitivity, task_of(kind))) == expected


@pytest.mark.parametrize("kind", list(Kind))
class TestSensitivity:
    def test_strict_tells_what_standard_does_not(self, kind: Kind) -> None:
        value = (LIMITS[kind].strict + LIMITS[kind].standard) / 2
        frames = showing(kind, between(1, 4, value), 4)
        assert kinds(told(frames, Sensitivity.STRICT, task_of(kind))) == [kind]
        assert not told(frames, Sensitivity.STANDARD, task_of(kind))

    def test_gentle_does_not_tell_what_standard_does(self, kind: Kind) -> None:
        value = (LIMITS[kind].standard + LIMITS[kind].gentle) / 2
        frames = showing(kind, between(1, 4, value), 4)
        assert kinds(told(frames, Sensitivity.STANDARD, task_of(kind))) == [kind]
        assert not told(frames, Sensitivity.GENTLE, task_of(kind))


class TestTimes:
    @pytest.mark.parametrize("kind", LEVEL)
    def test_of_a_sign_that_comes_and_goes(self, kind: Kind) -> None:
        threshold = LIMITS[kind].at(Sensitivity.STANDARD)
        frames = showing(kind, between(1, 3, 1.3 * threshold.flag), 4)
        (event,) = told(frames, task=task_of(kind))
        assert event.start_s == pytest.approx(1.0)
        assert event.told_s == pytest.approx(1.0 + threshold.lasts_s, abs=1.01 * FRAME_S)
        assert event.end_s == pytest.approx(3.0)

    @pytest.mark.parametrize("kind", LEVEL)
    def test_signs_that_were_there_before_shorten_the_wait_by_half(self, kind: Kind) -> None:
        threshold = LIMITS[kind].at(Sensitivity.STANDARD)
        rising = path((1, 0.8 * threshold.flag), (2, 0.8 * threshold.flag), (2.01, 9e9))
        value: OfTime = lambda t: min(rising(t), 1.3 * threshold.flag) if t >= 1 else 0.0  # noqa: E731
        (event,) = told(showing(kind, value, 3), task=task_of(kind))
        assert event.start_s == pytest.approx(2.0, abs=1.01 * FRAME_S)
        assert event.told_s - event.start_s == pytest.approx(
            threshold.lasts_s / 2, abs=1.01 * FRAME_S
        )

    @pytest.mark.parametrize("sensitivity", list(Sensitivity))
    def test_of_haste(self, sensitivity: Sensitivity) -> None:
        threshold = LIMITS[Kind.TOO_FAST].at(sensitivity)
        frames = showing(Kind.TOO_FAST, between(1, 2, 1.3 * threshold.flag), 4)
        (event,) = told(frames, sensitivity)
        assert 1 <= event.start_s <= 1 + SPEED_S
        assert event.told_s - event.start_s <= threshold.lasts_s + 1.01 * FRAME_S
        assert 2 <= event.end_s <= 2 + SPEED_S
        assert event.peak == pytest.approx(1.3 * threshold.flag)

    @pytest.mark.parametrize("kind", list(Kind))
    def test_is_shown_from_when_it_is_told_to_its_end(self, kind: Kind) -> None:
        flag = LIMITS[kind].standard
        frames = showing(kind, between(1, 3, 1.3 * flag), 4)
        by_frame = steps(frames, task=task_of(kind))
        shown_s = [t for (t, *_), events in zip(frames, by_frame, strict=True) if events]
        *going_on, ended = [event for events in by_frame for event in events]
        assert (shown_s[0], shown_s[-1]) == (ended.told_s, ended.end_s)
        assert len(shown_s) == round((ended.end_s - ended.told_s) * FPS) + 1
        assert all(math.isnan(event.end_s) for event in going_on)

    def test_where_it_began_and_its_peak(self) -> None:
        thigh = path((0.5, 30), (4.5, 70))
        frames = film(
            4.5,
            thigh_angle_deg=thigh,
            hip_flexion_deg=lambda t: thigh(t) - 5,
            low_back_twist_deg=path((2, 0), (2.01, -7), (3, -7), (3.5, -9), (4, -7)),
            low_back_twist_sd_deg=1.0,
        )
        (event,) = told(frames)
        assert (event.kind, event.side) == (Kind.LOW_BACK_TWIST, Side.LEFT)
        assert event.thigh_angle_deg == pytest.approx(thigh(event.start_s))
        assert event.hip_flexion_deg == pytest.approx(thigh(event.start_s) - 5)
        assert event.peak == pytest.approx(-9)


@pytest.mark.parametrize("kind", PELVIS)
class TestCertainty:
    """What is told is above zero with 95 % of certainty; the rhythm's own spread counts too."""

    def events(self, kind: Kind, sd_deg: float) -> list[Event]:
        value = 1.2 * LIMITS[kind].standard
        frames = showing(
            kind,
            between(1, 4, value),
            4,
            pelvic_tilt_sd_deg=sd_deg,
            low_back_twist_sd_deg=sd_deg,
        )
        return told(frames, task=task_of(kind))

    def test_sets_how_large_the_sd_may_be(self, kind: Kind) -> None:
        most = 1.2 * LIMITS[kind].standard / SURE_SDS
        assert kinds(self.events(kind, 0.99 * most)) == [kind]
        assert not self.events(kind, 1.01 * most)

    def test_is_none_without_an_sd(self, kind: Kind) -> None:
        assert not self.events(kind, NAN)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(("share", "count"), [(0.65, 1), (0.55, 2)])
def test_hovering_is_one_event_until_it_is_well_below(kind: Kind, share: float, count: int) -> None:
    flag = LIMITS[kind].standard

    def value(t: float) -> float:
        if t < 1:
            return 0.0
        return (1.2 if (t - 1) % 2 < 1 else share) * flag

    events = told(showing(kind, value, 4), task=task_of(kind))
    assert kinds(events) == [kind] * count
    assert events[0].start_s < 1.5
    assert math.isnan(events[-1].end_s)


class TestUnseen:
    @pytest.mark.parametrize("kind", LEVEL)
    @given(st.sets(st.integers(0, 119)))
    def test_never_raises_a_flag(self, kind: Kind, missing: set[int]) -> None:
        value = between(0, 4, 0.97 * LIMITS[kind].standard)
        gappy: OfTime = lambda t: NAN if round(t * FPS) in missing else value(t)  # noqa: E731
        assert not told(showing(kind, gappy, 4), task=task_of(kind))

    def test_nothing_known_tells_nothing(self) -> None:
        frames = [(t, Measurement(Side.LEFT), (NAN, NAN), True) for t in times(2)]
        assert not told(frames)

    def events(self, kind: Kind, missing_s: float, from_s: float) -> list[Event]:
        value = between(1, 5, 1.3 * LIMITS[kind].standard)
        gappy: OfTime = lambda t: NAN if from_s <= t < from_s + missing_s else value(t)  # noqa: E731
        return told(showing(kind, gappy, 6), task=task_of(kind))

    @pytest.mark.parametrize("kind", LEVEL)
    def test_a_blink_breaks_nothing(self, kind: Kind) -> None:
        for missing_s, from_s in ((BLINK_S - FRAME_S, 1.2), (UNSEEN_S - FRAME_S, 2.0)):
            (event,) = self.events(kind, missing_s, from_s)
            assert event.start_s == pytest.approx(1)
            assert event.end_s == pytest.approx(5)

    @pytest.mark.parametrize("kind", LEVEL)
    def test_what_was_not_told_before_begins_anew_after_a_while(self, kind: Kind) -> None:
        (event,) = self.events(kind, BLINK_S + FRAME_S, 1.2)
        assert event.start_s == pytest.approx(1.2 + BLINK_S, abs=2.01 * FRAME_S)

    @pytest.mark.parametrize("kind", LEVEL)
    def test_for_long_it_ended_when_last_seen(self, kind: Kind) -> None:
        first, second = self.events(kind, UNSEEN_S + 2 * FRAME_S, 2.0)
        assert first.end_s == pytest.approx(2 - FRAME_S)
        assert second.start_s == pytest.approx(2 + UNSEEN_S, abs=3 * FRAME_S)

    @pytest.mark.parametrize("kind", LEVEL)
    def test_a_leg_that_goes_down_ends_it_at_once(self, kind: Kind) -> None:
        flag = LIMITS[kind].standard
        thigh = path((0.5, 0), (0.51, UP_DEG), (3, UP_DEG), (3.01, 10))
        frames = showing(kind, between(1, 9, 1.3 * flag), 3.1, thigh_angle_deg=thigh)
        (event,) = told(frames, task=task_of(kind))
        assert event.end_s == pytest.approx(3 + FRAME_S)


def test_a_change_of_leg_ends_what_goes_on() -> None:
    frames = showing(
        Kind.LOW_BACK_TWIST,
        between(1, 9, 9.0),
        5,
        side=lambda t: Side.LEFT if t < 3 - 1e-9 else Side.RIGHT,
    )
    first, second = told(frames)
    assert (first.side, second.side) == (Side.LEFT, Side.RIGHT)
    assert first.end_s == pytest.approx(3 - FRAME_S)
    assert second.start_s == pytest.approx(3 + FRAME_S)
    assert math.isnan(second.end_s)


ANY = st.floats(-60, 200) | st.just(NAN)


@given(
    st.lists(st.tuples(ANY, ANY, ANY, ANY, st.sampled_from([*Side, None])), min_size=1, max_size=8),
    st.integers(1, 200),
)
def test_never_looks_ahead_and_its_times_are_in_order(
    scenes: list[tuple[float, float, float, float, Side | None]], length: int
) -> None:
    """Scenes of 0.8 s each, whatever they hold."""
    frames: list[Frame] = []
    for i in range(24 * len(scenes)):
        thigh, tilt, twist, rests, side = scenes[i // 24]
        m = Measurement(
            side,
            thigh_angle_deg=thigh,
            pelvic_tilt_deg=tilt,
            pelvic_tilt_sd_deg=1.0,
            low_back_twist_deg=twist,
            low_back_twist_sd_deg=1.0,
            resting_thigh_deg=rests,
        )
        frames.append((i / FPS, m, (thigh, rests), True))
    whole = steps(frames)
    assert str(steps(frames[:length])) == str(whole[:length])
    for event in told(frames):
        assert event.side in set(Side)
        lasts_s = LIMITS[event.kind].lasts_s
        assert event.told_s - event.start_s >= lasts_s / 2
        assert math.isnan(event.end_s) or event.end_s >= event.told_s
