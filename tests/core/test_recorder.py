"""What hindsight makes of a recording."""

from __future__ import annotations

import math

import numpy as np
import pytest

from posecheck.core.judge import ANGLES, STEADY_S
from posecheck.core.knee_path import OPINION_SHARE
from posecheck.core.landmarks import Landmark
from posecheck.core.measures import PASSING_DEG, PASSING_LIFT_DEG
from posecheck.core.phases import Phase
from posecheck.core.posture import Posture
from posecheck.core.recorder import VANISHING_S, Recorder
from posecheck.core.records import NAN, FrameRef, Side
from posecheck.core.thigh_fit import ThighFit
from tests.recordings import at, thigh, truth
from tests.stick import both, movement, path, record, rep, stick


@pytest.mark.parametrize("head", ["left", "right"])
@pytest.mark.parametrize("side", list(Side))
def test_two_repetitions_are_measured_as_they_were(head: str, side: Side) -> None:
    move = both(rep(1.5, 100, 1.5, 2), rep(8, 80, 1.5, 2))
    recording = record(movement(14, **{side.value: move}, head=head, noise_px=1))
    assert np.abs(thigh(recording) - truth(recording, move)).max() < 4
    assert set(recording.side) == {side}
    assert recording.calibration == "neutral"
    assert [r.side for r in recording.reps] == [side] * 2
    assert [r.peak_thigh_angle_deg for r in recording.reps] == pytest.approx([100, 80], abs=2)
    assert recording.measured.all()
    resting = recording.angles_deg["resting_thigh_deg"]
    assert np.nanmax(np.abs(resting)) < 2
    assert np.isfinite(resting[thigh(recording) > PASSING_DEG + 5]).all()
    assert np.isfinite(resting[thigh(recording) < PASSING_LIFT_DEG - 5]).all()
    assert not recording.legs_exchanged.any()
    assert not recording.still


def test_neutral_found_late_holds_from_the_first_frame() -> None:
    # The thighs lie 8 degrees below the trunk line: only a neutral can tell.
    move = path((0, 82), (2, 82), (4, -8))
    recording = record(movement(7, move, lambda _: -8))
    assert thigh(recording)[:60] == pytest.approx(90, abs=1)
    assert recording.calibration == "neutral"
    (found,) = recording.reps
    assert found.peak_thigh_angle_deg == pytest.approx(90, abs=1)
    live = recording.live_thigh_angle_deg
    assert np.nanmax(live[:60]) == pytest.approx(82, abs=1)


def test_without_a_neutral_the_trunk_line_stands_in() -> None:
    recording = record(movement(4, lambda _: 80, lambda _: 45))
    assert recording.neutral is None
    assert recording.calibration == "trunk"
    assert thigh(recording) == pytest.approx(80, abs=1)


def test_person_leaves_and_comes_back() -> None:
    move = both(rep(1.2, move_s=1, hold_s=1), rep(8.5, move_s=1, hold_s=1))
    recording = record(movement(13, move, seen=lambda t: not 5 < t < 7.5, noise_px=0.5, fps=30))
    away = (recording.time_s > 5) & (recording.time_s < 7.5)
    assert recording.time_s.size == 390
    for name in ANGLES:
        assert np.isnan(recording.angles_deg[name][away]).all()
    assert np.isnan(recording.confidence[away]).all()
    late = (recording.time_s > 5.0 - VANISHING_S) & (recording.time_s <= 5.0)
    assert 2 <= late.sum() <= 4
    assert np.isnan(thigh(recording)[late]).all()
    assert np.isfinite(thigh(recording)[~away & ~late]).all()
    assert {recording.posture[i] for i in np.flatnonzero(away)} == {Posture.UNSEEN}
    assert {recording.phase[i] for i in np.flatnonzero(away)} == {Phase.NONE}
    assert {recording.side[i] for i in np.flatnonzero(away)} == {None}
    assert [r.start_s for r in recording.reps] == pytest.approx([1.2, 8.5], abs=0.3)


def test_person_gets_up_and_lies_down_the_other_way_round() -> None:
    def posture(t: float) -> Posture:
        return Posture.UPRIGHT if 5 < t < 7 else Posture.SUPINE

    recording = record(
        movement(
            13,
            rep(1.2, move_s=1, hold_s=1),
            rep(8.5, move_s=1, hold_s=1),
            posture=posture,
            head=lambda t: "right" if t < 6 else "left",
        )
    )
    up = (recording.time_s > 5) & (recording.time_s < 7)
    assert np.isnan(thigh(recording)[up]).all()
    assert [r.side for r in recording.reps] == [Side.LEFT, Side.RIGHT]
    assert [r.peak_thigh_angle_deg for r in recording.reps] == pytest.approx([100, 100], abs=2)


@pytest.mark.parametrize("posture", [Posture.PRONE, Posture.SIDE_LYING, Posture.UPRIGHT])
def test_nothing_is_measured_in_another_posture(posture: Posture) -> None:
    recording = record(movement(3, lambda _: 90, posture=posture))
    assert not recording.measured.any()
    assert recording.calibration == ""
    assert recording.usual_posture is posture
    assert recording.reps == []
    assert set(recording.side) == {None}


@pytest.mark.parametrize(("lasts_s", "rows"), [(STEADY_S - 0.1, False), (STEADY_S + 0.1, True)])
def test_a_flicker_of_lying_on_the_back(lasts_s: float, rows: bool) -> None:
    recording = record(
        movement(
            4,
            lambda _: 90,
            posture=lambda t: Posture.SUPINE if 1.5 < t < 1.55 + lasts_s else Posture.PRONE,
        )
    )
    assert recording.measured.any() == rows
    if rows:
        assert np.flatnonzero(recording.measured)[0] == at(recording, 1.5) + 1


def test_a_clip_shorter_than_that_is_measured_all_the_same() -> None:
    recording = record(movement(0.3, lambda _: 90))
    assert recording.measured.all()


def test_stills_are_judged_each_alone() -> None:
    thighs = [(100.0, 0.0), (0.0, 60.0), (5.0, 5.0), (30.0, 0.0)]
    frames = [
        (FrameRef(i, NAN, 640, 480, f"{i}.jpg"), stick(each, (90, 90)))
        for i, each in enumerate(thighs)
    ]
    recording = record([*frames, (FrameRef(4, NAN, 640, 480, "4.jpg"), None)])
    assert recording.still
    assert recording.side == [Side.LEFT, Side.RIGHT, None, Side.LEFT, None]
    assert thigh(recording)[[0, 1, 3]] == pytest.approx([100, 60, 30])
    assert np.isnan(thigh(recording)[[2, 4]]).all()
    assert recording.reps == []
    assert set(recording.phase) == {Phase.NONE}
    assert recording.names == [f"{i}.jpg" for i in range(5)]
    assert recording.calibration == "trunk"


def test_a_spike_of_the_landmarker_is_left_out() -> None:
    frames = list(movement(5, lambda _: 90))
    for i in (60, 100, 101):
        frames[i] = (frames[i][0], stick((40, 0), (90, 0)))
    recording = record(frames)
    assert np.flatnonzero(~recording.measured).tolist() == [60, 100, 101]
    assert thigh(recording)[recording.measured] == pytest.approx(90, abs=0.5)
    assert np.isnan(recording.confidence[[60, 100, 101]]).all()


def test_every_frame_is_kept_with_its_own_time_and_index() -> None:
    frames = [
        (FrameRef(2 * i, 0.04 * i + 0.001 * (i % 3), 64, 64), pose)
        for i, (_, pose) in enumerate(movement(4, rep(0.5), seen=lambda t: t > 0.5))
    ]
    recording = record(frames)
    assert recording.frame == [frame.index for frame, _ in frames]
    assert recording.time_s.tolist() == [frame.time_s for frame, _ in frames]
    assert {len(each) for each in (recording.side, recording.phase, recording.posture)} == {120}
    assert recording.names == []


def test_phases_are_centred_on_the_movement() -> None:
    recording = record(movement(10, rep(1.5, 100, 2, 3)))
    ((first_s, last_s),) = recording.spans_s(Phase.HOLDING)
    assert first_s == pytest.approx(3.5, abs=0.25)
    assert last_s == pytest.approx(6.5, abs=0.25)
    raising_s = [recording.time_s[i] for i, p in enumerate(recording.phase) if p is Phase.RAISING]
    assert (raising_s[0], raising_s[-1]) == pytest.approx((1.65, 3.5), abs=0.25)


def test_hold_of_a_repetition() -> None:
    recording = record(movement(9, rep(1.5, 100, 1.5, 3), noise_px=0.5))
    assert recording.reps[0].hold_s == pytest.approx(3.15, abs=0.25)


def test_smoothing_can_be_chosen() -> None:
    def shaking(t: float) -> float:
        return 90 + 3 * math.sin(2 * math.pi * 4 * t)

    rough, smooth = (
        thigh(record(movement(5, shaking), cutoff_hz=cutoff_hz))[30:-30]
        for cutoff_hz in (12.0, 1.0)
    )
    assert np.ptp(rough) > 5
    assert np.ptp(smooth) < 0.5


def test_an_erratic_thigh_is_not_measured() -> None:
    rng = np.random.default_rng(2)

    def scattering(t: float) -> float:
        return 90 + (rng.normal(0, 9) if 3 < t < 5 else 0)

    recording = record(movement(8, scattering))
    scattered = (recording.time_s > 3.3) & (recording.time_s < 4.7)
    assert not recording.measured[scattered].any()
    steady = (recording.time_s < 2.6) | (recording.time_s > 5.4)
    assert recording.measured[steady].all()
    assert thigh(recording)[steady] == pytest.approx(90, abs=0.5)


def test_error_is_that_of_the_calibration(fit: ThighFit) -> None:
    lain, raised = list(movement(4, rep(1.2, 90, 1, 1))), list(movement(2, lambda _: 90))
    for frames, kind in ((lain, "neutral"), (raised, "trunk")):
        recording = record(frames, fit=fit)
        assert recording.calibration == kind
        assert recording.error_sd_deg == fit.error_sd_deg[kind]
        assert math.isnan(record(frames).error_sd_deg)


@pytest.mark.parametrize(("peak_deg", "share"), [(30.0, 0.0), (100.0, OPINION_SHARE)])
def test_the_fit_sees_every_frame_against_the_neutral(
    fit: ThighFit, peak_deg: float, share: float
) -> None:
    """A long arc of the knee, exact as it is here, has its say too."""
    recording = record(movement(8, rep(1.5, peak_deg, 1.5, 2)), fit=fit)
    assert recording.neutral is not None
    row = at(recording, 4)
    lines = recording.observation(row, FrameRef(row, 4.0, 1280, 720), None).lines
    assert lines is not None
    (fitted, _) = fit.thighs_deg(lines.points, recording.neutral.points, 1)[0]
    assert abs(fitted - peak_deg) > 0.1
    expected = fitted + share * (peak_deg - fitted)
    assert thigh(recording)[row] == pytest.approx(expected, abs=0.05)
    assert thigh(recording)[at(recording, 1.2)] == pytest.approx(0, abs=0.05)


def test_observation_of_a_row_is_what_the_tables_say() -> None:
    frames = list(movement(5, rep(0.5), seen=lambda t: t < 4))
    recording = record(frames)
    for row in (75, 130):
        frame, pose = frames[row]
        observation = recording.observation(row, frame, pose)
        assert observation.frame is frame
        assert observation.pose is pose
        for name, values in recording.angles_deg.items():
            given = getattr(observation.measurement, name)
            assert given == values[row] or (math.isnan(given) and math.isnan(values[row]))
        assert observation.measurement.side is recording.side[row]
        assert observation.phase is recording.phase[row]
        assert observation.stance.posture is recording.posture[row]
        assert (observation.lines is None) == (pose is None)


def test_nothing_at_all() -> None:
    recording = Recorder().finish()
    assert recording.time_s.size == 0
    assert not recording.measured.any()
    assert recording.usual_posture is Posture.UNSEEN
    assert (recording.reps, recording.side, recording.frame) == ([], [], [])


def test_nobody_in_any_frame() -> None:
    recording = record(movement(2, seen=lambda _: False))
    assert recording.usual_posture is Posture.UNSEEN
    assert not recording.measured.any()
    assert recording.time_s.size == 60


def test_usual_posture_leaves_out_frames_without_a_person() -> None:
    recording = record(movement(4, posture=Posture.PRONE, seen=lambda t: t < 1))
    assert recording.usual_posture is Posture.PRONE


def test_a_leg_out_of_sight_is_still_the_one_at_work() -> None:
    """So that whoever draws it says that it is hidden, not that no knee was raised."""
    frames = list(movement(7.0, rep(1.5, 90, 1, 2)))
    for _, pose in frames[90:105]:
        assert pose is not None
        pose.visibility[[Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE]] = 0.1
    recording = record(frames)
    hidden = recording.observation(97, *frames[97]).measurement
    assert np.isnan(hidden.thigh_angle_deg)
    assert hidden.side is recording.side[80] is Side.LEFT
