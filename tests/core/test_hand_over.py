"""From marker to estimate and back: no jump, and an sd that says what is not known."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.hand_over import (
    BRIDGED_S,
    CARRIED_S,
    DIFFERENCE_S,
    FADE_S,
    STILL_THERE_S,
    HandOver,
    carried_sd,
    handed_over,
)
from posecheck.core.records import NAN, Array

Way = Callable[[Array, Array], tuple[Array, Array]]

STEP_S = 1 / 30
TIME_S = np.arange(0, 12, STEP_S)
EST_SD, MARKER_SD = 3.0, 0.5


def live(estimate: Array, marker: Array) -> tuple[Array, Array]:
    over = HandOver()
    shown = [
        over.step(t, e, EST_SD, m, MARKER_SD)
        for t, e, m in zip(TIME_S.tolist(), estimate.tolist(), marker.tolist(), strict=True)
    ]
    value, sd = np.array(shown).T
    return value, sd


def recorded(estimate: Array, marker: Array) -> tuple[Array, Array]:
    sds = np.full(TIME_S.size, EST_SD), np.full(TIME_S.size, MARKER_SD)
    return handed_over(TIME_S, estimate, sds[0], marker, sds[1])


def seen(values: Array, *spans: tuple[float, float]) -> Array:
    """The values within the spans (s), NaN elsewhere."""
    inside = np.zeros(TIME_S.size, dtype=bool)
    for start, end in spans:
        inside |= (start <= TIME_S) & (end > TIME_S)
    return np.where(inside, values, NAN)


TRUE = 12 + 8 * np.sin(TIME_S)
WAYS = pytest.mark.parametrize("way", [live, recorded])


@WAYS
def test_without_a_marker_it_is_the_estimate_to_the_last_bit(way: Way) -> None:
    estimate = seen(TRUE, (1, 5), (6, 12))
    value, sd = way(estimate, np.full(TIME_S.size, NAN))
    np.testing.assert_array_equal(value, estimate)
    assert (sd == EST_SD).all()


@WAYS
@pytest.mark.parametrize("off_deg", [-9.0, 7.0])
def test_no_jump_when_the_marker_goes_and_when_it_comes(way: Way, off_deg: float) -> None:
    value, _ = way(TRUE + off_deg, seen(TRUE, (3, 6), (8, 10)))
    assert np.abs(np.diff(value) - np.diff(TRUE)).max() < 1.0
    while_seen = (TIME_S > 3 + 1.0) & (TIME_S < 6)
    assert value[while_seen] == pytest.approx(TRUE[while_seen])


@given(st.floats(0.3, 1.2), st.floats(-10, 10), st.lists(st.floats(0.5, 11), max_size=6))
def test_never_a_jump(slope: float, off_deg: float, at_s: list[float]) -> None:
    estimate = slope * TRUE + off_deg
    at_s.sort()
    marker = seen(TRUE, *zip(at_s[::2], at_s[1::2], strict=False))
    for way in (live, recorded):
        value, _ = way(estimate, marker)
        allowed = np.abs(np.diff(TRUE)) + np.abs(np.diff(estimate)) + 1.5
        assert (np.abs(np.diff(value)) < allowed).all()


@pytest.mark.parametrize("way", [1, -1])
def test_a_difference_that_is_on_its_way_makes_no_jump_either(way: int) -> None:
    """While the leg comes up the estimate runs away at 20 deg/s, and comes back as it goes down."""
    edge_s = TIME_S[TIME_S.size // 2]
    apart = np.clip(20 * (way * (TIME_S - edge_s) + 0.4), 0, 8)
    span = (0.0, edge_s) if way > 0 else (edge_s, math.inf)
    value, _ = recorded(TRUE + apart, seen(TRUE, span))
    steps = np.diff(value) - np.diff(TRUE)
    assert np.abs(steps).max() < 20 * STEP_S + 0.1


def test_what_is_carried_fades_and_the_sd_grows_to_the_estimates() -> None:
    value, sd = live(TRUE + 6, seen(TRUE, (0, 2)))
    gone_s = TIME_S[TIME_S >= 2] - 2
    carried = TRUE[TIME_S >= 2] + 6 - value[TIME_S >= 2]
    assert carried == pytest.approx(6 * np.exp(-(gone_s + STEP_S) / CARRIED_S), abs=0.2)
    assert sd[TIME_S < 2] == pytest.approx(MARKER_SD)
    after = sd[TIME_S >= 2]
    assert after[0] < 1.0
    assert (np.diff(after[: int(2 / STEP_S)]) > 0).all()
    assert after[-1] == pytest.approx(EST_SD, rel=0.05)


def test_the_carried_sd_covers_an_estimate_whose_error_wanders() -> None:
    """Errors that forget themselves within 2 s: the sd told is the sd there is."""
    rng = np.random.default_rng(0)
    for elapsed_s in (0.3, 1.0, 3.0):
        alike = math.exp(-elapsed_s / 2.0)
        before = rng.normal(0, EST_SD, 20000)
        now = alike * before + math.sqrt(1 - alike**2) * rng.normal(0, EST_SD, before.size)
        error = now - math.exp(-elapsed_s / CARRIED_S) * (before + rng.normal(0, MARKER_SD, 20000))
        told = float(carried_sd(elapsed_s, EST_SD, MARKER_SD))
        assert told == pytest.approx(float(error.std()), rel=0.03)


def test_while_it_fades_in_the_sd_says_so() -> None:
    value, sd = live(TRUE + 8, seen(TRUE, (2, 12)))
    first = int(np.argmax(TIME_S >= 2))
    assert value[first] - TRUE[first] == pytest.approx(8, abs=0.01)
    assert (sd >= np.abs(value - TRUE) - 1e-9)[first:].all()
    assert sd[TIME_S > 2 + FADE_S] == pytest.approx(MARKER_SD)


def test_without_an_estimate_beside_it_the_last_value_leads_on() -> None:
    soon = int(0.3 / STEP_S)
    marker = seen(TRUE, (0, 2))
    last = int(np.argmax(TIME_S >= 2)) - 1
    estimate = np.where(np.arange(TIME_S.size) > last + soon, TRUE + 6, NAN)
    for way in (live, recorded):
        value, _ = way(estimate, marker)
        first = int(np.flatnonzero(np.isfinite(value))[last + 1])
        assert value[first] == pytest.approx(value[last], abs=0.5)


def test_after_long_out_of_sight_nothing_leads_on() -> None:
    long_s = STILL_THERE_S + 0.2
    estimate = seen(TRUE + 6, (2 + long_s, 12))
    for way in (live, recorded):
        value, sd = way(estimate, seen(TRUE, (0, 2)))
        after = 2 + long_s <= TIME_S
        assert value[after] == pytest.approx(estimate[after])
        assert sd[after] == pytest.approx(EST_SD)


def test_out_of_sight_of_both_nothing_is_told() -> None:
    marker, estimate = seen(TRUE, (0, 2), (5, 6)), seen(TRUE, (0, 3), (5, 12))
    for way in (live, recorded):
        value, _ = way(estimate, marker)
        np.testing.assert_array_equal(np.isnan(value), np.isnan(marker) & np.isnan(estimate))


def test_with_hindsight_it_goes_from_one_difference_to_the_other() -> None:
    marker = seen(TRUE, (0, 4), (4.6, 12))
    estimate = TRUE + np.where(TIME_S < 4.3, 2.0, -4.0)
    value, _ = recorded(np.where(marker == marker, estimate, TRUE), marker)
    gap = np.isnan(marker)
    apart = value[gap] - TRUE[gap]
    assert apart[0] == pytest.approx(-2.0, abs=0.4)
    assert apart[-1] == pytest.approx(4.0, abs=0.6)
    assert (np.diff(apart) > 0).all()


def test_a_single_frame_of_difference_is_averaged() -> None:
    """A stray estimate in the last common frame is not carried for seconds."""
    estimate = TRUE.copy()
    last = int(np.argmax(TIME_S >= 4)) - 1
    estimate[last] += 10
    value, _ = live(estimate, seen(TRUE, (0, 4)))
    assert DIFFERENCE_S > 3 * STEP_S
    assert abs(value[last + 1] - TRUE[last + 1]) < 2.5


@pytest.mark.parametrize("gap_s", [BRIDGED_S - 0.1, BRIDGED_S + 0.2])
def test_a_short_gap_is_bridged_whatever_the_estimate_does_in_it(gap_s: float) -> None:
    """An arm passes: it hides the marker and leads the estimate astray."""
    time_s = np.arange(90) / 30
    truth = 5.0 * time_s
    hidden = np.abs(time_s - 1.5) < gap_s / 2
    marker = np.where(hidden, NAN, truth)
    estimate = np.where(hidden, truth - 10, truth + 1)
    sd = np.full(time_s.size, 3.0)
    value, value_sd = handed_over(time_s, estimate, sd, marker, np.full(time_s.size, 0.4))
    off = np.abs(value - truth)[hidden].max()
    assert (off < 0.01) == (gap_s < BRIDGED_S)
    assert value_sd[hidden].min() > 0.4
    estimate[hidden] = NAN
    value, _ = handed_over(time_s, estimate, sd, marker, np.full(time_s.size, 0.4))
    assert np.isnan(value[hidden]).all()
