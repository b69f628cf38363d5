"""MOT, joint angles over time under OpenSim's names; two files for each leg that worked.

OpenSim's older reader (``Storage``, behind its tools and window) stops at a ``nan``, so rows that
are not whole are left out: every row carries its own time, and nothing is filled in.

``hip_SIDE.mot`` holds ``pelvis_tilt``, ``hip_flexion_l`` or ``_r`` and ``knee_angle_l`` or ``_r``
where the pelvis was told; ``thigh_SIDE.mot`` holds ``thigh_angle_l`` or ``_r``, which is no
coordinate of a model, and the knee, wherever the leg was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.core.geometry import SIDES
from posecheck.core.records import Array, Mask
from posecheck.errors import PosecheckError
from posecheck.sinks.files import atomic_path

ON_THE_BACK_DEG = 90.0
"""OpenSim's ``pelvis_tilt`` of someone lying flat on their back: it turns about the axis to the
right, backwards positive, from standing. Posterior tilt adds to it."""


def write_mot(folder: Path, angles: Mapping[str, Sequence[Any]]) -> list[Path]:
    """Write the files of both legs from the columns of angles.csv. Raises `OutputError`, and
    `PosecheckError` where there is nothing to write.
    """
    side = np.array(angles["side"])
    number = {name: np.array(angles[name], dtype=float) for name in _NEEDED}
    files = []
    for leg in SIDES:
        letter = leg.value[0]
        thigh = {
            f"thigh_angle_{letter}": number["thigh_angle_deg"],
            f"knee_angle_{letter}": number["knee_flexion_deg"],
        }
        hip = {
            "pelvis_tilt": ON_THE_BACK_DEG + number["pelvic_tilt_deg"],
            f"hip_flexion_{letter}": number["hip_flexion_deg"],
            f"knee_angle_{letter}": number["knee_flexion_deg"],
        }
        for part, columns in (("hip", hip), ("thigh", thigh)):
            whole = (side == leg.value) & np.isfinite(list(columns.values())).all(axis=0)
            if whole.any():
                path = folder / f"{part}_{leg.value}.mot"
                files.append(_write(path, number["time_s"], columns, whole))
    if not files:
        raise PosecheckError("mot: no frame has both a thigh and a knee angle; take csv")
    return files


_NEEDED = ("time_s", "thigh_angle_deg", "hip_flexion_deg", "pelvic_tilt_deg", "knee_flexion_deg")


def _write(path: Path, time_s: Array, columns: Mapping[str, Array], rows: Mask) -> Path:
    table = np.column_stack([each[rows] for each in columns.values()])
    header = [
        path.stem,
        "version=1",
        f"nRows={len(table)}",
        f"nColumns={1 + len(columns)}",
        "inDegrees=yes",
        "",
        "Knee flexion is positive. pelvis_tilt is 90 lying flat on the back, more with posterior",
        "tilt. Rows where not all columns were measured are left out; every value is an estimate.",
        "endheader",
        "\t".join(["time", *columns]),
    ]
    with (
        atomic_path(path) as aside,
        aside.open("w", encoding="utf-8", newline="") as file,
    ):
        file.writelines(f"{line}\n" for line in header)
        for at_s, row in zip(time_s[rows], table, strict=True):
            file.write("\t".join([f"{at_s:.6f}", *(f"{v:z.4f}" for v in row)]) + "\n")
    return path
