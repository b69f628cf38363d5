import os
import sys
from pathlib import Path

import cv2
import pytest

from posecheck import doctor
from posecheck.doctor import Check, Verdict, examine
from posecheck.errors import PosecheckError
from posecheck.estimators.model_store import model_path
from posecheck.system_libraries import MissingLibraries


class Camera:
    """Stands in for cv2.VideoCapture: only those in ``there`` open."""

    there: tuple[int, ...] = ()

    def __init__(self, index: int) -> None:
        os.write(2, b"a C library complains\n")
        self.index = index

    def isOpened(self) -> bool:  # noqa: N802
        return self.index in self.there

    def get(self, which: int) -> float:
        return 1280.0 if which == cv2.CAP_PROP_FRAME_WIDTH else 720.0

    def release(self) -> None:
        pass


@pytest.fixture(autouse=True)
def computer(tmp_path, monkeypatch):
    """No camera is opened and no model of the user's is used."""
    monkeypatch.setenv("POSECHECK_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(cv2, "VideoCapture", Camera)


def checks(model: str = "full") -> dict[str, Check]:
    return {check.name: check for check in examine(model, speed_test_s=0.0)}


def test_a_computer_without_a_model_only_needs_to_fetch_it():
    found = checks()
    assert found["Pose model"].verdict is Verdict.WARN
    assert found["Pose model"].remedy == "posecheck models fetch full"
    assert found["Speed"].verdict is Verdict.WARN
    for name in ("Python", "posecheck", "mediapipe", "cv2", "av", "numpy", "scipy", "One OpenCV"):
        assert found[name].verdict is Verdict.OK, found[name]


def test_a_library_that_cannot_be_loaded_does_not_stop_the_rest(monkeypatch):
    def broken(name: str) -> object:
        if name == "mediapipe":
            raise ImportError("libEGL.so.1: cannot open shared object file")
        return __import__(name)

    monkeypatch.setattr(doctor, "import_module", broken)
    monkeypatch.setattr(doctor, "missing_libraries", lambda: MissingLibraries(["libEGL.so.1"], []))
    monkeypatch.setattr(doctor, "install_line", lambda names: f"get {' '.join(names)}")
    found = checks()
    assert found["mediapipe"].verdict is Verdict.FAIL
    assert "libEGL.so.1" in found["mediapipe"].detail
    assert found["mediapipe"].remedy == "get libEGL.so.1"
    assert found["System libraries"].verdict is Verdict.FAIL
    assert found["System libraries"].remedy == "get libEGL.so.1"
    assert found["cv2"].verdict is Verdict.OK
    assert "Speed" in found


def test_window_libraries_are_only_a_warning(monkeypatch):
    monkeypatch.setattr(doctor, "missing_libraries", lambda: MissingLibraries([], ["libGL.so.1"]))
    found = checks()
    assert found["System libraries"].verdict is Verdict.OK
    assert found["Window libraries"].verdict is Verdict.WARN
    assert "libGL.so.1" in found["Window libraries"].detail


@pytest.mark.parametrize(
    ("providers", "verdict"),
    [
        (["opencv-python"], Verdict.OK),
        (["opencv-python", "opencv-contrib-python"], Verdict.WARN),
        ([], Verdict.FAIL),
    ],
)
def test_there_is_to_be_one_opencv(monkeypatch, providers, verdict):
    monkeypatch.setattr(doctor, "_providers", lambda: {"cv2": providers})
    check = checks()["One OpenCV"]
    assert check.verdict is verdict
    assert all(name in check.detail for name in providers)


def test_an_old_python_fails(monkeypatch):
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 0))
    check = checks()["Python"]
    assert (check.verdict, check.remedy) == (Verdict.FAIL, "install Python 99.0 or newer")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_cameras_are_listed_with_their_size(monkeypatch, capfd, system):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(Camera, "there", (0, 2))
    check = checks()["Cameras"]
    assert (check.verdict, check.detail) == (Verdict.OK, "0 (1280x720), 2 (1280x720)")
    assert capfd.readouterr().err == ""


def test_no_camera_is_only_a_warning():
    check = checks()["Cameras"]
    assert check.verdict is Verdict.WARN
    assert check.remedy


def test_a_damaged_model_fails_with_the_remedy(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "pose_landmarker_full.task").write_bytes(b"half")
    check = checks()["Pose model"]
    assert check.verdict is Verdict.FAIL
    assert "pose_landmarker_full.task" in check.detail
    assert check.remedy == "posecheck models fetch full"


def test_a_model_path_that_is_not_there_fails():
    check = checks("no/such.task")["Pose model"]
    assert check.verdict is Verdict.FAIL
    assert "such.task" in check.detail


@pytest.mark.parametrize(
    ("fps", "seen", "verdict", "advice"),
    [
        (14.9, True, Verdict.WARN, "--model lite"),
        (15.0, True, Verdict.OK, ""),
        (60.0, False, Verdict.WARN, "models fetch"),
    ],
)
def test_the_speed_is_judged(monkeypatch, fps, seen, verdict, advice):
    monkeypatch.setattr("posecheck.estimators.model_store.model_path", lambda *_, **__: Path("m"))
    monkeypatch.setattr(doctor, "_measure_fps", lambda *_: (fps, seen))
    check = doctor._speed("full", 0.0)
    assert check.verdict is verdict
    assert advice in check.remedy


def test_the_pose_model_finds_the_drawn_figure(monkeypatch):
    monkeypatch.delenv("POSECHECK_CACHE_DIR")
    try:
        model = model_path("full", fetch=False)
    except PosecheckError:
        pytest.skip("the pose model is not in the cache folder")
    fps, seen = doctor._measure_fps(model, 0.1)
    assert seen
    assert fps > 0


def test_speed_is_measured_where_the_model_is(monkeypatch, pose_model):
    monkeypatch.setenv("POSECHECK_CACHE_DIR", str(pose_model.parent.parent))
    speed = checks(str(pose_model))["Speed"]
    assert speed.verdict in (Verdict.OK, Verdict.WARN)
    assert "frames/s, 1280x720, one person" in speed.detail
