"""The landmarks in a folder of results: what exports are made of, without the pose model."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from posecheck.core.landmarks import Landmark
from posecheck.errors import PosecheckError, UsageError
from posecheck.sinks.files import atomic_path
from posecheck.tracks.track import Track

NAME = "landmarks.npz"
FORMAT = "posecheck-landmarks/1"
_NAMES = [landmark.name.lower() for landmark in Landmark]


def write_track(folder: Path, track: Track) -> Path:
    """Write ``landmarks.npz`` into ``folder``, whole or not at all. Raises `OutputError`."""
    path = folder / NAME
    with atomic_path(path) as aside:
        np.savez_compressed(
            aside,
            format=np.array(FORMAT),
            landmarks=np.array(_NAMES),
            frame=track.frame,
            time_s=track.time_s,
            xy_px=track.xy_px.astype(np.float32),
            z_px=track.z_px.astype(np.float32),
            visibility=track.visibility.astype(np.float32),
            picture_px=np.array([track.width_px, track.height_px]),
        )
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
