"""Videos that are whole, in true time, and never half there."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from posecheck.errors import OutputError
from posecheck.sinks import video
from posecheck.sinks.video import VideoWriter
from posecheck.sources.video import VideoSource
from tests.clips import corners_of, four_corners, grey_steps, moving_texture, step_of


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_round_trip_with_variable_frame_rate(tmp_path: Path) -> None:
    times_s = [0.0, 0.031, 0.1, 0.104, 0.5, 0.533]
    path = tmp_path / "annotated.mp4"
    with VideoWriter(path, 128, 96, fps_hint=20) as writer:
        for picture, time_s in zip(grey_steps(6), times_s, strict=True):
            writer.write(picture, time_s)
        assert not path.exists()
    assert names_in(tmp_path) == ["annotated.mp4"]
    frames = list(VideoSource(path))
    assert [frame.ref.time_s for frame in frames] == pytest.approx(times_s, abs=2e-5)
    assert [step_of(frame.rgb) for frame in frames] == list(range(6))
    assert writer.note is None


def test_plays_in_browsers(tmp_path: Path) -> None:
    path = tmp_path / "web.mp4"
    with VideoWriter(path, 128, 96) as writer:
        for index, picture in enumerate(grey_steps(5)):
            writer.write(picture, index / 30)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.pix_fmt == "yuv420p"
        assert container.duration == pytest.approx(5 / 30 * 1e6, rel=0.01)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_colours_survive(tmp_path: Path) -> None:
    colours = [(230, 159, 0), (0, 114, 178), (0, 158, 115), (255, 255, 255), (200, 30, 30)]
    picture = np.repeat(np.array(colours, np.uint8)[None], 96, 0).repeat(32, 1)
    with VideoWriter(tmp_path / "c.mp4", 160, 96) as writer:
        writer.write(picture, 0.0)
    frame = next(iter(VideoSource(tmp_path / "c.mp4")))
    assert frame.rgb[48, 16::32].astype(int) == pytest.approx(np.array(colours), abs=6)


@pytest.mark.parametrize("size", [(129, 97), (128, 97), (129, 96)])
def test_odd_sizes_are_padded(tmp_path: Path, size: tuple[int, int]) -> None:
    picture = np.pad(four_corners(), ((0, size[1] - 96), (0, size[0] - 128), (0, 0)), mode="edge")
    with VideoWriter(tmp_path / "odd.mp4", *size) as writer:
        writer.write(picture, 0.0)
    frame = next(iter(VideoSource(tmp_path / "odd.mp4")))
    assert frame.rgb.shape == (size[1] + size[1] % 2, size[0] + size[0] % 2, 3)
    assert corners_of(frame.rgb) == corners_of(picture)


def test_times_that_repeat_or_are_missing_still_rise(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "t.mp4", 128, 96, fps_hint=10) as writer:
        for picture, time_s in zip(grey_steps(5), [0, 1.0, 1.0, 0.5, math.nan], strict=True):
            writer.write(picture, time_s)
    tick_s = 1 / 60_000
    assert [f.ref.time_s for f in VideoSource(tmp_path / "t.mp4")] == pytest.approx(
        [0, 1, 1 + tick_s, 1 + 2 * tick_s, 1.1 + 2 * tick_s], abs=tick_s / 4
    )


def test_ctrl_c_leaves_a_whole_shorter_file(tmp_path: Path) -> None:
    path = tmp_path / "stopped.mp4"

    def write_until_interrupted() -> None:
        with VideoWriter(path, 128, 96) as writer:
            for index, picture in enumerate(moving_texture(25)):
                writer.write(picture, index / 30)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_until_interrupted()
    source = VideoSource(path)
    assert len(list(source)) == 25
    assert source.warnings == []
    assert names_in(tmp_path) == ["stopped.mp4"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "annotated.mp4"
    path.write_bytes(b"yesterday's")

    def write_and_fail() -> None:
        with VideoWriter(path, 128, 96) as writer:
            writer.write(four_corners(), 0.0)
            raise RuntimeError("camera unplugged")

    with pytest.raises(RuntimeError, match="unplugged"):
        write_and_fail()
    assert path.read_bytes() == b"yesterday's"
    assert names_in(tmp_path) == ["annotated.mp4"]


def test_no_frame_no_file(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "none.mp4", 128, 96):
        pass
    assert names_in(tmp_path) == []


def test_closing_twice_and_discarding_after_is_harmless(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "v.mp4", 128, 96)
    writer.write(four_corners(), 0.0)
    writer.close()
    writer.close()
    writer.discard()
    assert names_in(tmp_path) == ["v.mp4"]


def test_picture_of_another_size_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="shape"),
        VideoWriter(tmp_path / "v.mp4", 128, 96) as writer,
    ):
        writer.write(four_corners(96, 128), 0.0)


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"v\.mp4 not written: the folder .* does not exist"):
        VideoWriter(tmp_path / "absent" / "v.mp4", 128, 96)


def write_noise(path: Path) -> None:
    with VideoWriter(path, 320, 240) as writer:
        for index, picture in enumerate(moving_texture(60, 320, 240)):
            writer.write(picture, index / 30)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits on Windows")
@pytest.mark.parametrize("size", [0, 2_000, 20_000])
def test_disk_that_takes_no_more(
    tmp_path: Path, size: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with (
        pytest.raises(OutputError, match=r"v\.mp4 not written: "),
        file_size_limit(size),
    ):
        write_noise(tmp_path / "v.mp4")
    assert names_in(tmp_path) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full is Linux's")
def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_full_disk(path: Path) -> Path:
        aside = path.with_name("aside.mp4")
        aside.symlink_to("/dev/full")
        return aside

    monkeypatch.setattr(video, "part_path", on_full_disk)
    with pytest.raises(OutputError, match=r"v\.mp4 not written: the disk is full"):
        write_noise(tmp_path / "v.mp4")
    assert names_in(tmp_path) == []


def test_another_encoder_where_x264_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "_ENCODERS", {"absent": {}, "h264_v4l2m2m": {}, "mpeg4": {}})
    with VideoWriter(tmp_path / "v.mp4", 128, 96) as writer:
        for index, picture in enumerate(grey_steps(5)):
            writer.write(picture, index / 30)
    assert writer.note is not None
    assert "may not play in browsers" in writer.note
    assert [step_of(f.rgb) for f in VideoSource(tmp_path / "v.mp4")] == list(range(5))


def test_no_encoder_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "_ENCODERS", {"absent": {}})
    with pytest.raises(OutputError, match="no video encoder"):
        VideoWriter(tmp_path / "v.mp4", 128, 96)
    assert names_in(tmp_path) == []
