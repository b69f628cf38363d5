"""What counts as each kind of event and what does not: rhythm, cause, resting leg, haste."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.events import Event, Kind, Task
from posecheck.core.records import NAN, Measurement, Side
from posecheck.core.rhythm import Rhythm, usual_tilt_deg
from posecheck.core.rules import (
    DOWN_DEG,
    FALLING_DEG_S,
    RAISED_DEG,
    TWIST_COUNTS,
    Rules,
)
from posecheck.core.thresholds import LIMITS, Sensitivity
from tests.signs import UP_DEG, USUAL_DEG, between, film, kinds, showing, times, told
from tests.stick import OfTime, path


@given(
    st.floats(-20, 150),
    st.floats(-20, 150),
    st.floats(1, 4),
    st.floats(0.5, 2),
    st.sampled_from(Sensitivity),
)
def test_the_healthy_rhythm_is_never_told(
    from_deg: float, to_deg: float, move_s: float, share: float, sensitivity: Sensitivity
) -> None:
    thigh = path((0.5, from_deg), (0.5 + move_s, to_deg))

    def tilt(t: float) -> float:
        return share * float(usual_tilt_deg(np.array(thigh(t))))

    frames = film(move_s + 2, thigh_angle_deg=thigh, pelvic_tilt_deg=tilt, pelvic_tilt_sd_deg=0.5)
    events = told(frames, sensitivity, rhythm=Rhythm(share))
    assert Kind.PELVIC_TILT not in kinds(events)


def test_a_person_with_another_rhythm_is_held_against_their_own() -> None:
    tilt = 2.0 * USUAL_DEG + 0.6 * LIMITS[Kind.PELVIC_TILT].standard
    frames = film(3, pelvic_tilt_deg=tilt, pelvic_tilt_sd_deg=0.5)
    assert kinds(told(frames)) == [Kind.PELVIC_TILT]
    assert not told(frames, rhythm=Rhythm(2.0, 0.1))


@given(
    st.floats(-40, RAISED_DEG),
    *[st.floats(-60, 60)] * 3,
    st.sampled_from(Sensitivity),
    st.sampled_from(Task),
)
def test_nothing_is_told_of_a_leg_that_is_not_raised(
    thigh: float, tilt: float, twist: float, rests: float, sensitivity: Sensitivity, task: Task
) -> None:
    frames = film(
        2,
        thigh_angle_deg=thigh,
        pelvic_tilt_deg=tilt,
        pelvic_tilt_sd_deg=0.1,
        low_back_twist_deg=twist,
        low_back_twist_sd_deg=0.1,
        resting_thigh_deg=lambda t: rests if t > 1 else 0.0,
    )
    assert not told(frames, sensitivity, task)


class TestOneCauseOneEvent:
    def together(self, tilt: OfTime, twist: OfTime, **more: Any) -> list[Event]:
        sds = {"pelvic_tilt_sd_deg": 0.5, "low_back_twist_sd_deg": 0.5}
        angles: dict[str, Any] = {
            "pelvic_tilt_deg": lambda t: USUAL_DEG + tilt(t),
            "low_back_twist_deg": twist,
        }
        return told(film(5, **angles | sds | more))

    @given(st.floats(5.5, 20), st.floats(8.5, 20), st.sampled_from([1, -1]))
    def test_the_one_that_stands_out_more(
        self, tilt_deg: float, twist_deg: float, sign: int
    ) -> None:
        events = self.together(
            path((1, 0), (2, tilt_deg), (3, tilt_deg), (4, 0)),
            path((1, 0), (2, sign * twist_deg), (3, sign * twist_deg), (4, 0)),
        )
        assert len(events) == 1
        shares = tilt_deg / 5.0, TWIST_COUNTS * twist_deg / 8.0
        if abs(shares[0] - shares[1]) > 0.01:
            more = Kind.PELVIC_TILT if shares[0] > shares[1] else Kind.LOW_BACK_TWIST
            assert kinds(events) == [more]

    def test_of_exact_angles_neither_counts_more(self) -> None:
        tilt, twist = between(1, 4, 10.0), between(1, 4, 12.0)
        exact = {"pelvic_tilt_sd_deg": 0.0, "low_back_twist_sd_deg": 0.0}
        assert kinds(self.together(tilt, twist)) == [Kind.LOW_BACK_TWIST]
        assert kinds(self.together(tilt, twist, **exact)) == [Kind.PELVIC_TILT]

    def test_one_after_the_other_are_two(self) -> None:
        events = self.together(between(1, 2, 8.0), between(2.5, 4, 9.0))
        assert kinds(events) == [Kind.PELVIC_TILT, Kind.LOW_BACK_TWIST]

    def test_a_twist_that_outlasts_the_tilt_does_not_share_its_time(self) -> None:
        tilt, twist = self.together(between(1, 3, 15.0), between(1, 5, 9.0))
        assert (tilt.kind, twist.kind) == (Kind.PELVIC_TILT, Kind.LOW_BACK_TWIST)
        assert twist.start_s >= tilt.end_s

    def test_a_tilt_too_unsure_to_be_told_does_not_hide_a_twist(self) -> None:
        tilt, twist = between(1, 5, 12.0), between(1, 5, 9.0)
        assert kinds(self.together(tilt, twist, pelvic_tilt_sd_deg=8.0)) == [Kind.LOW_BACK_TWIST]
        assert kinds(self.together(tilt, twist)) == [Kind.PELVIC_TILT]

    def test_an_unknown_tilt_does_not_hide_a_twist(self) -> None:
        events = self.together(lambda _: NAN, between(1, 5, 9.0), pelvic_tilt_sd_deg=NAN)
        assert kinds(events) == [Kind.LOW_BACK_TWIST]

    def test_a_lifting_leg_is_another_cause(self) -> None:
        events = self.together(
            between(1, 5, 9.0), lambda _: 0.0, resting_thigh_deg=between(1, 5, 14.0)
        )
        assert set(kinds(events)) == {Kind.PELVIC_TILT, Kind.RESTING_LEG_LIFT}


@pytest.mark.parametrize("task", list(Task))
def test_a_twist_is_what_was_asked_for_or_not(task: Task) -> None:
    frames = showing(Kind.LOW_BACK_TWIST, between(1, 3, 9.0), 4)
    (event,) = told(frames, task=task)
    assert event.kind is (Kind.INTENDED_TWIST if task is Task.TWIST else Kind.LOW_BACK_TWIST)
    assert event.kind.compensation is (task is Task.STRETCH)


class TestRestingLeg:
    RISE = staticmethod(path((1, 0), (2, UP_DEG)))

    def events(self, rests: OfTime) -> list[Event]:
        return told(film(5, thigh_angle_deg=self.RISE, resting_thigh_deg=rests))

    def test_a_leg_that_lifts_later(self) -> None:
        (event,) = self.events(path((2.5, 0), (3, 14)))
        assert event.kind is Kind.RESTING_LEG_LIFT
        assert event.side is Side.LEFT
        assert event.peak == pytest.approx(14)

    @pytest.mark.parametrize("longer", [-0.1, 0.1])
    def test_it_must_last(self, longer: float) -> None:
        lasts_s = LIMITS[Kind.RESTING_LEG_LIFT].lasts_s + longer
        assert bool(self.events(between(3, 3 + lasts_s, 14.0))) is (longer > 0)

    def test_a_foot_that_stands_on_the_mat(self) -> None:
        assert not self.events(lambda _: 35.0)
        assert not self.events(path((2.5, 35), (3, 55)))

    def test_a_lift_goes_beyond_how_the_leg_lay(self) -> None:
        lay_deg = DOWN_DEG - 2
        assert not self.events(path((2.5, lay_deg), (3, lay_deg + 7)))
        (event,) = self.events(path((2.5, lay_deg), (3, lay_deg + 9)))
        assert event.peak == pytest.approx(9)

    def test_a_leg_below_neutral_is_not_lifted_by_coming_back_to_it(self) -> None:
        assert not self.events(path((2.5, -10), (3, 0)))

    def test_a_leg_that_was_never_seen_lying(self) -> None:
        frames = film(3, thigh_angle_deg=UP_DEG, resting_thigh_deg=14.0)
        assert not told(frames)


class TestHaste:
    @staticmethod
    def raised(seconds: float) -> OfTime:
        """Up by 90 deg as smoothly as can be (least jerk)."""

        def angle(t: float) -> float:
            x = min(max((t - 1) / seconds, 0), 1)
            return 90 * x**3 * (10 - 15 * x + 6 * x**2)

        return angle

    @pytest.mark.parametrize("sensitivity", list(Sensitivity))
    def test_a_leap_is_no_haste(self, sensitivity: Sensitivity) -> None:
        leaps = path((1, 25), (1.01, 110), (2, 110), (2.01, 40))
        assert not told(film(4, thigh_angle_deg=leaps), sensitivity)

    def test_a_quick_raise_is(self) -> None:
        (event,) = told(film(4, thigh_angle_deg=self.raised(0.75)))
        assert event.kind is Kind.TOO_FAST
        assert 170 < event.peak < 1.9 * 90 / 0.75

    @pytest.mark.parametrize("seconds", [0.4, 0.6, 0.8])
    def test_a_leg_that_drops_to_the_mat_is_too(self, seconds: float) -> None:
        up = self.raised(seconds)
        (event,) = told(film(4, thigh_angle_deg=lambda t: 90 - up(t)))
        assert event.kind is Kind.TOO_FAST
        (raised,) = told(film(4, thigh_angle_deg=up))
        assert event.peak == pytest.approx(raised.peak)

    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [(0.6, set(Sensitivity)), (1.02, {Sensitivity.STRICT}), (1.5, set())],
    )
    def test_a_quarter_turn_in_a_second_is_the_standard(
        self, seconds: float, expected: set[Sensitivity]
    ) -> None:
        frames = film(4, thigh_angle_deg=self.raised(seconds))
        assert {each for each in Sensitivity if told(frames, each)} == expected

    @pytest.mark.parametrize("fps", [5, 10, 60])
    def test_at_other_rates(self, fps: int) -> None:
        ramp = path((1, 25), (2, 235))
        rules = Rules()
        events: list[Event] = []
        for i in range(3 * fps):
            m = Measurement(Side.LEFT, thigh_angle_deg=ramp(i / fps))
            events += rules.step(i / fps, m, np.array([ramp(i / fps), 0.0]))
        assert {event.kind for event in events} == {Kind.TOO_FAST}
        assert events[-1].peak == pytest.approx(210)


def test_nothing_is_told_of_legs_that_may_be_mistaken() -> None:
    climb = path((1, 25), (2, 235))
    angles: dict[str, Any] = {
        "thigh_angle_deg": lambda t: climb(t) if t >= 0.5 else 0.0,
        "resting_thigh_deg": lambda t: 14.0 if t > 1 else 0.0,
        "low_back_twist_deg": between(1, 3, 9.0),
        "low_back_twist_sd_deg": 0.5,
    }
    assert len(told(film(3, **angles))) == 3
    unsure = told(film(3, sure=lambda _: False, **angles))
    assert not unsure


@pytest.mark.parametrize("kind", [Kind.PELVIC_TILT, Kind.LOW_BACK_TWIST, Kind.INTENDED_TWIST])
class TestFalling:
    """What the pelvis shows as the leg is let down is late, and begins nothing."""

    def events(self, kind: Kind, speed_deg_s: float, from_s: float = 2.0) -> list[Event]:
        thigh = path((0.5, 0), (0.6, 120), (2, 120), (6, 120 - 4 * speed_deg_s))
        tilt: OfTime = lambda t: float(usual_tilt_deg(np.array(thigh(t))))  # noqa: E731
        sign = between(from_s, 6, 1.3 * LIMITS[kind].standard)
        angles: dict[str, Any] = {"thigh_angle_deg": thigh}
        if kind is Kind.PELVIC_TILT:
            angles |= {"pelvic_tilt_deg": lambda t: tilt(t) + sign(t), "pelvic_tilt_sd_deg": 0.5}
        frames = showing(kind, sign, 5.9, **angles)
        task = Task.TWIST if kind is Kind.INTENDED_TWIST else Task.STRETCH
        return [event for event in told(frames, task=task) if event.kind is kind]

    def test_begins_nothing(self, kind: Kind) -> None:
        assert not self.events(kind, FALLING_DEG_S + 1)
        assert self.events(kind, FALLING_DEG_S - 1)

    def test_ends_nothing(self, kind: Kind) -> None:
        (event,) = self.events(kind, FALLING_DEG_S + 1, from_s=1.0)
        assert math.isnan(event.end_s)


def test_haste_is_known_of_a_leg_before_it_is_known_to_work() -> None:
    """A quick rise is over before a leg is at work for long."""
    thigh = path((1, 0), (1.5, 90))
    rules, told_s = Rules(), []
    for t in times(3):
        side = Side.RIGHT if thigh(t) > RAISED_DEG else None
        m = Measurement(side, thigh_angle_deg=thigh(t) if side else NAN)
        now = rules.step(t, m, np.array([0.0, thigh(t)]))
        told_s += [event.told_s for event in now if event.kind is Kind.TOO_FAST]
    assert told_s
    assert min(told_s) < 1.5


def test_haste_goes_by_the_angle_of_a_leg_at_work_where_that_is_given() -> None:
    thigh = path((0.5, 0), (2, 90))
    for factor, told_of in ((1.0, set()), (4.0, {Kind.TOO_FAST})):
        rules, events = Rules(), []
        for t in times(3):
            m = Measurement(Side.LEFT, thigh_angle_deg=thigh(t))
            seen = np.array([thigh(t), 0.0])
            events += rules.step(t, m, seen, factor * seen)
        assert {event.kind for event in events} == told_of


def test_how_a_leg_lies_is_learned_beside_one_that_it_hides() -> None:
    """A near foot is set on the mat while the far leg is out of sight behind it."""
    stands = path((1, 0), (2, 40))
    thigh: OfTime = lambda t: 90.0 if t > 4 else NAN  # noqa: E731
    frames = [
        (t, Measurement(Side.LEFT, thigh_angle_deg=thigh(t), resting_thigh_deg=stands(t)), lift)
        for t in times(8)
        for lift in [(thigh(t), stands(t))]
    ]
    rules = Rules()
    events = [e for t, m, lift in frames for e in rules.step(t, m, np.array(lift))]
    assert not [event for event in events if event.kind is Kind.RESTING_LEG_LIFT]
