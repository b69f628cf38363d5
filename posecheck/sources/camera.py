"""Cameras of this computer, read by OpenCV."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.errors import SourceError
from posecheck.sources.base import SourceInfo
from posecheck.sources.device import Picture

_WIDTH_PX, _HEIGHT_PX, _FPS = 1280, 720, 30
_START_S = 3.0  # some cameras need a second or two for their first picture
_PATIENCE_S = 1.0  # and all of them stumble now and then
_PAUSE_S = 0.02

_BACKENDS = {
    "Linux": (cv2.CAP_V4L2,),
    "Darwin": (cv2.CAP_AVFOUNDATION,),
    "Windows": (cv2.CAP_DSHOW, cv2.CAP_MSMF),
}
_HELP = {
    "Darwin": (
        "allow your terminal to use the camera in System Settings > Privacy & Security > Camera "
        "and start it again"
    ),
    "Windows": "allow desktop apps to use the camera in Settings > Privacy & security > Camera",
}
_KNOWN_CAMERAS = Path("/sys/class/video4linux")


class Camera:
    """A `Device` for one camera: its number, or on Linux also its path (/dev/v4l/by-id/...).

    Asks for 1280x720 at 30 pictures/s in MJPEG, since raw pictures of that size often come at 10,
    and takes what is given. Nothing but a picture that really came counts as open.
    """

    silence = "the camera sends no pictures: is it unplugged, or used by another program?"

    def __init__(self, source: int | Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.source = source
        self.name = f"camera {source}" if isinstance(source, int) else str(source)
        self._clock = clock
        self._capture: cv2.VideoCapture | None = None
        self._first: Picture | None = None

    def open(self, stop: Event) -> SourceInfo:
        """Take the first way to the camera that gives a picture."""
        system = platform.system()
        if system == "Linux":
            _check_node(self.source)
            # OpenCV would wait 10 s for each picture of a camera that stalls.
            os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        for backend in _BACKENDS.get(system, (cv2.CAP_ANY,)):
            with suppress(SourceError, cv2.error):
                return self._opened(backend, stop)
            self.close()
        raise SourceError(f"{self.name} gives no pictures: {_what_to_do(system)}")

    def _opened(self, backend: int, stop: Event) -> SourceInfo:
        self._capture = capture = _capture(self.source, backend)
        for key, value in (
            (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
            (cv2.CAP_PROP_FRAME_WIDTH, _WIDTH_PX),
            (cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT_PX),
            (cv2.CAP_PROP_FPS, _FPS),
            (cv2.CAP_PROP_BUFFERSIZE, 1),
        ):
            capture.set(key, value)
        self._first = self._picture(_START_S, stop)
        height_px, width_px, _ = self._first.rgb().shape
        fps = capture.get(cv2.CAP_PROP_FPS)
        return SourceInfo(self.name, width_px, height_px, fps if fps > 0 else None, None, None)

    def read(self, stop: Event) -> Picture:
        """The next sound picture, or `SourceError` after a second without."""
        first, self._first = self._first, None
        return first or self._picture(_PATIENCE_S, stop)

    def _picture(self, patience_s: float, stop: Event) -> Picture:
        give_up_s = self._clock() + patience_s
        while self._capture is not None and self._capture.isOpened():
            with suppress(cv2.error):
                if self._capture.grab():
                    arrived_s = self._clock()
                    sound, bgr = self._capture.retrieve()
                    if sound and bgr is not None and bgr.size:
                        return Picture(arrived_s, partial(_rgb, cast(NDArray[np.uint8], bgr)))
            if self._clock() > give_up_s or stop.wait(_PAUSE_S):
                break
        raise SourceError(self.silence)

    def close(self) -> None:
        """Leave the camera to others."""
        if self._capture is not None:
            self._capture.release()
        self._capture = self._first = None


def _capture(source: int | Path, backend: int) -> cv2.VideoCapture:
    node = _node(source)
    numbered = re.fullmatch(r"/dev/video(\d+)", str(node))
    if isinstance(source, int) or numbered is None:
        return cv2.VideoCapture(source if isinstance(source, int) else str(node), backend)
    return cv2.VideoCapture(int(numbered[1]), backend)


def _rgb(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return cast(NDArray[np.uint8], cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def _node(source: int | Path) -> Path:
    """The device file on Linux; links such as those in /dev/v4l/by-id are followed."""
    return Path(f"/dev/video{source}") if isinstance(source, int) else source.resolve()


def _check_node(source: int | Path) -> None:
    node = _node(source)
    if not node.exists():
        missing = f"there is no camera {source} ({node})"
        if not isinstance(source, int):
            missing = f"{source} does not exist"
        raise SourceError(f"{missing}; {_choice()}")
    if not os.access(node, os.R_OK | os.W_OK):
        raise SourceError(
            f"you may not use {node}: run `sudo usermod -aG video $USER` and log in again"
        )


def _choice() -> str:
    known = _known_cameras()
    if known:
        return f"connected are: {', '.join(known)}"
    return "no camera is connected: plug one in, or name a clip or the address of a phone's camera"


def _known_cameras() -> list[str]:
    """Number and name of each camera on Linux; nodes that carry no pictures are left out."""
    found = {}
    for entry in _KNOWN_CAMERAS.glob("video*"):
        with suppress(OSError, ValueError):
            if int((entry / "index").read_text()) == 0:
                found[int(entry.name[5:])] = (entry / "name").read_text().strip()
    return [f"{number} ({found[number]})" for number in sorted(found)]


def _what_to_do(system: str) -> str:
    close = "close other programs that use it (browser, video call)"
    if system in _HELP:
        return f"plug it in, {close}, {_HELP[system]}"
    return f"{close}, or take another; {_choice()}"
