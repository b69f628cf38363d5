from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.landmarks import Landmark
from posecheck.tracks.markers import (
    BODY_25,
    HALPE,
    HIPS,
    landmark_named,
    least_of,
    points_of,
    spread,
)


@pytest.mark.parametrize(
    ("name", "landmark"),
    [
        ("RKnee", Landmark.RIGHT_KNEE),
        ("LBigToe", Landmark.LEFT_FOOT_INDEX),
        ("Lknee", Landmark.LEFT_KNEE),
        (" left_hip ", Landmark.LEFT_HIP),
        ("Nose", Landmark.NOSE),
        ("Hip", None),
        ("Head", None),
        ("LSmallToe", None),
    ],
)
def test_names(name: str, landmark: Landmark | None) -> None:
    assert landmark_named(name) is landmark


def test_body_25_is_openpose_s_order() -> None:
    sides = "Shoulder Elbow Wrist", "Hip Knee Ankle"
    arms, legs = ([f"{s}{part}" for s in "RL" for part in parts.split()] for parts in sides)
    feet = [f"{s}{part}" for s in "LR" for part in ("BigToe", "SmallToe", "Heel")]
    head = ["REye", "LEye", "REar", "LEar"]
    assert list(BODY_25) == ["Nose", "Neck", *arms, "MidHip", *legs, *head, *feet]


def test_points_there_and_back() -> None:
    points = np.random.default_rng(1).uniform(0, 100, (4, 33, 2))
    named = np.stack([points_of(points, of) for of in HALPE.values()], axis=1)
    back = spread(list(HALPE), named)
    known = np.isfinite(back).all(axis=(0, 2))
    np.testing.assert_array_equal(back[:, known], points[:, known])
    lost = {Landmark(i).name for i in np.flatnonzero(~known)}
    assert all("MOUTH" in name or "INNER" in name or "OUTER" in name for name in lost)


def test_between_two() -> None:
    points = np.arange(66, dtype=float).reshape(1, 33, 2)
    np.testing.assert_array_equal(points_of(points, HIPS), [[47.0, 48.0]])
    assert least_of(points[..., 0], HIPS).tolist() == [46.0]
    assert np.isnan(points_of(points, None)).all()
