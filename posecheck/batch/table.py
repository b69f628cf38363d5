"""One table of a batch: a row for each clip and leg, and one for each clip without results."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posecheck.batch.clips import Clip
from posecheck.exports.dictionary import Field
from posecheck.exports.tables import write_parquet
from posecheck.sinks.tables import write_csv

NAME = "batch"
DONE, FAILED, LEFT = "done", "failed", "left"


def _field(name: str, kind: str, unit: str, description: str) -> Field:
    told = {"name": name, "type": kind, "unit": unit, "description": description}
    return {key: value for key, value in told.items() if value}


FIELDS: tuple[Field, ...] = (
    _field("clip", "string", "", "The clip, as the folder or list names it."),
    _field("folder", "string", "", "Of its results, beside this table; empty without results."),
    _field("status", "string", "", "done, failed, or left: the batch was stopped before."),
    _field("reason", "string", "", "Why it failed."),
    _field("side", "string", "", "The leg, left or right of the person."),
    _field("reps", "integer", "1", "Repetitions of this leg."),
    _field("clean_reps", "integer", "1", "Those without compensation."),
    _field("peak_thigh_angle_deg", "number", "deg", "Largest thigh angle, towards the chest."),
    _field("peak_hip_flexion_deg", "number", "deg", "Largest hip flexion, an estimate."),
    _field("peak_hip_flexion_sd_deg", "number", "deg", "Its standard deviation."),
    _field("clean_hip_flexion_deg", "number", "deg", "Clean range of the hip, an estimate."),
    _field("clean_hip_flexion_sd_deg", "number", "deg", "Its standard deviation."),
    _field("measured_share", "number", "1", "Share of the clip's frames with angles."),
    _field("calibration", "string", "", "neutral or trunk: what angles are against."),
    _field("recorded_at", "string", "", "When the clip was recorded, ISO 8601."),
)
COLUMNS = tuple(field["name"] for field in FIELDS)
_OF_A_LEG = COLUMNS[COLUMNS.index("reps") : COLUMNS.index("measured_share")]


@dataclass(frozen=True, slots=True)
class Entry:
    """What there is of a clip in the end: the ``summary`` of its results, or why there is none."""

    clip: Clip
    summary: Mapping[str, Any] | None = None
    failed: str = ""

    @property
    def status(self) -> str:
        """In a word."""
        return FAILED if self.failed else LEFT if self.summary is None else DONE


def rows(entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """The rows of the table; what is not known is None."""
    for entry in entries:
        row = dict.fromkeys(COLUMNS) | {"clip": entry.clip.shown, "status": entry.status}
        if entry.summary is None:
            yield row | {"reason": entry.failed or None}
            continue
        row |= {
            "folder": entry.clip.name,
            "measured_share": entry.summary["quality"]["measured_share"],
            "calibration": entry.summary["calibration"]["kind"],
            "recorded_at": entry.summary["recorded_at"],
        }
        for side, leg in entry.summary["legs"].items():
            yield row | {"side": side} | {name: leg[name] for name in _OF_A_LEG}


def write_tables(folder: Path, entries: Sequence[Entry]) -> list[Path]:
    """``batch.csv``, and ``batch.parquet`` where pyarrow is installed. Raises `OutputError`."""
    found = list(rows(entries))
    files = [folder / f"{NAME}.csv"]
    write_csv(files[0], COLUMNS, found)
    if importlib.util.find_spec("pyarrow"):
        columns = [[row[name] for row in found] for name in COLUMNS]
        files.append(write_parquet(folder / f"{NAME}.parquet", list(FIELDS), columns))
    return files
