from __future__ import annotations

import numpy as np
import pytest

from posecheck.core.geometry import POINTS
from posecheck.core.landmarks import Landmark
from posecheck.core.records import Pose
from posecheck.tracks.track import PoseLog, Track, track_of_lines
from tests.stick import Frames, movement, observe, path, record, rep, stick


def logged(frames: Frames) -> PoseLog:
    log = PoseLog()
    for observation in observe(frames):
        log.add(observation.pose)
    return log


def test_what_was_seen_comes_back() -> None:
    log, pose = PoseLog(), stick((40, 0), noise_px=1.0)
    log.add(None)
    log.add(pose)
    assert log[0] is None
    back = log[1]
    assert back is not None
    np.testing.assert_allclose(back.xy_px, pose.xy_px, rtol=1e-6)
    np.testing.assert_allclose(back.z_px, pose.z_px, rtol=1e-6)
    np.testing.assert_allclose(back.visibility, pose.visibility, rtol=1e-6)
    assert np.isnan(back.world_m).all()


def test_a_pose_with_points_missing_is_kept() -> None:
    log, pose = PoseLog(), stick()
    pose.xy_px[Landmark.LEFT_EAR] = np.nan
    log.add(pose)
    back = log[0]
    assert back is not None
    assert (back.visibility[Landmark.LEFT_EAR], back.presence[Landmark.LEFT_EAR]) == (0, 0)
    assert back.presence[Landmark.LEFT_HIP] == 1


def test_legs_are_named_as_the_recording_names_them() -> None:
    """Legs that pass each other are taken for a change of names until it is decided."""
    left, right = path((0, 90), (3, 90), (4, 0)), path((3, 0), (4, 90))
    frames = list(movement(6, left, right))
    recording, log = record(frames), logged(frames)
    assert recording.renamed.any()
    true = np.stack([pose.xy_px for _, pose in frames if pose is not None])
    as_they_came = np.stack([pose.xy_px for row in range(len(frames)) if (pose := log[row])])
    assert np.abs(as_they_came - true).max() > 50
    np.testing.assert_allclose(log.track(recording, 1280, 720).xy_px, true, atol=1e-3)


def test_nobody_is_nan() -> None:
    frames = list(movement(2.0, seen=lambda time_s: time_s < 1.0))
    track = logged(frames).track(record(frames), 1280, 720)
    assert track.seen.tolist() == [True] * 30 + [False] * 30
    assert track.pose(0) is not None
    assert track.pose(59) is None
    assert (track.width_px, track.height_px) == (1280, 720)


def test_ten_landmarks_of_a_session() -> None:
    frames = list(movement(6.0, rep(1.0, 80.0, 1.0, 1.0), head="left", seen=lambda t: t < 5.0))
    track = track_of_lines(record(frames), 1280, 720)
    poses = [pose for _, pose in frames]
    for row in (0, 60, 149):
        pose = poses[row]
        assert isinstance(pose, Pose)
        np.testing.assert_allclose(track.xy_px[row, POINTS], pose.xy_px[POINTS], atol=1e-9)
        np.testing.assert_allclose(track.z_px[row, POINTS], pose.z_px[POINTS], atol=1e-9)
    others = np.setdiff1d(np.arange(33), POINTS)
    assert np.isnan(track.xy_px[:, others]).all()
    assert np.isnan(track.xy_px[150:]).all()
    assert np.isnan(track.visibility).all()


def of_times(times_s: list[float]) -> Track:
    n = len(times_s)
    nothing = np.full((n, 33), np.nan)
    return Track(np.arange(n), np.array(times_s), np.full((n, 33, 2), np.nan), nothing, nothing)


@pytest.mark.parametrize(
    ("times_s", "fps"),
    [([0.0, 0.1, 0.2], 10.0), ([1.0, 1.5, 3.0], 1.0), ([0.0], None), ([np.nan] * 3, None)],
)
def test_average_rate(times_s: list[float], fps: float | None) -> None:
    found = of_times(times_s).fps
    assert np.isnan(found) if fps is None else found == pytest.approx(fps)
