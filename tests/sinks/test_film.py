from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from posecheck.errors import OutputError
from posecheck.sinks.film import NAME, PART, WAITING_FRAMES, Film, rescue_film
from posecheck.sources.base import SourceInfo
from posecheck.sources.video import VideoSource
from tests.clips import moving_texture

INFO = SourceInfo("camera", 128, 96, 30.0, None, None)


def pictures(count: int, width: int = 128, height: int = 96) -> list[np.ndarray]:
    return list(moving_texture(count, width, height))


def test_is_what_the_camera_saw(tmp_path: Path) -> None:
    with Film(tmp_path, INFO) as film:
        for index, rgb in enumerate(pictures(60)):
            film.put(rgb, 5 + index / 30)
            time.sleep(0.002)
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    with VideoSource(tmp_path / NAME) as source:
        read = list(source)
    assert len(read) + film.lost_frames == 60
    assert read[-1].ref.time_s - read[0].ref.time_s == pytest.approx(59 / 30, abs=0.1)


def test_cut_off_it_can_be_played_so_far(tmp_path: Path) -> None:
    film = Film(tmp_path, INFO)
    for index, rgb in enumerate(pictures(150)):
        film.put(rgb, index / 30)
        time.sleep(0.002)
    while any(not each.done() for each in film._waiting):
        time.sleep(0.01)
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / PART).write_bytes((tmp_path / PART).read_bytes())  # as a kill leaves it
    film.__exit__(None, None, None)
    rescue_film(tmp_path / "copy")
    with VideoSource(tmp_path / "copy" / NAME) as source:
        assert len(list(source)) >= 150 - film.lost_frames - 30 - 15


def test_a_slow_encoder_loses_frames_and_holds_nobody_up(tmp_path: Path) -> None:
    with Film(tmp_path, INFO) as film:

        def slowly(*given: object, write: object = film._writer.write) -> None:
            time.sleep(0.05)
            write(*given)  # type: ignore[operator]

        film._writer.write = slowly  # type: ignore[method-assign, assignment]
        began_s = time.monotonic()
        for index, rgb in enumerate(pictures(40)):
            film.put(rgb, index / 30)
        assert time.monotonic() - began_s < 0.5
    assert film.lost_frames >= 40 - WAITING_FRAMES - 12


def test_a_camera_that_comes_back_with_another_size(tmp_path: Path) -> None:
    with Film(tmp_path, INFO) as film:
        film.put(pictures(1)[0], 0.0)
        film.put(pictures(1, 64, 48)[0], 1.0)
    with VideoSource(tmp_path / NAME) as source:
        assert {frame.rgb.shape for frame in source} == {(96, 128, 3)}


def test_without_a_frame_nothing_is_left(tmp_path: Path) -> None:
    with Film(tmp_path, INFO):
        pass
    assert list(tmp_path.iterdir()) == []
    rescue_film(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not written"):
        Film(tmp_path / "none", INFO)
