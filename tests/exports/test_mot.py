from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.errors import PosecheckError
from posecheck.exports.formats import export
from posecheck.exports.mot import write_mot
from tests.acting import table
from tests.exports.opensim_reading import read_mot


def columns(**changed: list[Any]) -> dict[str, list[Any]]:
    """Four frames of angles.csv: the left leg, its pelvis told in the middle, then the right."""
    nan = np.nan
    return {
        "time_s": [0.0, 0.1, 0.25, 0.3],
        "side": ["left", "left", "left", "right"],
        "thigh_angle_deg": [10.0, 20.0, nan, 40.0],
        "hip_flexion_deg": [nan, 17.0, nan, nan],
        "pelvic_tilt_deg": [nan, 3.0, nan, nan],
        "knee_flexion_deg": [11.0, 22.0, 33.0, 44.0],
        **changed,
    }


def test_a_leg_s_rows_are_whole_or_left_out(tmp_path: Path) -> None:
    files = write_mot(tmp_path, columns())
    assert [file.name for file in files] == ["hip_left.mot", "thigh_left.mot", "thigh_right.mot"]
    header, hip = read_mot(files[0])
    assert header["inDegrees"] == "yes"
    assert {name: values.tolist() for name, values in hip.items()} == {
        "time": [0.1],
        "pelvis_tilt": [93.0],  # 90 lying on the back, posterior tilt adds
        "hip_flexion_l": [17.0],
        "knee_angle_l": [22.0],
    }
    _, left = read_mot(files[1])
    assert left["time"].tolist() == [0.0, 0.1]
    assert left["thigh_angle_l"].tolist() == [10.0, 20.0]
    _, right = read_mot(files[2])
    assert (right["time"].tolist(), right["knee_angle_r"].tolist()) == ([0.3], [44.0])


def test_a_thigh_angle_never_passes_for_hip_flexion(tmp_path: Path) -> None:
    untold = columns(hip_flexion_deg=[np.nan] * 4, pelvic_tilt_deg=[np.nan] * 4)
    for file in write_mot(tmp_path, untold):
        assert "hip_flexion" not in file.read_text(encoding="utf-8")


def test_nothing_to_write_is_said(tmp_path: Path) -> None:
    with pytest.raises(PosecheckError, match="no frame has both"):
        write_mot(tmp_path, columns(knee_flexion_deg=[np.nan] * 4))
    assert not list(tmp_path.iterdir())


def test_of_a_clip(results: Path, tmp_path: Path) -> None:
    (path,) = export(results, "mot", tmp_path)  # a stick figure has no surface, so no pelvis
    _, told = read_mot(path)
    angles = table(results / "angles.csv")
    measured = np.isfinite(angles["thigh_angle_deg"])
    np.testing.assert_array_equal(told["time"], angles["time_s"][measured])
    np.testing.assert_array_equal(told["thigh_angle_l"], angles["thigh_angle_deg"][measured])
    np.testing.assert_array_equal(told["knee_angle_l"], angles["knee_flexion_deg"][measured])
