"""What `write_results` writes is what is read back."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from posecheck.core.events import Kind, Sensation
from posecheck.core.recording import Recording
from posecheck.errors import PosecheckError, UsageError
from posecheck.pages.results_folder import read_results
from posecheck.sinks.results import event_rows, rep_rows
from posecheck.sinks.tables import ANGLES_COLUMNS, SINCE_MARKERS
from tests.pages.made import event, made, mark, stills, write
from tests.stick import both, rep


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Three repetitions, the second compensated, the third cut short by the end; away at 6 s."""
    three = both(*(rep(s, 80, move_s=1, hold_s=1.5) for s in (1.5, 7.0, 12.0)))
    return made(
        14.0,
        three,
        events=[event(Kind.PELVIC_TILT, 8.0)],
        marks=[mark(Sensation.FRONT_PINCH, 8.4)],
        seen=lambda t: not 5.8 < t < 6.4,
    )


@pytest.fixture
def folder(recording: Recording, tmp_path: Path) -> Path:
    return write(tmp_path / "clip", recording, 'Übung 膝, "1".mp4', ["a note, with a comma"])


class TestRoundTrip:
    def test_angles(self, folder: Path, recording: Recording) -> None:
        angles = read_results(folder).angles
        assert list(angles) == list(ANGLES_COLUMNS)
        assert angles["time_s"] == pytest.approx(recording.time_s, abs=1e-6)
        for name in set(recording.angles_deg) & set(angles):
            np.testing.assert_allclose(angles[name], recording.angles_deg[name], atol=0.006)
        away = [i for i, t in enumerate(angles["time_s"]) if 5.9 < t < 6.3]
        assert all(math.isnan(angles["thigh_angle_deg"][i]) for i in away)
        assert {angles["phase"][i] for i in away} == {angles["side"][i] for i in away} == {""}
        assert angles["phase"] == [phase.value for phase in recording.phase]
        assert "pelvic_tilt" in angles["flags"]

    def test_tables_written_before_there_were_markers(self, folder: Path) -> None:
        """Their last columns are missing; what is no one's to miss still is."""
        whole, file = read_results(folder).angles, folder / "angles.csv"
        lines = file.read_text(encoding="utf-8").splitlines()
        cut = [line.rsplit(",", len(SINCE_MARKERS))[0] for line in lines]
        file.write_text("\n".join(cut) + "\n", encoding="utf-8")
        older = read_results(folder).angles
        assert list(older) == list(ANGLES_COLUMNS)
        assert set(older["pelvis_source"]) == {""}
        assert all(math.isnan(each) for each in older["pelvic_obliquity_deg"])
        np.testing.assert_array_equal(older["confidence"], whole["confidence"])
        file.write_text("\n".join(line.rsplit(",", 1)[0] for line in cut), encoding="utf-8")
        with pytest.raises(PosecheckError, match="no column flags"):
            read_results(folder)

    def test_repetitions(self, folder: Path, recording: Recording) -> None:
        reps = read_results(folder).reps
        assert [each["clean"] for each in reps] == [True, False, True]
        assert [each["side"] for each in reps] == ["left"] * 3
        assert math.isnan(reps[2]["end_s"])
        for read, written in zip(reps, rep_rows(recording), strict=True):
            assert read["peak_hip_flexion_deg"] == pytest.approx(
                written["peak_hip_flexion_deg"], abs=0.006
            )
            assert read["rep"] == written["rep"]

    def test_clean_may_be_unknown(self, tmp_path: Path) -> None:
        (only,) = read_results(write(tmp_path, made(told=False))).reps
        assert only["clean"] is None
        assert math.isnan(only["clean_hip_flexion_deg"])

    def test_events_and_sensations(self, folder: Path, recording: Recording) -> None:
        events = read_results(folder).events
        assert [each["kind"] for each in events] == ["pelvic_tilt", "front_pinch"]
        assert [each["message"] for each in events] == [
            row["message"] for row in event_rows(recording)
        ]
        assert math.isnan(events[1]["peak_deg"])

    def test_summary(self, folder: Path) -> None:
        results = read_results(folder)
        assert results.name == 'Übung 膝, "1".mp4'
        assert not results.still
        assert results.summary["notes"][-1] == "a note, with a comma"
        assert results.summary["legs"]["left"]["reps"] == 3

    def test_photographs(self, tmp_path: Path) -> None:
        results = read_results(write(tmp_path, stills(3)))
        assert results.still
        assert all(map(math.isnan, results.angles["time_s"]))
        assert (results.reps, results.events) == ([], [])


class TestRefused:
    @staticmethod
    def complaint(folder: Path) -> str:
        with pytest.raises(PosecheckError) as caught:
            read_results(folder)
        message = str(caught.value)
        assert message.startswith(f"{folder}: ")
        assert "\n" not in message
        assert type(caught.value) is PosecheckError
        return message

    def test_a_folder_without_results(self, tmp_path: Path) -> None:
        for folder in (tmp_path, tmp_path / "gone"):
            with pytest.raises(UsageError, match=rf"^{re.escape(str(folder))}: no results here; "):
                read_results(folder)

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", "null", '"a"', "{}", '{"format": 1}', "\x00", '{"clip": {}}']
    )
    def test_a_damaged_summary(self, folder: Path, text: str) -> None:
        (folder / "summary.json").write_text(text, encoding="utf-8")
        assert "analyse the clip again" in self.complaint(folder)

    def test_bytes_that_are_no_text(self, folder: Path) -> None:
        (folder / "summary.json").write_bytes(b'{"format": "\xff"}')
        self.complaint(folder)

    def test_another_version(self, folder: Path) -> None:
        file = folder / "summary.json"
        summary = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps(summary | {"format": "posecheck-summary/2"}), encoding="utf-8")
        assert "summary.json is of another version of posecheck" in self.complaint(folder)

    @pytest.mark.parametrize("name", ["angles", "reps", "events"])
    def test_a_table_that_is_not_there(self, folder: Path, name: str) -> None:
        (folder / f"{name}.csv").unlink()
        assert f"{name}.csv" in self.complaint(folder)

    @pytest.mark.parametrize("name", ["angles", "reps", "events"])
    def test_a_table_that_is_empty_or_lacks_a_column(self, folder: Path, name: str) -> None:
        file = folder / f"{name}.csv"
        lines = file.read_text(encoding="utf-8").splitlines()
        file.write_text("", encoding="utf-8")
        assert f"{name}.csv has no column" in self.complaint(folder)
        file.write_text(lines[0].replace("side", "sid") + "\n", encoding="utf-8")
        assert f"{name}.csv has no column side" in self.complaint(folder)

    def test_a_table_that_is_cut_off(self, folder: Path) -> None:
        file = folder / "angles.csv"
        lines = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\n".join([*lines[:9], lines[9][:12]]), encoding="utf-8")
        assert "angles.csv is damaged in line 10" in self.complaint(folder)

    def test_a_number_that_is_none(self, folder: Path) -> None:
        file = folder / "reps.csv"
        file.write_text(file.read_text(encoding="utf-8").replace("1,left", "one,left"))
        assert "'one'" in self.complaint(folder)


def test_a_column_more_is_kept(folder: Path) -> None:
    """As a later version may write it."""
    file = folder / "reps.csv"
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    added = [f"{header},effort", *(f"{row},7" for row in rows)]
    file.write_text("\n".join(added) + "\n", encoding="utf-8")
    assert [each["effort"] for each in read_results(folder).reps] == [7.0] * 3
