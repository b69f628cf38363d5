from __future__ import annotations

import csv
import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from posecheck.errors import UsageError
from posecheck.exports import extra
from posecheck.exports.formats import Job, export
from posecheck.sinks.tables import ANGLES_COLUMNS
from tests.acting import table
from tests.exports.conftest import FRAMES, GONE


def test_csv_is_copied_byte_for_byte(results: Path, tmp_path: Path) -> None:
    files = export(results, "csv", tmp_path / "new" / "folder")
    names = ["angles.csv", "reps.csv", "events.csv", "landmarks.csv", "datapackage.json"]
    assert [file.name for file in files] == names
    for file in files[:3]:
        assert file.read_bytes() == (results / file.name).read_bytes()
    package = json.loads(files[-1].read_text(encoding="utf-8"))
    for resource in package["resources"]:
        with (tmp_path / "new" / "folder" / resource["path"]).open(encoding="utf-8") as file:
            header = next(csv.reader(file))
        assert header == [field["name"] for field in resource["schema"]["fields"]]


def test_landmarks_as_a_table(results: Path, job: Job, tmp_path: Path) -> None:
    export(results, "csv", tmp_path)
    read, track = table(tmp_path / "landmarks.csv"), job.track
    assert read["frame"].tolist() == list(range(FRAMES))
    np.testing.assert_allclose(read["left_knee_x_px"], track.xy_px[:, 25, 0], atol=0.051)
    np.testing.assert_allclose(read["right_ankle_z_px"], track.z_px[:, 28], atol=0.051)
    assert np.isnan(read["left_knee_y_px"][-GONE:]).all()
    assert np.isfinite(read["left_knee_y_px"][:-GONE]).all()


def test_without_landmarks_the_tables_are_exported_all_the_same(
    results: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for name in ("angles.csv", "reps.csv", "events.csv", "summary.json"):
        (old / name).write_bytes((results / name).read_bytes())
    files = export(old, "csv", tmp_path / "new")
    assert [file.stem for file in files] == ["angles", "reps", "events", "datapackage"]
    package = json.loads((tmp_path / "new" / "datapackage.json").read_text(encoding="utf-8"))
    assert [each["name"] for each in package["resources"]] == ["angles", "reps", "events"]
    with pytest.raises(UsageError, match=r"landmarks\.npz: no landmarks here; analyse"):
        export(old, "trc", tmp_path / "trc")
    assert not (tmp_path / "trc").exists()


def test_a_missing_extra_is_named(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra.importlib.util, "find_spec", lambda _name: None)
    for name, package in (("parquet", "pyarrow"), ("netcdf", "xarray")):
        with pytest.raises(UsageError, match=rf"{package} is missing\): uv sync --extra exports"):
            export(results, name, tmp_path / "out")
        assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not importlib.util.find_spec("pyarrow"), reason="needs the extra exports")
def test_parquet_is_typed_and_says_what_it_means(results: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    files = export(results, "parquet", tmp_path)
    assert [file.name for file in files] == [
        f"{name}.parquet" for name in ("angles", "reps", "events", "landmarks")
    ]
    angles, written = pq.read_table(files[0]), table(results / "angles.csv")
    assert angles.column_names == list(ANGLES_COLUMNS)
    field = angles.schema.field("thigh_angle_deg")
    assert (str(field.type), field.metadata[b"unit"]) == ("double", b"deg")
    assert b"towards the chest" in field.metadata[b"description"]
    thigh = angles["thigh_angle_deg"].to_pylist()
    np.testing.assert_array_equal(np.array(thigh, dtype=float), written["thigh_angle_deg"])
    assert thigh[-1] is None  # empty is null, not zero, not NaN
    assert angles["side"].to_pylist()[60] == "left"
    assert str(pq.read_schema(files[1]).field("clean").type) == "bool"
    assert pq.read_table(files[3])["left_hip_x_px"].null_count == GONE
