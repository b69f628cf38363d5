"""Analyses side by side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import posecheck
from posecheck.session import Outcome
from tests.acting import poses

Analysed = Callable[[str], Outcome]


def test_sides_that_were_told(analysed: Analysed) -> None:
    left, right = (
        posecheck.read_results(analysed(name).folder) for name in ("clean_far", "resting_leg_lift")
    )
    found = posecheck.compare(left, right)
    assert found.columns["side"].tolist() == ["left", "right"]
    told = found.columns["clean_hip_flexion_deg"]
    assert told[0] == left.legs["left"]["clean_hip_flexion_deg"]
    by_deg = told[0] - told[1]
    (words,) = found.changes
    assert words.startswith(f"Left less right: {round(by_deg):+d}°")
    assert words in repr(found)
    (axes,) = found.plot().axes
    drawn = [each.lines[0].get_ydata()[0] for each in axes.containers]
    assert drawn == told.tolist()


def test_a_leg_of_which_the_hip_is_not_told(played: Path) -> None:
    found = posecheck.compare(posecheck.analyze(played))
    assert np.isnan(found.columns["clean_hip_flexion_deg"]).all()
    assert found.columns["peak_thigh_angle_deg"] > 80
    assert found.changes == []
    assert found.plot()._repr_png_()
    assert found.table["reps"].tolist() == [1]


def test_clips_of_one_name_are_numbered(played: Path) -> None:
    analysis = posecheck.analyze(played)
    names = posecheck.compare(analysis, analysis).columns["name"].tolist()
    assert names == ["clip.mp4 (1)", "clip.mp4 (2)"]


def test_both_legs_of_one_clip(played: Path, act: Any) -> None:
    later = posecheck.analyze(played, side="left"), posecheck.analyze(played, side="right")
    assert posecheck.compare(*later).columns["side"].tolist() == ["left", "right"]
    act(poses())


def test_nothing_to_compare() -> None:
    with pytest.raises(posecheck.UsageError, match="at least one analysis"):
        posecheck.compare()
