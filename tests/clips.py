"""Builders of clips and pictures for tests: small, exact about time, made on the spot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

CORNERS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def moving_texture(count: int, width_px: int = 128, height_px: int = 96) -> Iterator[Picture]:
    """A random texture that drifts, so that every frame differs and costs bytes."""
    noise = np.random.default_rng(7).integers(0, 256, (height_px, width_px, 3), dtype=np.uint8)
    texture = cv2.GaussianBlur(noise, (0, 0), 1.5)
    for index in range(count):
        yield np.roll(texture, (index, 2 * index), axis=(0, 1)).astype(np.uint8)


def grey_steps(count: int, width_px: int = 128, height_px: int = 96) -> Iterator[Picture]:
    """Frame i is plain grey of brightness 20 + 5 i, so that a frame tells its own index."""
    for index in range(count):
        yield np.full((height_px, width_px, 3), 20 + 5 * index, np.uint8)


def step_of(picture: Picture) -> int:
    """The index that `grey_steps` gave the picture."""
    return round((float(picture.mean()) - 20) / 5)


def four_corners(width_px: int = 128, height_px: int = 96) -> Picture:
    """Red and green above, blue and white below."""
    tile = np.array(list(CORNERS.values()), np.uint8).reshape(2, 2, 3)
    return np.repeat(np.repeat(tile, height_px // 2, 0), width_px // 2, 1)


def corners_of(picture: Picture) -> list[str]:
    """The colours of a picture of four corners, row by row."""
    height_px, width_px, _ = picture.shape
    points = [picture[y, x] for y in (8, height_px - 8) for x in (8, width_px - 8)]
    colours = np.array(list(CORNERS.values()), float)
    return [list(CORNERS)[np.abs(colours - p).sum(axis=1).argmin()] for p in points]


def write_clip(
    path: Path,
    frames: Iterable[Picture],
    *,
    fps: int = 30,
    times_s: Sequence[float] | None = None,
    rotation_deg: float = 0,
    mirrored: bool = False,
    pixel_aspect: Fraction | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    codec_options: dict[str, str] | None = None,
    faststart: bool = True,
    sound_s: float = 0.0,
) -> Path:
    """Encode ``frames`` with these presentation times (index / fps by default).

    ``rotation_deg`` is counter-clockwise, as a player must turn the stored picture.
    """
    frames = list(frames)
    options = {"movflags": "+faststart"} if faststart and path.suffix in {".mp4", ".mov"} else {}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=fps, options=codec_options or {})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pix_fmt
        if times_s is not None:
            stream.codec_context.time_base = Fraction(1, 90_000)
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if rotation_deg or mirrored:
            stream.set_display_rotation(rotation_deg, hflip=mirrored)
        sound = container.add_stream("aac", rate=44_100) if sound_s else None
        for index, rgb in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format=pix_fmt)
            if times_s is not None:
                picture.pts, picture.time_base = round(times_s[index] * 90_000), Fraction(1, 90_000)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
        if sound:
            write_silence(container, sound, sound_s)
    return path


def write_silence(
    container: av.container.OutputContainer, stream: av.AudioStream, length_s: float
) -> None:
    """Fill an audio stream with silence."""
    silence = np.zeros((1, 1024), np.float32)
    for start in range(0, round(44_100 * length_s), 1024):
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 44_100, start, Fraction(1, 44_100)
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def spoil_packets(path: Path, indices: Iterable[int]) -> None:
    """Overwrite the data of some video packets of a clip with noise."""
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(1)
    for index in indices:
        position, size = packets[index]
        assert position is not None
        data[position + 8 : position + size] = rng.bytes(size - 8)
    path.write_bytes(data)


def cut_file(path: Path, share: float) -> Path:
    """Keep the first ``share`` (0 to 1) of the file's bytes."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path
