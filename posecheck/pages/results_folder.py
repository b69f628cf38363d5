"""What a folder of results holds, read back: the one door from files to pages."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posecheck.errors import PosecheckError, UsageError

SUMMARY = "summary.json"
FORMATS = ("posecheck-summary/1",)
WORDS = {"phase", "side", "flags", "kind", "message", "clean"}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Results:
    """A folder that `analyze` or a live session wrote.

    ``angles``: columns of angles.csv by name, numbers with NaN for empty cells, words as they are.
    ``reps`` and ``events``: rows, likewise; ``clean`` is True, False or None.
    """

    folder: Path
    summary: dict[str, Any]
    angles: dict[str, list[Any]]
    reps: list[Row]
    events: list[Row]

    @property
    def name(self) -> str:
        """Of the clip or session."""
        name: str = self.summary["clip"]["name"]
        return name

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
        rows = {name: _rows(folder / f"{name}.csv") for name in ("angles", "reps", "events")}
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise PosecheckError(
            f"{folder}: its results cannot be read ({error}); analyse the clip again"
        ) from error
    columns = {name: [row[name] for row in rows["angles"]] for name in (rows["angles"] or [{}])[0]}
    return Results(folder, summary, columns, rows["reps"], rows["events"])


def _rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as opened:
        return [
            {name: _value(name, cell) for name, cell in row.items()}
            for row in csv.DictReader(opened)
        ]


def _value(name: str, cell: str) -> Any:
    if name == "clean":
        return {"true": True, "false": False}.get(cell)
    if name in WORDS:
        return cell
    return float(cell) if cell else math.nan
