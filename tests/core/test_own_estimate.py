"""A person whose estimate is off in the same way each time is set right, and no further."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.own_estimate import (
    LEAST_S,
    LEAST_SD_FACTOR,
    OFFSET_SD_DEG,
    SLOPE_SD,
    OwnEstimate,
    learned,
)
from posecheck.core.records import NAN, Array

FPS = 10.0


def clip(
    seconds: float,
    slope: float = 0.7,
    offset_deg: float = 2.0,
    error_sd_deg: float = 1.0,
    seed: int = 0,
) -> tuple[Array, Array, Array, Array]:
    """Times, estimate with the sd told for it (2 deg), and true tilt of somebody whose estimate is
    ``slope`` times the truth and ``offset_deg``, with errors that last 2 s."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(0, seconds, 1 / FPS)
    true = 10 - 10 * np.cos(time_s / 1.5)
    alike = math.exp(-1 / FPS / 2.0)
    error = np.empty(time_s.size)
    error[0] = rng.normal(0, error_sd_deg)
    for i in range(1, time_s.size):
        error[i] = alike * error[i - 1] + rng.normal(0, error_sd_deg * math.sqrt(1 - alike**2))
    return time_s, slope * true + offset_deg + error, np.full(time_s.size, 2.0), true


def taught(seconds: float, before: OwnEstimate | None = None, **of: float) -> OwnEstimate | None:
    time_s, estimate, sd, true = clip(seconds, **of)  # type: ignore[arg-type]
    return learned(time_s, estimate, sd, true, np.ones(time_s.size, dtype=bool), before)


def test_a_person_with_another_slope_and_offset_is_corrected() -> None:
    own = taught(120)
    assert own
    _, estimate, sd, true = clip(60, seed=1)  # another day
    told = np.array([own.told(e, s, 1.0) for e, s in zip(estimate, sd, strict=True)])
    before, after = np.abs(estimate - true), np.abs(told[:, 0] - true)
    assert before.mean() > 2.0
    assert after.mean() < 0.65 * before.mean()
    slope = np.polyfit(true, told[:, 0], 1)[0]
    assert slope == pytest.approx(1.0, abs=0.12)
    assert (after < 1.96 * told[:, 1]).mean() > 0.9


def test_nobody_is_corrected_who_need_not_be() -> None:
    own = taught(120, slope=1.0, offset_deg=0.0, error_sd_deg=0.5)
    assert own
    assert own.slope == pytest.approx(1.0, abs=0.06)
    assert own.offset_deg == pytest.approx(0.0, abs=0.6)


def test_little_is_weighed_against_nothing_known() -> None:
    slopes = [own.slope for seconds in (5, 20, 200) if (own := taught(seconds))]
    assert 1.0 < slopes[0] < slopes[-1]
    assert slopes[-1] == pytest.approx(1 / 0.7, rel=0.12)


@pytest.mark.parametrize(("seconds", "tells"), [(LEAST_S - 0.2, False), (LEAST_S + 0.2, True)])
def test_too_little_tells_nothing(seconds: float, tells: bool) -> None:
    assert (taught(seconds) is not None) is tells


def test_frames_without_either_do_not_count() -> None:
    time_s, estimate, sd, true = clip(20)
    all_of_it = np.ones(time_s.size, dtype=bool)
    third = time_s < 7
    whole = learned(time_s[third], estimate[third], sd[third], true[third], all_of_it[third])
    for gone in (estimate, true, sd):
        gone_now = np.where(third, gone, NAN)
        parts = [gone_now if each is gone else each for each in (estimate, sd, true)]
        assert learned(time_s, *parts, all_of_it) == whole
    assert learned(time_s, estimate, sd, true, third) == whole


def test_a_second_clip_adds_to_the_first() -> None:
    first = taught(30)
    second = taught(30, first, seed=3)
    assert first
    assert second
    assert second.seconds == pytest.approx(2 * first.seconds, rel=0.01)
    assert second.slope_sd < first.slope_sd < SLOPE_SD
    assert second.offset_sd_deg < first.offset_sd_deg < OFFSET_SD_DEG


def test_the_sd_shrinks_only_as_far_as_shown() -> None:
    """Errors of half, all and twice the sd that was told."""
    factors = []
    for error_sd_deg in (0.1, 2.0, 4.0):
        own = taught(300, slope=1.0, offset_deg=0.0, error_sd_deg=error_sd_deg)
        assert own
        factors.append(own.sd_factor)
    assert factors[0] == LEAST_SD_FACTOR
    assert factors[1] == pytest.approx(1.0, abs=0.15)
    assert factors[2] > 1.4
    little = taught(6, slope=1.0, offset_deg=0.0, error_sd_deg=0.1)
    assert little
    assert little.sd_factor > 0.8


def test_at_rest_nothing_is_added() -> None:
    own = OwnEstimate(offset_deg=3.0, slope=1.5, sd_factor=0.6)
    assert own.told(0.0, 0.5, 0.0) == (0.0, 0.5)
    value, _ = own.told(10.0, 2.0, 1.0)
    assert value == 18.0


def test_an_unsure_line_makes_large_tilts_less_sure() -> None:
    own = OwnEstimate(offset_sd_deg=0.5, slope_sd=0.2)
    sds = [own.told(tilt, 1.0, 1.0)[1] for tilt in (0.0, 10.0, 20.0)]
    assert sds == sorted(sds)
    assert sds[2] == pytest.approx(math.sqrt(1 + 0.25 + 16))


@given(st.floats(-4, 4), st.floats(0.4, 2), st.floats(-10, 30), st.floats(0, 1))
def test_undone_is_what_it_was(offset: float, slope: float, tilt: float, raised: float) -> None:
    own = OwnEstimate(offset, slope)
    told = own.told(tilt, 1.0, raised)[0]
    assert float(own.undone(np.array(told), np.array(raised))) == pytest.approx(tilt, abs=1e-6)
