"""Photographs and folders of numbered pictures, read by Pillow: OpenCV's readers talk on stderr."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from posecheck.core.records import FrameRef
from posecheck.errors import SourceError, UsageError
from posecheck.sources.base import Frame, SourceInfo
from posecheck.sources.origin import origin_of
from posecheck.sources.video import check_size

PICTURE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
HEIC_SUFFIXES = frozenset({".heic", ".heif"})
_FORMATS = ("BMP", "JPEG", "PNG", "TIFF", "WEBP")


class ImageSource:
    """Pictures as frames: stills, or with ``fps`` a sequence.

    Stills have ``time_s`` NaN and each its own size. A sequence has ``time_s`` = index / ``fps``
    and one size. EXIF orientation is undone; grey, 16-bit and transparent pictures become RGB.
    ``ref.name`` is the file's name. A picture that cannot be read is skipped, its index left
    out, and named in ``warnings`` after iteration.

    Raises `UsageError` where there is no picture or ``fps`` is not a positive number, and
    `SourceError` where none can be read, one is too small, or sizes differ in a sequence.
    """

    def __init__(
        self, paths: str | Path | Sequence[Path], *, fps: float | None = None, name: str = ""
    ) -> None:
        self.paths = [Path(paths)] if isinstance(paths, str | Path) else list(paths)
        if not self.paths:
            raise UsageError("no pictures were given")
        if fps is not None and not (math.isfinite(fps) and fps > 0):
            raise UsageError(f"{fps} frames per second is not possible; give a number above 0")
        self.fps = fps
        self.warnings: list[str] = []
        first = next(self._pictures(), None)
        if first is None:
            raise SourceError(self.warnings[0])
        height_px, width_px, _ = first[2].shape
        self.info = SourceInfo(
            name=name or self.paths[0].name,
            width_px=width_px,
            height_px=height_px,
            average_fps=fps,
            frame_count=len(self.paths),
            duration_s=None if fps is None else len(self.paths) / fps,
            still=fps is None,
            origin=origin_of(self.paths),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing stays open between pictures."""

    def __iter__(self) -> Iterator[Frame]:
        expected = (self.info.width_px, self.info.height_px)
        for index, path, rgb in self._pictures():
            height_px, width_px, _ = rgb.shape
            check_size(path, width_px, height_px)
            if self.fps is not None and (width_px, height_px) != expected:
                raise SourceError(
                    f"{path} is {width_px}x{height_px} px, those before it "
                    f"{expected[0]}x{expected[1]}; a sequence needs one size"
                )
            time_s = math.nan if self.fps is None else index / self.fps
            yield Frame(FrameRef(index, time_s, width_px, height_px, path.name), rgb)

    def _pictures(self) -> Iterator[tuple[int, Path, NDArray[np.uint8]]]:
        self.warnings = []
        for index, path in enumerate(self.paths):
            try:
                yield index, path, read_picture(path)
            except SourceError as error:
                self.warnings.append(str(error))


def read_picture(path: Path) -> NDArray[np.uint8]:
    """One picture, upright, (height, width, 3) uint8, red first; `SourceError` if unreadable."""
    if path.suffix.lower() in HEIC_SUFFIXES:
        raise SourceError(f"{path}: HEIC pictures cannot be read; export it as JPEG")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as image:
                return _upright_rgb(image)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise SourceError(
            f"{path} is not a picture that can be read; export it as JPEG or PNG"
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is damaged or incomplete"
        raise SourceError(f"{path} cannot be read: {reason}; export or copy it again") from error


def _upright_rgb(image: Image.Image) -> NDArray[np.uint8]:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):  # convert() would clip, not scale
        upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
    return np.array(upright.convert("RGB"), np.uint8)


def is_picture(path: Path) -> bool:
    """Whether the file is a still picture, by its suffix or else by its first bytes."""
    if path.suffix.lower() in PICTURE_SUFFIXES | HEIC_SUFFIXES:
        return True
    try:
        with Image.open(path, formats=_FORMATS):
            return True
    except OSError:
        return False


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder in natural order (img2 before img10); `UsageError` if none."""
    suffixes = PICTURE_SUFFIXES | HEIC_SUFFIXES
    found = [path for path in folder.iterdir() if path.suffix.lower() in suffixes]
    found = [path for path in found if not path.name.startswith(".")]
    if not found:
        raise UsageError(f"{folder} holds no pictures (.jpg, .png, ...); name a clip or a picture")
    return sorted(found, key=_natural)


def _natural(path: Path) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
