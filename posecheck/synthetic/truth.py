"""The truth of a clip as a table: a row for every picture."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any

import numpy as np

from posecheck.core.records import Array, MarkerPlace, Side
from posecheck.errors import SourceError, UsageError
from posecheck.synthetic.angles import Truth

ANGLES = tuple(f.name for f in fields(Truth))
MARKER_COLUMNS = (
    "frame", "time_s", "place", "visible_share", "pelvic_obliquity_deg",
    *(f"{axis}{corner}_px" for corner in range(4) for axis in "xy"),
)  # fmt: skip
"""Of a marker's table: a row for every paper of every picture with the person in it."""
VISIBLE_SHARE = 0.995
"""From which part on a paper, margin and all, counts as seen whole; the rest is rounding."""
TRUTH_COLUMNS = ("time_s", "frame", "side", *ANGLES)


@dataclass(frozen=True, slots=True, eq=False)
class SeenMarker:
    """A worn marker in one picture. ``corners_px`` (4, 2): its black square's, exactly, from the
    picture's upper left edge (the middle of the first pixel is 0.5, 0.5), in the print's order.
    """

    place: MarkerPlace
    visible_share: float
    corners_px: Array


class MarkerTable:
    """Writes the rows of `MARKER_COLUMNS`."""

    def __init__(self, out: IO[str]) -> None:
        self._rows = csv.writer(out, lineterminator="\n")
        self._rows.writerow(MARKER_COLUMNS)

    def add(self, frame: int, time_s: float, oblique_deg: float, seen: list[SeenMarker]) -> None:
        """The markers of one picture, and the pelvis's obliquity since neutral."""
        for one in seen:
            corners = [f"{value:.3f}" for value in one.corners_px.ravel()]
            share = f"{one.visible_share:.4f}"
            told = (frame, f"{time_s:.6f}", one.place.name.lower(), share, f"{oblique_deg:.3f}")
            self._rows.writerow([*told, *corners])


def read_markers(path: Path) -> dict[MarkerPlace, dict[str, Array]]:
    """For each place a table by column (``place`` left out), ``corners_px`` (n, 4, 2) in one."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for place in MarkerPlace:
        mine = [row for row in rows if row["place"] == place.name.lower()]
        if mine:
            numbers = np.array(
                [[float(row[name]) for name in MARKER_COLUMNS if name != "place"] for row in mine]
            )
            head, corners = numbers[:, :4], numbers[:, 4:].reshape(-1, 4, 2)
            names = ("frame", "time_s", "visible_share", "pelvic_obliquity_deg")
            found[place] = dict(zip(names, head.T, strict=True)) | {"corners_px": corners}
    return found


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
