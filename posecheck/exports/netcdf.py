"""An xarray dataset in netCDF, laid out as the package *movement* (0.17) lays out poses.

``position`` (time, space, keypoint, individual), px, and ``confidence``; beside them our angles
(time), under their names in angles.csv. Times are the clip's own; where they are evenly spaced the
dataset also carries ``fps``. The file is netCDF 3, which scipy writes without a further library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.core.landmarks import Landmark
from posecheck.exports.dictionary import fields_of
from posecheck.exports.extra import require
from posecheck.sinks.files import atomic_path
from posecheck.tracks.track import Track

if TYPE_CHECKING:
    from xarray import Dataset

_OTHER_NAMES = {"confidence": "angle_confidence"}
"""*movement* calls that of the landmarks ``confidence``."""
EVEN = 0.02
"""Steps in time that differ by less than this share of the usual one count as even."""


def dataset(track: Track, angles: Mapping[str, Sequence[Any]], name: str) -> Dataset:
    """The dataset, NaN where not measured. ``angles``: the columns of angles.csv."""
    require("xarray", "netcdf")
    import xarray as xr

    attrs: dict[str, Any] = {
        "source_software": "posecheck",
        "ds_type": "poses",
        "time_unit": "seconds",
        "source_file": name,
    }
    steps = np.diff(track.time_s)
    if steps.size and np.ptp(steps) < EVEN * np.median(steps):
        attrs["fps"] = round(track.fps, 6)
    units = {field["name"]: field for field in fields_of("angles")}
    measured = {
        _OTHER_NAMES.get(column, column): (
            "time",
            np.array(values, dtype=float),
            _about(units[column]),
        )
        for column, values in angles.items()
        if units[column]["type"] == "number" and column != "time_s"
    }
    return xr.Dataset(
        data_vars={
            "position": (
                ("time", "space", "keypoint", "individual"),
                track.xy_px.transpose(0, 2, 1)[..., None],
                {"units": "px", "long_name": "position in the picture, x right, y down"},
            ),
            "confidence": (("time", "keypoint", "individual"), track.visibility[..., None]),
            **measured,
        },
        coords={
            "time": track.time_s,
            "space": ["x", "y"],
            "keypoint": [landmark.name.lower() for landmark in Landmark],
            "individual": ["person"],
        },
        attrs=attrs,
    )


def write_netcdf(path: Path, track: Track, angles: Mapping[str, Sequence[Any]], name: str) -> Path:
    """Write `dataset` to ``path``. Raises `OutputError`, `UsageError` without the extra."""
    whole = dataset(track, angles, name)
    with atomic_path(path) as aside:
        whole.to_netcdf(aside, engine="scipy", format="NETCDF3_64BIT")
    return path


def _about(field: Mapping[str, Any]) -> dict[str, str]:
    return {"long_name": field["description"], "units": field["unit"]}
