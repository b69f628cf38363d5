from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posecheck.core.records import Side
from posecheck.errors import OutputError
from posecheck.sinks import files
from posecheck.sinks.tables import ANGLES_COLUMNS, EVENTS_COLUMNS, REPS_COLUMNS, write_csv


@dataclass(frozen=True, slots=True)
class Row:
    time_s: float
    frame: int
    thigh_angle_deg: float
    x_px: float
    note: str | None = None


def cell(column: str, value: Any, tmp_path: Path) -> str:
    write_csv(tmp_path / "one.csv", [column, "last"], [{column: value, "last": 1}])
    with (tmp_path / "one.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1][0]


def test_bytes_of_a_table(tmp_path: Path) -> None:
    rows = [Row(1 / 3, 0, 12.345678, 640.04), Row(2.0, 1, math.nan, 1.0, "knie, höher")]
    write_csv(tmp_path / "t.csv", ["time_s", "frame", "thigh_angle_deg", "x_px", "note"], rows)
    assert (tmp_path / "t.csv").read_bytes() == (
        "time_s,frame,thigh_angle_deg,x_px,note\n"
        "0.333333,0,12.35,640.0,\n"
        '2.000000,1,,1.0,"knie, höher"\n'
    ).encode()


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("a_deg", None, ""),
        ("a_deg", math.nan, ""),
        ("a_deg", np.float64("nan"), ""),
        ("a_deg", math.inf, ""),
        ("a_deg", -0.001, "0.00"),
        ("a_deg", np.float32(1.5), "1.50"),
        ("a_sd_deg", 2, "2"),
        ("frame", np.int64(7), "7"),
        ("confidence", 0.12345, "0.123"),
        ("clean", True, "true"),
        ("clean", np.bool_(False), "false"),
        ("side", Side.LEFT, "left"),
        ("flags", ("too_fast", "pelvic_tilt"), "too_fast;pelvic_tilt"),
        ("flags", {"too_fast", "pelvic_tilt"}, "pelvic_tilt;too_fast"),
        ("flags", (), ""),
    ],
)
def test_cells(tmp_path: Path, column: str, value: Any, expected: str) -> None:
    assert cell(column, value, tmp_path) == expected


def test_only_the_columns_asked_for_in_their_order(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ["b", "a"], [{"a": 1, "b": 2, "c": 3}])
    assert (tmp_path / "t.csv").read_text() == "b,a\n2,1\n"


def test_row_without_a_column_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_csv(tmp_path / "t.csv", ["a", "b"], [{"a": 1}])
    with pytest.raises(AttributeError):
        write_csv(tmp_path / "t.csv", ["frame", "absent"], [Row(0, 0, 0, 0)])
    assert list(tmp_path.iterdir()) == []


def test_header_alone_when_there_is_no_row(tmp_path: Path) -> None:
    write_csv(tmp_path / "reps.csv", REPS_COLUMNS, [])
    assert (tmp_path / "reps.csv").read_text() == ",".join(REPS_COLUMNS) + "\n"


@pytest.mark.parametrize("columns", [ANGLES_COLUMNS, EVENTS_COLUMNS, REPS_COLUMNS])
def test_column_names_are_plain_and_unique(columns: tuple[str, ...]) -> None:
    assert len(set(columns)) == len(columns)
    assert all(name.isidentifier() and name.islower() for name in columns)


def test_columns_of_angles_in_the_published_order() -> None:
    assert ANGLES_COLUMNS[:4] == ("time_s", "frame", "phase", "side")
    assert ANGLES_COLUMNS[12:] == (
        "confidence",
        "flags",
        "pelvis_source",
        "pelvic_obliquity_deg",
    )


def test_rows_that_fail_midway_leave_the_old_table(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, int]]:
        yield {"a": 1}
        raise RuntimeError("camera unplugged")

    target = tmp_path / "t.csv"
    write_csv(target, ["a"], [{"a": 0}])
    with pytest.raises(RuntimeError, match="unplugged"):
        write_csv(target, ["a"], rows())
    assert target.read_text() == "a\n0\n"
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full is Linux's")
def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_full_disk(path: Path) -> Path:
        aside = path.with_name("aside.csv")
        aside.symlink_to("/dev/full")
        return aside

    monkeypatch.setattr(files, "part_path", on_full_disk)
    with pytest.raises(OutputError, match=r"t\.csv not written: the disk is full"):
        write_csv(tmp_path / "t.csv", ["a"], [{"a": n} for n in range(10_000)])
    assert list(tmp_path.iterdir()) == []
