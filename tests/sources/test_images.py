"""Stills, sequences, and what cameras and editors do to pictures."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posecheck.errors import SourceError, UsageError
from posecheck.sources.images import ImageSource, pictures_in, read_picture
from tests.clips import corners_of, four_corners

ORIENTATION_TAG = 0x0112


def save(path: Path, width_px: int = 128, height_px: int = 96) -> Path:
    Image.fromarray(four_corners(width_px, height_px)).save(path)
    return path


def test_still(tmp_path: Path) -> None:
    path = save(tmp_path / "lying.png")
    with ImageSource(path) as source:
        (frame,) = source
    assert source.info.still
    assert source.info.name == "lying.png"
    assert source.info.average_fps is None
    assert math.isnan(frame.ref.time_s)
    assert frame.ref.name == "lying.png"
    assert np.array_equal(frame.rgb, four_corners())
    assert frame.rgb.flags.c_contiguous


def test_folder_in_natural_order_each_still_of_its_own_size(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        save(tmp_path / f"img{number}.png", width_px=100 + 2 * number)
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "._img3.png").write_bytes(b"left behind by a file manager")
    source = ImageSource(pictures_in(tmp_path))
    assert [f.ref.name for f in source] == ["img1.png", "img2.png", "img10.png"]
    assert [f.ref.width_px for f in source] == [102, 104, 120]
    assert [f.rgb.shape[1] for f in source] == [102, 104, 120]


def test_sequence_has_times(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"{n}.png") for n in range(4)]
    source = ImageSource(paths, fps=8)
    assert [f.ref.time_s for f in source] == pytest.approx([0, 0.125, 0.25, 0.375])
    assert not source.info.still
    assert source.info.duration_s == pytest.approx(0.5)


def test_sequence_of_two_sizes_is_refused(tmp_path: Path) -> None:
    paths = [save(tmp_path / "a.png"), save(tmp_path / "b.png", width_px=100)]
    with pytest.raises(SourceError, match=r"b\.png is 100x96 px, those before it 128x96"):
        list(ImageSource(paths, fps=10))


@pytest.mark.parametrize("fps", [0, -1, math.nan, math.inf])
def test_impossible_rate(tmp_path: Path, fps: float) -> None:
    with pytest.raises(UsageError, match="frames per second is not possible"):
        ImageSource(save(tmp_path / "a.png"), fps=fps)


@pytest.mark.parametrize(
    ("orientation", "stored"),
    [
        (3, np.rot90(four_corners(), 2)),
        (6, np.rot90(four_corners(), 1)),
        (8, np.rot90(four_corners(), 3)),
        (2, np.fliplr(four_corners())),
    ],
)
def test_exif_orientation_is_undone(tmp_path: Path, orientation: int, stored: np.ndarray) -> None:
    path = tmp_path / "phone.jpg"
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    Image.fromarray(stored).save(path, exif=exif, quality=95)
    assert corners_of(read_picture(path)) == corners_of(four_corners())


@pytest.mark.parametrize(
    "image",
    [
        Image.new("L", (70, 80), 128),
        Image.new("LA", (70, 80), (128, 255)),
        Image.new("RGBA", (70, 80), (128, 128, 128, 90)),
        Image.new("P", (70, 80)).convert("L").point(lambda _: 128).convert("P"),
        Image.fromarray(np.full((80, 70), 128 << 8, np.uint16)),
    ],
    ids=["grey", "grey with alpha", "transparent", "palette", "16 bit"],
)
def test_every_mode_becomes_rgb(tmp_path: Path, image: Image.Image) -> None:
    image.save(tmp_path / "picture.png")
    rgb = read_picture(tmp_path / "picture.png")
    assert rgb.shape == (80, 70, 3)
    assert rgb.dtype == np.uint8
    assert (rgb == 128).all()


def test_heic_is_named(tmp_path: Path) -> None:
    (tmp_path / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.raises(SourceError, match=r"IMG_1\.HEIC: HEIC pictures cannot be read"):
        ImageSource(tmp_path / "IMG_1.HEIC")


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_incomplete_picture(tmp_path: Path, suffix: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = save(tmp_path / f"half{suffix}")
    path.write_bytes(path.read_bytes()[:-150])
    with pytest.raises(SourceError, match=r"half\.\w+ cannot be read: it is damaged or incomplete"):
        ImageSource(path)
    assert capfd.readouterr() == ("", "")


def test_text_is_not_a_picture(tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("hello " * 100)
    with pytest.raises(SourceError, match=r"notes\.jpg is not a picture"):
        ImageSource(tmp_path / "notes.jpg")


def test_unreadable_one_among_many_is_skipped_and_named(tmp_path: Path) -> None:
    paths = [save(tmp_path / f"{n}.png") for n in range(3)]
    paths[1].write_bytes(b"")
    source = ImageSource(paths, fps=10)
    assert [(f.ref.index, f.ref.time_s) for f in source] == [(0, 0.0), (2, 0.2)]
    (warning,) = source.warnings
    assert str(paths[1]) in warning


def test_too_small(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="16x16 px is too small"):
        list(ImageSource(save(tmp_path / "icon.png", 16, 16)))


def test_folder_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no pictures"):
        pictures_in(tmp_path)
