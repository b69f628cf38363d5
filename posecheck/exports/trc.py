"""TRC, marker positions over time, as OpenSim and Sports2D read them.

Tabs, five lines of header, no blank line before the rows. Every row carries its own time, so a
variable frame rate stays as it is; ``DataRate`` is the average. Where a marker was not seen its
three cells hold ``nan``, which both read as missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from posecheck.core.landmarks import LIMBS
from posecheck.core.records import NAN, Array, Numbers
from posecheck.errors import PosecheckError
from posecheck.sinks.files import atomic_path
from posecheck.tracks.markers import HALPE, points_of
from posecheck.tracks.track import Track

USUAL_HEIGHT_M = 1.7
SHOULDER_TO_ANKLE = 0.779
"""Share of the body's height from shoulder to ankle (0.818 - 0.039: Drillis and Contini 1964, as
given by Winter, Biomechanics and Motor Control of Human Movement)."""


def write_px(path: Path, track: Track) -> Path:
    """Positions in the picture, px, y down, z 0: Sports2D's ``*_px.trc``. Raises `OutputError`."""
    flat = [_shown(points_of(track.xy_px, of)) for of in HALPE.values()]
    flat = [np.column_stack([xy, np.where(np.isnan(xy[:, 0]), NAN, 0.0)]) for xy in flat]
    return _write(path, track, flat, "px")


def write_m(path: Path, track: Track, height_m: float) -> Path:
    """Positions in metres: x right in the picture, y up, z towards the camera.

    The origin is between the hips where they were first seen. z is the pose model's guess of
    depth, 0 where there is none. ``height_m``: of the person, whence the scale. Raises
    `OutputError`, and `PosecheckError` where the body is not whole enough for a scale.
    """
    scale = metres_per_px(track, height_m)
    hips = points_of(track.xy_px, HALPE["Hip"])
    origin = hips[np.isfinite(hips).all(axis=1)][0]
    markers = []
    for of in HALPE.values():
        xy = _shown((points_of(track.xy_px, of) - origin) * (scale, -scale))
        depth = np.nan_to_num(points_of(track.z_px, of)) * -scale
        markers.append(np.column_stack([xy, np.where(np.isnan(xy[:, 0]), NAN, depth)]))
    return _write(path, track, markers, "m")


def metres_per_px(track: Track, height_m: float) -> float:
    """Scale, from the median lengths of trunk, thigh and shank in the picture."""
    lengths = []
    for limb in LIMBS.values():
        joints = track.xy_px[:, [limb.shoulder, limb.hip, limb.knee, limb.ankle]]
        bones = np.linalg.norm(np.diff(joints, axis=1), axis=2)
        whole = bones[np.isfinite(bones).all(axis=1)]
        if whole.size:
            lengths.append(float(np.median(whole, axis=0).sum()))
    if not lengths:
        raise PosecheckError(
            "no scale: shoulder, hip, knee and ankle are never seen together; --format trc-px"
            " needs none"
        )
    return SHOULDER_TO_ANKLE * height_m / max(lengths)


def _shown(xy: Numbers) -> Array:
    """Both coordinates or neither."""
    known = np.isfinite(xy).all(axis=1, keepdims=True)
    return np.where(known, xy, NAN)


def _write(path: Path, track: Track, markers: Sequence[Array], units: str) -> Path:
    rate, rows, count = f"{track.fps:.6g}", track.frame.size, len(markers)
    header = [
        ["PathFileType", "4", "(X/Y/Z)", path.name],
        ["DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units", "OrigDataRate"],
        [rate, rate, str(rows), str(count), units, rate, "0", str(rows)],
        ["Frame#", "Time", *(cell for name in HALPE for cell in (name, "", ""))],
        ["", "", *(f"{axis}{i}" for i in range(1, count + 1) for axis in "XYZ")],
    ]
    header[1] += ["OrigDataStartFrame", "OrigNumFrames"]
    table = np.column_stack(markers)
    decimals = 3 if units == "px" else 6
    with (
        atomic_path(path) as aside,
        aside.open("w", encoding="utf-8", newline="") as file,
    ):
        file.writelines("\t".join(line) + "\n" for line in header)
        for frame, time_s, row in zip(track.frame, track.time_s, table, strict=True):
            cells = (f"{value:z.{decimals}f}" for value in row)
            file.write("\t".join([str(frame), f"{time_s:.6f}", *cells]) + "\n")
    return path
