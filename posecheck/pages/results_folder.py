"""What a folder of results holds, read back: the one door from files to pages."""

from __future__ import annotations

import csv
import json
import math
import sys
from array import array
from collections.abc import Callable, Mapping, MutableSequence, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from posecheck.errors import PosecheckError, UsageError
from posecheck.sinks.tables import ANGLES_COLUMNS, EVENTS_COLUMNS, REPS_COLUMNS, SINCE_MARKERS

SUMMARY = "summary.json"
FORMATS = ("posecheck-summary/1",)
WORDS = {"phase", "side", "flags", "kind", "message", "pelvis_source"}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Results:
    """A folder that `analyze` or a live session wrote. ``name``: of the clip or session.

    ``angles``: columns of angles.csv by name, numbers with NaN for empty cells, words as they are.
    ``reps`` and ``events``: rows, likewise; ``clean`` is True, False or None.
    """

    folder: Path
    name: str
    summary: dict[str, Any]
    angles: Mapping[str, Sequence[Any]]
    reps: list[Row]
    events: list[Row]

    @property
    def when(self) -> str | None:
        """When it was made, by the clock of its place: Mon 2 Mar 2026, 12:00."""
        at = self.summary.get("recorded_at")
        if not at:
            return None
        moment = datetime.fromisoformat(at)
        return f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M}"

    @property
    def still(self) -> bool:
        """Whether these are photographs."""
        return bool(self.summary["clip"]["still"])


def read_results(folder: Path) -> Results:
    """Read a folder of results. Raises `UsageError` where there are none, `PosecheckError` where
    they cannot be read.
    """
    if not (folder / SUMMARY).is_file():
        raise UsageError(
            f"{folder}: no results here; name a folder that `posecheck analyze` or a live session"
            " wrote"
        )
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        if summary["format"] not in FORMATS:
            raise ValueError(f"{SUMMARY} is of another version of posecheck")
        name = str(summary["clip"]["name"])
        angles, reps, events = (
            _columns(folder / f"{name}.csv", columns)
            for name, columns in (
                ("angles", ANGLES_COLUMNS),
                ("reps", REPS_COLUMNS),
                ("events", EVENTS_COLUMNS),
            )
        )
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise PosecheckError(
            f"{folder}: its results cannot be read ({error}); analyse the clip again"
        ) from error
    return Results(folder, name, summary, angles, _rows(reps), _rows(events))


def _columns(file: Path, wanted: Sequence[str]) -> dict[str, Sequence[Any]]:
    """The columns of a table. Raises OSError, and ValueError where it is not whole."""
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        header = next(reader, [])
        missing = [name for name in wanted if name not in header]
        if lost := [name for name in missing if name not in SINCE_MARKERS]:
            raise ValueError(f"{file.name} has no column {lost[0]}")
        columns = {name: _column(name) for name in header}
        takers = [(column.append, _reading(name)) for name, column in columns.items()]
        for row in reader:
            if len(row) != len(takers):
                raise ValueError(f"{file.name} is damaged in line {reader.line_num}")
            for (take, read), cell in zip(takers, row, strict=True):
                take(read(cell))
    rows = len(columns[header[0]])
    return columns | {name: [_reading(name)("")] * rows for name in missing}


def _column(name: str) -> MutableSequence[Any]:
    """An empty column; of numbers in a third of the room that a list takes."""
    return [] if name == "clean" or name in WORDS else array("d")


def _reading(name: str) -> Callable[[str], Any]:
    """How the cells of a column are read."""
    if name == "clean":
        return {"true": True, "false": False}.get
    return sys.intern if name in WORDS else _number  # hours have few words


def _number(cell: str) -> float:
    return float(cell) if cell else math.nan


def _rows(columns: dict[str, Sequence[Any]]) -> list[Row]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
