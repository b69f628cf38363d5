"""Names that change over where a thigh passes one over a standing foot are noticed; others not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.legs import LegTracker
from posecheck.core.meeting import AFTER_S, LONGEST_S, SAME_DEG, TOGETHER_DEG, Meetings
from posecheck.core.records import Side
from tests.stick import OfTime, movement, path, record

FPS = 30.0
STANDS: OfTime = lambda _: 38.0  # noqa: E731
WORKS = path((2, 4), (3, 95), (6, 95), (7, 4))
PASSED_S = 2 + 34 / 91, 6 + 57 / 91
"""When the one at work goes by, up and down."""


def changes(
    left: OfTime, right: OfTime, exchanged: tuple[float, float] = (math.inf, math.inf)
) -> list[float]:
    """When names changed over, as noticed, of thighs whose names are wrong meanwhile."""
    meetings, found = Meetings(), []
    for i in range(round(10 * FPS)):
        t = i / FPS
        angles = left(t), right(t)
        if exchanged[0] <= t < exchanged[1]:
            angles = angles[::-1]
        found.append(meetings.step(t, *angles))
    return [each for each in found if math.isfinite(each)]


@pytest.mark.parametrize("swapped", [False, True])
def test_names_that_change_over_as_the_other_goes_by(swapped: bool) -> None:
    pair = (STANDS, WORKS) if swapped else (WORKS, STANDS)
    assert changes(*pair, exchanged=PASSED_S) == pytest.approx(PASSED_S, abs=0.1)
    assert changes(*pair, exchanged=(PASSED_S[0], math.inf)) == pytest.approx(PASSED_S[:1], abs=0.1)


def test_names_that_stay_are_left() -> None:
    assert not changes(WORKS, STANDS)
    assert not changes(STANDS, WORKS)


def test_it_is_known_soon_after_they_have_parted() -> None:
    meetings = Meetings()
    for i in range(round(10 * FPS)):
        t = i / FPS
        pair = (WORKS(t), STANDS(t))
        if math.isfinite(meetings.step(t, *(pair if t < PASSED_S[0] else pair[::-1]))):
            parted_s = PASSED_S[0] + TOGETHER_DEG / 91
            assert t - parted_s == pytest.approx(AFTER_S, abs=0.1)
            return
    raise AssertionError


def test_legs_that_take_turns_are_believed() -> None:
    """Neither stands: one comes down as the other goes up."""
    down, up = path((2, 90), (3.5, 0)), path((2, 0), (3.5, 90))
    assert not changes(down, up)
    assert not changes(down, up, exchanged=(2.75, math.inf))


@pytest.mark.parametrize(("higher_deg", "noticed"), [(SAME_DEG - 2, True), (SAME_DEG + 2, False)])
def test_it_must_stand_at_the_same_height(higher_deg: float, noticed: bool) -> None:
    stands: OfTime = lambda t: 30.0 if t < PASSED_S[0] else 30.0 + higher_deg  # noqa: E731
    works = path((2, 4), (3, 125))
    assert bool(changes(works, stands, exchanged=(2.3, math.inf))) is noticed


def test_a_long_meeting_tells_nothing() -> None:
    works = path((2, 4), (2.4, 38), (2.5 + LONGEST_S, 38), (3 + LONGEST_S, 95))
    assert not changes(works, STANDS, exchanged=(3, math.inf))


@given(st.lists(st.tuples(st.floats(-30, 170), st.floats(-30, 170)), min_size=1, max_size=60))
def test_a_change_lies_within_what_was_seen(angles: list[tuple[float, float]]) -> None:
    meetings = Meetings()
    for i, (left, right) in enumerate(angles):
        changed_s = meetings.step(i / 10, left, right)
        assert math.isnan(changed_s) or 0 <= changed_s <= i / 10


def test_a_recording_measures_the_leg_at_work_throughout() -> None:
    wrong: OfTime = lambda t: float(PASSED_S[0] <= t < PASSED_S[1])  # noqa: E731
    stands = path((1.3, 0), (1.6, 38))
    frames = movement(9, path((2, 0), (3, 95), (6, 95), (7, 0)), stands, exchanged=wrong)
    recording = record(frames)
    after = [side for side, t in zip(recording.side, recording.time_s, strict=True) if t > 1.5]
    assert set(after) == {Side.LEFT}
    hold = (recording.time_s > 3.2) & (recording.time_s < 5.8)
    assert recording.angles_deg["thigh_angle_deg"][hold] == pytest.approx(95, abs=2)


def test_the_tracker_keeps_its_changes_in_order() -> None:
    tracker = LegTracker()
    for frame, pose in movement(
        9, WORKS, path((1.3, 0), (1.6, 38)), exchanged=lambda t: float(PASSED_S[0] <= t)
    ):
        assert pose is not None
        tracker.step(frame.time_s, pose, 1)
    assert tracker.changes_s == sorted(tracker.changes_s)
    assert len(tracker.changes_s) % 2 == 1
