"""Measured against true angles."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import posecheck
from posecheck.api.accuracy import accuracy
from posecheck.api.tables import Columns

TIME_S = np.arange(0.0, 4.0, 0.1)
RAMP = 25 * TIME_S
NONE = np.full(TIME_S.size, np.nan)


def measured(**changes: Any) -> Columns:
    """A thigh that rises by 25 deg a second, and a pelvis that stays."""
    angles = ("hip_flexion_deg", "low_back_twist_deg", "resting_thigh_deg", "knee_flexion_deg")
    plain = dict.fromkeys((*angles, "knee_line_deg"), NONE)
    tilt = {"pelvic_tilt_deg": np.zeros(TIME_S.size), "pelvic_tilt_sd_deg": np.ones(TIME_S.size)}
    return {"time_s": TIME_S, "thigh_angle_deg": RAMP, **plain, **tilt, **changes}


def row(found: posecheck.Accuracy, angle: str, when: str) -> dict[str, Any]:
    columns = found.columns
    (at,) = np.flatnonzero((columns["angle"] == angle) & (columns["when"] == when))
    return {name: values[at] for name, values in columns.items()}


def test_an_error_is_estimate_less_truth() -> None:
    found = accuracy("a", measured(), {"time_s": TIME_S, "thigh_angle_deg": RAMP + 3})
    assert row(found, "thigh_angle_deg", "all")["bias_deg"] == pytest.approx(-3)
    assert row(found, "thigh_angle_deg", "all")["mean_abs_error_deg"] == pytest.approx(3)


def test_frames_with_the_thigh_truly_raised_are_told_apart() -> None:
    off = np.where(RAMP > 20, 5.0, 1.0)
    found = accuracy(
        "a", measured(thigh_angle_deg=RAMP + off), {"time_s": TIME_S, "thigh_angle_deg": RAMP}
    )
    raised = row(found, "thigh_angle_deg", "raised")
    assert raised["frames"] == (RAMP > 20).sum()
    assert raised["bias_deg"] == pytest.approx(5)
    assert 1 < row(found, "thigh_angle_deg", "all")["bias_deg"] < 5


def test_what_was_not_told_is_no_error_but_is_counted() -> None:
    half = np.where(np.arange(TIME_S.size) % 2, RAMP, np.nan)
    found = accuracy(
        "a", measured(thigh_angle_deg=half), {"time_s": TIME_S, "thigh_angle_deg": RAMP}
    )
    told = row(found, "thigh_angle_deg", "all")
    assert (told["frames"], told["told_share"], told["mean_abs_error_deg"]) == (20, 0.5, 0)


def test_the_truth_runs_straight_between_its_times_and_ends_with_them() -> None:
    truth = {"time_s": [1.0, 3.0], "thigh_angle_deg": [25.0, 75.0]}
    told = row(accuracy("a", measured(), truth), "thigh_angle_deg", "all")
    assert told["frames"] == ((TIME_S >= 1) & (TIME_S <= 3)).sum()
    assert told["mean_abs_error_deg"] == pytest.approx(0)


def test_tilts_within_their_own_interval() -> None:
    tilt = np.where(np.arange(TIME_S.size) % 4, 1.9, 2.0)
    found = accuracy("a", measured(), {"time_s": TIME_S, "pelvic_tilt_deg": tilt})
    assert found.tilt_inside_share == pytest.approx(0.75)


def test_without_a_true_tilt_no_share() -> None:
    found = accuracy("a", measured(), {"time_s": TIME_S, "thigh_angle_deg": RAMP})
    assert math.isnan(found.tilt_inside_share)
    assert "thigh angle 0.0° off" in repr(found)


def test_a_data_frame_and_a_file_are_taken_alike(tmp_path: Path) -> None:
    table = pd.DataFrame({"time_s": TIME_S, "thigh_angle_deg": RAMP - 1, "note": "x"})
    table.loc[3, "thigh_angle_deg"] = np.nan
    table.to_csv(tmp_path / "truth.csv", index=False)
    of_table = accuracy("a", measured(), table)
    of_file = accuracy("a", measured(), tmp_path / "truth.csv")
    pd.testing.assert_frame_equal(of_table.table, of_file.table)
    assert row(of_file, "thigh_angle_deg", "all")["frames"] < TIME_S.size


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        ({"thigh_angle_deg": RAMP}, "needs a column time_s"),
        ({"time_s": TIME_S}, "at least one of thigh_angle_deg"),
        ({"time_s": TIME_S, "thigh_angle_deg": RAMP[1:]}, "different lengths"),
        ({"time_s": TIME_S[::-1], "thigh_angle_deg": RAMP}, "time_s must rise"),
        ({"time_s": TIME_S, "thigh_angle_deg": ["high"] * 40}, "not columns of numbers"),
        ("absent.csv", "absent.csv: cannot be read"),
    ],
)
def test_what_is_no_truth(truth: Any, said: str) -> None:
    with pytest.raises(posecheck.UsageError, match=said):
        accuracy("a", measured(), truth)


@pytest.mark.parametrize(
    "text", ["time_s,thigh_angle_deg\n0,high\n", "time_s,thigh_angle_deg\n0\n"]
)
def test_a_file_that_is_no_truth_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "truth.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(posecheck.UsageError, match=r"truth\.csv: not a table of true angles"):
        accuracy("a", measured(), file)


TRUTH = {"time_s": TIME_S, "thigh_angle_deg": RAMP, "knee_flexion_deg": NONE}


class TestFigure:
    def test_a_row_for_each_angle_that_is_known(self) -> None:
        figure = accuracy("a", measured(), TRUTH).plot()
        assert [axes.get_ylabel() for axes in figure.axes] == ["thigh angle (°)", "error (°)"]

    def test_of_those_asked_for(self) -> None:
        found = accuracy("a", measured(), TRUTH)
        figure = found.plot("knee_flexion_deg")
        assert figure.axes[0].get_ylabel() == "knee flexion (°)"
        with pytest.raises(posecheck.UsageError, match="hip_flexion_deg: the truth holds thigh"):
            found.plot("hip_flexion_deg")

    def test_limits_of_agreement_are_where_they_are(self) -> None:
        error = np.random.default_rng(0).normal(2, 3, TIME_S.size)
        found = accuracy("a", measured(thigh_angle_deg=RAMP + error), TRUTH)
        level = [
            line.get_ydata()[0]
            for line in found.plot().axes[1].lines
            if line.get_linestyle() == "--"
        ]
        told = row(found, "thigh_angle_deg", "all")
        assert sorted(level) == pytest.approx([told["low_deg"], told["high_deg"]])
