"""Video that plays in a browser: H.264 in MP4, with the frames' own times."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from numpy.typing import NDArray

from posecheck.errors import OutputError
from posecheck.sinks.files import output_error, part_path

# Holds the usual frame rates (29.97 too) and milliseconds exactly; MPEG-4 takes no finer one.
TIME_BASE = Fraction(1, 60_000)
_FRAGMENTS = "+frag_keyframe+empty_moov+default_base_moof"
# In order of preference; the first that this machine's FFmpeg can open is taken. x264's quickest
# preset makes files half as large again as the next one, at the same quality in half the time. At
# one quantizer throughout it need not look ahead: a third quicker than crf 26, alike on real clips.
_ENCODERS: dict[str, dict[str, str]] = {
    "libx264": {"preset": "ultrafast", "qp": "25"},
    "libopenh264": {"b": "4M"},
    "h264_videotoolbox": {"b": "4M"},
    "h264_mf": {"b": "4M"},
    "mpeg4": {"b": "4M"},
}


class VideoWriter:
    """Write frames to ``path`` as they come; the file appears there when the writer is closed.

    A context manager. Leaving it, also by Ctrl-C, closes: what was written is a whole, playable
    file, only shorter. Leaving it by any other exception discards: nothing new is at ``path``.
    ``note`` is a line for the person where no H.264 encoder is at hand, else None.

    ``fps_hint`` is the usual frame rate: it sets how long the last frame is shown, and the
    times of frames that have none. With a name for ``part``, the file in the making, that one can
    be played as far as it was written, up to the last second, whatever kills the writer. Raises
    `OutputError` where the file cannot be written.
    """

    def __init__(
        self,
        path: str | Path,
        width_px: int,
        height_px: int,
        *,
        fps_hint: float = 30.0,
        part: Path | None = None,
    ) -> None:
        self.path = Path(path)
        self._fragments = part is not None
        self.width_px, self.height_px = width_px, height_px
        self.note: str | None = None
        self._interval = max(1, round(1 / (fps_hint * TIME_BASE)))
        self._last_pts: int | None = None
        self._part = part or part_path(self.path)
        self._container: OutputContainer | None = None
        self._stream = self._open(Fraction(fps_hint).limit_denominator(1001))

    def write(self, rgb: NDArray[np.uint8], time_s: float) -> None:
        """Append one picture, (height_px, width_px, 3) uint8, to be shown from ``time_s`` on.

        Times are kept to 1/60000 s. One that does not come after the last is moved just behind
        it; NaN comes one nominal frame after the last.
        """
        if rgb.shape != (self.height_px, self.width_px, 3):
            raise ValueError(
                f"picture of shape {rgb.shape} in a video of {self.width_px}x{self.height_px} px"
            )
        if self.width_px % 2 or self.height_px % 2:
            odd_px = self.height_px % 2, self.width_px % 2
            rgb = cast(
                NDArray[np.uint8],
                cv2.copyMakeBorder(rgb, 0, odd_px[0], 0, odd_px[1], cv2.BORDER_REPLICATE),
            )
        # A third of the time that swscale takes for the same, and BT.601 as declared below.
        yuv = cast(NDArray[np.uint8], cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420))
        picture = VideoFrame.from_numpy_buffer(yuv, format="yuv420p")
        picture.pts = self._next_pts(time_s)
        picture.time_base = TIME_BASE
        picture.duration = self._interval
        try:
            self._mux(picture)
        except FFmpegError as error:
            self.discard()
            raise self._failure(error) from error

    def close(self) -> None:
        """Finish the file and put it in place. Without a single frame nothing is left."""
        if self._container is None:
            return
        if self._last_pts is None:
            self.discard()
            return
        try:
            self._mux(None)
            self._container.close()
            self._container = None
            self._part.replace(self.path)
        except (FFmpegError, OSError) as error:
            self.discard()
            raise self._failure(error) from error

    def discard(self) -> None:
        """Drop what was written; whatever stood at ``path`` before stays."""
        container, self._container = self._container, None
        if container is not None:
            with suppress(FFmpegError):  # closing writes once more, which a full disk refuses
                container.close()
        self._part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None and issubclass(kind, Exception):
            self.discard()
        else:
            self.close()

    def _open(self, rate: Fraction) -> VideoStream:
        encoder = next(filter(self._opens, _ENCODERS), None)
        if encoder is None:
            raise OutputError(f"{self.path} not written: FFmpeg has no video encoder here")
        if encoder == "mpeg4":
            self.note = (
                f"no H.264 encoder at hand: {self.path.name} is MPEG-4, may not play in browsers"
            )
        try:
            self._container = av.open(
                str(self._part.absolute()),
                "w",
                format="mp4",
                options={
                    "movflags": _FRAGMENTS if self._fragments else "+faststart",
                    "flush_packets": "1" if self._fragments else "-1",
                    "video_track_timescale": str(TIME_BASE.denominator),
                },
            )
            stream = self._container.add_stream(encoder, rate, options=_ENCODERS[encoder])
            if self._fragments:  # each begins with a whole picture
                cast(VideoStream, stream).codec_context.gop_size = max(1, round(rate))
            self._set_up(cast(VideoStream, stream).codec_context)
            self._container.start_encoding()
        except FFmpegError as error:
            self.discard()
            raise self._failure(error) from error
        return cast(VideoStream, stream)

    def _opens(self, encoder: str) -> bool:
        """Whether the encoder is there and works: hardware encoders are listed everywhere."""
        if encoder not in av.codecs_available:
            return False
        trial = cast(VideoCodecContext, av.CodecContext.create(encoder, "w"))
        self._set_up(trial)
        try:
            trial.open()
        except FFmpegError:
            return False
        return True

    def _set_up(self, context: VideoCodecContext) -> None:
        context.width = self.width_px + self.width_px % 2
        context.height = self.height_px + self.height_px % 2
        context.pix_fmt = "yuv420p"
        context.time_base = TIME_BASE
        # The encoder's own threads let the caller go on while they work.
        context.thread_count = 1
        context.colorspace = Colorspace.SMPTE170M
        context.color_range = ColorRange.MPEG
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709

    def _next_pts(self, time_s: float) -> int:
        last = self._last_pts
        if np.isfinite(time_s):
            pts = round(time_s / TIME_BASE)
            pts = pts if last is None else max(pts, last + 1)
        else:
            pts = 0 if last is None else last + self._interval
        self._last_pts = pts
        return pts

    def _mux(self, picture: VideoFrame | None) -> None:
        assert self._container is not None, "the writer is closed"
        self._container.mux(self._stream.encode(picture))

    def _failure(self, error: Exception) -> OutputError:
        if isinstance(error, OSError):
            return output_error(self.path, error)
        return OutputError(f"{self.path} not written: the video encoder failed ({error})")
