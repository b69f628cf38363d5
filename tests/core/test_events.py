"""Compensation from the landmarks on: what live use says, and what is kept of it."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.core.events import Event, Kind, Task
from posecheck.core.judge import Judge, Observation
from posecheck.core.pelvis import PelvisFit
from posecheck.core.recorder import Recorder
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, FrameRef, Side
from posecheck.core.rhythm import usual_tilt_deg
from posecheck.core.rules import Rules
from posecheck.core.thresholds import LIMITS, Sensitivity
from posecheck.sinks.results import angle_rows, event_rows, rep_rows, write_results
from posecheck.sinks.summary import summarize
from posecheck.sources.base import SourceInfo
from tests.core.test_pelvis import GAIN, stored, surface
from tests.stick import Frames, OfTime, movement, path, rep, stick

INFO = SourceInfo("clip.mp4", 1280, 720, 20, 200, 10.0)
RAISE = rep(2.0, 90.0, hold_s=4.0)
LIFT = path((4.5, 0), (5.0, 18), (6.5, 18), (7.0, 0))
"""The resting leg leaves the mat while the other is held."""


def watched(
    frames: Frames,
    rules: Rules | None = None,
    tilt: OfTime | None = None,
    side: Side | None = None,
) -> tuple[list[Observation], Recording]:
    """What is said live, and the recording; with ``tilt`` (deg of s) the pelvis is told."""
    fit = PelvisFit.of(stored()) if tilt else None
    judge, recorder, live = Judge(side, None, fit, rules or Rules()), Recorder(side, None, fit), []
    for frame, pose in frames:
        shown = surface(GAIN * tilt(frame.time_s)) if tilt else None
        live.append(judge.step(frame, pose, shown))
        recorder.add(live[-1])
    return live, recorder.finish()


def last_stand(live: list[Observation]) -> list[Event]:
    """The events of live use as they last stood, those that never ended too."""
    return list({(e.kind, e.start_s): e for o in live for e in o.events}.values())


@pytest.fixture(scope="module")
def lifting() -> tuple[list[Observation], Recording]:
    return watched(movement(10, RAISE, LIFT, fps=20))


class TestLiftingLeg:
    def test_is_told_as_it_happens(self, lifting: tuple[list[Observation], Recording]) -> None:
        live, _ = lifting
        (event,) = last_stand(live)
        assert (event.kind, event.side) == (Kind.RESTING_LEG_LIFT, Side.LEFT)
        assert 4.6 < event.start_s < 4.95
        assert event.told_s - event.start_s < 0.5
        assert 6.6 < event.end_s < 7.05
        assert event.peak == pytest.approx(18, abs=1)
        assert event.thigh_angle_deg == pytest.approx(90, abs=1)
        shown_s = [o.frame.time_s for o in live if o.events]
        assert (shown_s[0], shown_s[-1]) == (event.told_s, event.end_s)

    def test_is_kept_as_it_was_told(self, lifting: tuple[list[Observation], Recording]) -> None:
        live, recording = lifting
        assert str(recording.events) == str(last_stand(live))
        (event,) = recording.events
        flagged = [
            row["time_s"] for row in angle_rows(recording) if row["flags"] == [event.kind.value]
        ]
        assert (flagged[0], flagged[-1]) == (event.start_s, event.end_s)
        told_live = {o.frame.time_s for o in live if o.events}
        assert told_live <= set(flagged)
        assert len(flagged) == round((event.end_s - event.start_s) * 20) + 1
        for row, time_s in enumerate(recording.time_s):
            seen = recording.observation(row, FrameRef(row, time_s, 1280, 720), None)
            assert bool(seen.events) is (time_s in flagged)
            assert all(math.isnan(each.end_s) for each in seen.events)

    def test_is_in_every_table(self, lifting: tuple[list[Observation], Recording]) -> None:
        _, recording = lifting
        (row,) = event_rows(recording)
        assert (row["kind"], row["side"]) == ("resting_leg_lift", "left")
        assert row["peak_deg"] == pytest.approx(18, abs=1)
        assert "at a thigh angle of 90°" in row["message"]
        summary = summarize(recording, INFO)
        assert summary["legs"]["left"]["events"] == {"resting_leg_lift": 1}
        assert summary["legs"]["left"]["clean_reps"] == 0
        (event,) = summary["events"]
        assert (event["kind"], event["start_s"]) == (row["kind"], row["start_s"])
        (judged,) = rep_rows(recording)
        assert judged["clean"] is False

    def test_is_in_every_file(
        self, lifting: tuple[list[Observation], Recording], tmp_path: Path
    ) -> None:
        _, recording = lifting
        write_results(tmp_path, "clip", recording, summarize(recording, INFO))
        with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        assert row["kind"] == "resting_leg_lift"
        assert 17 < float(row["peak_deg"]) < 19
        assert "resting_leg_lift" in (tmp_path / "angles.csv").read_text(encoding="utf-8")
        read = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
        assert read["events"][0]["kind"] == "resting_leg_lift"

    @pytest.mark.parametrize("side", list(Side))
    def test_is_of_the_leg_at_work(self, side: Side) -> None:
        legs: dict[str, Any] = {side.value: RAISE, side.other.value: LIFT}
        _, recording = watched(movement(10, fps=20, noise_px=0.3, **legs))
        assert [(e.kind, e.side) for e in recording.events] == [(Kind.RESTING_LEG_LIFT, side)]


def test_clean_movement_tells_nothing() -> None:
    live, recording = watched(
        movement(18, RAISE, rep(11.0, 90.0, hold_s=2.0), fps=20, noise_px=0.5),
        Rules(Sensitivity.STRICT),
    )
    assert {each.side for each in recording.reps} == set(Side)
    assert [e for o in live for e in o.events] == []
    assert recording.events == []
    assert not any(recording.flags(row) for row in range(recording.time_s.size))
    assert list(event_rows(recording)) == []


def test_without_neutral_no_lift_is_told() -> None:
    never_straight = movement(10, RAISE, LIFT, fps=20, knee=lambda _: 60.0)
    live, recording = watched(never_straight)
    assert recording.neutral is None
    assert np.nanmin(recording.angles_deg["thigh_angle_deg"]) < 10
    assert np.nanmax(recording.angles_deg["resting_thigh_deg"]) > 15
    assert last_stand(live) == recording.events == []


def test_a_foot_that_stands_on_the_mat_is_no_lift() -> None:
    standing = path((1.5, 0), (2.5, 35))
    frames = movement(13, lambda t: RAISE(t - 3), standing, fps=20)
    _, recording = watched(frames, side=Side.LEFT)
    assert np.nanmax(recording.angles_deg["resting_thigh_deg"]) == pytest.approx(35, abs=1)
    assert recording.events == []


def test_what_still_goes_on_at_the_end_ends_with_the_recording() -> None:
    live, recording = watched(movement(6, RAISE, LIFT, fps=20))
    (going_on,), (event,) = last_stand(live), recording.events
    assert math.isnan(going_on.end_s)
    assert event.end_s == recording.time_s[-1]


def test_a_person_who_leaves_ends_it() -> None:
    live, recording = watched(movement(8, RAISE, LIFT, fps=20, seen=lambda t: t < 6))
    (event,) = recording.events
    assert event.end_s == pytest.approx(5.95, abs=0.01)
    assert not any(o.events for o in live if o.frame.time_s > 6.05)


@pytest.mark.parametrize(("move_s", "expected"), [(0.5, {Kind.TOO_FAST}), (2.0, set())])
def test_haste(move_s: float, expected: set[Kind]) -> None:
    frames = movement(8, rep(2, 90, move_s=move_s, hold_s=2), noise_px=0.3)
    _, recording = watched(frames, side=Side.LEFT)
    assert {event.kind for event in recording.events} == expected
    assert len(recording.events) == 2 * len(expected)
    for row in event_rows(recording):
        assert math.isnan(row["peak_deg"])
        assert "°/s" in row["message"]


def test_photographs_tell_nothing() -> None:
    stills = ((FrameRef(i, NAN, 1280, 720), stick((90, 20 * i))) for i in range(3))
    live, recording = watched(stills)
    assert [e for o in live for e in o.events] == recording.events == []
    assert [row["flags"] for row in angle_rows(recording)] == [[]] * 3


class TestRollingPelvis:
    """From half of the rise on the pelvis takes what the hip does not give."""

    @staticmethod
    def rolling(time_s: float) -> float:
        return 0.06 * RAISE(time_s) + 0.4 * max(0.0, RAISE(time_s) - 60)

    def test_ends_the_clean_range(self) -> None:
        _, recording = watched(movement(11, RAISE), tilt=self.rolling)
        (event,) = recording.events
        assert event.kind is Kind.PELVIC_TILT
        assert event.peak == pytest.approx(self.rolling(5), abs=2)
        assert 60 < event.thigh_angle_deg < 88
        (row,) = rep_rows(recording)
        assert row["clean"] is False
        assert 55 < row["clean_hip_flexion_deg"] <= row["peak_hip_flexion_deg"]
        leg = summarize(recording, INFO)["legs"]["left"]
        assert leg["clean_hip_flexion_deg"] == row["clean_hip_flexion_deg"]
        assert leg["clean_hip_flexion_s"] < event.start_s
        assert "of hip flexion (estimate)" in next(event_rows(recording))["message"]

    def test_the_rhythm_alone_is_clean(self) -> None:
        _, recording = watched(movement(11, RAISE), tilt=lambda t: 0.07 * RAISE(t))
        assert recording.events == []
        (row,) = rep_rows(recording)
        assert row["clean"] is True
        assert row["clean_hip_flexion_deg"] == row["peak_hip_flexion_deg"]

    def test_the_judge_goes_by_its_own_rules(self) -> None:
        limits = LIMITS[Kind.PELVIC_TILT]
        beyond = (limits.standard + limits.gentle) / 2

        def tilt(time_s: float) -> float:
            late = max(0.0, RAISE(time_s) - 75) / 15
            return float(usual_tilt_deg(np.array(RAISE(time_s)))) + beyond * late

        for sensitivity, count in ((Sensitivity.GENTLE, 0), (Sensitivity.STANDARD, 1)):
            _, recording = watched(movement(11, RAISE), Rules(sensitivity), tilt)
            assert len(recording.events) == count


def test_only_an_intended_twist_is_no_compensation() -> None:
    assert [kind for kind in Kind if not kind.compensation] == [Kind.INTENDED_TWIST]
    assert set(Task) == {Task.STRETCH, Task.TWIST}
