"""Thigh angles moved to what the picture says, live and recorded."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.geometry import body_lines
from posecheck.core.legs import LegReading, exchange_legs
from posecheck.core.pelvis import MEDIAN_S, READ
from posecheck.core.pelvis_picture import FORMAT, PictureFit
from posecheck.core.pictured_thighs import (
    APART_DEG,
    BELOW_DEG,
    CLEARLY_DEG,
    LIES_DEG,
    RAISED_DEG,
    PicturedThighs,
    higher_leg,
    misnamed,
    named,
    pictured,
)
from posecheck.core.records import NAN, Array, Measurement, Side, SurfaceMotion
from tests.core.test_measures import neutral_of
from tests.core.test_pelvis_picture import plain_calibration
from tests.stick import stick

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


def live(
    thigh_deg: Array, resting_deg: Array, shown: Array, read: Array | None = None
) -> tuple[Array, Array]:
    """``read``, where it is not the same: what has just been read, of which that is the median."""
    tracker, found = PicturedThighs(), []
    for k, each in enumerate(shown):
        m = Measurement(thigh_angle_deg=thigh_deg[k], resting_thigh_deg=resting_deg[k])
        now = surface(each if read is None else read[k])
        told = tracker.step(k * STEP_S, m, FIT, now, each, near=True)
        found.append((told.thigh_angle_deg, told.resting_thigh_deg))
    thigh, resting = np.array(found).T
    return thigh, resting


def surface(moved: Array) -> SurfaceMotion:
    nothing = np.full((2, 3), NAN)
    read = np.nan_to_num(moved[-READ:, :2])
    return SurfaceMotion(nothing[:, 0], nothing[:, 1:], nothing[:, 0], 0.0, read)


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
def test_where_the_thigh_at_work_is_hidden_the_picture_watches_over_the_other(told) -> None:  # type: ignore[no-untyped-def]
    # Resting, by the landmarks: taken along by the leg that passes; lost altogether; standing.
    resting, read = np.array([12.0, 40.0, 40.0]), np.array([60.0, 60.0, 2.0])
    thigh, found = told(np.full(3, NAN), resting, moved(read, np.array([0.0, 0.0, 30.0])))
    assert np.isnan(thigh).all()
    np.testing.assert_allclose(found, [6.0, NAN, 40.0])


@pytest.mark.parametrize("told", [live, recorded])
def test_one_that_has_lost_the_leg_does_not_move_it(told) -> None:  # type: ignore[no-untyped-def]
    lost = moved(np.full(10, 80.0 - 2.5 * APART_DEG), np.zeros(10))
    np.testing.assert_array_equal(told(np.full(10, 80.0), np.zeros(10), lost)[0], 80.0)
    unseen = told(np.full(10, NAN), np.zeros(10), moved(np.full(10, 80.0), np.zeros(10)))[0]
    assert np.isnan(unseen).all()


@pytest.mark.parametrize("told", [live, recorded])
def test_a_leg_at_rest_is_not_told_where_it_may_be_another_or_both_disagree(told) -> None:  # type: ignore[no-untyped-def]
    thigh, resting = np.full(10, 70.0), np.full(10, NAN)
    for seen_deg, known in ((68.0 - BELOW_DEG, True), (72.0 - BELOW_DEG, False)):
        shown = moved(thigh, np.full(10, seen_deg))
        assert np.isfinite(told(thigh, resting, shown)[1]).all() == known
    apart = moved(thigh, np.full(10, 1.5 + APART_DEG))
    assert np.isnan(told(thigh, np.ones(10), apart)[1]).all()


def test_what_is_read_late_does_not_hold_the_thigh_back() -> None:
    thigh = np.linspace(40.0, 120.0, 60)
    late = np.interp(np.arange(60) * STEP_S - MEDIAN_S / 2, np.arange(60) * STEP_S, thigh)
    found, _ = live(thigh, np.zeros(60), moved(late + 6.0, np.zeros(60)))
    np.testing.assert_allclose(found[10:] - thigh[10:], 3.0, atol=1.0)


def test_what_is_seldom_read_does_not_hold_the_thigh_back_either() -> None:
    thigh = np.linspace(40.0, 120.0, 60)
    read = moved(thigh[np.arange(60) // 4 * 4] + 6.0, np.zeros(60))
    reach = int(MEDIAN_S / STEP_S)
    late = np.array([np.median(read[max(k - reach, 0) : k + 1], axis=0) for k in range(60)])
    found, _ = live(thigh, np.zeros(60), late, read)
    np.testing.assert_allclose(found - thigh, 3.0)


def test_it_comes_in_gradually() -> None:
    thigh = np.linspace(0.0, 60.0, 200)
    found, _ = recorded(thigh, np.zeros(200), moved(thigh + 10.0, np.zeros(200)))
    by = found - thigh
    assert np.abs(np.diff(by)).max() < 0.2
    np.testing.assert_allclose(by[thigh > RAISED_DEG], 5.0, atol=1e-4)


class TestNames:
    """Which leg is up and what it is called, by the picture."""

    NEUTRAL = neutral_of()
    NEAR, FAR = Side.LEFT, Side.RIGHT  # the head at the right

    @staticmethod
    def seen(near_deg: float, far_deg: float) -> SurfaceMotion:
        read = np.full((4, 2), 1.0)
        read[2:, 0] = near_deg, far_deg
        return SurfaceMotion(np.zeros(1), np.zeros((1, 2)), np.ones(1), 0.0, read)

    def test_the_one_that_is_clearly_higher(self) -> None:
        assert higher_leg(self.seen(80, 5), self.NEAR) is self.NEAR
        assert higher_leg(self.seen(5, 80), self.NEAR) is self.FAR
        assert higher_leg(self.seen(40, 41 - CLEARLY_DEG), self.NEAR) is None
        assert higher_leg(self.seen(80, LIES_DEG + 1), self.NEAR) is self.NEAR
        assert higher_leg(self.seen(80, LIES_DEG + 1), self.NEAR, LIES_DEG) is None
        assert higher_leg(self.seen(NAN, NAN), self.NEAR) is None
        assert higher_leg(None, self.NEAR) is None
        assert higher_leg(self.seen(80, 5), None) is None

    @staticmethod
    def legs(left_deg: float, right_deg: float, *, sure: bool = True) -> LegReading:
        pose = stick((left_deg, right_deg))
        return LegReading(pose, body_lines(pose, 1), exchanged=False, sure=sure)

    @pytest.mark.parametrize("sure", [False, True])
    def test_legs_taken_for_each_other_get_their_names_back(self, sure: bool) -> None:
        wrong, right = self.legs(0, 80, sure=sure), self.legs(80, 0)
        found = named(wrong, Side.LEFT, self.NEUTRAL)
        assert found.exchanged
        assert found.sure
        np.testing.assert_allclose(found.lines.thigh_line_deg, right.lines.thigh_line_deg)
        np.testing.assert_array_equal(found.pose.xy_px, exchange_legs(wrong.pose).xy_px)

    def test_names_that_agree_stay_and_are_sure(self) -> None:
        legs = self.legs(80, 0, sure=False)
        found = named(legs, Side.LEFT, self.NEUTRAL)
        assert found.lines is legs.lines
        assert found.sure

    def test_where_either_does_not_know_nothing_changes(self) -> None:
        alike, clear = self.legs(60, 65, sure=False), self.legs(0, 80)
        assert named(alike, Side.LEFT, self.NEUTRAL) is alike
        assert named(clear, None, self.NEUTRAL) is clear
        assert named(clear, Side.LEFT, None) is clear

    def test_of_a_recording_only_frames_in_which_both_are_clear_and_the_other_leg_lies(
        self,
    ) -> None:
        lift = np.array([(0, 80), (80, 0), (60, 65), (0, 80), (0, 80), (0, 80)], float)
        near = [Side.LEFT] * 5 + [None]
        read_near = np.array([80.0, 80.0, 80.0, 80.0, NAN, 80.0])
        read_far = np.array([0.0, 0.0, 0.0, LIES_DEG + 1, NAN, 0.0])
        found = misnamed(lift, moved(read_near, read_far), near)
        assert found.tolist() == [True, False, False, False, False, False]
        right = misnamed(lift[:, ::-1], moved(read_near, read_far), [Side.RIGHT] * 6)
        assert right.tolist() == [True, False, False, False, False, True]
