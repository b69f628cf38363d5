"""Several analyses side by side: left and right, one week and another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.api.tables import Columns, data_frame
from posecheck.core.records import NAN
from posecheck.figures.canvas import Picture
from posecheck.figures.comparison import Compared, comparison_figure
from posecheck.pages.comparison import compared
from posecheck.pages.report import told_apart
from posecheck.pages.results_folder import Results

if TYPE_CHECKING:
    from pandas import DataFrame

_COUNTS = ("reps", "clean_reps")
_ANGLES = (
    "clean_hip_flexion_deg",
    "clean_hip_flexion_sd_deg",
    "peak_hip_flexion_deg",
    "peak_hip_flexion_sd_deg",
    "peak_thigh_angle_deg",
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison:
    """Legs and days beside each other; `posecheck.compare` makes it.

    ``changes``: last less first for each leg and left less right, in words, each with its 95 %
    interval and whether it is more than the measurement can err. The two errors are taken for
    independent.
    """

    changes: list[str]
    rows: list[dict[str, Any]]

    @property
    def columns(self) -> Columns:
        """A row for each leg of each analysis, in their order; NaN not told, ``recorded_at`` text.

        Angles deg with one standard deviation (``…_sd_deg``), as in `Analysis.legs`.
        """
        words = {
            "name": [row["name"] for row in self.rows],
            "recorded_at": [row["when"] or "" for row in self.rows],
            "side": [row["side"] for row in self.rows],
        }
        legs = [row["leg"] for row in self.rows]
        return {
            **{name: np.array(each, dtype=np.str_) for name, each in words.items()},
            **{name: np.array([leg[name] for leg in legs], dtype=int) for name in _COUNTS},
            **{name: np.array([_number(leg[name]) for leg in legs]) for name in _ANGLES},
        }

    @property
    def table(self) -> DataFrame:
        """`columns` as a DataFrame. Raises `PosecheckError` without pandas."""
        return data_frame(self.columns)

    def plot(self) -> Picture:
        """Hip flexion of each with its 95 % interval, as a figure that notebooks show."""
        return comparison_figure([_place(row) for row in self.rows])

    def __repr__(self) -> str:
        return "\n".join(["<Comparison>", *self.changes])


def comparison(all_results: Sequence[Results]) -> Comparison:
    """See `posecheck.compare`."""
    found = compared(told_apart(all_results))
    return Comparison(found["changes"], found["rows"])


def _place(row: dict[str, Any]) -> Compared:
    bar = row["bar"] or {"deg": NAN, "half_deg": NAN, "what": ""}
    return Compared(
        name=row["name"],
        side=row["side"],
        hip_flexion_deg=bar["deg"],
        half_deg=bar["half_deg"],
        clean=bar["what"] == "clean range",
        thigh_angle_deg=_number(row["leg"]["peak_thigh_angle_deg"]),
    )


def _number(value: float | None) -> float:
    return NAN if value is None else float(value)
