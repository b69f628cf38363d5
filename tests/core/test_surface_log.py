"""What the surface did since rest, of recordings of any length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core import surface_log
from posecheck.core.blocks import BLOCK, MOST, blocks, thinned
from posecheck.core.pelvis import MEDIAN_S, READ, THIGHS_READ
from posecheck.core.records import NAN, Array
from posecheck.core.surface_log import SurfaceLog, evenly

PATCHES = 3 + READ
PELVIS = PATCHES - THIGHS_READ
"""All rows but those of the thighs, which are no change since rest."""


def showing(turn_deg: Array) -> Array:
    """Readings (n, p, 3) of patches that all turn by as much."""
    readings = np.zeros((turn_deg.size, PATCHES, 3))
    readings[..., 0] = turn_deg[:, None]
    return readings


def since_rest(time_s: Array, readings: Array, flat: Array) -> Array:
    """All blocks together, NaN where there is none."""
    found = np.full(readings.shape, NAN, dtype=np.float32)
    for some, shown in surface_log.since_rest(time_s, readings, flat):
        found[some] = shown
    return found


def test_rest_anywhere_in_it_holds_for_all_of_it() -> None:
    time_s = np.arange(90) / 30
    found = since_rest(time_s, showing(np.where(time_s < 1.5, 20.0, 5.0)), time_s > 2)
    np.testing.assert_allclose(found[:40, :PELVIS, 0], 15.0)
    np.testing.assert_allclose(found[50:, :PELVIS, 0], 0.0)
    np.testing.assert_allclose(found[:40, PELVIS:, 0], 20.0)


def test_without_rest_nothing_is_told() -> None:
    time_s = np.arange(90) / 30
    assert np.isnan(since_rest(time_s, showing(time_s), np.zeros(90, dtype=bool))).all()


def test_a_patch_out_of_sight_is_not_told_and_bends_no_neighbour() -> None:
    time_s = np.arange(60) / 30
    readings = showing(np.where(time_s < 1, 0.0, 8.0))
    readings[40:45, 0] = NAN
    found = since_rest(time_s, readings, time_s < 0.5)
    assert np.isnan(found[40:45, 0]).all()
    np.testing.assert_allclose(found[45:, 0, 0], 8.0)
    np.testing.assert_allclose(found[45:, 1, 0], 8.0)


def held(value_deg: Array, each: int) -> Array:
    """Readings (n, READ, 3) of which one in ``each`` is new; the third number is never told."""
    read = np.full((value_deg.size, READ, 3), NAN)
    read[..., :2] = value_deg[np.arange(value_deg.size) // each * each, None, None]
    return read


def test_between_two_readings_what_is_read_goes_evenly_on() -> None:
    time_s = np.cumsum(np.tile([0.03, 0.04], 30))
    found = evenly(time_s, held(50 * time_s, 3))
    np.testing.assert_allclose(found[:58, :, 0], np.repeat(50 * time_s[:58, None], READ, 1))
    assert np.isnan(found[..., 2]).all()
    np.testing.assert_array_equal(evenly(time_s, found), found)


def test_nothing_is_made_up_where_nothing_was_read() -> None:
    time_s = np.arange(60) / 30
    read = held(50 * time_s, 3)
    read[20:30] = NAN
    found = evenly(time_s, read)
    assert np.isnan(found[20:30]).all()
    np.testing.assert_allclose(found[18:20, 0, 0], 50 * time_s[18])  # the next was not read
    np.testing.assert_allclose(found[:18, 0, 0], 50 * time_s[:18])


def test_what_stays_the_same_for_long_was_seen_to() -> None:
    time_s = np.arange(60) / 30
    read = held(np.where(time_s < 1, 20.0, 40.0), 1)
    np.testing.assert_array_equal(evenly(time_s, read), read)


@given(st.integers(1, 60), st.integers(5, 60), st.integers(0, 100))
def test_blocks_change_nothing(block: int, rate: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    time_s = np.arange(70) / rate
    readings = np.where(rng.random((70, PATCHES, 3)) < 0.2, NAN, rng.normal(size=(70, PATCHES, 3)))
    whole = since_rest(time_s, readings, time_s < 0.4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("posecheck.core.blocks.BLOCK", block)
        np.testing.assert_array_equal(since_rest(time_s, readings, time_s < 0.4), whole)


class TestLog:
    def log(self, start_s: Array, turn_deg: Array) -> SurfaceLog:
        log = SurfaceLog()
        for start, each in zip(start_s, showing(turn_deg).astype(np.float32), strict=True):
            log.add(None if np.isnan(start) else (float(start), each))
        return log

    def test_every_start_has_a_rest_of_its_own(self) -> None:
        time_s = np.arange(60) / 30
        start_s = np.where(time_s < 1, 0.0, 1.0)
        found = self.log(start_s, 10.0 * start_s + 3).since_rest(time_s, time_s < 0.5)
        np.testing.assert_allclose(found[:30, :PELVIS, 0], 0.0)
        assert np.isnan(found[30:]).all()

    def test_frames_without_a_surface_lie_in_between(self) -> None:
        time_s = np.arange(60) / 30
        start_s = np.where((time_s > 0.8) & (time_s < 1.2) | (time_s < 0.2), NAN, 0.0)
        log = self.log(start_s, np.where(time_s < 1, 0.0, 7.0))
        found = log.since_rest(time_s, time_s < 0.5)
        np.testing.assert_array_equal(log.seen, np.isfinite(start_s))
        assert np.isnan(found[~log.seen]).all()
        late = log.seen & (time_s > 1.2 + MEDIAN_S)
        np.testing.assert_allclose(found[late, :, 0], 7.0)

    def test_nobody_ever(self) -> None:
        log = SurfaceLog()
        log.add(None)
        assert log.patches == 0
        assert not log.seen.any()


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_blocks_are_all_of_it_in_order(count: int) -> None:
    places = np.arange(count)
    parts = list(blocks(places))
    assert all(part.size <= BLOCK for part in parts)
    np.testing.assert_array_equal(np.concatenate([np.arange(0), *parts]), places)


@pytest.mark.parametrize("count", [0, 1, MOST, MOST + 1, 10 * MOST])
def test_what_is_thinned_is_spread_evenly(count: int) -> None:
    left = thinned(np.arange(count))
    assert left.size <= MOST
    assert left.size >= min(count, MOST / 2)
    assert np.unique(np.diff(left)).size <= 1
