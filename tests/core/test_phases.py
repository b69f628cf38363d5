from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.phases import (
    DOWN_DEG,
    HOLD_BAND_DEG,
    MIN_PEAK_DEG,
    MOVING_DEG_S,
    READY_DEG,
    TURN_DEG,
    Phase,
    PhaseTracker,
    Rep,
    find_reps,
    phase_of,
)
from posecheck.core.records import NAN, Side
from tests.stick import OfTime, both, path, rep, rest


def reps_of(move: OfTime, duration_s: float, fps: float = 30) -> list[Rep]:
    times = np.arange(0, duration_s, 1 / fps)
    return find_reps(times, np.array([move(t) for t in times]), Side.LEFT)


class TestPhaseOf:
    FAST, SLOW = MOVING_DEG_S + 0.1, MOVING_DEG_S - 0.1

    @pytest.mark.parametrize(
        ("angle_deg", "speed_deg_s", "phase"),
        [
            (DOWN_DEG - 0.1, FAST, Phase.READY),
            (DOWN_DEG - 0.1, -FAST, Phase.READY),
            (DOWN_DEG + 0.1, FAST, Phase.RAISING),
            (DOWN_DEG + 0.1, -FAST, Phase.LOWERING),
            (READY_DEG - 0.1, SLOW, Phase.READY),
            (READY_DEG + 0.1, SLOW, Phase.HOLDING),
            (READY_DEG + 0.1, -SLOW, Phase.HOLDING),
            (100, FAST, Phase.RAISING),
            (100, -FAST, Phase.LOWERING),
            (100, 0, Phase.HOLDING),
            (-20, 0, Phase.READY),
            (NAN, 0, Phase.NONE),
        ],
    )
    def test_limits(self, angle_deg: float, speed_deg_s: float, phase: Phase) -> None:
        assert phase_of(angle_deg, speed_deg_s) is phase

    def test_deepening_at_the_end_of_the_range_is_still_a_hold(self) -> None:
        assert phase_of(110, 3) is Phase.HOLDING


class TestPhaseTracker:
    def test_phases_of_a_repetition_in_order(self) -> None:
        tracker, move = PhaseTracker(), rep(1)
        phases = [tracker.step(t, move(t)) for t in np.arange(0, 10, 1 / 30)]
        order = [p for p, before in zip(phases, [None, *phases], strict=False) if p is not before]
        assert order == [Phase.READY, Phase.RAISING, Phase.HOLDING, Phase.LOWERING, Phase.READY]
        held_s = phases.count(Phase.HOLDING) / 30
        assert held_s == pytest.approx(3, abs=0.5)

    def test_nan_is_no_phase_and_forgets_the_speed(self) -> None:
        tracker = PhaseTracker()
        for t in np.arange(0, 1, 1 / 30):
            tracker.step(t, 100 * t)
        assert tracker.step(1.0, NAN) is Phase.NONE
        assert tracker.step(NAN, 50.0) is Phase.NONE
        assert tracker.step(1.1, 100.0) is Phase.HOLDING

    def test_a_jitter_between_two_frames_is_no_movement(self) -> None:
        tracker = PhaseTracker()
        phases = [tracker.step(i / 30, 90 + 0.5 * (-1) ** i) for i in range(60)]
        assert set(phases) == {Phase.HOLDING}


class TestFindReps:
    def test_two_repetitions(self) -> None:
        found = reps_of(both(rep(1, 90), rep(10, 110)), 20)
        assert [r.side for r in found] == [Side.LEFT] * 2
        assert [r.peak_thigh_angle_deg for r in found] == pytest.approx([90, 110])
        assert [r.start_s for r in found] == pytest.approx([1, 10], abs=0.3)
        assert [r.end_s for r in found] == pytest.approx([8, 17], abs=0.3)
        assert 3 <= found[0].peak_s <= 6
        assert 12 <= found[1].peak_s <= 15

    @given(st.floats(0.5, 8), st.floats(40, 140), st.floats(0.8, 3))
    def test_hold_is_the_time_at_the_top(
        self, hold_s: float, peak_deg: float, move_s: float
    ) -> None:
        (found,) = reps_of(rep(1, peak_deg, move_s, hold_s), 3 + 2 * move_s + hold_s)
        at_the_edges_s = 2 * HOLD_BAND_DEG / peak_deg * move_s
        assert found.hold_s == pytest.approx(hold_s + at_the_edges_s, abs=0.1)

    def test_hold_is_the_one_at_the_peak(self) -> None:
        move = path((0, 0), (1, 80), (4, 80), (5, 100), (7, 100), (8, 0))
        (found,) = reps_of(move, 9)
        assert found.hold_s == pytest.approx(2.3, abs=0.1)

    def test_contract_and_relax_stays_one_repetition(self) -> None:
        def move(t: float) -> float:
            pushing = 10 * abs(math.sin(math.pi * (t - 3) / 4)) if 3 <= t <= 15 else 0
            return rep(1, hold_s=12)(t) - pushing

        (found,) = reps_of(move, 20)
        assert found.start_s == pytest.approx(1, abs=0.3)
        assert found.end_s == pytest.approx(17, abs=0.3)

    @pytest.mark.parametrize(("off", "count"), [(-1, 1), (1, 2)])
    def test_how_far_down_parts_two_repetitions(self, off: float, count: int) -> None:
        dip_deg = 100 - TURN_DEG - off
        move = path((0, 0), (2, 100), (4, 100), (5, dip_deg), (6, 100), (8, 100), (10, 0))
        assert len(reps_of(move, 11)) == count

    @pytest.mark.parametrize(("off", "count"), [(-0.5, 0), (0.5, 1)])
    def test_how_high_a_repetition_is(self, off: float, count: int) -> None:
        assert len(reps_of(rep(1, MIN_PEAK_DEG + off), 10)) == count

    def test_already_up_at_the_start(self) -> None:
        (found,) = reps_of(path((0, 100), (3, 100), (5, 0)), 7)
        assert math.isnan(found.start_s)
        assert found.end_s == pytest.approx(5, abs=0.3)
        assert found.hold_s == pytest.approx(3.1, abs=0.1)

    def test_still_up_at_the_end(self) -> None:
        (found,) = reps_of(path((1, 0), (3, 100)), 7)
        assert found.start_s == pytest.approx(1, abs=0.3)
        assert math.isnan(found.end_s)

    def test_up_all_the_time(self) -> None:
        (found,) = reps_of(lambda t: 100 + math.sin(t), 10)
        assert math.isnan(found.start_s)
        assert math.isnan(found.end_s)

    def test_unfinished_at_both_ends_with_a_whole_one_between(self) -> None:
        move = path((0, 90), (1, 90), (2, 0), (4, 0), (6, 100), (7, 100), (9, 0), (11, 0), (13, 80))
        first, whole, last = reps_of(move, 14)
        assert math.isnan(first.start_s)
        assert (whole.start_s, whole.end_s) == pytest.approx((4.1, 8.9), abs=0.2)
        assert math.isnan(last.end_s)
        assert first.end_s < whole.start_s
        assert whole.end_s < last.start_s

    def test_feet_flat_on_the_mat_between_repetitions(self) -> None:
        found = reps_of(lambda t: 45 + both(rep(1, 60), rep(10, 60))(t), 19)
        assert [(r.start_s, r.end_s) for r in found] == [
            pytest.approx((1.2, 7.8), abs=0.3),
            pytest.approx((10.2, 16.8), abs=0.3),
        ]

    def test_gaps_of_single_frames_split_nothing(self) -> None:
        times = np.arange(0, 10, 1 / 30)
        angle = np.array([rep(1)(t) for t in times])
        angle[::7] = NAN
        (found,) = find_reps(times, angle, Side.RIGHT)
        assert found.side is Side.RIGHT
        assert found.hold_s == pytest.approx(3.2, abs=0.15)

    def test_nothing_to_find(self) -> None:
        assert reps_of(rest, 10) == []
        assert find_reps(np.empty(0), np.empty(0), Side.LEFT) == []
        assert find_reps(np.array([0.0]), np.array([90.0]), Side.LEFT) == []
        assert find_reps(np.arange(9.0), np.full(9, NAN), Side.LEFT) == []

    @given(st.lists(st.floats(-20, 150), min_size=2, max_size=40))
    def test_any_signal_gives_reps_in_order_without_overlap(self, values: list[float]) -> None:
        found = find_reps(np.arange(len(values)) / 5, np.array(values), Side.LEFT)
        assert all(r.peak_thigh_angle_deg >= MIN_PEAK_DEG for r in found)
        assert all(r.hold_s >= 0 for r in found)
        for r in found:
            assert not r.start_s >= r.peak_s
            assert not r.end_s <= r.peak_s
        for r, following in pairwise(found):
            assert not r.end_s > following.start_s
