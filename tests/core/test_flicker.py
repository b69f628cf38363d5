"""Names that flicker all through a rise are mended; legs that truly pass each other are not."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.flicker import (
    ALONG_DEG,
    FAR_SHARE,
    FLICKERS,
    HIDDEN_DEG,
    HIGH_DEG,
    PASSING_DEG,
    STANDING_DEG,
    without_flicker,
)
from posecheck.core.records import Array, Mask, Side
from tests.stick import OfTime, movement, record, rep

FPS = 30.0
TIME_S = np.arange(0, 8, 1 / FPS)


def lifts(exchanged: Mask, leg: int = 0, resting_deg: float = 2.0) -> Array:
    """One leg raised to 90 deg and lowered; both (n, 2) as named, wrong where ``exchanged``."""
    move = rep(1.0, 90.0, move_s=1.5, hold_s=3.0)
    lift = np.full((TIME_S.size, 2), resting_deg)
    lift[:, leg] = [move(t) for t in TIME_S]
    lift[exchanged] = lift[exchanged, ::-1]
    return lift


def bursts(count: int, start_s: float = 2.5) -> Mask:
    """Names wrong ``count`` times for 0.1 s each, twice as many passings."""
    since = TIME_S - start_s
    return np.asarray((since >= 0) & (since % 0.3 < 0.1) & (since < 0.3 * count))


def deaf() -> Mask:
    """What a tracker says that noticed nothing."""
    return np.zeros(TIME_S.size, dtype=bool)


def seen_from(side: Side) -> list[Side | None]:
    return [side] * TIME_S.size


@pytest.mark.parametrize("leg", [0, 1])
@pytest.mark.parametrize("believed", [False, True])
def test_names_that_flicker_are_those_of_the_near_leg(leg: int, believed: bool) -> None:
    wrong = bursts(8)
    lift = lifts(wrong, leg)
    mended = without_flicker(TIME_S, lift, deaf() | believed, seen_from(list(Side)[leg]))
    raised = lift.max(axis=1) >= 20
    np.testing.assert_array_equal(mended[raised], wrong[raised])


@pytest.mark.parametrize("share", [FAR_SHARE - 0.03, FAR_SHARE + 0.03])
def test_a_far_leg_has_its_own_name_nearly_always(share: float) -> None:
    """The right leg is raised, as far as names go, for this share of the time; seen from left."""
    high = np.flatnonzero(lifts(deaf(), 1).max(axis=1) > 60)
    named_left = deaf()
    named_left[high[np.linspace(0, 1 - 1e-9, high.size) % 0.1 < 0.1 * (1 - share)]] = True
    mended = without_flicker(TIME_S, lifts(named_left, 1), deaf(), seen_from(Side.LEFT))
    raised = lifts(deaf(), 1).max(axis=1) >= 20
    expected = named_left if share > FAR_SHARE else ~named_left
    np.testing.assert_array_equal(mended[raised], expected[raised])


@pytest.mark.parametrize(
    ("along_deg", "resting_deg", "near"),
    [
        (ALONG_DEG[0] + 1, HIDDEN_DEG[0] + 1, True),
        (ALONG_DEG[1] - 1, HIDDEN_DEG[1] - 1, True),
        (ALONG_DEG[0] - 1, HIDDEN_DEG[0] + 1, False),
        (ALONG_DEG[1] + 1, HIDDEN_DEG[1] - 1, False),
        (ALONG_DEG[0] + 1, HIDDEN_DEG[0] - 1, False),
        (ALONG_DEG[1] - 1, HIDDEN_DEG[1] + 1, False),
    ],
)
@pytest.mark.parametrize("believed", [False, True])
def test_a_near_leg_takes_the_other_one_along(
    along_deg: float, resting_deg: float, near: bool, believed: bool
) -> None:
    """The right leg is raised, as far as names go, all the time; seen from the left."""
    lift = lifts(deaf(), 1, resting_deg)
    passing = (lift[:, 1] > PASSING_DEG[0]) & (lift[:, 1] < PASSING_DEG[1])
    lift[passing, 0] = along_deg
    lift[lift[:, 1] <= PASSING_DEG[0], 0] = 2.0
    mended = without_flicker(TIME_S, lift, deaf() | believed, seen_from(Side.LEFT))
    high = lift[:, 1] > HIGH_DEG
    assert mended[high].all() if near else not mended[high].any()


@pytest.mark.parametrize("believed", [False, True])
def test_a_near_leg_with_its_own_name_throughout_needs_no_tracker(believed: bool) -> None:
    mended = without_flicker(TIME_S, lifts(deaf(), 0), deaf() | believed, seen_from(Side.LEFT))
    raised = lifts(deaf(), 0).max(axis=1) >= 20
    assert not mended[raised].any()


def test_a_leg_never_seen_passing_tells_nothing_by_that() -> None:
    lift = np.column_stack([np.full(TIME_S.size, 20.0), np.full(TIME_S.size, 90.0)])
    assert not without_flicker(TIME_S, lift, deaf(), seen_from(Side.LEFT)).any()


def test_where_the_camera_is_not_known_nothing_is_mended() -> None:
    nowhere: list[Side | None] = [None] * TIME_S.size
    assert not without_flicker(TIME_S, lifts(bursts(8)), deaf(), nowhere).any()


def test_what_lies_flat_is_left_as_it_was() -> None:
    wrong = bursts(8)
    flat = lifts(wrong).max(axis=1) < 20
    believed = deaf() | flat
    assert without_flicker(TIME_S, lifts(wrong), believed, seen_from(Side.LEFT))[flat].all()


@pytest.mark.parametrize(("quick", "mended"), [(FLICKERS - 1, False), (FLICKERS, True)])
def test_mixed_names_that_hardly_ever_leap_are_left_to_the_tracker(
    quick: int, mended: bool
) -> None:
    """Half of the rise has the other name; it comes back slowly after one leap, or by another."""
    wrong = np.asarray((TIME_S > 3.0) & (TIME_S < 4.6))
    lift = lifts(wrong)
    back = np.asarray((TIME_S >= 4.6) & (TIME_S < 5.2))
    if quick < FLICKERS:
        across = (TIME_S[back] - 4.6) / 0.6
        lift[back] = np.column_stack([2 + 88 * across, 90 - 88 * across])
    found = without_flicker(TIME_S, lift, deaf(), seen_from(Side.LEFT))
    assert found[wrong].all() if mended else not found.any()


@pytest.mark.parametrize("resting_deg", [STANDING_DEG - 2, STANDING_DEG + 2])
def test_a_lifted_lower_thigh_may_be_at_work_too(resting_deg: float) -> None:
    wrong = bursts(8)
    found = without_flicker(
        TIME_S, lifts(wrong, resting_deg=resting_deg), deaf(), seen_from(Side.LEFT)
    )
    assert found.any() == (resting_deg < STANDING_DEG)


@pytest.mark.parametrize("period_s", [1.0, 2.0])
def test_legs_that_swing_past_each_other_are_believed(period_s: float) -> None:
    swing = 35 * np.sin(2 * np.pi * TIME_S / period_s)
    lift = np.clip(np.column_stack([swing, -swing]), 0, None)
    assert not without_flicker(TIME_S, lift, deaf(), seen_from(Side.LEFT)).any()


def test_an_empty_recording() -> None:
    assert without_flicker(np.empty(0), np.empty((0, 2)), np.empty(0, dtype=bool), []).size == 0


@pytest.mark.parametrize("side", list(Side))
def test_a_recording_names_the_leg_and_measures_it(side: Side) -> None:
    wrong_s = 0.15 if side is Side.LEFT else 0.04  # seen from the left

    def flickers(time_s: float) -> float:
        return float(3.0 <= time_s <= 6.0 and time_s % 0.4 < wrong_s)

    move: OfTime = rep(1.5, 90, 1.5, 3)
    recording = record(movement(9, **{side.value: move}, exchanged=flickers, noise_px=0.5))
    assert set(recording.side) == {side}
    thigh = recording.angles_deg["thigh_angle_deg"]
    truth = np.array([move(t) for t in recording.time_s])
    error = np.abs(thigh - truth)[recording.measured]
    assert recording.measured.mean() > 0.9
    assert np.percentile(error, 95) < 5
