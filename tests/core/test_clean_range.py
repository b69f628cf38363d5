"""Made repetitions in which the pelvis takes a tenth of the thigh angle, so that all is known."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import astuple

import numpy as np
import pytest

from posecheck.core.clean_range import (
    NEAR_TOP_DEG,
    TOLD_SHARE,
    Depth,
    Judged,
    clean_depth,
    deepest,
    judged,
    spans,
)
from posecheck.core.events import Event, Kind
from posecheck.core.phases import Rep, find_reps
from posecheck.core.records import NAN, Array, FrameRef, Mask, Side
from posecheck.core.rules import RAISED_DEG
from tests.stick import both, path, record, rep, stick

TIMES = np.arange(0, 20, 0.1)
THIGH_SD_DEG, TILT_SD_DEG = 3.0, 4.0


def angles(thigh_deg: Array, told: Array | Mask | bool = True) -> dict[str, Array]:
    tilt = np.where(told, 0.1 * thigh_deg, NAN)
    return {
        "thigh_angle_deg": thigh_deg,
        "hip_flexion_deg": thigh_deg - tilt,
        "pelvic_tilt_deg": tilt,
        "pelvic_tilt_sd_deg": np.where(np.isnan(tilt), NAN, TILT_SD_DEG),
    }


def event(start_s: float, end_s: float = NAN, kind: Kind = Kind.PELVIC_TILT) -> Event:
    end_s = start_s + 1 if math.isnan(end_s) else end_s
    return Event(kind, Side.LEFT, start_s, start_s + 0.5, 9.0, 50.0, 45.0, end_s)


def thigh(*peaks_deg: float) -> Array:
    """Repetitions from 1 s on, one every 9 s: 2 s up, held for 3 s, 2 s down."""
    move = both(*(rep(1 + 9 * i, peak) for i, peak in enumerate(peaks_deg)))
    return np.array([move(t) for t in TIMES])


def judge(thigh_deg: Array, *events: Event, told: Array | Mask | bool = True) -> list[Judged]:
    reps = find_reps(TIMES, thigh_deg, Side.LEFT)
    return judged(reps, events, TIMES, angles(thigh_deg, told), THIGH_SD_DEG)


class TestDeepest:
    EVERY = np.ones(TIMES.size, dtype=bool)

    def test_the_largest_hip_flexion_and_what_it_is_made_of(self) -> None:
        found = deepest(TIMES, angles(thigh(100)), THIGH_SD_DEG, self.EVERY)
        assert found.hip_flexion_deg == pytest.approx(90)
        assert found.thigh_angle_deg == pytest.approx(100)
        assert found.pelvic_tilt_deg == pytest.approx(10)
        assert found.pelvic_tilt_sd_deg == TILT_SD_DEG
        assert found.hip_flexion_sd_deg == pytest.approx(5)
        assert 3 <= found.time_s <= 6

    def test_without_a_fit_the_tilt_alone_is_unsure(self) -> None:
        found = deepest(TIMES, angles(thigh(100)), NAN, self.EVERY)
        assert found.hip_flexion_sd_deg == TILT_SD_DEG

    @pytest.mark.parametrize(("off_deg", "told"), [(-1, True), (1, False)])
    def test_a_pelvis_told_only_lower_down_tells_nothing(self, off_deg: float, told: bool) -> None:
        moved = thigh(100)
        low = moved < 100 - NEAR_TOP_DEG - off_deg
        found = deepest(TIMES, angles(moved, low), THIGH_SD_DEG, self.EVERY)
        assert math.isfinite(found.hip_flexion_deg) is told

    def test_among_the_frames_asked_for(self) -> None:
        moved = thigh(100, 60)
        found = deepest(TIMES, angles(moved), THIGH_SD_DEG, TIMES > 9)
        assert found.hip_flexion_deg == pytest.approx(54)
        nothing = deepest(TIMES, angles(moved), THIGH_SD_DEG, TIMES > 99)
        assert np.isnan(astuple(nothing)).all()
        unmeasured = angles(np.full(TIMES.size, NAN))
        assert np.isnan(astuple(deepest(TIMES, unmeasured, THIGH_SD_DEG, self.EVERY))).all()


class TestJudged:
    def test_a_clean_repetition(self) -> None:
        (found,) = judge(thigh(100))
        assert found.clean is True
        assert found.before == found.reached
        assert found.reached.hip_flexion_deg == pytest.approx(90)

    def test_compensation_half_way_up_leaves_what_was_reached_before(self) -> None:
        (found,) = judge(thigh(100), event(2.05))
        assert found.clean is False
        assert found.before.thigh_angle_deg == pytest.approx(50)
        assert found.before.hip_flexion_deg == pytest.approx(45)
        assert found.before.time_s == pytest.approx(2.0)
        assert found.reached.hip_flexion_deg == pytest.approx(90)

    def test_the_first_of_several_counts(self) -> None:
        (found,) = judge(thigh(100), event(4), event(2.05, kind=Kind.RESTING_LEG_LIFT))
        assert found.before.hip_flexion_deg == pytest.approx(45)

    def test_compensation_on_the_way_down_leaves_the_whole_range(self) -> None:
        (found,) = judge(thigh(100), event(6.5))
        assert found.clean is False
        assert found.before == found.reached

    def test_compensation_from_the_very_start_leaves_nothing(self) -> None:
        (found,) = judge(thigh(100), event(1.3))
        assert found.clean is False
        assert math.isnan(found.before.hip_flexion_deg)

    @pytest.mark.parametrize("kind", list(Kind))
    def test_haste_counts_and_an_intended_twist_does_not(self, kind: Kind) -> None:
        (found,) = judge(thigh(100), event(2.05, kind=kind))
        assert found.clean is (kind is Kind.INTENDED_TWIST)

    def test_a_pelvis_that_was_not_told(self) -> None:
        (found,) = judge(thigh(100), told=False)
        assert found.clean is None
        assert np.isnan(astuple(found.before)).all()
        assert np.isnan(astuple(found.reached)).all()

    def test_compensation_is_seen_without_the_pelvis_too(self) -> None:
        (found,) = judge(thigh(100), event(4, kind=Kind.RESTING_LEG_LIFT), told=False)
        assert found.clean is False
        assert math.isnan(found.before.hip_flexion_deg)

    @pytest.mark.parametrize(("off", "clean"), [(-0.05, None), (0.05, True)])
    def test_told_in_so_much_of_it(self, off: float, clean: bool | None) -> None:
        moved = thigh(100)
        raised = np.flatnonzero(moved > RAISED_DEG)
        told = np.zeros(TIMES.size, dtype=bool)
        told[raised[: round((TOLD_SHARE + off) * raised.size)]] = True
        (found,) = judge(moved, told=told)
        assert found.clean is clean
        assert math.isfinite(found.before.hip_flexion_deg) is bool(clean)

    def test_two_repetitions_of_which_one_is_clean(self) -> None:
        first, second = judge(thigh(100, 80), event(2.05))
        assert (first.clean, second.clean) == (False, True)
        assert first.before.hip_flexion_deg == pytest.approx(45)
        assert second.before.hip_flexion_deg == pytest.approx(72)

    def test_what_goes_on_from_one_repetition_into_the_next_counts_for_both(self) -> None:
        dips = path((1, 0), (3, 100), (5, 100), (6, 60), (7, 100), (9, 100), (11, 0))
        moved = np.array([dips(t) for t in TIMES])
        first, second = judge(moved, event(4, 8))
        assert (first.clean, second.clean) == (False, False)
        assert math.isnan(second.before.hip_flexion_deg)
        assert [each.clean for each in judge(moved, event(4, 5))] == [False, True]

    def test_compensation_in_a_hold_that_the_end_cuts_short(self) -> None:
        move = path((1, 0), (3, 100), (4, 101), (5, 100))
        (found,) = judge(np.array([move(t) for t in TIMES]), event(12))
        assert math.isnan(found.rep.end_s)
        assert found.clean is False
        assert found.before.hip_flexion_deg == pytest.approx(90.9)

    def test_compensation_in_a_hold_that_was_there_at_the_start(self) -> None:
        move = path((8, 100), (9, 101), (10, 100), (12, 0))
        (found,) = judge(np.array([move(t) for t in TIMES]), event(2))
        assert math.isnan(found.rep.start_s)
        assert found.clean is False
        assert found.before.hip_flexion_deg == pytest.approx(90)

    def test_one_repetition_is_not_blamed_for_another_though_its_end_was_not_seen(self) -> None:
        left = Rep(Side.LEFT, 1, 3, NAN, 100, 1)
        right = Rep(Side.RIGHT, 10, 13, 17, 100, 1)
        around = angles(np.full(TIMES.size, 100.0))
        first, second = judged([left, right], [event(12)], TIMES, around, NAN)
        assert (first.clean, second.clean) == (True, False)

    def test_photographs_have_no_repetitions(self) -> None:
        stills = record([(FrameRef(i, NAN, 640, 480, f"{i}"), stick((90, 0))) for i in range(3)])
        assert stills.judged_reps() == []
        assert stills.events == []


def test_the_clean_range_of_a_leg_is_its_deepest() -> None:
    reps = judge(thigh(100, 80), event(2.05))
    assert clean_depth(reps, Side.LEFT) == reps[1].before
    assert np.isnan(astuple(clean_depth(reps, Side.RIGHT))).all()
    assert np.isnan(astuple(clean_depth(judge(thigh(100), told=False), Side.LEFT))).all()
    assert clean_depth([*judge(thigh(60), told=False), *reps], Side.LEFT) == reps[1].before
    assert clean_depth([], Side.LEFT).time_s is Depth().time_s


def test_what_was_not_seen_of_a_repetition_reaches_to_the_next_or_to_the_end() -> None:
    def frames(*reps: Rep) -> list[list[float]]:
        return [TIMES[within][[0, -1]].tolist() for within in spans(reps, TIMES)]

    whole = Rep(Side.LEFT, 2, 4, 6, 100, 1)
    cut, late = (
        Rep(side, NAN, peak, NAN, 100, 1) for side, peak in zip(Side, (9, 15), strict=True)
    )
    assert frames() == []
    assert frames(whole) == [pytest.approx([2, 6])]
    assert frames(cut) == [pytest.approx([0, 19.9])]
    assert frames(whole, cut, late) == [
        pytest.approx([2, 6]),
        pytest.approx([6, 15]),
        pytest.approx([9, 19.9]),
    ]


def test_two_hours_of_repetitions_want_no_memory_of_their_own() -> None:
    times = np.arange(0, 7200, 0.1)
    reps = [Rep(Side.LEFT, start, start + 4, start + 8, 100, 1) for start in range(0, 7190, 9)]
    thigh = np.maximum(0, 100 * np.sin(np.pi * (times % 9) / 8))
    tracemalloc.start()
    found = judged(reps, [], times, angles(thigh), THIGH_SD_DEG)
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 799
    assert all(each.clean for each in found)
    assert most_bytes < 3e6  # a mask of all frames for each repetition would be 58 MB
