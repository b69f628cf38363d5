"""The folder of results, read back as anybody would read it."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posecheck.core.phases import Phase
from posecheck.core.recorder import VANISHING_S
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, FrameRef, Side
from posecheck.errors import OutputError
from posecheck.sinks.results import angle_rows, rep_rows, write_results
from posecheck.sinks.tables import ANGLES_COLUMNS
from tests.stick import both, movement, record, rep, stick

ANGLES_HEADER = (
    "time_s,frame,phase,side,thigh_angle_deg,hip_flexion_deg,pelvic_tilt_deg,pelvic_tilt_sd_deg,"
    "low_back_twist_deg,resting_thigh_deg,knee_flexion_deg,knee_line_deg,confidence,flags,"
    "pelvis_source,pelvic_obliquity_deg"
)
REPS_HEADER = (
    "rep,side,start_s,peak_s,end_s,peak_hip_flexion_deg,peak_thigh_angle_deg,"
    "peak_pelvic_tilt_deg,hold_s,clean,clean_hip_flexion_deg"
)
SUMMARY = {"format": "test", "nothing": NAN}


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Two repetitions, the second broken off by the end; away from 5 to 7 s; an exchange."""
    return record(
        movement(
            12,
            both(rep(1.2, move_s=1, hold_s=1), rep(9, hold_s=9)),
            seen=lambda t: not 5 < t < 7,
            exchanged=lambda t: 2.4 < t < 2.6,
            fps=20,
            noise_px=0.3,
        )
    )


@pytest.fixture(scope="module")
def folder(recording: Recording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    files = write_results(folder, "a clip.mp4", recording, SUMMARY)
    names = ["angles.png", "angles.csv", "reps.csv", "events.csv", "summary.json"]
    assert files == [folder / name for name in names]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    return folder


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_headers_are_the_contract(folder: Path) -> None:
    for name, header in (
        ("angles.csv", ANGLES_HEADER),
        ("reps.csv", REPS_HEADER),
        ("events.csv", "start_s,end_s,kind,side,peak_deg,message"),
    ):
        data = (folder / name).read_bytes()
        assert data.startswith(header.encode() + b"\n")
        assert b"\r" not in data
        assert b"nan" not in data.lower()


def test_a_row_for_every_frame_at_its_own_time(folder: Path, recording: Recording) -> None:
    rows = table(folder / "angles.csv")
    assert len(rows) == 240
    assert [int(row["frame"]) for row in rows] == list(range(240))
    assert [float(row["time_s"]) for row in rows] == pytest.approx(recording.time_s, abs=1e-6)


def test_frames_without_a_person_are_empty(folder: Path) -> None:
    for row in table(folder / "angles.csv"):
        if 5 - VANISHING_S < float(row["time_s"]) < 7:
            assert {name for name, cell in row.items() if cell} == {"time_s", "frame"}
        else:
            assert row["thigh_angle_deg"]
            assert row["side"] == "left"
            assert row["phase"] in {phase.value for phase in Phase if phase}
            assert 0 < float(row["confidence"]) <= 1


def test_what_is_not_measured_is_empty_and_hip_flexion_never_the_thigh_angle(folder: Path) -> None:
    rows = table(folder / "angles.csv")
    for name in (
        "hip_flexion_deg",
        "pelvic_tilt_deg",
        "pelvic_tilt_sd_deg",
        "low_back_twist_deg",
    ):
        assert {row[name] for row in rows} == {""}
    assert max(float(row["thigh_angle_deg"] or 0) for row in rows) > 90


def test_numbers_in_the_table_are_those_of_the_recording(
    folder: Path, recording: Recording
) -> None:
    rows = table(folder / "angles.csv")
    for name in set(ANGLES_COLUMNS) & set(recording.angles_deg):
        values = recording.angles_deg[name]
        for row, value in zip(rows, values, strict=True):
            assert (row[name] == "") == math.isnan(value)
            assert not row[name] or float(row[name]) == pytest.approx(value, abs=0.006)


def test_flags(folder: Path) -> None:
    flagged = [row for row in table(folder / "angles.csv") if row["flags"]]
    assert {row["flags"] for row in flagged} == {"legs_exchanged"}
    assert all(2.4 < float(row["time_s"]) < 2.6 for row in flagged)
    assert len(flagged) == 3


def test_repetitions(folder: Path) -> None:
    whole, unfinished = table(folder / "reps.csv")
    assert (whole["rep"], whole["side"]) == ("1", "left")
    assert (unfinished["rep"], unfinished["end_s"]) == ("2", "")
    assert float(whole["start_s"]) == pytest.approx(1.2, abs=0.3)
    assert float(whole["end_s"]) == pytest.approx(4.2, abs=0.3)
    assert float(whole["hold_s"]) == pytest.approx(1.1, abs=0.3)
    for row in (whole, unfinished):
        assert row["peak_hip_flexion_deg"] == row["peak_pelvic_tilt_deg"] == row["clean"] == ""
        assert float(row["peak_thigh_angle_deg"]) > 90


def test_plot_and_summary_are_whole(folder: Path) -> None:
    with Image.open(folder / "angles.png") as image:
        image.load()
    assert json.loads((folder / "summary.json").read_text(encoding="utf-8")) == {
        "format": "test",
        "nothing": None,
    }


def test_no_plot_when_not_wanted_or_without_time(recording: Recording, tmp_path: Path) -> None:
    names = ["angles.csv", "reps.csv", "events.csv", "summary.json"]
    files = write_results(tmp_path, "clip", recording, SUMMARY, plot=False)
    assert [file.name for file in files] == names
    stills = record([(FrameRef(i, NAN, 640, 480, f"{i}"), stick((90, 0))) for i in range(2)])
    files = write_results(tmp_path, "stills", stills, SUMMARY)
    assert [file.name for file in files] == names
    rows = table(tmp_path / "angles.csv")
    assert [row["time_s"] for row in rows] == ["", ""]
    assert [row["frame"] for row in rows] == ["0", "1"]
    assert rows[0]["side"] == "left"
    assert table(tmp_path / "reps.csv") == []


def test_rows_in_which_the_leg_is_hidden_name_no_side() -> None:
    hidden = np.full(33, 0.95)
    hidden[25] = 0.0
    seen = np.full(33, 0.95)
    recording = record(
        movement(3, lambda _: 90, fps=20, visibility=lambda t: hidden if t > 2 else seen)
    )
    sides = [row["side"] for row in angle_rows(recording)]
    assert sides == [Side.LEFT] * 41 + [None] * 19


def test_a_repetition_names_its_side(recording: Recording) -> None:
    assert next(rep_rows(recording))["side"] == Side.LEFT.value


def test_folder_gone(recording: Recording, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"angles\.csv not written"):
        write_results(tmp_path / "gone", "clip", recording, SUMMARY)
