"""Names that flicker all through a rise are mended; legs that truly pass each other are not."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.flicker import FLICKERS, LEAST_S, LOW_DEG, ON_THE_MAT_DEG, without_flicker
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


@pytest.mark.parametrize("leg", [0, 1])
@pytest.mark.parametrize("believed", [False, True])
def test_the_higher_thigh_is_at_work_and_where_it_is_low_tells_whose(
    leg: int, believed: bool
) -> None:
    wrong = bursts(8)
    lift = lifts(wrong, leg)
    mended = without_flicker(TIME_S, lift, deaf() | believed)
    raised = lift.max(axis=1) >= 20
    np.testing.assert_array_equal(mended[raised], wrong[raised])


def test_what_lies_flat_is_left_as_it_was() -> None:
    wrong = bursts(8)
    flat = lifts(wrong).max(axis=1) < 20
    believed = deaf() | flat
    assert without_flicker(TIME_S, lifts(wrong), believed)[flat].all()


@pytest.mark.parametrize(("count", "mended"), [(FLICKERS // 2 - 1, False), (FLICKERS // 2, True)])
def test_few_changes_are_left_to_the_tracker(count: int, mended: bool) -> None:
    wrong = bursts(count)
    found = without_flicker(TIME_S, lifts(wrong), deaf())
    np.testing.assert_array_equal(found, wrong if mended else deaf())


@pytest.mark.parametrize("resting_deg", [ON_THE_MAT_DEG - 2, ON_THE_MAT_DEG + 2])
def test_a_lifted_lower_thigh_may_be_at_work_too(resting_deg: float) -> None:
    wrong = bursts(8)
    found = without_flicker(TIME_S, lifts(wrong, resting_deg=resting_deg), deaf())
    assert found.any() == (resting_deg < ON_THE_MAT_DEG)


@pytest.mark.parametrize("longer_s", [LEAST_S - 0.06, LEAST_S + 0.06])
def test_names_seen_low_too_briefly_leave_it_to_the_tracker(longer_s: float) -> None:
    """Two frames low for one leg more than for the other are chance."""
    lift = lifts(bursts(8), leg=0)
    low = np.flatnonzero((lift.max(axis=1) >= 20) & (lift.max(axis=1) <= LOW_DEG))
    for_right = low[: (low.size + round(longer_s * FPS)) // 2]
    lift[for_right] = lift[for_right, ::-1]
    hold = (TIME_S > 3) & (TIME_S < 5)
    mended = without_flicker(TIME_S, lift, deaf())
    right_at_work = (lift[:, 1] > lift[:, 0]) != mended
    assert right_at_work[hold].all() == (longer_s > LEAST_S)


@pytest.mark.parametrize("period_s", [1.0, 2.0])
def test_legs_that_swing_past_each_other_are_believed(period_s: float) -> None:
    swing = 35 * np.sin(2 * np.pi * TIME_S / period_s)
    lift = np.clip(np.column_stack([swing, -swing]), 0, None)
    assert not without_flicker(TIME_S, lift, deaf()).any()


def test_an_empty_recording() -> None:
    assert without_flicker(np.empty(0), np.empty((0, 2)), np.empty(0, dtype=bool)).size == 0


@pytest.mark.parametrize("side", list(Side))
def test_a_recording_names_the_leg_and_measures_it(side: Side) -> None:
    def flickers(time_s: float) -> float:
        return float(3.0 <= time_s <= 6.0 and time_s % 0.4 < 0.15)

    move: OfTime = rep(1.5, 90, 1.5, 3)
    recording = record(movement(9, **{side.value: move}, exchanged=flickers, noise_px=0.5))
    assert set(recording.side) == {side}
    thigh = recording.angles_deg["thigh_angle_deg"]
    truth = np.array([move(t) for t in recording.time_s])
    error = np.abs(thigh - truth)[recording.measured]
    assert recording.measured.mean() > 0.9
    assert np.percentile(error, 95) < 5
