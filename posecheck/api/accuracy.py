"""Measured against true angles."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.api.tables import Columns, data_frame
from posecheck.core.records import NAN, Array, Mask
from posecheck.errors import UsageError
from posecheck.figures.accuracy import accuracy_figure
from posecheck.figures.canvas import Picture
from posecheck.validation.metrics import RAISED_DEG, agreement

if TYPE_CHECKING:
    from pandas import DataFrame

THIGH, TILT = "thigh_angle_deg", "pelvic_tilt_deg"
ANGLES = (
    THIGH,
    "hip_flexion_deg",
    TILT,
    "low_back_twist_deg",
    "resting_thigh_deg",
    "knee_flexion_deg",
    "knee_line_deg",
)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Accuracy:
    """How far the angles of one clip are off; `Analysis.against` makes it.

    ``estimate_deg`` and ``truth_deg``: arrays (n,) by angle, one entry a frame, for every angle of
    the truth; NaN not measured or unknown. An error is estimate less truth.
    """

    name: str
    time_s: Array
    estimate_deg: dict[str, Array]
    truth_deg: dict[str, Array]
    tilt_sd_deg: Array

    @property
    def columns(self) -> Columns:
        """Two rows for each angle: over all frames, and over those with the thigh truly raised.

        ``raised``: true thigh angle above 20 deg; left out where the truth has no thigh angle.
        ``frames``: measured and known; ``told_share``: their share of those that are known.
        ``mean_abs_error_deg``, ``bias_deg`` (mean error), ``low_deg`` and ``high_deg`` (95 % limits
        of agreement), ``p95_deg`` (of the absolute error). Frames follow on each other, so these
        say nothing of how other clips would fare.
        """
        rows = []
        for name, truth in self.truth_deg.items():
            error = self.estimate_deg[name] - truth
            for when, chosen in self._frames().items():
                found = agreement(np.where(chosen, error, NAN))
                rows.append(
                    {
                        "angle": name,
                        "when": when,
                        "frames": found.frames,
                        "told_share": _share(np.isfinite(error), chosen & np.isfinite(truth)),
                        "mean_abs_error_deg": found.mae_deg,
                        "bias_deg": found.bias_deg,
                        "low_deg": found.low_deg,
                        "high_deg": found.high_deg,
                        "p95_deg": found.p95_deg,
                    }
                )
        return {name: np.array([row[name] for row in rows]) for name in rows[0]}

    @property
    def table(self) -> DataFrame:
        """`columns` as a DataFrame. Raises `PosecheckError` without pandas."""
        return data_frame(self.columns)

    @property
    def tilt_inside_share(self) -> float:
        """The share (0 to 1) of the tilts told that lie within their own 95 % interval, NaN none.

        Where the thigh is truly raised, if the truth tells.
        """
        if TILT not in self.truth_deg:
            return NAN
        error = self.estimate_deg[TILT] - self.truth_deg[TILT]
        known = np.isfinite(error) & list(self._frames().values())[-1]
        inside = np.abs(error[known]) <= 1.96 * self.tilt_sd_deg[known]
        return float(inside.mean()) if inside.size else NAN

    def plot(self, *angles: str) -> Picture:
        """Both over time, and the error over the truth, as a figure that notebooks show.

        ``angles``: as in the truth, e.g. ``hip_flexion_deg``; without any: thigh, hip and pelvis,
        as far as the truth has them. Raises `UsageError` for an angle it has not.
        """
        chosen = angles or [n for n in ANGLES[:3] if n in self.truth_deg] or list(self.truth_deg)
        if unknown := [name for name in chosen if name not in self.truth_deg]:
            raise UsageError(f"{unknown[0]}: the truth holds {', '.join(self.truth_deg)}")
        truth = {name: self.truth_deg[name] for name in chosen}
        return accuracy_figure(
            f"{self.name} against the truth", self.time_s, self.estimate_deg, truth
        )

    def __repr__(self) -> str:
        columns = self.columns
        worst = [
            f"{name.removesuffix('_deg').replace('_', ' ')} {error:.1f}° off"
            for name, when, error in zip(
                columns["angle"], columns["when"], columns["mean_abs_error_deg"], strict=True
            )
            if when == "all" and np.isfinite(error)
        ]
        return f"<Accuracy of {self.name}: {', '.join(worst) or 'nothing to compare'}>"

    def _frames(self) -> dict[str, Mask]:
        everything = {"all": np.ones(self.time_s.size, dtype=bool)}
        if THIGH not in self.truth_deg:
            return everything
        return everything | {"raised": self.truth_deg[THIGH] > RAISED_DEG}


def accuracy(
    name: str, columns: Columns, truth: str | PathLike[str] | Mapping[str, Any]
) -> Accuracy:
    """See `Analysis.against`. ``columns``: those of angles.csv."""
    where = str(truth) if isinstance(truth, str | PathLike) else "the truth"
    known = _read(Path(truth)) if isinstance(truth, str | PathLike) else truth
    try:
        true = {n: np.asarray(known[n], dtype=float) for n in ("time_s", *ANGLES) if n in known}
    except (TypeError, ValueError) as error:
        raise UsageError(f"{where}: not columns of numbers ({error})") from error
    time_s = true.pop("time_s", np.empty(0))
    if not true or not time_s.size:
        raise UsageError(f"{where}: needs a column time_s and at least one of {', '.join(ANGLES)}")
    if any(values.shape != time_s.shape for values in true.values()) or time_s.ndim != 1:
        raise UsageError(f"{where}: its columns are of different lengths")
    if not (np.diff(time_s) > 0).all():
        raise UsageError(f"{where}: time_s must rise from row to row")
    return Accuracy(
        name=name,
        time_s=columns["time_s"],
        estimate_deg={angle: columns[angle] for angle in true},
        truth_deg={
            angle: np.interp(columns["time_s"], time_s, values, left=NAN, right=NAN)
            for angle, values in true.items()
        },
        tilt_sd_deg=columns["pelvic_tilt_sd_deg"],
    )


def _share(told: Mask, of: Mask) -> float:
    return float(told[of].mean()) if of.any() else NAN


def _read(file: Path) -> dict[str, list[float]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            header, *rows = list(csv.reader(opened)) or [[]]
        wanted = [(name, at) for at, name in enumerate(header) if name in {"time_s", *ANGLES}]
        return {name: [float(row[at] or "nan") for row in rows] for name, at in wanted}
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    except (ValueError, IndexError, csv.Error) as error:
        raise UsageError(f"{file}: not a table of true angles ({error})") from error
