"""One door for landmarks from elsewhere, chosen by what the person names."""

from __future__ import annotations

from pathlib import Path

from posecheck.errors import UsageError
from posecheck.tracks.openpose import read_openpose
from posecheck.tracks.store import read_track
from posecheck.tracks.table import read_table
from posecheck.tracks.track import Track
from posecheck.tracks.trc import read_trc

SUFFIXES = (".trc", ".npz", ".csv")


def is_landmarks(path: Path) -> bool:
    """Whether this is a file, or a folder of files, of landmarks rather than pictures."""
    if path.is_dir():
        return any(path.glob("*_keypoints.json"))
    return path.suffix.lower() in SUFFIXES


def read_landmarks(path: Path, *, fps: float | None = None) -> Track:
    """Landmarks of one person. ``fps``: for files without times, OpenPose's.

    Raises `UsageError` and `SourceError`.
    """
    if path.is_dir():
        return read_openpose(path, fps)
    if not path.is_file():
        raise UsageError(f"{path}: no such file; check the name")
    match path.suffix.lower():
        case ".trc":
            return read_trc(path)
        case ".npz":
            return read_track(path)
        case ".csv":
            return read_table(path)
    raise UsageError(
        f"{path}: landmarks come as …_px.trc, .csv, landmarks.npz, or a folder of OpenPose's JSON"
    )
