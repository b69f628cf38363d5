from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posecheck.core.records import NAN, FrameRef
from posecheck.errors import OutputError
from posecheck.sinks import annotated
from posecheck.sinks.annotated import Annotated
from posecheck.sinks.video import VideoWriter
from posecheck.sources.base import Frame, SourceInfo
from posecheck.sources.video import VideoSource

FPS = 25
WIDTH, HEIGHT = 160, 120
CLIP = SourceInfo("clip.mov", WIDTH, HEIGHT, FPS, None, None)


def clip(count: int) -> Iterator[Frame]:
    """Grey frames with a white square where something was drawn."""
    for index in range(count):
        rgb = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
        rgb[40:60, 50:70] = 255
        yield Frame(FrameRef(index, index / FPS, WIDTH, HEIGHT), rgb)


def write(
    path: Path,
    frames: Iterable[Frame],
    info: SourceInfo = CLIP,
    then: BaseException | None = None,
) -> None:
    """Hand over all frames, then leave, by an exception where one is given."""
    with Annotated(path, info) as sink:
        for frame in frames:
            sink.put(frame)
        if then:
            raise then


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("annotated")]


def test_every_frame_is_written_as_drawn_at_its_time(tmp_path: Path) -> None:
    path = tmp_path / "annotated.mp4"
    with Annotated(path, CLIP) as sink:
        for frame in clip(40):
            sink.put(frame)
        assert not path.exists()
    frames = list(VideoSource(path))
    assert [frame.ref.time_s for frame in frames] == pytest.approx(
        [i / FPS for i in range(40)], abs=1e-4
    )
    drawn = np.abs(frames[30].rgb.astype(int) - 90) > 80
    assert drawn.any(axis=2)[42:58, 52:68].all()
    assert drawn.any(axis=2).sum() < 600
    assert names_in(tmp_path) == ["annotated.mp4"]
    assert threads() == []


def test_waits_when_the_thread_is_far_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed, finished, most = 0, 0, 0

    def slow(*_: object) -> None:
        nonlocal finished
        time.sleep(0.003)
        finished += 1

    monkeypatch.setattr(VideoWriter, "write", slow)
    with Annotated(tmp_path / "a.mp4", CLIP) as sink:
        for frame in clip(30):
            sink.put(frame)
            handed += 1
            most = max(most, handed - finished)
    assert finished == 30
    assert 1 < most <= annotated._WAITING_FRAMES + 2


@pytest.mark.parametrize("count", [5, 40])  # it comes out at the end, and while frames still come
@pytest.mark.parametrize(
    "error", [OutputError("the disk is full"), RuntimeError("a mistake in writing")]
)
def test_errors_of_the_thread_come_out_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(VideoWriter, "write", fail)
    with pytest.raises(type(error), match=str(error)):
        write(tmp_path / "a.mp4", clip(count))
    assert names_in(tmp_path) == []
    assert threads() == []


def test_ctrl_c_leaves_a_playable_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with pytest.raises(KeyboardInterrupt):
        write(path, clip(12), then=KeyboardInterrupt())
    assert len(list(VideoSource(path))) == 12
    assert names_in(tmp_path) == ["a.mp4"]
    assert threads() == []


def test_failure_leaves_none_and_keeps_an_older_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"of an earlier run")
    with pytest.raises(ValueError, match="no more"):
        write(path, clip(12), then=ValueError("no more"))
    assert path.read_bytes() == b"of an earlier run"
    assert names_in(tmp_path) == ["a.mp4"]
    assert threads() == []


def test_no_frame_no_file(tmp_path: Path) -> None:
    with Annotated(tmp_path / "a.mp4", CLIP):
        pass
    assert names_in(tmp_path) == []


def test_folder_missing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        Annotated(tmp_path / "missing" / "a.mp4", CLIP)


class TestStills:
    @staticmethod
    def pictures(*sizes: tuple[int, int]) -> Iterator[Frame]:
        for index, (height, width) in enumerate(sizes):
            ref = FrameRef(index, NAN, width, height, f"IMG {index}.JPG")
            rgb = np.full((height, width, 3), (200, 120, 40), np.uint8)
            rgb[:9, :9] = 255
            yield Frame(ref, rgb)

    @staticmethod
    def info(count: int) -> SourceInfo:
        return SourceInfo("stills", 64, 48, None, count, None, still=True)

    def test_one_picture_is_a_png(self, tmp_path: Path) -> None:
        path = tmp_path / "annotated.png"
        write(path, self.pictures((360, 480)), self.info(1))
        with Image.open(path) as image:
            assert image.format == "PNG"
            pixels = np.array(image)
        assert pixels.shape == (360, 480, 3)
        assert pixels[-1, -1].tolist() == [200, 120, 40]
        assert (pixels[:9, :9] == 255).all()

    def test_several_pictures_are_a_folder_each_of_its_own_size(self, tmp_path: Path) -> None:
        folder = tmp_path / "annotated"
        write(folder, self.pictures((48, 64), (100, 80), (33, 65)), self.info(3))
        assert names_in(folder) == [f"IMG {i}.png" for i in range(3)]
        with Image.open(folder / "IMG 1.png") as image:
            assert image.size == (80, 100)

    def test_pictures_of_one_name_but_two_kinds_are_both_kept(self, tmp_path: Path) -> None:
        frames = [
            replace(frame, ref=replace(frame.ref, name=name))
            for name, frame in zip(
                ("a.jpg", "a.png"), self.pictures((48, 64), (100, 80)), strict=True
            )
        ]
        write(tmp_path / "annotated", frames, self.info(2))
        sizes = []
        for name in names_in(tmp_path / "annotated"):
            with Image.open(tmp_path / "annotated" / name) as image:
                sizes.append(image.size)
        assert sorted(sizes) == [(64, 48), (80, 100)]

    def test_failure_leaves_nothing(self, tmp_path: Path) -> None:
        folder = tmp_path / "annotated"

        def once_one_is_written() -> Iterator[Frame]:
            for each in self.pictures((48, 64), (48, 64), (48, 64)):
                yield each
                give_up_s = time.monotonic() + 5
                while not list(folder.glob("IMG 0*")) and time.monotonic() < give_up_s:
                    time.sleep(0.001)
            assert names_in(folder)

        with pytest.raises(ValueError, match="no more"):
            write(folder, once_one_is_written(), self.info(3), ValueError("no more"))
        assert names_in(tmp_path) == []

    def test_ctrl_c_keeps_what_is_finished(self, tmp_path: Path) -> None:
        folder = tmp_path / "annotated"
        with pytest.raises(KeyboardInterrupt):
            write(folder, self.pictures((48, 64), (48, 64)), self.info(3), KeyboardInterrupt())
        assert len(names_in(folder)) == 2


def test_times_without_a_number_are_spaced_evenly(tmp_path: Path) -> None:
    with Annotated(tmp_path / "a.mp4", CLIP) as sink:
        for frame in clip(3):
            ref = FrameRef(frame.ref.index, math.nan, WIDTH, HEIGHT)
            sink.put(Frame(ref, frame.rgb))
    times = [frame.ref.time_s for frame in VideoSource(tmp_path / "a.mp4")]
    assert times == pytest.approx([0, 1 / FPS, 2 / FPS], abs=1e-4)
