"""What hindsight makes of the legs: which is which, and which one works."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.records import Side
from tests.recordings import at, thigh, truth
from tests.stick import both, movement, observe, path, record, rep


def test_the_working_leg_is_known_before_it_rises() -> None:
    frames = list(movement(6, rep(2)))
    live = observe(frames)
    assert live[45].measurement.side is None
    recording = record(frames)
    assert set(recording.side) == {Side.LEFT}
    assert thigh(recording)[0] == pytest.approx(0, abs=1)


def test_left_repetitions_then_right_ones_are_each_named() -> None:
    left = both(rep(1.5, 90, 1, 1), rep(5, 100, 1, 1))
    right = both(rep(8.5, 80, 1, 1), rep(12, 110, 1, 1))
    recording = record(movement(16, left, right, noise_px=1))
    assert [(r.side, round(r.peak_thigh_angle_deg, -1)) for r in recording.reps] == [
        (Side.LEFT, 90),
        (Side.LEFT, 100),
        (Side.RIGHT, 80),
        (Side.RIGHT, 110),
    ]
    for found, start_s in zip(recording.reps, (1.5, 5, 8.5, 12), strict=True):
        assert found.start_s == pytest.approx(start_s, abs=0.4)
        assert found.end_s == pytest.approx(start_s + 3, abs=0.4)
    assert recording.side[at(recording, 7)] is Side.LEFT
    assert recording.side[at(recording, 8.8)] is Side.RIGHT
    moving = truth(recording, lambda t: max(left(t), right(t)))
    assert np.abs(thigh(recording) - moving).max() < 5


def test_one_leg_right_after_the_other() -> None:
    left, right = rep(1.5, 90, 1.5, 1), rep(4, 90, 1.5, 1)
    recording = record(movement(10, left, right, noise_px=1))
    assert [r.side for r in recording.reps] == [Side.LEFT, Side.RIGHT]
    for found, top_s in zip(recording.reps, (3.5, 6), strict=True):
        assert found.peak_s == pytest.approx(top_s, abs=0.7)
        assert found.peak_thigh_angle_deg == pytest.approx(90, abs=3)


def test_repetitions_are_in_order_of_time() -> None:
    left, right = rep(4.5, 90, 1, 1), rep(1.2, 90, 1, 1)
    recording = record(movement(8, left, right))
    assert [r.side for r in recording.reps] == [Side.RIGHT, Side.LEFT]


def test_named_side_is_kept() -> None:
    recording = record(movement(4, rep(0.5), lambda _: 3), Side.RIGHT)
    assert set(recording.side) == {Side.RIGHT}
    assert recording.reps == []
    assert np.abs(thigh(recording)).max() < 5


def test_exchanged_names_are_told_and_flagged() -> None:
    move = rep(1)
    recording = record(movement(8, move, exchanged=lambda t: 3.5 < t < 5, noise_px=0.5))
    assert np.abs(thigh(recording) - truth(recording, move)).max() < 4
    during = (recording.time_s > 3.5) & (recording.time_s < 5)
    assert np.array_equal(recording.legs_exchanged, during)
    assert recording.flags(at(recording, 4)) == ["legs_exchanged"]
    assert recording.flags(at(recording, 2)) == []
    recording.legs_sure[at(recording, 2)] = False
    assert recording.flags(at(recording, 2)) == ["legs_unsure"]


def test_names_that_creep_over_are_put_right_from_where_they_did() -> None:
    """Live it is known only later; hindsight leaves not a frame to the wrong leg."""
    move = rep(1.5, 100, 2, 2)
    creep = path((2.9, 0), (3.2, 1), (6.0, 1), (6.3, 0))
    frames = list(movement(9, move, exchanged=creep, noise_px=0.5))
    recording = record(frames)
    truly = np.array([creep(t) > 0.5 for t in recording.time_s])
    near = np.array([0 < creep(t) < 1 for t in recording.time_s])
    assert np.array_equal(recording.legs_exchanged[~near], truly[~near])
    assert not recording.legs_sure[at(recording, 3.3)]
    assert set(recording.side) == {Side.LEFT}
    seen = recording.measured & ~near
    assert np.abs(thigh(recording) - truth(recording, move))[seen].max() < 5
    (found,) = recording.reps
    assert found.peak_thigh_angle_deg == pytest.approx(100, abs=2)


def test_legs_exchanged_too_eagerly_are_put_back_where_they_are_drawn() -> None:
    """Legs that pass each other are taken for a change of names until it is decided."""
    left, right = path((0, 90), (3, 90), (4, 0)), path((3, 0), (4, 90))
    frames = list(movement(6, left, right))
    live, recording = observe(frames), record(frames)
    row = next(i for i, each in enumerate(live) if each.legs_exchanged)
    assert not recording.legs_exchanged.any()
    drawn = recording.observation(row, frames[row][0], live[row].pose)
    assert drawn.pose is not None
    assert frames[row][1] is not None
    assert drawn.pose.xy_px.tolist() == frames[row][1].xy_px.tolist()
    assert drawn.lines is not None
    expected = (left(recording.time_s[row]), right(recording.time_s[row]))
    assert drawn.lines.thigh_line_deg == pytest.approx(expected, abs=1e-4)
    assert recording.observation(0, frames[0][0], live[0].pose).pose is live[0].pose


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("standing_deg", [40.0, 50.0])
def test_a_knee_bent_over_a_standing_foot_is_not_the_working_one(
    head: str, standing_deg: float
) -> None:
    def bent(thigh_deg: float) -> float:
        return 2 * thigh_deg if thigh_deg <= standing_deg else max(90.0, thigh_deg)

    stands = path((2, 0), (3, standing_deg), (10, standing_deg), (11, 0))
    works = rep(5, 110, 1.5, 1.5)
    near, far = ("left", "right") if head == "right" else ("right", "left")
    for side, other in ((near, far), (far, near)):
        moves = {side: works, other: stands}
        recording = record(movement(13, **moves, knee=bent, head=head, noise_px=0.5))
        lifted = (recording.time_s > 3) & (recording.time_s < 10)
        assert {recording.side[i] for i in np.flatnonzero(lifted)} == {Side(side)}
        assert [r.side for r in recording.reps] == [Side(side)]
        assert recording.reps[0].peak_thigh_angle_deg == pytest.approx(110, abs=3)


def test_a_named_side_is_kept_though_its_foot_stands() -> None:
    works, stands = rep(2, 110, 1.5, 1.5), path((1, 0), (2, 45))
    recording = record(movement(8, works, stands, noise_px=0.5), Side.RIGHT)
    assert set(recording.side) == {Side.RIGHT}


def test_two_legs_lifted_nearly_alike_may_take_turns() -> None:
    """Neither reaches so much less than the other that only its foot could be standing."""
    left = path((1.5, 0), (2.5, 90), (4, 90), (5, 50), (8, 50), (9, 0))
    right = path((3.5, 0), (4.5, 60), (6, 100), (8, 100), (9, 0))
    recording = record(movement(11, left, right, noise_px=0.5))
    assert recording.side[at(recording, 3)] is Side.LEFT
    assert recording.side[at(recording, 7)] is Side.RIGHT
