"""A change is told only when it is larger than what the measurement makes up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from posecheck.record.entries import Session
from posecheck.record.trends import (
    LEAST_PAIRS,
    MOST_POINTS,
    Noise,
    Point,
    Verdict,
    change_of,
    noise_of,
    trends_of,
    weekly,
)
from tests.record.made_up import LEFT, NOON, RIGHT, session

DAY = timedelta(days=1)


def points(values: Sequence[float], sd: float = math.nan, apart: timedelta = DAY) -> list[Point]:
    return [Point(NOON + n * apart, value, sd) for n, value in enumerate(values)]


def sessions(values: Sequence[float | None], sd_deg: float | None = 2.0) -> list[Session]:
    """A day apart, in each the left leg with a clean range, None not told."""
    return [
        session(
            f"{n}",
            NOON + n * DAY,
            legs=(replace(LEFT, clean_hip_flexion_deg=value, clean_hip_flexion_sd_deg=sd_deg),),
        )
        for n, value in enumerate(values)
    ]


class TestNoise:
    def test_what_is_stated_counts_by_its_square(self) -> None:
        told = [*points([80.0], 3.0), *points([80.0], 5.0), *points([80.0])]
        assert noise_of(told).stated_deg == pytest.approx(math.sqrt((9 + 25) / 2))

    def test_one_s_own_scatter_is_that_of_a_single_session(self) -> None:
        import random

        chance = random.Random(3)
        noise = noise_of(points([chance.gauss(80, 4) for _ in range(3000)]))
        assert noise.own_deg == pytest.approx(4.0, rel=0.06)

    def test_an_odd_day_counts_little(self) -> None:
        usual = [80.0, 82.0] * 20
        odd = [*usual[:20], 140.0, *usual[20:]]
        assert noise_of(points(odd)).own_deg == pytest.approx(noise_of(points(usual)).own_deg)

    @pytest.mark.parametrize(("pairs", "told"), [(LEAST_PAIRS - 1, False), (LEAST_PAIRS, True)])
    def test_a_few_pairs_tell_no_scatter(self, pairs: int, told: bool) -> None:
        noise = noise_of(points([80.0 + n % 2 for n in range(pairs + 1)]))
        assert math.isfinite(noise.own_deg) is told

    @pytest.mark.parametrize(
        ("apart", "told"), [(7 * DAY, True), (7 * DAY + timedelta(seconds=1), False)]
    )
    def test_sessions_far_apart_are_no_neighbours(self, apart: timedelta, told: bool) -> None:
        noise = noise_of(points([80.0, 84.0] * 5, apart=apart))
        assert math.isfinite(noise.own_deg) is told

    def test_the_larger_of_both_is_what_counts(self) -> None:
        assert Noise(3.0, 2.0).sem_deg == 3.0
        assert Noise(3.0, 4.0).sem_deg == 4.0
        assert Noise(3.0).sem_deg == 3.0
        assert Noise(own_deg=4.0).sem_deg == 4.0
        assert math.isnan(Noise().mdc_deg)
        assert Noise(3.0).mdc_deg == pytest.approx(1.96 * math.sqrt(2) * 3.0)


class TestChange:
    NOISE = Noise(2.0)  # the smallest change that can be told is 5.54 deg

    @pytest.mark.parametrize(
        ("by_deg", "verdict"),
        [
            (5.6, Verdict.MORE),
            (5.5, Verdict.WITHIN),
            (0.0, Verdict.WITHIN),
            (-5.5, Verdict.WITHIN),
            (-5.6, Verdict.LESS),
        ],
    )
    def test_is_told_beyond_the_smallest_that_can_be(self, by_deg: float, verdict: Verdict) -> None:
        change = change_of(points([80.0] * 3 + [80.0 + by_deg] * 3), self.NOISE)
        assert change.verdict is verdict
        assert change.by_deg == pytest.approx(by_deg)

    def test_medians_are_compared(self) -> None:
        change = change_of(points([80, 81, 130, 5, 5, 70, 90, 91]), self.NOISE)
        assert (change.first_deg, change.last_deg) == (81, 90)

    @pytest.mark.parametrize(("count", "few"), [(5, True), (6, False)])
    def test_no_session_counts_at_both_ends(self, count: int, few: bool) -> None:
        change = change_of(points([80.0] * count), self.NOISE)
        assert (change.verdict is Verdict.TOO_FEW) is few

    def test_without_a_noise_nothing_can_be_told(self) -> None:
        assert change_of(points([80.0] * 3 + [120.0] * 3), Noise()).verdict is Verdict.TOO_FEW


class TestTrends:
    def test_each_leg_for_itself_in_order_of_time(self) -> None:
        first, second = session("a", legs=(LEFT, RIGHT)), session("b", NOON + DAY, legs=(LEFT,))
        left, right = trends_of([second, first])
        assert (left.side, left.sessions, right.side, right.sessions) == ("left", 2, "right", 1)
        assert [point.at for point in left.peak_thigh_angle_deg] == [NOON, NOON + DAY]
        assert left.clean_range_deg[0] == Point(NOON, 84.0, 3.0)
        assert left.peak_hip_flexion_deg[0] == Point(NOON, 88.25, 3.5)

    def test_what_was_not_told_is_left_out(self) -> None:
        (left,) = trends_of(sessions([80.0, None, 82.0]))
        assert [point.value for point in left.clean_range_deg] == [80.0, 82.0]
        (right,) = trends_of([session(legs=(RIGHT,))])
        assert (right.clean_range_deg, right.compensation) == ((), ())
        assert right.change.verdict is Verdict.TOO_FEW

    def test_compensation_is_a_share_of_those_told(self) -> None:
        legs = [replace(LEFT, told_reps=told, clean_reps=clean) for told, clean in ((4, 3), (2, 0))]
        (left,) = trends_of(
            session(str(n), NOON + n * DAY, legs=(leg,)) for n, leg in enumerate(legs)
        )
        assert [point.value for point in left.compensation] == [0.25, 1.0]

    def test_nobody_without_a_leg(self) -> None:
        assert trends_of([]) == []
        assert trends_of([session(legs=())]) == []

    @pytest.mark.parametrize(("count", "in_weeks"), [(MOST_POINTS, False), (MOST_POINTS + 1, True)])
    def test_many_sessions_are_shown_by_weeks(self, count: int, in_weeks: bool) -> None:
        (left,) = trends_of(sessions([80.0] * count))
        assert left.weekly is in_weeks
        assert len(left.clean_range_deg) == (9 if in_weeks else count)

    def test_weeks_do_not_blunt_the_noise(self) -> None:
        values = [80.0 + 6 * (n % 2) for n in range(MOST_POINTS + 40)]
        (left,) = trends_of(sessions(values, sd_deg=None))
        assert left.noise.own_deg == pytest.approx(1.4826 * 6 / math.sqrt(2))

    def test_scatter_alone_is_hardly_ever_sold_as_progress(self) -> None:
        import random

        chance = random.Random(11)
        told = [
            trends_of(sessions([chance.gauss(80, 5) for _ in range(20)], None))[0].change.verdict
            for _ in range(400)
        ]
        wrong = sum(verdict is not Verdict.WITHIN for verdict in told)
        assert wrong / len(told) < 0.05

    def test_what_is_really_more_is_told(self) -> None:
        import random

        chance = random.Random(11)
        told = [
            trends_of(sessions([chance.gauss(70 + n, 4) for n in range(30)], None))[0].change
            for _ in range(100)
        ]
        assert sum(change.verdict is Verdict.MORE for change in told) > 90


def test_a_week_is_its_median_from_monday_on() -> None:
    sunday_before = NOON - DAY  # 2 March 2026 is a Monday
    told = [Point(sunday_before, 70.0, 1.0), *points([80.0, 84.0, 99.0], 3.0)]
    before, week = weekly(told)
    assert before == told[0]
    assert week == Point(NOON + DAY, 84.0, 3.0, 3)
