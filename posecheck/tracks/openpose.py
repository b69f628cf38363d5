"""Reads a folder of OpenPose's JSON, a file a frame, in the order BODY_25."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

from posecheck.core.records import NAN, Array
from posecheck.errors import SourceError, UsageError
from posecheck.tracks.markers import BODY_25, spread
from posecheck.tracks.track import Track

_NUMBERED = re.compile(r"(.*)_(\d+)_keypoints\.json")


def read_openpose(folder: Path, fps: float | None) -> Track:
    """The most confident person of each frame; ``fps`` gives times, which the files have not.

    Raises `UsageError` where there are no files, or those of several clips; `SourceError`.
    """
    found = [(m, file) for file in folder.iterdir() if (m := _NUMBERED.fullmatch(file.name))]
    if not found:
        raise UsageError(f"{folder}: no files named like clip_000000000000_keypoints.json in it")
    if len({match[1] for match, _ in found}) > 1:
        raise UsageError(f"{folder}: files of several clips; put each into a folder of its own")
    numbered = sorted((int(match[2]), file) for match, file in found)
    table = np.stack([_best(file) for _, file in numbered])
    table[(table[..., :2] == 0).all(axis=2)] = NAN
    points = spread(list(BODY_25), table)
    frame = np.array([number for number, _ in numbered], dtype=np.int64)
    return Track(
        frame=frame,
        time_s=np.full(frame.size, NAN) if fps is None else frame / fps,
        xy_px=points[..., :2],
        z_px=np.full(points.shape[:2], NAN),
        visibility=np.clip(np.nan_to_num(points[..., 2]), 0.0, 1.0),
    )


def _best(file: Path) -> Array:
    """(25, 3) x px, y px, confidence; zeros where nobody is."""
    try:
        people = json.loads(file.read_text(encoding="utf-8"))["people"]
        poses = [np.array(each["pose_keypoints_2d"], dtype=float) for each in people]
        whole = [pose.reshape(len(BODY_25), 3) for pose in poses]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{file}: not OpenPose's BODY_25 ({error})") from error
    return max(whole, key=lambda pose: float(pose[:, 2].sum()), default=np.zeros((25, 3)))
