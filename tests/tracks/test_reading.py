"""Landmarks of other programs, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from posecheck.core.landmarks import Landmark
from posecheck.errors import PosecheckError, UsageError
from posecheck.exports.openpose import write_openpose
from posecheck.exports.trc import write_m, write_px
from posecheck.tracks.reading import is_landmarks, read_landmarks
from posecheck.tracks.store import write_track
from posecheck.tracks.track import Track

HIP, KNEE = Landmark.LEFT_HIP, Landmark.RIGHT_KNEE

SPORTS2D = (
    "PathFileType\t4\t(X/Y/Z)\t/some/where/a_px.trc\n"
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame"
    "\tOrigNumFrames\n"
    "30.0\t30.0\t3\t3\tm\t30.0\t0\t3\n"
    "Frame#\tTime\tHip\t\t\tRKnee\t\t\tHead\t\t\t\n"
    "\t\tX1\tY1\tZ1\tX2\tY2\tZ2\tX3\tY3\tZ3\n"
    "0\t0.0\t1.0\t2.0\t0.0\t300.5\t400.5\t0.0\t5\t6\t0\n"
    "1\t0.0333\t1.0\t2.0\t0.0\t\t\t\t5\t6\t0\n"
    "2\t0.0667\t1.0\t2.0\t0.0\t0.0\t0.0\t0.0\n"
)
"""As Sports2D 0.8 writes it: metres claimed, NaN as empty cells, tabs at the end of names."""


def test_sports2d_s_own_trc(tmp_path: Path) -> None:
    path = tmp_path / "a_px.trc"
    path.write_text(SPORTS2D, encoding="utf-8")
    track = read_landmarks(path)
    assert track.frame.tolist() == [0, 1, 2]
    assert track.time_s.tolist() == [0.0, 0.0333, 0.0667]
    assert track.xy_px[0, KNEE].tolist() == [300.5, 400.5]
    assert np.isnan(track.xy_px[1:, KNEE]).all()
    assert track.visibility[:, KNEE].tolist() == [1, 0, 0]
    assert np.isnan(track.xy_px[:, HIP]).all()  # a middle is no landmark
    assert np.isnan(track.z_px).all()


def test_our_own_trc(tmp_path: Path, track: Track) -> None:
    back = read_landmarks(write_px(tmp_path / "a_px.trc", track))
    np.testing.assert_allclose(back.xy_px[:, KNEE], track.xy_px[:, KNEE], atol=6e-4)
    np.testing.assert_array_equal(back.seen, track.seen)


def test_metres_are_refused(tmp_path: Path, track: Track) -> None:
    path = write_m(tmp_path / "a.trc", track, 1.7)
    with pytest.raises(UsageError, match=r"positions in metres; take the file in pixels"):
        read_landmarks(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dear diary\n", "not a TRC file that can be read"),
        (SPORTS2D.replace("300.5", "far"), "not a TRC file that can be read"),
        ("\n".join(SPORTS2D.splitlines()[:5]), "it has no rows"),
        (SPORTS2D.replace("RKnee", "Tail"), "no marker has a name that is known"),
    ],
)
def test_bad_trc(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a_px.trc"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PosecheckError, match=said):
        read_landmarks(path)


def test_openpose(tmp_path: Path, track: Track) -> None:
    write_openpose(tmp_path, "clip", track)
    back = read_landmarks(tmp_path, fps=30.0)
    np.testing.assert_allclose(back.xy_px[:, KNEE], track.xy_px[:, KNEE], atol=6e-4)
    np.testing.assert_allclose(back.time_s, track.time_s)
    assert back.visibility[0, KNEE] == 0.95
    np.testing.assert_array_equal(back.seen, track.seen)
    assert read_landmarks(tmp_path).still


def test_the_surest_of_several_people(tmp_path: Path) -> None:
    people = [{"pose_keypoints_2d": [x, 50.0, sure] * 25} for x, sure in ((10, 0.4), (90, 0.8))]
    file = tmp_path / "a_000000000004_keypoints.json"
    file.write_text(json.dumps({"people": people}), encoding="utf-8")
    track = read_landmarks(tmp_path, fps=10)
    assert (track.frame.tolist(), track.time_s.tolist()) == ([4], [0.4])
    assert track.xy_px[0, HIP].tolist() == [90, 50]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"notes.json": "{}"}, "no files named like clip_000000000000_keypoints.json"),
        (
            {"a_0_keypoints.json": '{"people": []}', "b_0_keypoints.json": '{"people": []}'},
            "files of several clips",
        ),
        ({"a_0_keypoints.json": "{"}, "not OpenPose's BODY_25"),
        (
            {"a_0_keypoints.json": '{"people": [{"pose_keypoints_2d": [1, 2, 3]}]}'},
            "not OpenPose's BODY_25",
        ),
    ],
)
def test_bad_openpose(tmp_path: Path, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(PosecheckError, match=said):
        read_landmarks(tmp_path)


def test_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "frame,time_s,left_hip_x_px,left_hip_y_px,left_hip_z_px,left_hip_visibility,RIGHT_KNEE_x,"
        "RIGHT_KNEE_y,comment\n"
        "3,0.1,10,20,-5,0.5,30,40,fine\n"
        "4,0.2,,,,,30,40,\n",
        encoding="utf-8",
    )
    track = read_landmarks(path)
    assert track.frame.tolist() == [3, 4]
    assert track.xy_px[0, HIP].tolist() == [10, 20]
    assert (track.z_px[0, HIP], track.visibility[0, HIP]) == (-5, 0.5)
    assert np.isnan(track.xy_px[1, HIP]).all()
    assert track.visibility[:, KNEE].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time_s,thigh_angle_deg\n0,1\n", "no columns such as left_knee_x_px"),
        ("left_hip_x,left_hip_y\n0.4,0.5\n", "shares of the picture; multiply by its size"),
        ("left_hip_x,left_hip_y\nfar,0.5\n", "not a table that can be read"),
        ("", "no columns such as"),
    ],
)
def test_bad_tables(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PosecheckError, match=said):
        read_landmarks(path)


def test_what_is_taken_for_landmarks(tmp_path: Path, track: Track) -> None:
    pictures, openpose = tmp_path / "pictures", tmp_path / "openpose"
    for folder in (pictures, openpose):
        folder.mkdir()
    (pictures / "a.png").touch()
    write_openpose(openpose, "a", track)
    assert [is_landmarks(p) for p in (pictures, openpose)] == [False, True]
    assert is_landmarks(write_track(tmp_path, track))
    assert is_landmarks(Path("a_px.TRC"))
    assert not is_landmarks(Path("clip.mp4"))
    with pytest.raises(UsageError, match="landmarks come as"):
        read_landmarks(_touched(tmp_path / "a.c3d"))
    with pytest.raises(UsageError, match="no such file"):
        read_landmarks(tmp_path / "nosuch.trc")


def _touched(path: Path) -> Path:
    path.touch()
    return path
