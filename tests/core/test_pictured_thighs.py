"""Thigh angles moved to what the picture says, live and recorded."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.pelvis import MEDIAN_S, READ
from posecheck.core.pelvis_picture import FORMAT, PictureFit
from posecheck.core.pictured_thighs import APART_DEG, RAISED_DEG, PicturedThighs, pictured
from posecheck.core.records import NAN, Array, Measurement
from tests.core.test_pelvis_picture import plain_calibration

FIT = PictureFit.of({"format": FORMAT, "far": plain_calibration(), "near": plain_calibration()})
SD_DEG = 3.0
"""As far off as the other witness: the mean of both counts."""
STEP_S = 1 / 30


def moved(thigh_deg: Array, resting_deg: Array) -> Array:
    """What the near thigh, at work, and the far one are read as, (n, p + READ, 3)."""
    shown = np.full((thigh_deg.size, 2 + READ, 3), NAN)
    shown[:, -2, 0], shown[:, -1, 0] = thigh_deg, resting_deg
    shown[:, -2:, 1] = SD_DEG
    return shown


def live(thigh_deg: Array, resting_deg: Array, shown: Array) -> tuple[Array, Array]:
    tracker, found = PicturedThighs(), []
    for k, each in enumerate(shown):
        m = Measurement(thigh_angle_deg=thigh_deg[k], resting_thigh_deg=resting_deg[k])
        told = tracker.step(k * STEP_S, m, FIT, each, near=True)
        found.append((told.thigh_angle_deg, told.resting_thigh_deg))
    thigh, resting = np.array(found).T
    return thigh, resting


def recorded(thigh_deg: Array, resting_deg: Array, shown: Array) -> tuple[Array, Array]:
    near = np.ones(thigh_deg.size, dtype=bool)
    return pictured(FIT, thigh_deg, resting_deg, shown.astype(np.float32), near)


@pytest.mark.parametrize("told", [live, recorded])
def test_the_mean_of_both_and_the_picture_alone_where_nothing_else_tells(told) -> None:  # type: ignore[no-untyped-def]
    thigh, resting = told(
        np.full(30, 80.0),
        np.array([4.0] * 15 + [NAN] * 15),
        moved(np.full(30, 86.0), np.full(30, 8.0)),
    )
    np.testing.assert_allclose(thigh, 83.0)
    np.testing.assert_allclose(resting, [6.0] * 15 + [8.0] * 15)


@pytest.mark.parametrize("told", [live, recorded])
def test_nothing_at_rest_and_nothing_unread(told) -> None:  # type: ignore[no-untyped-def]
    flat = np.zeros(10), np.ones(10)
    for found, given in zip(
        told(*flat, moved(np.full(10, 9.0), np.full(10, 9.0))), flat, strict=True
    ):
        np.testing.assert_array_equal(found, given)
    raised = np.full(10, 70.0), np.full(10, NAN)
    unread = np.full(10, NAN)
    for found, given in zip(told(*raised, moved(unread, unread)), raised, strict=True):
        np.testing.assert_array_equal(found, given)


@pytest.mark.parametrize("told", [live, recorded])
def test_one_that_has_lost_the_leg_does_not_move_it(told) -> None:  # type: ignore[no-untyped-def]
    lost = moved(np.full(10, 80.0 - 2.5 * APART_DEG), np.zeros(10))
    np.testing.assert_array_equal(told(np.full(10, 80.0), np.zeros(10), lost)[0], 80.0)
    unseen = told(np.full(10, NAN), np.zeros(10), moved(np.full(10, 80.0), np.zeros(10)))[0]
    assert np.isnan(unseen).all()


def test_what_is_read_late_does_not_hold_the_thigh_back() -> None:
    thigh = np.linspace(40.0, 120.0, 60)
    late = np.interp(np.arange(60) * STEP_S - MEDIAN_S / 2, np.arange(60) * STEP_S, thigh)
    found, _ = live(thigh, np.zeros(60), moved(late + 6.0, np.zeros(60)))
    np.testing.assert_allclose(found[10:] - thigh[10:], 3.0, atol=1.0)


def test_it_comes_in_gradually() -> None:
    thigh = np.linspace(0.0, 60.0, 200)
    found, _ = recorded(thigh, np.zeros(200), moved(thigh + 10.0, np.zeros(200)))
    by = found - thigh
    assert np.abs(np.diff(by)).max() < 0.2
    np.testing.assert_allclose(by[thigh > RAISED_DEG], 5.0, atol=1e-4)
