"""CSV that opens alike in pandas, Excel and R."""

from __future__ import annotations

import csv
import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.sinks.files import atomic_path

ANGLES_COLUMNS = (
    "time_s",
    "frame",
    "phase",
    "side",
    "thigh_angle_deg",
    "hip_flexion_deg",
    "pelvic_tilt_deg",
    "pelvic_tilt_sd_deg",
    "low_back_twist_deg",
    "resting_thigh_deg",
    "knee_flexion_deg",
    "knee_line_deg",
    "confidence",
    "flags",
    "pelvis_source",
    "pelvic_obliquity_deg",
)
SINCE_MARKERS = ANGLES_COLUMNS[-2:]
"""Columns that tables written before there were markers do not have."""
EVENTS_COLUMNS = ("start_s", "end_s", "kind", "side", "peak_deg", "message")
REPS_COLUMNS = (
    "rep",
    "side",
    "start_s",
    "peak_s",
    "end_s",
    "peak_hip_flexion_deg",
    "peak_thigh_angle_deg",
    "peak_pelvic_tilt_deg",
    "hold_s",
    "clean",
    "clean_hip_flexion_deg",
)

_DECIMALS = {"s": 6, "deg": 2, "px": 1}
_OTHER_DECIMALS = 3


def write_csv(path: str | Path, columns: Sequence[str], rows: Iterable[object]) -> None:
    """Write ``rows`` (mappings or objects with attributes) as UTF-8 CSV, whole or not at all.

    Only ``columns`` are written, in their order; a row without one of them is an error of the
    caller (KeyError, AttributeError). None and numbers that are not finite become empty cells.
    Fixed decimals by the column's unit: ``_s`` 6, ``_deg`` 2, ``_px`` 1, others 3. Booleans are
    ``true`` and ``false``; lists, tuples and sets are joined by ``;``. Raises `OutputError`.
    """
    with (
        atomic_path(path) as aside,
        aside.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        decimals = [_DECIMALS.get(name.rpartition("_")[2], _OTHER_DECIMALS) for name in columns]
        for row in rows:
            values = (row[c] if isinstance(row, Mapping) else getattr(row, c) for c in columns)
            writer.writerow(map(_cell, values, decimals))


def _cell(value: Any, decimals: int) -> str:
    match value:
        case None:
            return ""
        case bool() | np.bool_():
            return "true" if value else "false"
        case numbers.Integral():
            return str(int(value))
        case numbers.Real():
            return f"{float(value):z.{decimals}f}" if math.isfinite(value) else ""
        case set() | frozenset():
            return ";".join(sorted(map(str, value)))
        case list() | tuple():
            return ";".join(map(str, value))
    return str(value)
