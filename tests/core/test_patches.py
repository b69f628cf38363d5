"""Patches from points: what moves them, what does not, and when they are not seen."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.patches import ASIDE, LEAST_WEIGHT, Patches, Places
from posecheck.core.records import Mask

TRUNK_PX = 120.0
MIDDLES = np.array([x + 1j * y for x in (0, 20, 40, 60) for y in (0, 15)], complex)


def patches(seed: int = 0, count: int = 160) -> Patches:
    rng = np.random.default_rng(seed)
    points = rng.uniform(-12, 72, count) + 1j * rng.uniform(-12, 27, count)
    return Patches(MIDDLES, points, TRUNK_PX)


def everywhere(made: Patches) -> Mask:
    return np.ones(made.points.size, dtype=bool)


def about(places: Places, turn_deg: float, pivot: complex = 60 + 0j) -> Places:
    return np.asarray(pivot + np.exp(1j * np.radians(turn_deg)) * (places - pivot))


def test_laid_out_they_are_seen_where_they_are() -> None:
    made = patches()
    assert (made.seen >= LEAST_WEIGHT).all()
    np.testing.assert_allclose(made.at, MIDDLES, atol=1e-9)
    np.testing.assert_allclose(made.turned, 0.0, atol=1e-9)


@pytest.mark.parametrize("turn_deg", [-3.0, 3.0])
def test_a_rigid_turn_is_told_by_each_and_by_the_whole(turn_deg: float) -> None:
    made = patches()
    made.settle(about(made.points, turn_deg), everywhere(made))
    np.testing.assert_allclose(made.at, about(MIDDLES, turn_deg), atol=0.02)
    np.testing.assert_allclose(made.turned, turn_deg, atol=0.05)
    turn, shift = made.whole()
    assert np.degrees(np.angle(turn)) == pytest.approx(turn_deg, abs=0.02)
    np.testing.assert_allclose(turn * MIDDLES + shift, about(MIDDLES, turn_deg), atol=0.05)
    np.testing.assert_allclose(made.expected(), about(made.points, turn_deg), atol=0.05)


def test_step_by_step_a_large_turn_is_followed() -> None:
    made = patches()
    for turn_deg in np.arange(0, 25, 2.0):
        made.settle(about(made.points, float(turn_deg)), everywhere(made))
    np.testing.assert_allclose(made.turned, 24.0, atol=0.1)


def test_stray_points_hardly_count() -> None:
    made, rng = patches(), np.random.default_rng(5)
    now = about(made.points, 3.0)
    stray = rng.random(now.size) < 0.3
    now[stray] += rng.normal(0, 20, stray.sum()) + 1j * rng.normal(0, 20, stray.sum())
    made.settle(now, everywhere(made))
    assert np.abs(made.at - about(MIDDLES, 3.0)).max() < 0.5


def test_a_hidden_patch_is_not_seen_but_goes_along() -> None:
    made = patches()
    made.settle(about(made.points, 3.0), made.points.real > 30)
    hidden = MIDDLES.real < 20
    assert (made.seen[hidden] == 0).all()
    assert np.isnan(made.turned[hidden]).all()
    assert (made.seen[MIDDLES.real > 30] > 0).all()
    np.testing.assert_allclose(made.at, about(MIDDLES, 3.0), atol=0.5)


def test_points_all_to_one_side_tell_nothing() -> None:
    off = 1.2 * ASIDE * TRUNK_PX
    middles = np.array([0j, 60 + 0j])
    points = np.concatenate([off + 1j * np.arange(-6, 6), 60 + 1j * np.arange(-6, 6)])
    made = Patches(middles, points, TRUNK_PX)
    assert made.seen[0] == 0
    assert made.seen[1] > 0


def test_what_cannot_be_the_same_patch_is_not_seen() -> None:
    made = patches()
    made.move(lambda places: about(places, 60.0), complex(np.exp(1j * np.radians(60.0))))
    made.settle(about(made.points, 60.0), everywhere(made))
    assert (made.seen == 0).all()


def test_with_nothing_found_they_stay_where_they_were() -> None:
    made = patches()
    made.settle(about(made.points, 3.0), everywhere(made))
    made.settle(made.points, ~everywhere(made))
    assert (made.seen == 0).all()
    np.testing.assert_allclose(made.at, about(MIDDLES, 3.0), atol=0.02)


def test_no_points_at_all() -> None:
    made = Patches(MIDDLES, np.zeros(0, complex), TRUNK_PX)
    assert (made.seen == 0).all()
    assert np.isnan(made.turned).all()
