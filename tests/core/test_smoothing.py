from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from posecheck.core.records import NAN, Array, Mask
from posecheck.core.smoothing import OneEuro, erratic, runs, spikes, zero_phase


def through(filter_: OneEuro, times: Array, values: Array) -> Array:
    return np.array([filter_.step(t, v) for t, v in zip(times, values, strict=True)])


def uneven_times(duration_s: float, fps: float = 30, seed: int = 3) -> Array:
    """Times as a phone gives them: frames late by up to half an interval, some dropped."""
    rng = np.random.default_rng(seed)
    times = np.arange(0, duration_s, 1 / fps)
    times = times + rng.uniform(0, 0.5 / fps, times.size)
    return times[rng.random(times.size) > 0.1]


def amplitude(times: Array, values: Array, hz: float) -> float:
    """Size of the sinusoid of ``hz`` in the middle half of the signal, by least squares."""
    middle = slice(times.size // 4, 3 * times.size // 4)
    waves = [f(2 * np.pi * hz * times[middle]) for f in (np.sin, np.cos, np.ones_like)]
    found = np.linalg.lstsq(np.stack(waves, axis=1), values[middle], rcond=None)[0]
    return float(np.hypot(*found[:2]))


class TestOneEuro:
    @pytest.mark.parametrize("fps", [15, 24, 30, 60])
    @pytest.mark.parametrize("speed_deg_s", [-40, 40, 120])
    def test_lag_in_a_movement_is_at_most_100_ms(self, fps: float, speed_deg_s: float) -> None:
        times = np.arange(0, 3, 1 / fps)
        angle = np.clip(times - 1, 0, None) * speed_deg_s
        smooth = through(OneEuro(), times, angle)
        lag_s = (angle - smooth)[times > 1] / speed_deg_s
        assert lag_s.max() <= 0.1
        assert lag_s.min() >= 0

    def test_lag_shrinks_with_speed(self) -> None:
        times = np.arange(0, 2, 1 / 30)
        slow, fast = (
            (times * speed - through(OneEuro(), times, times * speed))[-1] / speed
            for speed in (5.0, 120.0)
        )
        assert fast < slow / 3

    def test_jitter_in_a_hold_shrinks_by_a_third_at_least(self) -> None:
        times = np.arange(0, 10, 1 / 30)
        noise = np.random.default_rng(0).normal(0, 0.3, times.size)
        assert through(OneEuro(), times, 100 + noise).std() < 0.67 * noise.std()

    @given(st.floats(-180, 180))
    def test_level_stays_level(self, value: float) -> None:
        times = np.arange(0, 1, 1 / 30)
        assert through(OneEuro(), times, np.full(30, value)) == pytest.approx(np.full(30, value))

    def test_never_beyond_what_it_was_given(self) -> None:
        times = np.arange(0, 4, 1 / 30)
        step = np.where(times < 2, 0.0, 90.0)
        smooth = through(OneEuro(), times, step)
        assert smooth.min() >= 0
        assert smooth.max() <= 90

    def test_nan_passes_and_starts_afresh(self) -> None:
        smooth = through(OneEuro(), np.arange(6) / 30, np.array([10.0, 10, NAN, NAN, 80.0, 80.0]))
        assert smooth.tolist()[:2] == [10, 10]
        assert np.isnan(smooth[2:4]).all()
        assert smooth[4:].tolist() == [80, 80]

    def test_long_absence_carries_nothing_over(self) -> None:
        assert through(OneEuro(), np.array([0, 0.03, 20.0]), np.array([0, 0, 90.0]))[
            2
        ] == pytest.approx(90, abs=0.01)

    def test_same_time_twice_does_not_divide_by_zero(self) -> None:
        assert through(OneEuro(), np.array([1.0, 1.0]), np.array([5.0, 7.0])).tolist() == [5, 7]


class TestZeroPhase:
    def test_no_delay_on_uneven_times(self) -> None:
        times = uneven_times(12)
        angle = 60 - 50 * np.cos(2 * np.pi * 0.5 * times)
        smooth = zero_phase(times, angle)
        inner = (times > 1) & (times < 11)
        assert np.abs(smooth - angle)[inner].max() < 1.0
        delay_s = np.linspace(-0.1, 0.1, 201)
        misfit = [
            np.abs(60 - 50 * np.cos(np.pi * (times - d)) - smooth)[inner].sum() for d in delay_s
        ]
        assert abs(delay_s[int(np.argmin(misfit))]) <= 0.003

    @pytest.mark.parametrize("fps", [60, 120])
    def test_takes_away_15_hz(self, fps: float) -> None:
        times = np.arange(0, 6, 1 / fps)
        slow, fast = np.sin(2 * np.pi * times), np.sin(2 * np.pi * 15 * times)
        smooth = zero_phase(times, 10 * slow + fast)
        assert amplitude(times, smooth, 15) < 0.06
        assert amplitude(times, smooth, 1) == pytest.approx(10, rel=0.01)

    @pytest.mark.parametrize("cutoff_hz", [2.0, 6.0])
    def test_cut_off_is_that_of_both_passes_together(self, cutoff_hz: float) -> None:
        times = np.arange(0, 10, 1 / 100)
        smooth = zero_phase(times, np.sin(2 * np.pi * cutoff_hz * times), cutoff_hz)
        # Winter's correction is for a filter that is run once and once again.
        assert amplitude(times, smooth, cutoff_hz) == pytest.approx(1 / math.sqrt(2), abs=0.03)

    def test_nothing_is_carried_across_nan(self) -> None:
        times = np.arange(0, 4, 1 / 30)
        value = np.where(times < 2, 0.0, 90.0)
        value[(times > 1.9) & (times < 2.1)] = NAN
        smooth = zero_phase(times, value)
        assert np.array_equal(np.isnan(smooth), np.isnan(value))
        assert smooth[times < 1.9] == pytest.approx(0, abs=1e-6)
        assert smooth[times > 2.1] == pytest.approx(90, abs=1e-6)

    @pytest.mark.parametrize("count", range(1, 12))
    def test_short_runs(self, count: int) -> None:
        times, value = np.arange(count) / 30, np.linspace(10, 20, count)
        assert zero_phase(times, value) == pytest.approx(value, abs=1.5)

    def test_a_rate_too_low_for_the_cut_off_changes_nothing(self) -> None:
        times, value = np.arange(0, 4, 1 / 10), np.random.default_rng(0).normal(size=40)
        assert zero_phase(times, value).tolist() == value.tolist()

    def test_all_nan_and_empty(self) -> None:
        assert np.isnan(zero_phase(np.arange(5.0), np.full(5, NAN))).all()
        assert np.isnan(zero_phase(np.full(5, NAN), np.full(5, NAN))).all()
        assert zero_phase(np.empty(0), np.empty(0)).size == 0
        assert zero_phase(np.full(5, NAN), np.arange(5.0)).tolist() == [0, 1, 2, 3, 4]

    def test_input_is_left_alone(self) -> None:
        times, value = np.arange(0, 2, 1 / 30), np.random.default_rng(0).normal(size=60)
        before = value.copy()
        zero_phase(times, value)
        assert np.array_equal(value, before)

    @given(st.floats(-100, 100), st.floats(0.2, 5), st.integers(0, 50))
    def test_scale_and_level_pass_through(self, level: float, scale: float, seed: int) -> None:
        times = uneven_times(2, seed=seed)
        value = np.random.default_rng(seed).normal(size=times.size)
        expected = level + scale * zero_phase(times, value)
        assert zero_phase(times, level + scale * value) == pytest.approx(expected, abs=1e-6)


class TestSpikes:
    TIMES = np.arange(0, 4, 1 / 30)

    def marked(self, value: Array, limit: float = 10) -> list[int]:
        return np.flatnonzero(spikes(self.TIMES, value, limit)).tolist()

    @pytest.mark.parametrize("width", [1, 2, 4])
    @pytest.mark.parametrize("sign", [-1, 1])
    def test_away_and_back_at_once(self, width: int, sign: int) -> None:
        value = np.full(self.TIMES.size, 60.0)
        value[40 : 40 + width] += sign * 30
        assert self.marked(value) == list(range(40, 40 + width))

    def test_limit(self) -> None:
        value = np.zeros(self.TIMES.size)
        value[50] = 9.9
        assert self.marked(value) == []
        value[50] = 10.1
        assert self.marked(value) == [50]

    def test_what_stays_is_no_spike(self) -> None:
        assert self.marked(np.where(self.TIMES < 2, 0.0, 80.0)) == []

    @pytest.mark.parametrize("there_and_back_s", [1.0, 2.0])
    def test_turning_round_is_no_spike(self, there_and_back_s: float) -> None:
        assert self.marked(50 - 50 * np.cos(2 * np.pi * self.TIMES / there_and_back_s)) == []

    def test_nan_is_no_spike_and_hides_none(self) -> None:
        value = np.full(self.TIMES.size, 60.0)
        value[30:35] = NAN
        value[60] = 90
        assert self.marked(value) == [60]
        assert not spikes(np.arange(3.0), np.array([0, 90.0, 0]), 10).any()

    def test_a_low_rate_has_no_time_for_spikes(self) -> None:
        assert not spikes(np.arange(0, 20, 0.5), np.tile([0.0, 90.0], 20), 10).any()


class TestErratic:
    TIMES = np.arange(0, 6, 1 / 30)
    SCATTER = np.random.default_rng(4).normal(0, 1, TIMES.size)

    def marked(self, value: Array, limit: float = 3) -> Mask:
        return erratic(self.TIMES, value, limit)

    def test_where_the_values_scatter_and_only_there(self) -> None:
        wild = (self.TIMES > 2) & (self.TIMES < 4)
        marked = self.marked(60 + np.where(wild, 10 * self.SCATTER, 0.1 * self.SCATTER))
        assert marked[(self.TIMES > 2.3) & (self.TIMES < 3.7)].all()
        assert not marked[(self.TIMES < 1.6) | (self.TIMES > 4.4)].any()

    @pytest.mark.parametrize(("factor", "expected"), [(0.8, False), (1.25, True)])
    def test_limit_is_on_the_median_deviation(self, factor: float, expected: bool) -> None:
        """Two of three values stray to either side by the same, so the median is that much."""
        value = factor * 3 * np.resize([-1.0, 0.0, 1.0], self.TIMES.size)
        assert self.marked(value)[20:-20].all() == expected
        assert self.marked(value)[20:-20].any() == expected

    @pytest.mark.parametrize("there_and_back_s", [1.0, 2.0, 4.0])
    def test_a_movement_is_not_erratic(self, there_and_back_s: float) -> None:
        swing = 50 - 50 * np.cos(2 * np.pi * self.TIMES / there_and_back_s)
        assert not self.marked(swing + 0.5 * self.SCATTER).any()

    def test_neither_is_a_step_or_a_single_stray_value(self) -> None:
        value = np.where(self.TIMES < 3, 0.0, 80.0)
        value[40], value[140] = 70, 10
        assert not self.marked(value).any()

    def test_level_and_sign_do_not_matter(self) -> None:
        value = 4 * self.SCATTER
        assert self.marked(value).any()
        assert not self.marked(value).all()
        assert np.array_equal(self.marked(200 - value), self.marked(value))

    def test_nan_is_not_erratic_and_nothing_is_carried_across_it(self) -> None:
        value = np.where(self.TIMES < 3, np.resize([50.0, 60.0, 70.0], self.TIMES.size), 60.0)
        value[80:90] = NAN
        marked = self.marked(value)
        assert not marked[80:].any()
        assert marked[12:68].all()

    def test_too_few_to_tell(self) -> None:
        assert not erratic(np.arange(3) / 30, np.array([0, 90.0, 0]), 3).any()
        assert erratic(np.empty(0), np.empty(0), 3).size == 0
        assert not erratic(np.full(9, NAN), np.tile([0.0, 90.0, 5.0], 3), 3).any()


@given(arrays(bool, st.integers(0, 40)))
def test_runs_are_the_true_stretches(mask: Mask) -> None:
    found = runs(mask)
    again = np.zeros_like(mask)
    for run in found:
        assert run.stop > run.start
        again[run] = True
    assert np.array_equal(again, mask)
    assert all(b.start > a.stop for a, b in pairwise(found))
