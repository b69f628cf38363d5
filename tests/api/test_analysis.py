"""What an `Analysis` gives: arrays, DataFrames, figures, a report, a table for notebooks."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import posecheck
from posecheck.sinks.tables import ANGLES_COLUMNS, EVENTS_COLUMNS, REPS_COLUMNS
from tests.acting import poses
from tests.api.conftest import HASTE, Act
from tests.stick import rest

PNG = b"\x89PNG"


@pytest.fixture
def analysis(played: Path) -> posecheck.Analysis:
    return posecheck.analyze(played)


class TestTables:
    def test_arrays_by_the_columns_of_the_files(self, analysis: posecheck.Analysis) -> None:
        assert tuple(analysis.columns) == ANGLES_COLUMNS
        assert tuple(analysis.rep_columns) == REPS_COLUMNS
        assert tuple(analysis.event_columns) == EVENTS_COLUMNS
        kinds = {name: values.dtype.kind for name, values in analysis.columns.items()}
        words = dict.fromkeys(("phase", "side", "flags", "pelvis_source"), "U")
        assert kinds == dict.fromkeys(ANGLES_COLUMNS, "f") | words | {"frame": "i"}
        assert set(analysis.columns["side"]) <= {"left", ""}
        assert analysis.rep_columns["clean"].tolist() == [None]

    def test_data_frames(self, analysis: posecheck.Analysis) -> None:
        assert isinstance(analysis.angles, pd.DataFrame)
        assert analysis.angles.shape == (180, len(ANGLES_COLUMNS))
        assert analysis.reps["clean"].dtype == "boolean"
        assert analysis.reps["clean"].isna().all()
        assert analysis.angles["pelvic_tilt_deg"].isna().all()
        assert analysis.events.empty

    def test_without_pandas_the_arrays_remain(
        self, analysis: posecheck.Analysis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "pandas", None)
        with pytest.raises(posecheck.PosecheckError, match=r"posecheck\[pandas\]") as told:
            _ = analysis.angles
        assert "\n" not in str(told.value)
        assert analysis.columns["frame"].size == 180

    def test_compensation_and_what_was_said_of_it(self, played: Path, act: Act) -> None:
        act(poses(left=HASTE))
        analysis = posecheck.analyze(played)
        assert analysis.events["kind"].tolist()[0] == "too_fast"
        assert "slow" in analysis.events["message"][0].lower()
        assert analysis.reps["clean"].tolist() == [False]
        assert any("too_fast" in flags for flags in analysis.columns["flags"])


class TestFigures:
    def test_panels_are_drawn_in_the_order_asked_for(self, analysis: posecheck.Analysis) -> None:
        labels = [axes.get_ylabel() for axes in analysis.plot("knee", "thigh", "knee").axes]
        assert labels == ["knee flexion (°)", "thigh angle (°)"]

    def test_all_that_is_usual_without_a_name(self, analysis: posecheck.Analysis) -> None:
        labels = [axes.get_ylabel().split()[0] for axes in analysis.plot().axes]
        assert labels == ["thigh", "pelvic", "knee", "resting"]

    def test_the_curve_is_the_column(self, analysis: posecheck.Analysis) -> None:
        (axes,) = analysis.plot("thigh").axes
        drawn = max((line.get_ydata() for line in axes.lines), key=lambda y: np.isfinite(y).sum())
        known = np.isfinite(drawn)
        np.testing.assert_array_equal(drawn[known], analysis.columns["thigh_angle_deg"][known])
        assert known.sum() > 100

    def test_another_panel_is_refused(self, analysis: posecheck.Analysis) -> None:
        with pytest.raises(posecheck.UsageError, match="no panel 'ankle'; there are thigh, hip"):
            analysis.plot("ankle")

    def test_a_notebook_is_given_a_picture(self, analysis: posecheck.Analysis) -> None:
        for figure in (analysis.plot("hip"), analysis.plot_rhythm()):
            assert figure._repr_png_().startswith(PNG)


class TestInANotebook:
    def test_a_row_for_each_leg(self, analysis: posecheck.Analysis) -> None:
        shown = analysis._repr_html_()
        assert shown.count("<tr>") == 2
        assert "<td>left</td><td>1</td>" in shown
        assert "<td>–</td>" in shown  # the pelvis was not told
        assert len(shown) < 1000

    def test_a_clip_may_have_any_name(self, played: Path) -> None:
        named = played.rename(played.with_name("a & b.mp4"))
        assert "a &amp; b.mp4" in posecheck.analyze(named)._repr_html_()


def test_a_report_of_what_was_never_in_a_folder(analysis: posecheck.Analysis, here: Path) -> None:
    page = analysis.report("pages/report.html")
    assert page == Path("pages/report.html")
    text = (here / page).read_text(encoding="utf-8")
    assert "clip.mp4" in text
    assert "87" in text


def test_nobody_who_worked(played: Path, act: Act) -> None:
    act(poses(left=rest))
    assert "left leg, 0 repetitions" in repr(posecheck.analyze(played, side="left"))
