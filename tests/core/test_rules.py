"""Signs of compensation in, events out: what is told, when, and what is not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.events import Event, Kind, Task
from posecheck.core.records import NAN, Measurement, Side
from posecheck.core.rhythm import Rhythm, usual_tilt_deg
from posecheck.core.rules import (
    BLINK_S,
    DOWN_DEG,
    RAISED_DEG,
    SPEED_S,
    SURE_SDS,
    UNSEEN_S,
    Rules,
)
from posecheck.core.thresholds import LIMITS, Sensitivity
from tests.stick import OfTime, path

FPS = 30
FRAME_S = 1 / FPS
UP_DEG = 95.0
USUAL_DEG = float(usual_tilt_deg(np.array(UP_DEG)))
PELVIS = (Kind.PELVIC_TILT, Kind.LOW_BACK_TWIST, Kind.INTENDED_TWIST)
LEVEL = (*PELVIS, Kind.RESTING_LEG_LIFT)
"""Kinds whose sign is an angle as it stands, not a speed, and so has no delay."""

Frame = tuple[float, Measurement, tuple[float, float], bool]


def times(duration_s: float) -> list[float]:
    return [i / FPS for i in range(round(duration_s * FPS))]


def film(
    duration_s: float,
    *,
    side: Side | Callable[[float], Side] = Side.LEFT,
    sure: Callable[[float], bool] = lambda _: True,
    **angles: Any,
) -> list[Frame]:
    """Frames with these angles (deg, as they are or of s); the left leg's thigh is up by default.

    Before 0.5 s the left leg is down. The right one lies flat unless told otherwise.
    """
    up: OfTime = lambda t: UP_DEG if t >= 0.5 else 0.0  # noqa: E731
    given: dict[str, Any] = {"thigh_angle_deg": up, "confidence": 0.9} | angles
    frames = []
    for t in times(duration_s):
        now = {name: value(t) if callable(value) else value for name, value in given.items()}
        m = Measurement(side(t) if callable(side) else side, **now)
        rests = 0.0 if math.isnan(m.resting_thigh_deg) else m.resting_thigh_deg
        frames.append((t, m, (m.thigh_angle_deg, rests), sure(t)))
    return frames


def showing(kind: Kind, value: OfTime, duration_s: float, **more: Any) -> list[Frame]:
    """Frames in which exactly this speaks for an event of ``kind``; 0 before 1 s is wise."""
    match kind:
        case Kind.PELVIC_TILT:
            angles: dict[str, Any] = {
                "pelvic_tilt_deg": lambda t: USUAL_DEG + value(t),
                "pelvic_tilt_sd_deg": 0.5,
            }
        case Kind.LOW_BACK_TWIST | Kind.INTENDED_TWIST:
            angles = {"low_back_twist_deg": value, "low_back_twist_sd_deg": 0.5}
        case Kind.RESTING_LEG_LIFT:
            angles = {"resting_thigh_deg": value}
        case Kind.TOO_FAST:
            climbed = 25.0 + np.cumsum([value(t) for t in times(duration_s)]) / FPS
            angles = {"thigh_angle_deg": lambda t: float(climbed[round(t * FPS)])}
    return film(duration_s, **angles | more)


def steps(
    frames: Iterable[Frame],
    sensitivity: Sensitivity = Sensitivity.STANDARD,
    task: Task = Task.STRETCH,
    rhythm: Rhythm | None = None,
) -> list[tuple[Event, ...]]:
    """What is told in each frame."""
    rules = Rules(sensitivity, task, rhythm or Rhythm())
    return [rules.step(t, m, np.array(lift), sure=sure) for t, m, lift, sure in frames]


def told(frames: Iterable[Frame], *args: Any, **kwargs: Any) -> list[Event]:
    """The events as they last stood."""
    each = steps(frames, *args, **kwargs)
    return list({(event.kind, event.start_s): event for now in each for event in now}.values())


def task_of(kind: Kind) -> Task:
    return Task.TWIST if kind is Kind.INTENDED_TWIST else Task.STRETCH


def kinds(events: Iterable[Event]) -> list[Kind]:
    return [event.kind for event in events]


def between(start_s: float, end_s: float, value: float) -> OfTime:
    return lambda t: value if start_s - 1e-9 <= t < end_s - 1e-9 else 0.0


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
        slack_s = 2 * FRAME_S if kind in LEVEL else SPEED_S / 2
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
        shares = tilt_deg / 5.0, twist_deg / 8.0
        if abs(shares[0] - shares[1]) > 0.01:
            more = Kind.PELVIC_TILT if shares[0] > shares[1] else Kind.LOW_BACK_TWIST
            assert kinds(events) == [more]

    def test_one_after_the_other_are_two(self) -> None:
        events = self.together(between(1, 2, 8.0), between(2.5, 4, 9.0))
        assert kinds(events) == [Kind.PELVIC_TILT, Kind.LOW_BACK_TWIST]

    def test_a_twist_that_outlasts_the_tilt_does_not_share_its_time(self) -> None:
        tilt, twist = self.together(between(1, 3, 12.0), between(1, 5, 9.0))
        assert (tilt.kind, twist.kind) == (Kind.PELVIC_TILT, Kind.LOW_BACK_TWIST)
        assert twist.start_s >= tilt.end_s

    def test_a_tilt_too_unsure_to_be_told_does_not_hide_a_twist(self) -> None:
        tilt, twist = between(1, 5, 10.0), between(1, 5, 9.0)
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
            events += rules.step(i / fps, m, np.zeros(2))
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
    assert kinds(unsure) == [Kind.LOW_BACK_TWIST]


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
