"""Every measure of error, on arrays whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.phases import Rep
from posecheck.core.records import Side
from posecheck.core.smoothing import OneEuro
from posecheck.validation import metrics
from tests.validation.made_up import FPS, HOLD_S, one_rep, times

NAN = math.nan
NOISE = np.random.default_rng(3).normal(0, 1, 400)


class TestAgreement:
    def test_known_errors(self) -> None:
        found = metrics.agreement(np.array([-1.0, NAN, 1.0, 3.0]))
        assert found.frames == 3
        assert found.mae_deg == pytest.approx(5 / 3)
        assert found.bias_deg == pytest.approx(1.0)
        assert found.sd_deg == pytest.approx(2.0)
        assert (found.low_deg, found.high_deg) == pytest.approx((1 - 3.92, 1 + 3.92))

    def test_the_percentile_is_of_sizes(self) -> None:
        found = metrics.agreement(np.linspace(-100, 0, 101))
        assert found.p95_deg == pytest.approx(95.0)

    def test_the_limits_hold_95_percent_of_normal_errors(self) -> None:
        errors = np.random.default_rng(1).normal(2, 4, 20_000)
        found = metrics.agreement(errors)
        inside = (errors > found.low_deg) & (errors < found.high_deg)
        assert inside.mean() == pytest.approx(0.95, abs=0.005)

    @pytest.mark.parametrize("errors", [[], [NAN, NAN]])
    def test_nothing_measured(self, errors: list[float]) -> None:
        found = metrics.agreement(np.array(errors))
        assert found.frames == 0
        assert math.isnan(found.mae_deg)

    @given(st.lists(st.floats(-180, 180), min_size=2, max_size=40))
    def test_bias_is_never_larger_than_the_mean_absolute_error(self, errors: list[float]) -> None:
        found = metrics.agreement(np.array(errors))
        assert abs(found.bias_deg) <= found.mae_deg + 1e-9
        assert found.mae_deg <= np.abs(errors).max() + 1e-9


class TestBootstrap:
    def test_is_as_wide_as_the_standard_error_says(self) -> None:
        values = NOISE[:100] + 5
        low, high = metrics.bootstrap_interval(values)
        error = values.std(ddof=1) / 10
        assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.3 * error)
        assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.3 * error)

    def test_is_the_same_every_time(self) -> None:
        assert metrics.bootstrap_interval(NOISE) == metrics.bootstrap_interval(NOISE)

    def test_one_subject_tells_nothing(self) -> None:
        assert all(math.isnan(end) for end in metrics.bootstrap_interval(np.array([2.0])))


class TestSpeed:
    def test_uneven_times(self) -> None:
        time_s = np.array([0.0, 0.1, 0.15, 0.4, 0.5])
        assert metrics.speed_deg_s(time_s, 40 * time_s) == pytest.approx([40] * 5)

    def test_nothing_crosses_an_absence(self) -> None:
        speed = metrics.speed_deg_s(np.arange(7.0), np.array([0, 0, NAN, 50, 50, NAN, 9.0]))
        assert speed[[0, 1, 3, 4]] == pytest.approx([0] * 4)
        assert np.isnan(speed[[2, 5, 6]]).all()


class TestSwaps:
    """True thigh at 80, resting thigh at 10, the left leg at work."""

    @staticmethod
    def swap(estimate_deg: float, side: str | None = "left", thigh_deg: float = 80.0) -> bool:
        (found,) = metrics.swaps(
            *(np.array([value]) for value in (estimate_deg, thigh_deg, 10.0)), [side], ["left"]
        )
        return bool(found)

    def test_planted(self) -> None:
        assert self.swap(10.0)
        assert self.swap(32.0)

    def test_an_error_without_another_leg_is_no_swap(self) -> None:
        assert not self.swap(34.0)  # 46 off, but 24 from the other: more than half
        assert not self.swap(120.0)

    def test_legs_close_together_cannot_be_told(self) -> None:
        assert not self.swap(10.0, thigh_deg=25.0)  # 15 off, not more

    def test_the_wrong_leg_named_is_a_swap_whatever_its_angle(self) -> None:
        assert self.swap(80.0, side="right")
        assert self.swap(80.0, side=None)
        assert not self.swap(25.0, side="right", thigh_deg=25.0)

    def test_what_is_not_measured_is_not_swapped(self) -> None:
        assert not self.swap(NAN, side=None)
        assert not self.swap(10.0, side="right", thigh_deg=NAN)

    def test_a_resting_thigh_that_is_not_known(self) -> None:
        found = metrics.swaps(
            np.array([10.0]), np.array([80.0]), np.array([NAN]), ["left"], ["left"]
        )
        assert not found.any()


class TestSide:
    """Frames: 4 flat, 6 raised; the left leg works."""

    thigh = np.array([0.0] * 4 + [60.0] * 6)

    def right(self, side: list[str | None], measured: list[int] | None = None) -> bool | None:
        mask = np.ones(10, dtype=bool)
        if measured is not None:
            mask[:] = False
            mask[measured] = True
        return metrics.side_right(mask, self.thigh, side, ["left"] * 10)

    def test_most_of_the_raised_frames_decide(self) -> None:
        assert self.right(["right"] * 6 + ["left"] * 4) is True
        assert self.right(["left"] * 6 + ["right"] * 4) is False

    def test_frames_that_are_not_measured_do_not_vote(self) -> None:
        assert self.right(["right"] * 8 + ["left"] * 2, measured=[0, 8, 9]) is True

    def test_no_raised_frame_measured_is_wrong(self) -> None:
        assert self.right(["left"] * 10, measured=[0, 1]) is False

    def test_no_raised_frame_in_truth_says_nothing(self) -> None:
        flat = np.array([25.0, NAN, 3.0])
        sides = ["left"] * 3
        assert metrics.side_right(np.ones(3, dtype=bool), flat, sides, sides) is None

    def test_every_motion_must_be_right(self) -> None:
        truth = ["left"] * 50 + ["right"] * 10
        thigh, measured = np.full(60, 60.0), np.ones(60, dtype=bool)
        assert metrics.side_right(measured, thigh, truth, truth) is True
        assert metrics.side_right(measured, thigh, ["left"] * 60, truth) is False
        measured[50:] = False
        assert metrics.side_right(measured, thigh, truth, truth) is False


class TestFalseRows:
    def test_planted(self) -> None:
        time_s = times(4.0)
        seen = (time_s < 1) | (time_s >= 3)  # frames 30 to 89 show nobody
        estimate = np.where(seen, 10.0, NAN)
        estimate[[32, 60, 88]] = 5.0
        false, at_edge = metrics.false_rows(time_s, estimate, seen)
        assert np.flatnonzero(false).tolist() == [32, 60, 88]
        assert np.flatnonzero(at_edge).tolist() == [32, 88]

    def test_the_edge_is_half_a_second_wide(self) -> None:
        time_s = times(4.0)
        seen = time_s < 1
        _, at_edge = metrics.false_rows(time_s, np.zeros(120), seen)
        assert np.flatnonzero(at_edge).tolist() == list(range(30, 30 + FPS // 2 + 1))

    def test_an_empty_room_has_no_edge(self) -> None:
        false, at_edge = metrics.false_rows(times(1.0), np.zeros(30), np.zeros(30, dtype=bool))
        assert (false.sum(), at_edge.sum()) == (30, 0)


class TestJitter:
    def test_the_hold_is_found(self) -> None:
        (hold,) = metrics.holds(times(), one_rep(times()))
        held_s = (hold.stop - hold.start) / FPS
        assert held_s == pytest.approx(HOLD_S, abs=0.1)
        assert hold.start / FPS == pytest.approx(3.0, abs=0.1)

    def test_rest_on_the_mat_is_no_hold(self) -> None:
        assert metrics.holds(times(), one_rep(times(), peak_deg=29.0)) == []

    @pytest.mark.parametrize(("speed", "count"), [(1.4, 1), (1.6, 0)])
    def test_a_creep_is_a_hold_up_to_a_speed(self, speed: float, count: int) -> None:
        assert len(metrics.holds(times(), 40 + speed * times())) == count

    @pytest.mark.parametrize(("frames", "count"), [(31, 1), (30, 0)])
    def test_a_hold_lasts_a_second(self, frames: int, count: int) -> None:
        thigh = np.full(frames, 50.0)
        assert len(metrics.holds(np.arange(frames) / FPS, thigh)) == count

    @pytest.mark.parametrize("sd", [0.2, 1.0])
    def test_planted(self, sd: float) -> None:
        time_s = np.arange(400) / FPS
        error = 4 - 0.3 * time_s + sd * NOISE
        assert metrics.jitter_deg(time_s, error) == pytest.approx(sd * NOISE.std(), rel=0.05)

    def test_a_steady_error_and_its_drift_are_no_jitter(self) -> None:
        time_s = times(2.0)
        assert metrics.jitter_deg(time_s, 5 + 0.7 * time_s) == pytest.approx(0, abs=1e-9)

    def test_too_little_measured(self) -> None:
        error = np.full(60, NAN)
        error[:9] = 1.0
        assert math.isnan(metrics.jitter_deg(times(2.0), error))


class TestDelay:
    every = np.ones(times().size, dtype=bool)

    @pytest.mark.parametrize("delay_s", [0.0, 0.05, 0.2])
    def test_planted(self, delay_s: float) -> None:
        """Whatever the live angle's own offset and gain."""
        live = 4 + 1.1 * one_rep(times() - delay_s) + 0.3 * NOISE[: self.every.size]
        found = metrics.delay_s(times(), live, one_rep(times()), self.every)
        assert found == pytest.approx(delay_s, abs=0.0051)

    def test_an_angle_ahead_of_the_truth(self) -> None:
        found = metrics.delay_s(times(), one_rep(times() + 0.06), one_rep(times()), self.every)
        assert found == pytest.approx(-0.06, abs=0.0051)

    def test_what_is_not_usable_does_not_count(self) -> None:
        live = one_rep(times() - 0.1)
        spoilt = (times() > 1.2) & (times() < 1.8)
        live[spoilt] = 0.0
        found = metrics.delay_s(times(), live, one_rep(times()), ~spoilt)
        assert found == pytest.approx(0.1, abs=0.0051)

    def test_too_slow_to_tell(self) -> None:
        slow = 19 * times()
        assert math.isnan(metrics.delay_s(times(), slow, slow, self.every))

    def test_around_an_absence(self) -> None:
        truth = one_rep(times())
        truth[(times() > 3.5) & (times() < 4)] = NAN
        found = metrics.delay_s(times(), one_rep(times() - 0.1), truth, self.every)
        assert found == pytest.approx(0.1, abs=0.0051)


class TestRampLag:
    def test_of_a_filter_that_delays_by_three_frames(self) -> None:
        kept = [0.0] * 3

        def step(_time_s: float, value: float) -> float:
            kept.append(value)
            return kept[-4]

        assert metrics.ramp_lag_s(step) == pytest.approx(0.1)

    def test_of_no_filter(self) -> None:
        assert metrics.ramp_lag_s(lambda _time_s, value: value) == 0

    def test_of_the_live_filter(self) -> None:
        stiff = metrics.ramp_lag_s(OneEuro(still_cutoff_hz=0.3, cutoff_per_speed=0.0).step)
        assert 0 < metrics.ramp_lag_s(OneEuro().step) < 0.1 < stiff


class TestReps:
    @staticmethod
    def rep(start_s: float, end_s: float, peak_s: float, side: Side = Side.LEFT) -> Rep:
        return Rep(side, start_s, peak_s, end_s, 90.0, 1.0)

    def test_each_peak_belongs_to_the_rise_around_it(self) -> None:
        true = [self.rep(1, 4, 2), self.rep(6, 9, 7)]
        found = [self.rep(6, 9, 8.5)]
        assert metrics.match_reps(true, found) == [(true[1], found[0])]

    def test_one_found_counts_once(self) -> None:
        true, found = [self.rep(1, 9, 2), self.rep(1, 9, 7)], [self.rep(1, 9, 5)]
        assert len(metrics.match_reps(true, found)) == 1
        assert len(metrics.match_reps(found, true)) == 1

    def test_the_other_leg_is_another_repetition(self) -> None:
        found = [self.rep(1, 4, 2, Side.RIGHT)]
        assert metrics.match_reps([self.rep(1, 4, 2)], found) == []

    def test_ends_not_seen_are_open(self) -> None:
        assert len(metrics.match_reps([self.rep(NAN, NAN, 2)], [self.rep(1, 4, 3)])) == 1
