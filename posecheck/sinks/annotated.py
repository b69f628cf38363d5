"""The annotated picture of every frame, encoded on a thread of its own."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import cv2

from posecheck.errors import OutputError
from posecheck.sinks.files import atomic_path, output_folder
from posecheck.sinks.video import VideoWriter
from posecheck.sources.base import Frame, SourceInfo

_WAITING_FRAMES = 8


class _Writer(Protocol):
    """Where drawn pictures go."""

    note: str | None

    def write(self, frame: Frame) -> None: ...

    def close(self) -> None: ...

    def discard(self) -> None: ...


class Annotated:
    """Takes drawn frames.

    Leaving it without an error, or by Ctrl-C, puts the finished file in place; leaving it by an
    error leaves nothing new. ``path`` is an ``.mp4`` for a clip, a ``.png`` for one picture, a
    folder for several. ``note`` is a line for the person, or None. An error of writing, an
    `OutputError` as a rule, comes out of a later `put` or the end.
    """

    def __init__(self, path: Path, info: SourceInfo) -> None:
        self.path = path
        self._writer: _Writer = _Pictures(path) if info.still else _Clip(path, info)
        self.note = self._writer.note
        self._thread = ThreadPoolExecutor(1, "annotated")
        self._waiting: deque[Future[None]] = deque()

    def put(self, frame: Frame) -> None:
        """Hand the next frame over; waits only when the thread is far behind."""
        if len(self._waiting) >= _WAITING_FRAMES:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._writer.write, frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        failed = kind is not None and issubclass(kind, Exception)
        try:
            while self._waiting and not failed:
                self._waiting.popleft().result()
        except BaseException:
            self._thread.shutdown(cancel_futures=True)
            self._writer.discard()
            raise
        self._thread.shutdown(cancel_futures=True)
        if failed:
            self._writer.discard()
        else:
            self._writer.close()


class _Clip:
    def __init__(self, path: Path, info: SourceInfo) -> None:
        self._video = VideoWriter(
            path, info.width_px, info.height_px, fps_hint=info.average_fps or 30.0
        )
        self.note = self._video.note

    def write(self, frame: Frame) -> None:
        self._video.write(frame.rgb, frame.ref.time_s)

    def close(self) -> None:
        self._video.close()

    def discard(self) -> None:
        self._video.discard()


class _Pictures:
    note: str | None = None

    def __init__(self, path: Path) -> None:
        self._path = path
        self._new = not path.exists()
        self._written: list[Path] = []

    def write(self, frame: Frame) -> None:
        path = self._path
        if path.suffix != ".png":
            path = output_folder(path) / f"{Path(frame.ref.name).stem}.png"
            if path in self._written:  # a.jpg and a.png
                path = path.with_name(f"{frame.ref.name}.png")
        ok, data = cv2.imencode(".png", cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2BGR))
        if not ok:
            raise OutputError(f"{path} not written: the picture cannot be encoded as PNG")
        with atomic_path(path) as aside:
            aside.write_bytes(data.tobytes())
        self._written.append(path)

    def close(self) -> None:
        """Nothing is left open between pictures."""

    def discard(self) -> None:
        for path in self._written:
            path.unlink(missing_ok=True)
        if self._new:
            with suppress(OSError):  # one picture has no folder of its own
                self._path.rmdir()
