from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.core.neutral import STILL_DEG
from posecheck.core.posture import Posture
from posecheck.core.recorder import Recorder
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, FrameRef
from posecheck.core.thigh_fit import ThighFit
from posecheck.core.view import FAR_OFF_DEG, View
from posecheck.errors import OutputError
from posecheck.sinks.summary import notes, summarize, why_nothing, write_summary
from posecheck.sources.base import SourceInfo
from tests.stick import movement, path, record, rep, stick

INFO = SourceInfo("clip.mp4", 1280, 720, 30, 240, 8.0, rotation_deg=90)
LYING_STRAIGHT = Posture.SUPINE


def of(recording: Recording) -> dict[str, Any]:
    return summarize(recording, INFO)


def lying(posture: Posture, count: int = 40) -> Recording:
    return record(movement(count / 20, posture=posture, fps=20))


@pytest.fixture(scope="module")
def repetition() -> Recording:
    return record(
        movement(
            8,
            rep(1.5, move_s=1, hold_s=1),
            fps=20,
            seen=lambda t: t < 6,
            exchanged=lambda t: 2.6 < t < 3,
        )
    )


def test_what_was_measured(repetition: Recording) -> None:
    summary = of(repetition)
    assert summary["clip"]["name"] == "clip.mp4"
    assert (summary["clip"]["width_px"], summary["clip"]["height_px"]) == (1280, 720)
    assert summary["clip"]["rotation_deg"] == 90
    assert summary["clip"]["frames"] == 160
    assert summary["clip"]["duration_s"] == pytest.approx(7.95)
    assert summary["calibration"]["kind"] == "neutral"
    assert 0 < summary["calibration"]["neutral_spread_deg"] <= STILL_DEG
    assert summary["quality"]["measured_share"] == pytest.approx(
        118 / 160
    )  # the last 0.1 s is not believed
    assert summary["quality"]["median_confidence"] == pytest.approx(0.95)
    assert summary["quality"]["legs_exchanged_frames"] == 7
    assert summary["quality"]["posture_frames"] == {"on the back": 120, "not seen": 40}
    assert set(summary["legs"]) == {"left"}
    assert summary["legs"]["left"]["reps"] == 1
    assert summary["legs"]["left"]["measured_frames"] == 118
    (found,) = summary["reps"]
    assert found["side"] == "left"
    assert found["peak_thigh_angle_deg"] == summary["legs"]["left"]["peak_thigh_angle_deg"]


def test_the_typical_error_is_that_of_the_calibration(fit: ThighFit, tmp_path: Path) -> None:
    lain = movement(4, path((1.5, 0), (2.5, 90)), fps=20)
    raised_all_along = movement(2, lambda _: 90, fps=20)
    for frames, kind in ((lain, "neutral"), (raised_all_along, "trunk")):
        calibration = of(record(frames, fit=fit))["calibration"]
        assert calibration["kind"] == kind
        assert calibration["typical_thigh_angle_error_deg"] == fit.error_sd_deg[kind]
    without_a_fit = of(record(movement(2, lambda _: 90, fps=20)))
    write_summary(tmp_path / "s.json", without_a_fit)
    read = json.loads((tmp_path / "s.json").read_text())
    assert read["calibration"]["typical_thigh_angle_error_deg"] is None


def test_written_as_plain_json_that_any_reader_takes(repetition: Recording, tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    extra = {
        "nan": NAN,
        "inf": np.inf,
        "deep": [{"x": (NAN, np.float64(1.23456789))}],
        "yes": True,
        "name": "Übung 膝",
    }
    write_summary(path, of(repetition) | extra)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    text = path.read_text(encoding="utf-8")
    read = json.loads(text, parse_constant=refuse)
    assert text.endswith("}\n")
    assert "Übung 膝" in text
    assert (read["nan"], read["inf"], read["yes"]) == (None, None, True)
    assert read["deep"] == [{"x": [None, 1.234568]}]
    assert read["reps"][0]["side"] == "left"
    assert read["clip"]["frames"] == 160


def test_an_unfinished_repetition_ends_with_null(tmp_path: Path) -> None:
    recording = record(movement(5, rep(1.5, hold_s=9), fps=20))
    write_summary(tmp_path / "s.json", of(recording))
    assert json.loads((tmp_path / "s.json").read_text())["reps"][0]["end_s"] is None


def test_nothing_measured_is_null_not_zero(tmp_path: Path) -> None:
    for recording in (lying(Posture.PRONE), Recorder().finish()):
        summary = of(recording)
        write_summary(tmp_path / "s.json", summary)
        assert summary["calibration"] == {
            "kind": "",
            "typical_thigh_angle_error_deg": None,
            "neutral_spread_deg": None,
        }
        assert summary["quality"]["measured_share"] == 0
        assert summary["quality"]["median_confidence"] is None
        assert (summary["legs"], summary["reps"]) == ({}, [])
    assert summary["clip"]["duration_s"] is None


def test_stills_have_no_duration() -> None:
    stills = record([(FrameRef(i, NAN, 640, 480, f"{i}.png"), stick((90, 0))) for i in range(3)])
    summary = of(stills)
    assert summary["clip"]["duration_s"] is None
    assert summary["clip"]["frames"] == 3
    assert summary["quality"]["measured_share"] == 1


def test_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text("of an earlier run")
    with pytest.raises(TypeError):
        write_summary(path, {"a": object()})
    assert path.read_text() == "of an earlier run"
    assert [each.name for each in tmp_path.iterdir()] == ["summary.json"]
    with pytest.raises(OutputError, match="does not exist"):
        write_summary(tmp_path / "gone" / "summary.json", {})


class TestWhyNothing:
    @pytest.mark.parametrize(
        ("posture", "words"),
        [
            (Posture.UPRIGHT, "upright (standing, sitting or walking) in 100 % of the frames"),
            (Posture.PRONE, "face down in 100 % of the frames"),
            (Posture.SIDE_LYING, "on the side in 100 % of the frames"),
            (LYING_STRAIGHT, "no knee is seen raised; name the leg with --side"),
        ],
    )
    def test_what_was_seen_and_what_to_do(self, posture: Posture, words: str) -> None:
        reason = why_nothing(lying(posture))
        assert words in reason
        assert reason.startswith("no angles: ")
        assert "\n" not in reason

    def test_share_counts_all_frames(self) -> None:
        half = record(movement(2, posture=Posture.PRONE, fps=20, seen=lambda t: t < 1))
        assert "face down in 50 % of the frames" in why_nothing(half)

    def test_nobody(self) -> None:
        assert "nobody was found" in why_nothing(record(movement(1, seen=lambda _: False)))

    def test_not_one_picture(self) -> None:
        assert "no picture was read" in why_nothing(Recorder().finish())

    def test_one_still(self) -> None:
        one = record([(FrameRef(0, NAN, 9, 9, "a.png"), stick(posture=Posture.UPRIGHT))])
        assert "in the picture" in why_nothing(one)


class TestNotes:
    def test_a_good_recording_needs_none(self) -> None:
        assert notes(record(movement(4, rep(1.2, move_s=1), fps=20))) == []

    def test_no_neutral(self) -> None:
        (note,) = notes(record(movement(2, lambda _: 90, fps=20)))
        assert "no neutral pose" in note

    def test_legs_exchanged_back(self, repetition: Recording) -> None:
        (note,) = notes(repetition)
        assert "exchanged back in 7 frames" in note

    def test_legs_hard_to_tell_apart(self, repetition: Recording) -> None:
        repetition.legs_sure[:3] = False
        try:
            assert "hard to tell apart in 3 frames" in notes(repetition)[-1]
        finally:
            repetition.legs_sure[:3] = True

    @pytest.mark.parametrize("yaw_deg", [FAR_OFF_DEG + 0.6, -FAR_OFF_DEG - 0.6, 52.0])
    def test_a_camera_far_off_the_side(self, yaw_deg: float) -> None:
        good = record(movement(4, rep(1.2, move_s=1), fps=20))
        (note,) = notes(good, View(yaw_deg=yaw_deg))
        assert f"about {abs(yaw_deg):.0f}° off the side" in note
        assert "put it right beside the hips" in note

    @pytest.mark.parametrize("yaw_deg", [0.0, FAR_OFF_DEG, -FAR_OFF_DEG, NAN])
    def test_a_camera_near_enough_or_not_known(self, yaw_deg: float) -> None:
        good = record(movement(4, rep(1.2, move_s=1), fps=20))
        assert notes(good, View(yaw_deg=yaw_deg)) == []
