"""Recorded clips, whatever the container, read by PyAV (FFmpeg)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
import cv2
import numpy as np
from av.codec.context import ThreadType
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from posecheck.core.records import FrameRef
from posecheck.cores import cores
from posecheck.errors import SourceError, UsageError
from posecheck.sources.base import Frame, SourceInfo
from posecheck.sources.origin import origin_of

MIN_SIDE_PX = 64
SUFFIXES = frozenset(
    ".3gp .avi .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .webm .wmv".split()  # noqa: SIM905
)
"""What files of video are called; any name will do for one that is named itself."""

_USUAL_FPS = Fraction(30)
_CLOCK_RESET_S = 1.0
_EARLY_END_S = 1.0


class VideoSource:
    """The frames of a clip, upright, in square pixels, with the clip's own timestamps.

    ``time_s`` is the frame's presentation time since the start of the video stream, so it is 0
    for the first picture of an ordinary clip and greater where leading pictures cannot be
    decoded. Variable frame rates are kept. Times strictly rise: a picture stamped like the one
    before it, or earlier, is dropped; a clock that jumps back by more than 1 s carries on from
    where it was; a picture without a timestamp comes one nominal frame after the one before it.

    Rotation and mirroring in the metadata are undone as players do; non-square pixels are
    stretched to square ones. Memory does not grow with the length of the clip. Iterating again
    reads again from the start. What was less than perfect is told, after iteration, in
    ``warnings``: one line each.

    Raises `UsageError` where ``path`` is missing, a folder, or not a video, and `SourceError`
    where the video is damaged beyond reading, has no picture, or pictures under 64 px.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.warnings: list[str] = []
        with _open(self.path) as container:
            stream = _video_stream(container, self.path)
            first = next(_decoded(stream, _Damage()), None)
            if first is None:
                raise SourceError(
                    f"{self.path}: no picture could be decoded; record or export the clip again"
                )
            self._upright = _Upright.of(first, stream.sample_aspect_ratio)
            try:
                height_px, width_px, _ = self._upright.rgb(first, VideoReformatter()).shape
            except (FFmpegError, ValueError) as error:
                raise SourceError(
                    f"{self.path}: pictures of format {first.format.name} cannot be converted; "
                    "export the clip as H.264"
                ) from error
            check_size(self.path, width_px, height_px)
            duration_s = _duration_s(container, stream)
            self.info = SourceInfo(
                name=self.path.name,
                width_px=width_px,
                height_px=height_px,
                average_fps=float(stream.average_rate) if stream.average_rate else None,
                frame_count=stream.frames or None,
                duration_s=duration_s,
                rotation_deg=self._upright.rotation_deg,
                origin=origin_of([self.path], container.metadata),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing stays open between iterations."""

    def __iter__(self) -> Iterator[Frame]:
        self.warnings = []
        reformatter = VideoReformatter()
        width_px, height_px = self.info.width_px, self.info.height_px
        damage = _Damage()
        index = 0
        with _open(self.path) as container:
            stream = _video_stream(container, self.path)
            stream.thread_type = ThreadType.AUTO
            # One core is the pose model's.
            stream.codec_context.thread_count = max(1, cores() - 1)
            # AVI has one frame rate and no timestamps; with B-frames FFmpeg's pts come out
            # shuffled, while the decoding times still tell where chunks were left empty.
            constant_rate = container.format.name == "avi"
            clock = _Clock(stream, constant_rate=constant_rate)
            for picture in _decoded(stream, damage):
                time_s = clock.time_s(picture.dts if constant_rate else picture.pts)
                if time_s is None:
                    continue
                ref = FrameRef(index, time_s, width_px, height_px)
                yield Frame(ref, self._upright.rgb(picture, reformatter))
                index += 1
        self.warnings = [*damage.lines(), *clock.lines()]
        end_s = clock.end_s
        if damage.cut_short or end_s < (self.info.duration_s or 0.0) - _EARLY_END_S:
            of = f" of {self.info.duration_s:.1f} s" if self.info.duration_s else ""
            self.warnings.append(f"the clip ends early: {index} frames read, {end_s:.1f} s{of}")


def check_size(path: Path, width_px: int, height_px: int) -> None:
    """Raise `SourceError` where the shorter side is under 64 px."""
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise SourceError(
            f"{path}: {width_px}x{height_px} px is too small to see a person; "
            f"at least {MIN_SIDE_PX} px on the shorter side are needed"
        )


@dataclass(slots=True)
class _Damage:
    """What was lost on the way."""

    pictures: int = 0
    cut_short: bool = False

    def lines(self) -> Iterator[str]:
        if self.pictures:
            yield f"{self.pictures} damaged {_plural('frame', self.pictures)} skipped"


class _Clock:
    """Timestamps (ticks of the stream's time base) to seconds since its start."""

    def __init__(self, stream: VideoStream, *, constant_rate: bool) -> None:
        self._tick_s = stream.time_base or Fraction(1, 90000)
        fps = stream.guessed_rate or stream.average_rate or _USUAL_FPS
        self._interval = max(1, round(1 / (fps * self._tick_s)))
        self._start = None if constant_rate else stream.start_time
        self._constant_rate = constant_rate
        self._origin: int | None = None
        self._last: int | None = None
        self._guessed = self._repeated = self._resets = 0

    @property
    def end_s(self) -> float:
        """When the last picture read stops being shown."""
        return 0.0 if self._last is None else float((self._last + self._interval) * self._tick_s)

    def time_s(self, stamp: int | None) -> float | None:
        """Seconds since the start; None for a picture that comes no later than the last one."""
        following = 0 if self._last is None else self._last + self._interval
        if stamp is None:
            self._guessed += 1
            now = following
        else:
            if self._origin is None:
                self._origin = stamp if self._start is None else min(self._start, stamp)
            now = stamp - self._origin
            if self._last is not None and now <= self._last:
                if (self._last - now) * self._tick_s < _CLOCK_RESET_S:
                    self._repeated += 1
                    return None
                self._resets += 1
                self._origin -= following - now
                now = following
        self._last = now
        return float(now * self._tick_s)

    def lines(self) -> Iterator[str]:
        if self._guessed and not self._constant_rate:
            fps = float(1 / (self._interval * self._tick_s))
            yield (
                f"{self._guessed} {_plural('frame', self._guessed)} without a timestamp: "
                f"times assume {fps:.4g} frames per second"
            )
        if self._repeated:
            yield f"{self._repeated} {_plural('frame', self._repeated)} out of order dropped"
        if self._resets:
            yield f"the clip's clock jumps back {self._resets} times: times run on from there"


@dataclass(frozen=True, slots=True)
class _Upright:
    """How a decoded picture becomes an upright one: scaled to square pixels, turned, flipped."""

    width_px: int
    height_px: int
    rotation_deg: int
    transpose: bool
    flip: int | None

    @classmethod
    def of(cls, frame: VideoFrame, pixel_aspect: Fraction | None) -> _Upright:
        aspect = pixel_aspect if pixel_aspect and Fraction(1, 4) < pixel_aspect < 4 else 1
        matrix = np.eye(2)
        side_data = cast(Mapping[str, bytes], frame.side_data)
        if "DISPLAYMATRIX" in side_data:
            stored = np.frombuffer(bytes(side_data["DISPLAYMATRIX"]), np.int32)
            matrix = stored.reshape(3, 3)[:2, :2].astype(np.float64)
        # A point (x, y) is shown at (x, y) @ matrix. `frame.rotation` alone would take a
        # mirrored picture for one upside down.
        diagonal, crossed = np.diag(matrix), np.diag(matrix[::-1])
        transpose = bool(np.abs(crossed).sum() > np.abs(diagonal).sum())
        mirror_x, mirror_y = (crossed if transpose else diagonal) < 0
        flip = {(True, True): -1, (True, False): 1, (False, True): 0}.get(
            (bool(mirror_x), bool(mirror_y))
        )
        return cls(
            max(1, round(frame.width * aspect)), frame.height, frame.rotation % 360, transpose, flip
        )

    def rgb(self, frame: VideoFrame, reformatter: VideoReformatter) -> NDArray[np.uint8]:
        scaled = reformatter.reformat(
            frame, width=self.width_px, height=self.height_px, format="rgb24", threads=1
        )
        picture = cast(NDArray[np.uint8], scaled.to_ndarray())
        if self.transpose:
            picture = cast(NDArray[np.uint8], cv2.transpose(picture))
        if self.flip is not None:
            picture = cast(NDArray[np.uint8], cv2.flip(picture, self.flip))
        return picture


def _open(path: Path) -> InputContainer:
    if not path.exists():
        raise UsageError(f"{path}: no such file; check the name and the folder")
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a clip; name the clip itself")
    if not path.stat().st_size:
        raise SourceError(f"{path} is empty (0 bytes); record or copy the clip again")
    try:
        # Absolute, so that a colon in the name is not taken for a protocol; files only, so that
        # a playlist cannot reach into the network.
        container = av.open(str(path.absolute()), options={"protocol_whitelist": "file"})
    except PermissionError as error:
        raise SourceError(f"{path} may not be read; check its permissions") from error
    except FFmpegError as error:
        if _starts_like_a_video(path):
            raise SourceError(
                f"{path} cannot be read: the video is damaged or was cut off before its end; "
                "record or copy it again"
            ) from error
        raise UsageError(
            f"{path} is not a video that can be read; give a clip such as .mp4 or .mov"
        ) from error
    if container.format.name == "tty":  # FFmpeg's rendering of any text file
        container.close()
        raise UsageError(f"{path} is a text file, not a video")
    return container


def _starts_like_a_video(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    return head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free"} or head.startswith(
        (b"\x1aE\xdf\xa3", b"RIFF")
    )


def _video_stream(container: InputContainer, path: Path) -> VideoStream:
    for stream in container.streams.video:
        if Disposition.attached_pic not in stream.disposition:
            if stream.codec_context is None:
                raise SourceError(f"{path}: its video codec is not known; export it as H.264")
            return stream
    raise UsageError(f"{path} holds no moving pictures (sound only?); name a video")


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    # Matroska keeps a stream's own length in a tag; the container's is that of the longest.
    with suppress(KeyError, ValueError):
        hours, minutes, seconds = map(float, stream.metadata["DURATION"].split(":"))
        return 3600 * hours + 60 * minutes + seconds
    return container.duration / av.time_base if container.duration else None


def _decoded(stream: VideoStream, damage: _Damage) -> Iterator[VideoFrame]:
    """Every sound picture, in order of presentation; the rest is counted."""
    container = cast(InputContainer, stream.container)
    try:
        for packet in container.demux(stream):
            try:
                pictures = packet.decode()
            except FFmpegError:
                damage.pictures += 1
                continue
            for picture in pictures:
                if picture.is_corrupt:
                    damage.pictures += 1
                else:
                    yield picture
    except FFmpegError:  # the file itself can be read no further
        damage.cut_short = True


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
