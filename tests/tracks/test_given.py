"""Landmarks from elsewhere through the whole program, with the clip and without it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posecheck.config import Settings
from posecheck.errors import PosecheckError, UsageError
from posecheck.exports.openpose import write_openpose
from posecheck.exports.trc import write_px
from posecheck.session import Outcome, analyze
from posecheck.tracks.given import Given, TrackSource
from posecheck.tracks.store import write_track
from posecheck.tracks.track import Track
from tests.acting import film, table
from tests.stick import rep

BARE = Settings(video=False, plot=False, report=False)
MOVE = rep(1.5, 90.0, 1.0, 1.0)


def off_deg(outcome: Outcome) -> float:
    angles = table(outcome.folder / "angles.csv")
    truth = np.array([MOVE(t) for t in angles["time_s"]])
    return float(np.nanmax(np.abs(angles["thigh_angle_deg"] - truth)))


def test_without_the_clip(tmp_path: Path, track: Track) -> None:
    file = write_px(tmp_path / "a_px.trc", track)
    outcome = analyze(file, tmp_path / "out", replace_report(BARE), None)
    assert off_deg(outcome) < 2.0  # the lines of a stick figure are its thighs
    assert len(outcome.recording.reps) == 1
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["calibration"]["typical_thigh_angle_error_deg"] == 9.4
    assert summary["pose_model"]["file"] == "a_px.trc"
    assert len(summary["pose_model"]["sha256"]) == 64
    assert np.isnan(table(tmp_path / "out" / "angles.csv")["pelvic_tilt_deg"]).all()
    assert any("no depth" in note for note in outcome.notes)
    assert any("the pelvis cannot be told" in note for note in outcome.notes)
    assert (tmp_path / "out" / "report.html").is_file()
    assert not (tmp_path / "out" / "annotated.mp4").exists()


def replace_report(settings: Settings) -> Settings:
    return settings.model_copy(update={"report": True, "video": True})


def test_with_the_clip_its_times_count_and_it_is_drawn(tmp_path: Path, track: Track) -> None:
    clip = film(tmp_path / "a.mp4", 180)
    write_openpose(folder := _made(tmp_path / "openpose"), "a", small(track))
    settings = Settings(plot=False, report=False)
    outcome = analyze(clip, tmp_path / "out", settings, None, landmarks=folder)
    assert off_deg(outcome) < 2.0
    assert (tmp_path / "out" / "annotated.mp4").is_file()
    assert outcome.summary["clip"]["width_px"] == 128


def test_frames_without_a_row_hold_nobody(tmp_path: Path, track: Track) -> None:
    names = ("frame", "time_s", "xy_px", "z_px", "visibility")
    late = replace(small(track), **{name: getattr(small(track), name)[30:] for name in names})
    file = write_px(tmp_path / "a_px.trc", late)
    outcome = analyze(film(tmp_path / "a.mp4", 180), tmp_path / "out", BARE, None, landmarks=file)
    seen = [posture.value != "not seen" for posture in outcome.recording.posture]
    assert seen == [False] * 30 + [True] * 135 + [False] * 15


def small(track: Track) -> Track:
    """The same in a picture of 128 by 96."""
    return replace(track, xy_px=(track.xy_px - (640, 400)) * 0.12 + (64, 60))


def test_landmarks_of_another_picture_are_refused(tmp_path: Path, track: Track) -> None:
    file, clip = write_px(tmp_path / "a_px.trc", track), film(tmp_path / "a.mp4", 30)
    with pytest.raises(UsageError, match="lie outside the picture of 128 by 96 px; are they of"):
        analyze(clip, tmp_path / "out", BARE, None, landmarks=file)
    assert not (tmp_path / "out").exists()


def test_with_depth_our_fit_is_used(tmp_path: Path, track: Track) -> None:
    outcome = analyze(write_track(tmp_path, track), tmp_path / "out", BARE, None)
    assert outcome.summary["calibration"]["typical_thigh_angle_error_deg"] < 7
    assert not any("no depth" in note for note in outcome.notes)


def test_openpose_alone_needs_a_rate(tmp_path: Path, track: Track) -> None:
    write_openpose(tmp_path, "a", track)
    with pytest.raises(UsageError, match="have no times; give --fps"):
        TrackSource(Given(tmp_path))
    assert TrackSource(Given(tmp_path, 30.0)).info.duration_s == pytest.approx(179 / 30)


def test_times_must_rise(tmp_path: Path, track: Track) -> None:
    file = write_px(tmp_path / "a_px.trc", replace(track, time_s=np.zeros(track.frame.size)))
    with pytest.raises(PosecheckError, match="times do not rise"):
        TrackSource(Given(file))


def test_a_clip_without_model_or_landmarks(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs a pose model, or landmarks"):
        analyze(film(tmp_path / "a.mp4", 30), tmp_path / "out", BARE, None)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
