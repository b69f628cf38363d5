"""One door for whatever the person names."""

from __future__ import annotations

from pathlib import Path

from posecheck.errors import UsageError
from posecheck.sources.images import ImageSource, is_picture, pictures_in
from posecheck.sources.video import VideoSource


def open_source(path: str | Path, *, fps: float | None = None) -> VideoSource | ImageSource:
    """A clip, a picture, or a folder of pictures as a source, chosen by suffix, then content.

    ``fps`` makes a sequence of pictures; a clip carries its own times and takes none.
    Raises `UsageError` and `SourceError` as the two sources do.
    """
    path = Path(path)
    if path.is_dir():
        return ImageSource(pictures_in(path), fps=fps, name=path.absolute().name)
    if path.is_file() and is_picture(path):
        return ImageSource(path, fps=fps)
    if fps is not None:
        raise UsageError(f"{path}: frames per second are for pictures; a clip has its own times")
    return VideoSource(path)
