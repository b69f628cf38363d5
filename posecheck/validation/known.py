"""What is true of a clip, as far as an analysis may say it, too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posecheck.core.phases import Rep, find_reps
from posecheck.core.records import Array, Mask, Side
from posecheck.core.smoothing import runs
from posecheck.synthetic.truth import read_truth

THIGH, RESTING = "thigh_angle_deg", "resting_thigh_deg"
ANGLES = (
    THIGH, "knee_flexion_deg", RESTING, "knee_line_deg",
    "hip_flexion_deg", "pelvic_tilt_deg", "low_back_twist_deg",
)  # fmt: skip
"""The angles that both an analysis and the truth may hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The truth of a clip, one entry a frame: ``time_s`` (n,), ``side``, ``angles_deg`` (n,) each.

    NaN where nobody is on their back in the picture.
    """

    time_s: Array
    side: list[str]
    angles_deg: dict[str, Array]

    @property
    def seen(self) -> Mask:
        """Where somebody is truly on their back in the picture, (n,)."""
        mask: Mask = np.isfinite(self.angles_deg[THIGH])
        return mask

    def reps(self) -> list[Rep]:
        """The true repetitions, found as those of a recording are."""
        reps: list[Rep] = []
        for side in Side:
            for run in runs(np.array([each == side for each in self.side], dtype=bool)):
                reps += find_reps(self.time_s[run], self.angles_deg[THIGH][run], side)
        return sorted(reps, key=lambda rep: rep.peak_s)


def read_known(path: Path) -> Known:
    """Read a clip's truth table; raises as `posecheck.synthetic.truth.read_truth`."""
    columns = read_truth(path)
    return Known(columns["time_s"], columns["side"], {name: columns[name] for name in ANGLES})
