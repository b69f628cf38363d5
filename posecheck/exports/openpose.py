"""OpenPose's JSON, a file a frame in the order BODY_25, as OpenPose itself and Kinovea read it.

Kinovea's importer takes any one of the files, finds the others by the name before the twelve
digits, takes those digits for the frame's number and hides points of a confidence below 0.25. As
in OpenPose, a point that was not found is 0, 0, 0, and ``people`` is empty where nobody was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.sinks.files import atomic_path
from posecheck.tracks.markers import BODY_25, least_of, points_of
from posecheck.tracks.track import Track

VERSION = 1.3
_EMPTY = (
    "face_keypoints_2d",
    "hand_left_keypoints_2d",
    "hand_right_keypoints_2d",
    "pose_keypoints_3d",
    "face_keypoints_3d",
    "hand_left_keypoints_3d",
    "hand_right_keypoints_3d",
)


def write_openpose(folder: Path, stem: str, track: Track) -> list[Path]:
    """Write a file for every frame into ``folder``. Raises `OutputError`.

    Where the visibility was not kept (live sessions) the confidence of a point is 1.
    """
    files = []
    for frame, people in zip(track.frame, _people(track), strict=True):
        path = folder / f"{stem}_{frame:012d}_keypoints.json"
        with atomic_path(path) as aside:
            text = json.dumps({"version": VERSION, "people": people}, allow_nan=False)
            aside.write_text(text, encoding="utf-8")
        files.append(path)
    return files


def _people(track: Track) -> Iterator[list[dict[str, Any]]]:
    """Who is there, frame by frame."""
    xy = np.stack([points_of(track.xy_px, of) for of in BODY_25.values()], axis=1)
    sure = np.stack([least_of(track.visibility, of) for of in BODY_25.values()], axis=1)
    known = np.isfinite(xy.sum(axis=2))
    table = np.concatenate([xy, np.where(np.isnan(sure), 1.0, sure)[..., None]], axis=2)
    table = np.where(known[..., None], table, 0.0)
    for seen, points in zip(track.seen, table, strict=True):
        numbers = [round(float(value), 3) for value in points.ravel()]
        one = {"person_id": [-1], "pose_keypoints_2d": numbers, **{name: [] for name in _EMPTY}}
        yield [one] if seen else []
