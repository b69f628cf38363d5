"""A phone or network camera by its address, read by PyAV (FFmpeg)."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial
from threading import Event

import av
import numpy as np
from av.codec.context import Flags
from av.container import InputContainer
from av.error import (
    ConnectionRefusedError,
    ExitError,
    FFmpegError,
    HTTPForbiddenError,
    HTTPNotFoundError,
    HTTPUnauthorizedError,
    InvalidDataError,
    TimeoutError,
)
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from posecheck.errors import SourceError
from posecheck.sources.base import SourceInfo
from posecheck.sources.device import Picture
from posecheck.sources.video import _Upright

SCHEMES = frozenset({"http", "https", "rtsp", "rtsps", "rtmp", "rtmps", "srt", "tcp", "udp", "rtp"})

_OPEN_S, _READ_S = 5.0, 2.0
_OPTIONS = {
    "fflags": "nobuffer",
    "flags": "low_delay",
    "rtsp_transport": "tcp",
    "analyzeduration": "500000",  # microseconds
    "fpsprobesize": "0",
    # The network only: what a server sends must not make FFmpeg read files.
    "protocol_whitelist": ",".join(sorted(SCHEMES | {"tls", "httpproxy", "crypto", "rtcp"})),
}
_WHY = (
    (
        (HTTPUnauthorizedError, HTTPForbiddenError),
        "wants a name and password: give the address as scheme://name:password@host/...",
    ),
    (HTTPNotFoundError, "has no pictures at that path: copy the whole address from the camera app"),
    (ConnectionRefusedError, "refuses: start the camera app there and check the port"),
    (
        (TimeoutError, ExitError),
        "does not answer: is it switched on, and on the same network as this computer?",
    ),
    (
        InvalidDataError,
        "answers, but not with video: give the address of the stream itself (often .../video)",
    ),
)


class NetworkStream:
    """A `Device` for MJPEG over HTTP, RTSP and whatever else FFmpeg takes from the network.

    Names and passwords in the address are used, but never shown: ``name`` is without them.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.url = url
        self.name = without_login(url)
        self.silence = (
            f"{self.name} sends no pictures: is its camera app still open, and on the same network?"
        )
        self._clock = clock
        self._container: InputContainer | None = None
        self._packets: Iterator[Packet[VideoStream]] = iter(())
        self._decoded: deque[Picture] = deque()
        self._pixel_aspect: Fraction | None = None
        self._reformatter = VideoReformatter()

    def open(self, stop: Event) -> SourceInfo:
        """Connect and wait for a first picture, at most some 5 s each."""
        try:
            container = av.open(self.url, options=_OPTIONS, timeout=(_OPEN_S, _READ_S))
        except (FFmpegError, OSError, ValueError) as error:
            # FFmpeg's words hold the whole address.
            raise SourceError(f"{self.name} {_why(error)}") from None
        self._container = container
        if not container.streams.video:
            raise SourceError(f"{self.name} has no picture, only sound: switch its video on")
        stream = container.streams.video[0]
        if stream.codec_context is None:
            raise SourceError(f"{self.name} sends video of an unknown kind; set it to H.264")
        stream.codec_context.flags |= Flags.low_delay
        self._pixel_aspect = stream.sample_aspect_ratio
        self._packets = container.demux(stream)
        self._fill(_OPEN_S, stop)
        height_px, width_px, _ = self._decoded[0].rgb().shape
        return SourceInfo(self.name, width_px, height_px, _fps(container, stream), None, None)

    def read(self, stop: Event) -> Picture:
        """The next sound picture, or `SourceError` when the connection ends or is silent."""
        self._fill(_READ_S, stop)
        return self._decoded.popleft()

    def _fill(self, patience_s: float, stop: Event) -> None:
        """Have a picture decoded, or raise `SourceError`."""
        give_up_s = self._clock() + patience_s
        while not self._decoded:
            try:
                packet = next(self._packets, None)
            except (FFmpegError, OSError):
                packet = None
            arrived_s = self._clock()
            if packet is None or arrived_s > give_up_s or stop.is_set():
                raise SourceError(self.silence)
            with suppress(FFmpegError):
                for picture in packet.decode():
                    if isinstance(picture, VideoFrame) and not picture.is_corrupt:
                        self._decoded.append(Picture(arrived_s, partial(self._rgb, picture)))

    def _rgb(self, picture: VideoFrame) -> NDArray[np.uint8]:
        try:
            return _Upright.of(picture, self._pixel_aspect).rgb(picture, self._reformatter)
        except (FFmpegError, ValueError) as error:
            raise SourceError(
                f"{self.name} sends pictures of format {picture.format.name}, which cannot be "
                "converted; set it to H.264 or MJPEG"
            ) from error

    def close(self) -> None:
        """Hang up."""
        self._packets = iter(())
        self._decoded.clear()
        if self._container is not None:
            self._container.close()
        self._container = None


def without_login(source: str) -> str:
    """The address without names, passwords and parameters, which may hold them too."""
    scheme, separator, rest = source.rpartition("://")
    login, _, place = rest.rpartition("@")
    if not separator and ":" not in login:
        return source
    parts = place.partition("?")[0].partition("#")[0].split("/")
    return scheme + separator + "/".join("..." if "=" in part else part for part in parts)


def _fps(container: InputContainer, stream: VideoStream) -> float | None:
    if container.format.name == "mpjpeg" or not stream.average_rate:  # FFmpeg assumes 25
        return None
    return float(stream.average_rate)


def _why(error: Exception) -> str:
    for kinds, why in _WHY:
        if isinstance(error, kinds):
            return why
    return "cannot be reached: check the address; phone and computer need the same network"
