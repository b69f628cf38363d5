"""Cameras as OpenCV shows them; OpenCV's part is played by a class."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Event
from typing import Any

import cv2
import numpy as np
import pytest

from posecheck.errors import SourceError
from posecheck.sources import camera
from posecheck.sources.camera import Camera
from tests.clips import corners_of, four_corners


class Played:
    """Stands in for `cv2.VideoCapture`."""

    there = True
    fails = frozenset[int]()  # the numbers of those grabs that give nothing
    damaged = frozenset[int]()  # and of those whose picture cannot be decoded
    backends = frozenset[int]()  # those that work; all of them if empty
    made: list[Any] = []  # noqa: RUF012 - the fixture replaces it

    def __init__(self, source: int | str, backend: int) -> None:
        self.source, self.backend = source, backend
        self.asked: dict[int, float] = {}
        self.grabs = -1
        self.released = False
        self.made.append(self)

    def isOpened(self) -> bool:  # noqa: N802
        return self.there and (not self.backends or self.backend in self.backends)

    def set(self, key: int, value: float) -> bool:
        self.asked[key] = value
        return False

    def get(self, _: int) -> float:
        return -1.0

    def grab(self) -> bool:
        self.grabs += 1
        return self.grabs not in self.fails

    def retrieve(self) -> tuple[bool, np.ndarray | None]:
        if self.grabs in self.damaged:
            return False, None
        return True, four_corners(64, 48)[:, :, ::-1].copy()

    def release(self) -> None:
        self.released = True


@pytest.fixture(autouse=True)
def played(monkeypatch: pytest.MonkeyPatch) -> type[Played]:
    class Fresh(Played):
        made: list[Any] = []  # noqa: RUF012

    monkeypatch.setattr(cv2, "VideoCapture", Fresh)
    monkeypatch.setattr(camera, "_START_S", 0.1)
    monkeypatch.setattr(camera, "_PATIENCE_S", 0.1)
    monkeypatch.setattr(camera, "_PAUSE_S", 0.001)
    on(monkeypatch, "Darwin")
    return Fresh


def on(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(camera.platform, "system", lambda: system)


def test_red_comes_first_and_what_is_given_is_taken(played: type[Played]) -> None:
    device, stop = Camera(0, clock=lambda: 12.5), Event()
    info = device.open(stop)
    picture = device.read(stop)
    capture = played.made[0]
    device.close()
    assert (info.name, info.width_px, info.height_px) == ("camera 0", 64, 48)
    assert info.average_fps is None
    assert corners_of(picture.rgb()) == ["red", "green", "blue", "white"]
    assert picture.rgb().flags.c_contiguous
    assert (picture.arrived_s, picture.time_s) == (12.5, None)
    assert (capture.source, capture.backend) == (0, cv2.CAP_AVFOUNDATION)
    assert capture.asked[cv2.CAP_PROP_FRAME_WIDTH] == 1280
    assert capture.asked[cv2.CAP_PROP_FPS] == 30
    assert capture.asked[cv2.CAP_PROP_BUFFERSIZE] == 1
    assert capture.released


def test_a_stumble_is_forgiven(played: type[Played]) -> None:
    played.fails, played.damaged = frozenset({0, 3}), frozenset({1, 4, 5})
    device, stop = Camera(0), Event()
    device.open(stop)
    assert played.made[0].grabs == 2
    device.read(stop)
    device.read(stop)
    assert played.made[0].grabs == 6
    device.close()


def test_silence_is_a_loss(played: type[Played]) -> None:
    device, stop = Camera(0), Event()
    device.open(stop)
    device.read(stop)
    played.fails = frozenset(range(100_000))
    with pytest.raises(SourceError, match="the camera sends no pictures: is it unplugged"):
        device.read(stop)
    device.close()
    with pytest.raises(SourceError):
        device.read(stop)


def test_second_way_on_windows(played: type[Played], monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, "Windows")
    played.backends = frozenset({cv2.CAP_MSMF})
    device = Camera(1)
    device.open(Event())
    assert [capture.backend for capture in played.made] == [cv2.CAP_DSHOW, cv2.CAP_MSMF]
    assert [capture.released for capture in played.made] == [True, False]
    device.close()


@pytest.mark.parametrize(
    ("system", "hint"),
    [
        ("Darwin", "System Settings > Privacy & Security > Camera"),
        ("Windows", "allow desktop apps"),
        ("Linux", "close other programs"),
        ("Plan 9", "close other programs"),
    ],
)
def test_no_pictures(
    played: type[Played], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str, hint: str
) -> None:
    on(monkeypatch, system)
    played.there = False
    node = tmp_path / "video7"
    node.touch()
    with pytest.raises(SourceError, match=hint) as caught:
        Camera(node).open(Event())
    assert str(caught.value).startswith(f"{node} gives no pictures: ")
    assert "\n" not in str(caught.value)
    assert all(capture.released for capture in played.made)


def test_missing_on_linux_names_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on(monkeypatch, "Linux")
    for number, index, name in ((10, 0, "USB cam"), (2, 0, "HD Webcam"), (3, 1, "HD Webcam")):
        node = tmp_path / f"video{number}"
        node.mkdir()
        (node / "index").write_text(f"{index}\n")
        (node / "name").write_text(f"{name}\n")
    monkeypatch.setattr(camera, "_KNOWN_CAMERAS", tmp_path)
    with pytest.raises(SourceError) as caught:
        Camera(97).open(Event())
    assert str(caught.value) == (
        "there is no camera 97 (/dev/video97); connected are: 2 (HD Webcam), 10 (USB cam)"
    )


def test_missing_on_linux_without_any(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on(monkeypatch, "Linux")
    monkeypatch.setattr(camera, "_KNOWN_CAMERAS", tmp_path / "none")
    with pytest.raises(SourceError, match="video97 does not exist; no camera is connected"):
        Camera(Path("/dev/video97")).open(Event())


def test_not_allowed_on_linux(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on(monkeypatch, "Linux")
    monkeypatch.setattr(os, "access", lambda *_: False)
    node = tmp_path / "video0"
    node.touch()
    with pytest.raises(SourceError, match=r"you may not use .*video0: .* usermod -aG video"):
        Camera(node).open(Event())


@pytest.mark.skipif(sys.platform != "linux", reason="opens a device file")
def test_opencv_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    with pytest.raises(SourceError, match="/dev/null gives no pictures"):
        Camera(Path("/dev/null")).open(Event())
    assert capfd.readouterr() == ("", "")
