from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from posecheck.errors import UsageError
from posecheck.sources.images import ImageSource
from posecheck.sources.opening import open_source
from posecheck.sources.video import VideoSource
from tests.clips import four_corners, grey_steps, write_clip


def test_clip(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", grey_steps(2))
    assert isinstance(open_source(str(path)), VideoSource)


def test_picture_and_folder_of_pictures(tmp_path: Path) -> None:
    folder = tmp_path / "stills"
    folder.mkdir()
    for number in range(2):
        Image.fromarray(four_corners()).save(folder / f"{number}.png")
    assert isinstance(open_source(folder / "0.png"), ImageSource)
    source = open_source(folder, fps=5)
    assert isinstance(source, ImageSource)
    assert source.info.name == "stills"
    assert [frame.ref.time_s for frame in source] == pytest.approx([0, 0.2])


def test_picture_without_a_telling_suffix_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "download"
    Image.fromarray(four_corners()).save(path, format="PNG")
    assert isinstance(open_source(path), ImageSource)


def test_moving_gif_is_a_clip(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    first, *others = map(Image.fromarray, grey_steps(4))
    first.save(path, save_all=True, append_images=others, duration=100)
    assert len(list(open_source(path))) == 4


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        open_source(tmp_path / "absent.jpeg.mp4")


def test_missing_picture(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        open_source(tmp_path / "absent.jpg")


def test_rate_for_a_clip_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", grey_steps(2))
    with pytest.raises(UsageError, match="a clip has its own times"):
        open_source(path, fps=30)
