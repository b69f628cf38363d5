"""The same points under the names of other programs, and points that lie halfway between two.

``HALPE`` are Sports2D's and Pose2Sim's names (HALPE_26, COCO, BODY_25 share them); ``BODY_25`` is
the order of OpenPose. Points that BlazePose has not (top of the head, small toes) are left out.
"""

from __future__ import annotations

import numpy as np

from posecheck.core.landmarks import Landmark
from posecheck.core.records import NAN, Numbers
from posecheck.tracks.track import COUNT

Of = Landmark | tuple[Landmark, Landmark]

HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
SHOULDERS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
_JOINTS = {
    "Hip": "HIP",
    "Knee": "KNEE",
    "Ankle": "ANKLE",
    "BigToe": "FOOT_INDEX",
    "Heel": "HEEL",
    "Shoulder": "SHOULDER",
    "Elbow": "ELBOW",
    "Wrist": "WRIST",
    "Eye": "EYE",
    "Ear": "EAR",
    "Index": "INDEX",
    "Thumb": "THUMB",
    "Pinky": "PINKY",
}


def _side(letter: str, *joints: str) -> dict[str, Of]:
    side = {"R": "RIGHT", "L": "LEFT"}[letter]
    return {f"{letter}{joint}": Landmark[f"{side}_{_JOINTS[joint]}"] for joint in joints}


_LEG, _ARM = ("Hip", "Knee", "Ankle", "BigToe", "Heel"), ("Shoulder", "Elbow", "Wrist")
_HAND, _HEAD = ("Index", "Thumb", "Pinky"), ("Eye", "Ear")

HALPE: dict[str, Of] = {
    "Hip": HIPS,
    **_side("R", *_LEG),
    **_side("L", *_LEG),
    "Neck": SHOULDERS,
    "Nose": Landmark.NOSE,
    **_side("R", *_ARM),
    **_side("L", *_ARM),
    **_side("R", *_HEAD),
    **_side("L", *_HEAD),
    **_side("R", *_HAND),
    **_side("L", *_HAND),
}
"""Sports2D's names and, as far as BlazePose goes, its order."""

BODY_25: dict[str, Of | None] = {
    "Nose": Landmark.NOSE,
    "Neck": SHOULDERS,
    **_side("R", *_ARM),
    **_side("L", *_ARM),
    "MidHip": HIPS,
    **_side("R", *_LEG[:3]),
    **_side("L", *_LEG[:3]),
    **_side("R", "Eye"),
    **_side("L", "Eye"),
    **_side("R", "Ear"),
    **_side("L", "Ear"),
    "LBigToe": Landmark.LEFT_FOOT_INDEX,
    "LSmallToe": None,
    "LHeel": Landmark.LEFT_HEEL,
    "RBigToe": Landmark.RIGHT_FOOT_INDEX,
    "RSmallToe": None,
    "RHeel": Landmark.RIGHT_HEEL,
}
"""OpenPose's 25 points in their order; None: BlazePose has no such point."""

_BY_NAME: dict[str, Landmark] = {
    **{name.lower(): of for name, of in HALPE.items() if isinstance(of, Landmark)},
    **{landmark.name.lower(): landmark for landmark in Landmark},
}


def landmark_named(name: str) -> Landmark | None:
    """The landmark that another program calls ``name`` (``RKnee``, ``right_knee``), or None."""
    return _BY_NAME.get(name.strip().lower())


def points_of(values: Numbers, of: Of | None) -> Numbers:
    """A named point's share of ``values`` (n, 33, …): a landmark's, or the mean of two."""
    if of is None:
        return np.full((len(values), *values.shape[2:]), NAN)
    if isinstance(of, Landmark):
        return values[:, of]
    a, b = of
    return (values[:, a] + values[:, b]) / 2


def least_of(values: Numbers, of: Of | None) -> Numbers:
    """As `points_of`, of two the smaller: a point between two is seen no better than either."""
    if isinstance(of, tuple):
        return np.minimum(values[:, of[0]], values[:, of[1]])
    return points_of(values, of)


def spread(names: list[str], points: Numbers) -> Numbers:
    """Points (n, m, …) under ``names`` at the places of their landmarks, (n, 33, …), else NaN."""
    spread = np.full((len(points), COUNT, *points.shape[2:]), NAN)
    for column, name in enumerate(names):
        landmark = landmark_named(name)
        if landmark is not None:
            spread[:, landmark] = points[:, column]
    return spread
