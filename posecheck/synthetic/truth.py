"""The truth of a clip as a table: a row for every picture."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.core.records import Side
from posecheck.errors import SourceError, UsageError
from posecheck.synthetic.angles import Truth

ANGLES = tuple(f.name for f in fields(Truth))
TRUTH_COLUMNS = ("time_s", "frame", "side", *ANGLES)


def truth_row(time_s: float, frame: int, side: Side, truth: Truth | None) -> Sequence[object]:
    """One row of the table; the angles are empty where there are none to tell (truth None)."""
    angles = [round(getattr(truth, name), 3) + 0.0 if truth else "" for name in ANGLES]
    return [f"{time_s:.6f}", frame, side.value, *angles]


def read_truth(path: Path) -> dict[str, Any]:
    """Columns of a truth table by name, each as long as the clip has pictures.

    ``side`` is a list of "left" or "right"; every other column is an array (n,) of floats, NaN
    where the cell is empty. Raises UsageError for a missing file, SourceError for another table.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file)) or [[]]
        if tuple(header) != TRUTH_COLUMNS:
            raise ValueError(f"its first row should read {','.join(TRUTH_COLUMNS)}")
        columns = dict(zip(header, zip(*rows, strict=True), strict=bool(rows)))
        return {
            name: list(columns.get(name, ()))
            if name == "side"
            else np.array([float(cell or "nan") for cell in columns.get(name, ())])
            for name in TRUTH_COLUMNS
        }
    except FileNotFoundError:
        raise UsageError(f"There is no truth table {path}; render the clip again.") from None
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{path} is not a truth table that can be read ({error}); render the clip again."
        ) from error
