"""The dataset of *movement*: held against movement 0.17's own layout, whose validator it passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posecheck.exports.formats import Job, export
from posecheck.exports.netcdf import dataset
from tests.acting import table
from tests.exports.conftest import FRAMES, GONE

xr = pytest.importorskip("xarray", reason="needs the extra exports")


def test_layout(results: Path, job: Job, tmp_path: Path) -> None:
    (path,) = export(results, "netcdf", tmp_path)
    with xr.open_dataset(path) as found:
        assert found["position"].dims == ("time", "space", "keypoint", "individual")
        assert found["confidence"].dims == ("time", "keypoint", "individual")
        assert found["space"].values.tolist() == ["x", "y"]
        assert found["individual"].values.tolist() == ["person"]
        assert found.attrs == {
            "source_software": "posecheck",
            "ds_type": "poses",
            "time_unit": "seconds",
            "source_file": "Übung.mp4",
            "fps": 30.0,
        }
        knee = found["position"].sel(keypoint="left_knee", individual="person")
        np.testing.assert_allclose(knee, job.track.xy_px[:, 25], atol=1e-4)
        assert float(found["confidence"].sel(keypoint="left_knee")[0, 0]) == pytest.approx(0.95)
        assert np.isnan(knee[-GONE:]).all()


def test_angles_lie_beside(results: Path, job: Job) -> None:
    found, angles = dataset(job.track, job.results.angles, "a"), table(results / "angles.csv")
    np.testing.assert_array_equal(found["thigh_angle_deg"], angles["thigh_angle_deg"])
    np.testing.assert_array_equal(found["angle_confidence"], angles["confidence"])
    assert found["thigh_angle_deg"].attrs["units"] == "deg"
    assert "side" not in found


def test_uneven_times_have_no_rate(job: Job) -> None:
    uneven = np.cumsum(np.random.default_rng(3).uniform(0.01, 0.09, FRAMES))
    found = dataset(replace(job.track, time_s=uneven), job.results.angles, "a")
    assert "fps" not in found.attrs
    np.testing.assert_array_equal(found["time"], uneven)
