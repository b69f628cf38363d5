from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from posecheck.core.landmarks import Landmark
from posecheck.exports.formats import Job, export
from posecheck.exports.openpose import write_openpose
from tests.exports.conftest import FRAMES, GONE

R_KNEE, L_ANKLE, MID_HIP, NECK, L_SMALL_TOE = 10, 14, 8, 1, 20


def test_a_file_a_frame_named_as_kinovea_looks_for_them(results: Path, tmp_path: Path) -> None:
    files = export(results, "openpose", tmp_path)
    assert len(files) == FRAMES
    assert files[7].name == "landmarks_000000000007_keypoints.json"
    for file in files:
        prefix, number, ending = file.name.rsplit("_", 2)
        assert (prefix, ending, number.isdigit()) == ("landmarks", "keypoints.json", True)


def test_points_in_the_order_of_body_25(results: Path, job: Job, tmp_path: Path) -> None:
    files, track = export(results, "openpose", tmp_path), job.track
    (person,) = json.loads(files[90].read_text(encoding="utf-8"))["people"]
    points = np.array(person["pose_keypoints_2d"]).reshape(25, 3)
    xy = track.xy_px[90]
    for index, expected in (
        (R_KNEE, xy[Landmark.RIGHT_KNEE]),
        (L_ANKLE, xy[Landmark.LEFT_ANKLE]),
        (MID_HIP, (xy[Landmark.LEFT_HIP] + xy[Landmark.RIGHT_HIP]) / 2),
        (NECK, (xy[Landmark.LEFT_SHOULDER] + xy[Landmark.RIGHT_SHOULDER]) / 2),
    ):
        np.testing.assert_allclose(points[index, :2], expected, atol=6e-4)
        assert points[index, 2] == 0.95
    assert points[L_SMALL_TOE].tolist() == [0, 0, 0]  # BlazePose has none


def test_nobody_is_an_empty_list(results: Path, tmp_path: Path) -> None:
    files = export(results, "openpose", tmp_path)
    people = [json.loads(file.read_text(encoding="utf-8"))["people"] for file in files]
    assert [len(each) for each in people] == [1] * (FRAMES - GONE) + [0] * GONE


def test_a_point_between_two_is_no_surer_than_either(job: Job, tmp_path: Path) -> None:
    track = job.track
    track.visibility[0, Landmark.LEFT_HIP] = 0.1
    file = write_openpose(tmp_path, "a", track)[0]
    (person,) = json.loads(file.read_text(encoding="utf-8"))["people"]
    assert person["pose_keypoints_2d"][3 * MID_HIP + 2] == 0.1


def test_visibility_that_was_not_kept_counts_as_seen(job: Job, tmp_path: Path) -> None:
    track = replace(job.track, visibility=np.full_like(job.track.visibility, np.nan))
    file = write_openpose(tmp_path, "a", track)[0]
    (person,) = json.loads(file.read_text(encoding="utf-8"))["people"]
    assert person["pose_keypoints_2d"][3 * R_KNEE + 2] == 1.0
