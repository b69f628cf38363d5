"""A row for each clip and leg."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from posecheck.batch.clips import Clip
from posecheck.batch.table import COLUMNS, FIELDS, Entry, write_tables

LEG = {
    "reps": 2,
    "clean_reps": 1,
    "peak_thigh_angle_deg": 101.25,
    "peak_hip_flexion_deg": None,
    "peak_hip_flexion_sd_deg": None,
    "clean_hip_flexion_deg": 90.0,
    "clean_hip_flexion_sd_deg": 6.0,
}
SUMMARY = {
    "recorded_at": "2026-05-01T10:00:00+02:00",
    "quality": {"measured_share": 0.5},
    "calibration": {"kind": "trunk"},
    "legs": {"left": LEG, "right": LEG | {"reps": 3}},
}


def clip(name: str) -> Clip:
    return Clip(Path(f"{name}.mp4"), f"{name}.mp4", name)


ENTRIES = [Entry(clip("a"), SUMMARY), Entry(clip("b"), failed="b.mp4 is empty"), Entry(clip("c"))]


def test_rows(tmp_path: Path) -> None:
    write_tables(tmp_path, ENTRIES)
    with (tmp_path / "batch.csv").open(encoding="utf-8", newline="") as file:
        left, right, failed, waiting = csv.DictReader(file)
    assert tuple(left) == COLUMNS
    assert (left["side"], left["reps"], right["side"], right["reps"]) == ("left", "2", "right", "3")
    assert (left["peak_thigh_angle_deg"], left["peak_hip_flexion_deg"]) == ("101.25", "")
    assert (failed["status"], failed["reason"], failed["folder"]) == (
        "failed",
        "b.mp4 is empty",
        "",
    )
    assert (waiting["status"], waiting["reason"], waiting["reps"]) == ("left", "", "")


def test_parquet_says_the_same(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra exports is not installed")
    write_tables(tmp_path, ENTRIES)
    table = parquet.read_table(tmp_path / "batch.parquet")
    assert tuple(table.column_names) == COLUMNS
    assert table.column("reps").to_pylist() == [2, 3, None, None]
    assert table.column("clean_hip_flexion_deg").to_pylist() == [90.0, 90.0, None, None]
    assert table.schema.field("clean_hip_flexion_deg").metadata[b"unit"] == b"deg"


def test_the_docs_name_every_column() -> None:
    text = (Path(__file__).parents[2] / "docs" / "batch.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == [f["name"] for f in FIELDS]
