"""The landmarks in a folder of results: what exports are made of, without the pose model."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from posecheck.core.landmarks import Landmark
from posecheck.core.recording import Recording
from posecheck.core.records import Array
from posecheck.errors import PosecheckError, UsageError
from posecheck.sinks.files import atomic_path
from posecheck.tracks.track import PoseLog, Track

NAME = "landmarks.npz"
FORMAT = "posecheck-landmarks/1"
_COLUMNS = {"xy_px": slice(0, 2), "z_px": slice(2, 3), "visibility": slice(3, 4)}
_NAMES = [landmark.name.lower() for landmark in Landmark]


def write_track(folder: Path, track: Track) -> Path:
    """Write ``landmarks.npz`` into ``folder``, whole or not at all. Raises `OutputError`."""
    whole = np.concatenate(
        [track.xy_px, track.z_px[..., None], track.visibility[..., None]], axis=2
    ).astype(np.float32)
    size = track.width_px, track.height_px
    return _write(folder, track.frame, track.time_s, size, lambda: iter([whole]))


def write_poses(
    folder: Path, poses: PoseLog, recording: Recording, width_px: int, height_px: int
) -> Path:
    """The same of all ``poses`` of a recording, a part at a time. Raises `OutputError`."""
    frame = np.array(recording.frame, dtype=np.int64)
    size = width_px, height_px
    return _write(folder, frame, recording.time_s, size, lambda: poses.parts(recording))


def _write(
    folder: Path,
    frame: NDArray[np.int64],
    time_s: Array,
    size: tuple[int, int],
    parts: Callable[[], Iterator[NDArray[np.float32]]],
) -> Path:
    """``parts``: x, y, depth and visibility of the landmarks, (k, 33, 4) at a time."""
    path = folder / NAME
    small = {
        "format": np.array(FORMAT),
        "landmarks": np.array(_NAMES),
        "frame": frame,
        "time_s": time_s,
        "picture_px": np.array(size),
    }
    with atomic_path(path) as aside, zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in small.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
        for name, columns in _COLUMNS.items():
            shape = [frame.size, len(_NAMES), 2][: 3 if name == "xy_px" else 2]
            head = {"descr": "<f4", "fortran_order": False, "shape": tuple(shape)}
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array_header_1_0(member, head)
                for part in parts():
                    member.write(np.ascontiguousarray(part[..., columns], "<f4").tobytes())
    return path


def read_track(path: Path) -> Track:
    """What `write_track` wrote. Raises `UsageError` where it is not there, `PosecheckError`."""
    if not path.is_file():
        raise UsageError(
            f"{path}: no landmarks here; analyse the clip again, older versions did not keep them"
        )
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            if str(held["format"]) != FORMAT or held["landmarks"].tolist() != _NAMES:
                raise ValueError("of another version of posecheck")
            width_px, height_px = held["picture_px"].tolist()
            return Track(
                frame=held["frame"],
                time_s=held["time_s"],
                **{name: held[name].astype(float) for name in ("xy_px", "z_px", "visibility")},
                width_px=width_px,
                height_px=height_px,
            )
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise PosecheckError(f"{path}: cannot be read ({error}); analyse the clip again") from error
