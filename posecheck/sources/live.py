"""Pictures as they come, for use while someone exercises: always the newest, never a queue."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Self

from posecheck.core.records import FrameRef
from posecheck.errors import PosecheckError, SourceError, UsageError
from posecheck.sources.base import Frame, SourceInfo
from posecheck.sources.camera import Camera
from posecheck.sources.device import Device, Picture
from posecheck.sources.images import is_picture
from posecheck.sources.stand_in import StandIn
from posecheck.sources.stream import SCHEMES, NetworkStream, without_login

SILENCE_S = 2.0  # without a picture for so long, a device counts as lost

_RETRY_S = 1.0
_LONGEST_RETRY_S = 2.0
_CLOSING_S = 2.0
_LEAST_STEP_S = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """A frame, and when (s, `time.monotonic`) its picture was there, before any conversion."""

    frame: Frame
    arrived_s: float


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    index: int
    time_s: float
    picture: Picture

    def arrival(self) -> Arrival:
        rgb = self.picture.rgb()
        height_px, width_px, _ = rgb.shape
        frame = Frame(FrameRef(self.index, self.time_s, width_px, height_px), rgb)
        return Arrival(frame, self.picture.arrived_s)


class LiveSource:
    """Opens a device, and keeps its newest picture at hand by a thread of its own.

    ``frame.ref.time_s`` counts from the opening on the monotonic clock and strictly rises, also
    across a loss; the frames of a clip keep the clip's times. ``frame.ref.index`` counts every
    picture captured, ``dropped`` those among them that were never handed out. Pictures are
    converted when handed out, so that dropped ones cost no conversion. A device that is lost is
    opened again every second or two until it is back; ``lost`` is what to tell the person in the
    meantime.

    Entering raises `SourceError` or `UsageError` where the device cannot be opened. Leaving takes
    at most 2 s: a read that still blocks is left to its thread, which closes the device after it.
    """

    info: SourceInfo

    def __init__(
        self,
        device: Device,
        *,
        clock: Callable[[], float] = time.monotonic,
        retry_s: float = _RETRY_S,
    ) -> None:
        self.dropped = 0
        self._device = device
        self._clock = clock
        self._retry_s = retry_s
        self._stop = Event()
        self._news = Condition()
        self._thread = Thread(target=self._run, name="live-source", daemon=True)
        self._waiting: _Waiting | None = None
        self._captured = 0
        self._last_s = -_LEAST_STEP_S
        self._opened_s = self._heard_s = 0.0
        self._reopening = self._over = False
        self._failure: Exception | None = None

    def __enter__(self) -> Self:
        try:
            self.info = self._device.open(self._stop)
            self._opened_s = self._heard_s = self._clock()
            self._thread.start()
        except BaseException:
            self._stop.set()
            if not self._thread.is_alive():
                self._device.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        with self._news:
            self.dropped += self._waiting is not None
            self._waiting = None
            self._news.notify_all()
        self._thread.join(_CLOSING_S)

    @property
    def lost(self) -> str | None:
        """One line for the person while no pictures come, else None."""
        silent = self._reopening or self._clock() - self._heard_s > SILENCE_S
        return self._device.silence if silent and not self._over else None

    @property
    def ended(self) -> bool:
        """Whether a clip is over and its last frame was handed out."""
        return self._over and self._waiting is None

    def newest(self, timeout_s: float) -> Arrival | None:
        """Wait for a frame not handed out before; None at the time-out, or when there is no more.

        For one thread. On Windows, Ctrl-C is heard only when the wait is over: wait briefly.
        """
        with self._news:
            self._news.wait_for(
                lambda: self._waiting or self._over or self._stop.is_set(), timeout_s
            )
            waiting, self._waiting = self._waiting, None
            if waiting is None and self._failure is not None:
                raise self._failure
        return None if waiting is None else waiting.arrival()

    def _run(self) -> None:
        try:
            while not self._stop.is_set() and (picture := self._read()) is not None:
                self._keep(picture)
        except Exception as error:
            self._failure = error
        finally:
            self._device.close()
            with self._news:
                self._over = True
                self._news.notify_all()

    def _read(self) -> Picture | None:
        """The next picture, however long the device stays away; None at the end."""
        while True:
            try:
                return self._device.read(self._stop)
            except SourceError:
                if self._device.silence is None:
                    raise
            if not self._reopened():
                return None

    def _reopened(self) -> bool:
        """Open the device again, as often as it takes; False when the source was closed first."""
        self._reopening = True
        pause_s = self._retry_s
        self._device.close()
        while not self._stop.wait(pause_s):
            try:
                self._device.open(self._stop)
            except PosecheckError:
                self._device.close()
                pause_s = min(1.5 * pause_s, _LONGEST_RETRY_S)
            else:
                self._heard_s = self._clock()
                self._reopening = False
                return True
        return False

    def _keep(self, picture: Picture) -> None:
        self._heard_s = self._clock()
        time_s = picture.time_s
        if time_s is None:
            time_s = max(picture.arrived_s - self._opened_s, self._last_s + _LEAST_STEP_S)
        self._last_s = time_s
        with self._news:
            if self._stop.is_set():
                return
            self.dropped += self._waiting is not None
            self._waiting = _Waiting(self._captured, time_s, picture)
            self._captured += 1
            self._news.notify_all()


def open_live_source(source: str) -> LiveSource:
    """A camera by its number or path, a stream by its address, or a clip in place of them.

    Raises `UsageError` for anything else; what cannot be opened is told when entering.
    """
    return LiveSource(_device(source))


def _device(source: str) -> Device:
    if source.isascii() and source.isdecimal():
        return Camera(int(source))
    if "://" in source:
        if source.partition("://")[0].lower() in SCHEMES:
            return NetworkStream(source)
        raise UsageError(
            f"{without_login(source)} is no address of a camera; it begins with http:// or rtsp://"
        )
    path = Path(source)
    if path.is_char_device() or source.startswith("/dev/"):
        return Camera(path)
    if path.is_file() and not is_picture(path):
        return StandIn(path)
    raise UsageError(
        f"{without_login(source) or 'nothing'} is neither a camera (0, 1, /dev/video0), an "
        "address (http://..., rtsp://...) nor a clip that exists; name one of them"
    )
