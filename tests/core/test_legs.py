"""Labels are changed back where the landmarker errs, and left alone where legs really move."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest

from posecheck.core.legs import EXCHANGED_PRIOR, LegReading, LegTracker, exchange_legs
from posecheck.core.records import Pose
from tests.stick import Frames, OfTime, both, movement, path, rep, stick


def read(frames: Frames, head: str = "right") -> tuple[np.ndarray, list[LegReading]]:
    """Times, and what a tracker says at them."""
    tracker, sign = LegTracker(), 1 if head == "right" else -1
    readings = [
        (frame.time_s, tracker.step(frame.time_s, pose, sign)) for frame, pose in frames if pose
    ]
    return np.array([time_s for time_s, _ in readings]), [reading for _, reading in readings]


def wrong_s(frames: Frames, truth: OfTime, head: str = "right") -> float:
    """Share of the frames in which the tracker is sure and wrong about an exchange."""
    times, readings = read(frames, head)
    wrong = [r.sure and r.exchanged != bool(truth(t)) for t, r in zip(times, readings, strict=True)]
    return float(np.mean(wrong))


def between(start_s: float, end_s: float) -> OfTime:
    return lambda time_s: start_s < time_s < end_s


def never(_time_s: float) -> bool:
    return False


def test_exchange_legs_undoes_itself_and_moves_every_column() -> None:
    pose = stick((90, 0), visibility=np.linspace(0.2, 0.9, 33))
    pose.presence[:] = np.linspace(0.1, 0.8, 33)
    swapped = exchange_legs(pose)
    for column in fields(Pose):
        once, twice, before = (
            getattr(each, column.name) for each in (swapped, exchange_legs(swapped), pose)
        )
        assert np.array_equal(twice, before)
        assert np.array_equal(once[25], before[26])
        assert np.array_equal(once[32], before[31])
        assert np.array_equal(once[:25], before[:25])


def test_exchange_is_what_the_figure_calls_exchanged() -> None:
    wrong = stick((90, 10), (80, 0), exchanged=True)
    assert np.allclose(exchange_legs(wrong).xy_px, stick((90, 10), (80, 0)).xy_px)


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("leg", ["left", "right"])
def test_abrupt_exchange_in_a_hold_is_undone(head: str, leg: str) -> None:
    exchanged = between(3.5, 5.0)
    frames = list(movement(8, **{leg: rep(1)}, head=head, exchanged=exchanged, noise_px=1))
    truth = list(movement(8, **{leg: rep(1)}, head=head))
    times, readings = read(frames, head)
    during = [bool(exchanged(t)) for t in times]
    assert [r.exchanged for r in readings] == during
    assert all(r.sure for r in readings)
    for reading, (_, pose) in zip(readings, truth, strict=True):
        assert pose is not None
        assert np.abs(reading.pose.xy_px - pose.xy_px).max() < 6


def test_an_exchange_of_a_single_frame_is_undone() -> None:
    assert wrong_s(movement(6, rep(1), exchanged=between(3.99, 4.01)), between(3.99, 4.01)) == 0


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("leg", ["left", "right"])
@pytest.mark.parametrize("creep_s", [0.1, 0.2, 0.3, 0.4, 0.5])
def test_names_that_creep_over_are_told_by_the_leap_of_the_depth(
    head: str, leg: str, creep_s: float
) -> None:
    creep = path((3.2, 0), (3.2 + creep_s, 1), (5, 1), (5 + creep_s, 0))
    frames = movement(8, **{leg: rep(0.5, hold_s=4)}, head=head, exchanged=creep, noise_px=1)
    times, readings = read(frames, head)
    settled = [creep(t) in (0, 1) and creep(t - 0.2) == creep(t) for t in times]
    for time_s, reading, counts in zip(times, readings, settled, strict=True):
        assert not counts or (reading.exchanged, reading.sure) == (creep(time_s) == 1, True)
    assert sum(settled) > 180


@pytest.mark.parametrize("head", ["left", "right"])
def test_the_same_picture_without_the_leap_is_two_legs_passing(head: str) -> None:
    frames = list(movement(7, rep(0.5, hold_s=4), head=head, exchanged=path((3.2, 0), (3.5, 1))))
    for _, pose in frames:
        assert pose is not None
        pose.z_px[:] = stick((90, 0), head=head).z_px
    assert wrong_s(frames, never, head) == 0


@pytest.mark.parametrize("yaw_deg", [-10, 0, 10])
@pytest.mark.parametrize("fps", [15, 30])
@pytest.mark.parametrize("move_s", [1.0, 2.0])
def test_legs_that_cross_in_truth_stay_as_they_are(
    yaw_deg: float, fps: float, move_s: float
) -> None:
    left = rep(1, move_s=move_s, hold_s=1)
    right = rep(2 + move_s, move_s=move_s, hold_s=1)
    frames = movement(4 + 3 * move_s, left, right, fps=fps, yaw_deg=yaw_deg, noise_px=1)
    assert wrong_s(frames, never) == 0


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("yaw_deg", [-25, 25])
def test_an_oblique_camera_sees_a_fast_knee_leap_in_depth_and_nothing_is_changed(
    yaw_deg: float, head: str
) -> None:
    for leg in ("left", "right"):
        raised = {leg: rep(1, move_s=1, hold_s=1)}
        frames = movement(6, **raised, yaw_deg=yaw_deg, head=head, noise_px=1)
        assert wrong_s(frames, never, head) == 0


def test_scissoring_and_cycling_legs_stay_as_they_are() -> None:
    def swing(sign: int, middle: float, reach: float) -> OfTime:
        return lambda t: middle + sign * reach * math.sin(math.pi * t)

    for middle, reach, bend in ((30, 25, 0), (50, 45, 1)):
        frames = movement(
            6,
            swing(1, middle, reach),
            swing(-1, middle, reach),
            knee=lambda thigh, bend=bend: bend * max(0, thigh),
            noise_px=1,
        )
        assert wrong_s(frames, never) == 0


def test_both_knees_drawn_up_together_stay_as_they_are() -> None:
    assert wrong_s(movement(8, rep(1), rep(1), noise_px=2), never) == 0


def test_togetherness_brings_trust_back() -> None:
    up_exchanged = movement(9, both(rep(0, hold_s=1), rep(7)), exchanged=between(1, 4.5))
    tracker = LegTracker()
    chances = {}
    for frame, pose in up_exchanged:
        assert pose is not None
        tracker.step(frame.time_s, pose, 1)
        chances[round(frame.time_s, 3)] = tracker.exchanged_chance
    assert chances[3.0] > 0.9
    assert chances[6.9] == pytest.approx(EXCHANGED_PRIOR, abs=0.03)
    assert chances[max(chances)] < 0.1


def test_long_absence_brings_trust_back() -> None:
    tracker = LegTracker()
    for frame, pose in movement(3, path((0, 0), (1, 90)), exchanged=between(2, 3)):
        assert pose is not None
        assert tracker.step(frame.time_s, pose, 1).exchanged == (frame.time_s > 2)
    # Now the right leg is up: the very points that the wrong names gave before.
    assert not tracker.step(20.0, stick((0, 90), (0, 90)), 1).exchanged


def test_first_picture_is_taken_as_it_is() -> None:
    reading = LegTracker().step(0.0, stick((90, 0), exchanged=True), 1)
    assert not reading.exchanged
    assert reading.sure


def test_a_picture_without_numbers_spoils_nothing_after_it() -> None:
    frames = list(movement(6, rep(0.5), exchanged=between(3.5, 5), noise_px=1))
    for frame, pose in frames[60:63]:
        assert pose is not None
        assert 2 <= frame.time_s < 2.1
        pose.xy_px[25:29] = math.nan
        pose.z_px[25:29] = math.nan
    times, readings = read(frames)
    assert [r.exchanged for r in readings] == [bool(between(3.5, 5)(t)) for t in times]
