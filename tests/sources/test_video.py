"""Clips of every kind that phones make, and of the kinds that accidents make."""

from __future__ import annotations

import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.errors import SourceError, UsageError
from posecheck.sources.video import VideoSource, _Clock
from tests.clips import (
    corners_of,
    cut_file,
    four_corners,
    grey_steps,
    moving_texture,
    spoil_packets,
    step_of,
    write_clip,
    write_silence,
)


def times_s(source: VideoSource) -> list[float]:
    return [frame.ref.time_s for frame in source]


def test_info_and_frames_of_an_ordinary_clip(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "ordinary.mp4", grey_steps(20), fps=25)
    with VideoSource(path) as source:
        frames = list(source)
    assert source.info.name == "ordinary.mp4"
    assert (source.info.width_px, source.info.height_px) == (128, 96)
    assert source.info.average_fps == pytest.approx(25)
    assert source.info.frame_count == 20
    assert source.info.duration_s == pytest.approx(0.8)
    assert not source.info.still
    assert [step_of(frame.rgb) for frame in frames] == list(range(20))
    assert [frame.ref.index for frame in frames] == list(range(20))
    assert [frame.ref.time_s for frame in frames] == pytest.approx(np.arange(20) / 25)
    assert frames[0].rgb.shape == (96, 128, 3)
    assert frames[0].rgb.dtype == np.uint8
    assert frames[0].rgb.flags.c_contiguous
    assert source.warnings == []


def test_reading_again_starts_again(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "twice.mp4", grey_steps(8)))
    partly = iter(source)
    assert [step_of(next(partly).rgb) for _ in range(3)] == [0, 1, 2]
    assert [step_of(frame.rgb) for frame in source] == list(range(8))


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_variable_frame_rate_keeps_its_times(tmp_path: Path, suffix: str) -> None:
    stamps = [0.0, 0.033, 0.1, 0.115, 0.4, 0.433, 1.2, 1.233]
    path = write_clip(tmp_path / f"phone{suffix}", grey_steps(len(stamps)), times_s=stamps)
    assert times_s(VideoSource(path)) == pytest.approx(stamps, abs=1e-3)


def test_time_counts_from_the_start_of_the_stream(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "late.ts", grey_steps(5), fps=10, times_s=[5.0, 5.1, 5.2, 5.35, 5.4]
    )
    assert times_s(VideoSource(path)) == pytest.approx([0, 0.1, 0.2, 0.35, 0.4], abs=1e-4)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_rotation_and_mirroring_are_undone(
    tmp_path: Path, rotation_deg: int, mirrored: bool
) -> None:
    stored = four_corners()
    path = write_clip(
        tmp_path / "turned.mp4", [stored] * 3, rotation_deg=rotation_deg, mirrored=mirrored
    )
    upright = np.rot90(stored, rotation_deg // 90)
    upright = np.fliplr(upright) if mirrored else upright
    source = VideoSource(path)
    frame = next(iter(source))
    assert corners_of(frame.rgb) == corners_of(upright)
    assert frame.rgb.shape == upright.shape
    assert (source.info.height_px, source.info.width_px) == upright.shape[:2]
    assert (frame.ref.height_px, frame.ref.width_px) == upright.shape[:2]
    assert frame.rgb.flags.c_contiguous
    if not mirrored:
        assert source.info.rotation_deg == rotation_deg


@pytest.mark.parametrize(
    ("aspect", "rotation_deg", "expected_px"),
    [
        (Fraction(4, 3), 0, (171, 96)),
        (Fraction(1, 2), 0, (64, 96)),
        (Fraction(4, 3), 90, (96, 171)),
        (Fraction(50), 0, (128, 96)),  # nonsense is not obeyed
    ],
)
def test_pixels_become_square(
    tmp_path: Path, aspect: Fraction, rotation_deg: int, expected_px: tuple[int, int]
) -> None:
    path = write_clip(
        tmp_path / "dv.mp4", [four_corners()], pixel_aspect=aspect, rotation_deg=rotation_deg
    )
    source = VideoSource(path)
    assert (source.info.width_px, source.info.height_px) == expected_px
    assert next(iter(source)).rgb.shape[1::-1] == expected_px


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "suffix"),
    [
        ("libx264", "yuv420p10le", ".mp4"),
        ("libx264", "yuv444p", ".mp4"),
        ("libx264", "gray", ".mp4"),
        ("mjpeg", "yuvj422p", ".avi"),
        ("ffv1", "gbrp12le", ".mkv"),
        ("libvpx-vp9", "yuv420p", ".webm"),
    ],
)
def test_any_pixel_format(tmp_path: Path, codec: str, pix_fmt: str, suffix: str) -> None:
    path = write_clip(tmp_path / f"clip{suffix}", grey_steps(6), codec=codec, pix_fmt=pix_fmt)
    frames = list(VideoSource(path))
    assert {frame.rgb.shape for frame in frames} == {(96, 128, 3)}
    assert all(frame.rgb.dtype == np.uint8 for frame in frames)
    brightness = [float(frame.rgb.mean()) for frame in frames]
    assert np.diff(brightness) == pytest.approx(5, abs=1.2)
    assert brightness[0] == pytest.approx(20, abs=20)


def test_odd_size(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "odd.mkv", moving_texture(3, 131, 97), codec="ffv1", pix_fmt="yuv420p"
    )
    assert [frame.rgb.shape for frame in VideoSource(path)] == [(97, 131, 3)] * 3


def test_raw_stream_without_timestamps_says_so(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "raw.h264", grey_steps(10), fps=30)
    source = VideoSource(path)
    assert times_s(source) == pytest.approx(np.arange(10) / 30)
    assert source.warnings == ["10 frames without a timestamp: times assume 30 frames per second"]


def test_avi_with_b_frames_has_even_times_and_no_warning(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "old.avi", grey_steps(24), fps=30)
    source = VideoSource(path)
    frames = list(source)
    assert [step_of(frame.rgb) for frame in frames] == list(range(24))
    assert [frame.ref.time_s for frame in frames] == pytest.approx(np.arange(24) / 30)
    assert source.warnings == []


def clock(start: int | None = 0) -> _Clock:
    stream = SimpleNamespace(
        time_base=Fraction(1, 1000), guessed_rate=Fraction(25), average_rate=None, start_time=start
    )
    return _Clock(cast(Any, stream), constant_rate=False)


@given(st.lists(st.none() | st.integers(-(10**7), 10**7), max_size=40))
def test_times_always_rise_from_zero_or_more(stamps: list[int | None]) -> None:
    counter = clock()
    times = [t for t in map(counter.time_s, stamps) if t is not None]
    assert all(t >= 0 for t in times)
    assert all(later > earlier for earlier, later in pairwise(times))


def test_clock_drops_repeats_and_bridges_a_reset_and_a_missing_stamp() -> None:
    counter = clock()
    stamps = [100, 140, 140, 120, 180, None, 5, 45]
    assert [counter.time_s(s) for s in stamps] == pytest.approx(
        [0.1, 0.14, None, None, 0.18, 0.22, None, None]
    )
    assert counter.time_s(2000) == pytest.approx(2.0)
    assert counter.time_s(10) == pytest.approx(2.04)
    assert counter.time_s(50) == pytest.approx(2.08)
    assert len(list(counter.lines())) == 3


def test_clip_cut_in_the_middle_gives_what_there_is(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = cut_file(write_clip(tmp_path / "cut.mp4", moving_texture(120)), 0.5)
    source = VideoSource(path)
    count = sum(1 for _ in source)
    assert 30 < count < 90
    assert source.warnings[-1] == (
        f"the clip ends early: {count} frames read, {count / 30:.1f} s of 4.0 s"
    )
    assert capfd.readouterr() == ("", "")


def test_spoilt_packets_are_skipped_and_counted(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_clip(tmp_path / "scratch.mp4", moving_texture(30), codec_options={"g": "1"})
    spoil_packets(path, [10, 11])
    source = VideoSource(path)
    indices = [round(frame.ref.time_s * 30) for frame in source]
    assert set(range(30)) - set(indices) == {10, 11}
    assert source.warnings == ["2 damaged frames skipped"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_sound_longer_than_the_pictures_is_no_early_end(tmp_path: Path, suffix: str) -> None:
    source = VideoSource(write_clip(tmp_path / f"song{suffix}", grey_steps(15), sound_s=3.0))
    assert len(list(source)) == 15
    assert source.info.duration_s == pytest.approx(0.5, abs=0.1)
    assert source.warnings == []


def test_matroska_cut_in_the_middle_says_so(tmp_path: Path) -> None:
    source = VideoSource(cut_file(write_clip(tmp_path / "c.mkv", moving_texture(120)), 0.5))
    assert 10 < len(list(source)) < 110
    assert "the clip ends early" in source.warnings[-1]


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.mp4: no such file"):
        VideoSource(tmp_path / "absent.mp4")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder, not a clip"):
        VideoSource(tmp_path)


@pytest.mark.parametrize("name", ["notes.mp4", "notes.txt", "angles.csv"])
def test_text_is_not_a_video(tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    path.write_text("time_s,frame\n0.0,1\n" * 50)
    with pytest.raises(UsageError, match=rf"{name} is (not a|a text file, not a) video"):
        VideoSource(path)
    assert capfd.readouterr() == ("", "")


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(SourceError, match="is empty"):
        VideoSource(path)


def test_cut_before_its_index(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_clip(tmp_path / "dead_battery.mp4", moving_texture(30), faststart=False)
    with pytest.raises(SourceError, match=r"dead_battery\.mp4 cannot be read: .*cut off"):
        VideoSource(cut_file(path, 0.6))
    assert capfd.readouterr() == ("", "")


def test_sound_only(tmp_path: Path) -> None:
    path = tmp_path / "voice.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        write_silence(container, container.add_stream("aac", rate=44_100), 0.5)
    with pytest.raises(UsageError, match="holds no moving pictures"):
        VideoSource(path)


def test_no_picture_survives(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "ruined.mp4", moving_texture(5), codec_options={"g": "1"})
    spoil_packets(path, range(5))
    with pytest.raises(SourceError, match="no picture could be decoded"):
        VideoSource(path)


def test_too_small(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "icon.mp4", grey_steps(2, 16, 16))
    with pytest.raises(SourceError, match="16x16 px is too small to see a person"):
        VideoSource(path)


def test_smallest_that_is_read(tmp_path: Path) -> None:
    VideoSource(write_clip(tmp_path / "small.mp4", grey_steps(2, 96, 64)))
    with pytest.raises(SourceError, match="96x62 px is too small"):
        VideoSource(write_clip(tmp_path / "smaller.mp4", grey_steps(2, 96, 62)))


def test_name_with_percent_and_other_scripts(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", grey_steps(3))
    renamed = path.rename(tmp_path / "50%d café 膝.mp4")
    assert len(list(VideoSource(renamed))) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="no colons in names on Windows")
def test_name_with_colon_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clip(tmp_path / "clip.mp4", grey_steps(3)).rename(tmp_path / "http:clip.mp4")
    monkeypatch.chdir(tmp_path)
    assert len(list(VideoSource("http:clip.mp4"))) == 3
