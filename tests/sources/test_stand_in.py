"""A clip that stands in for a camera keeps its own times and its own speed."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event

import pytest

from posecheck.errors import PosecheckError, SourceError, UsageError
from posecheck.sources.live import open_live_source
from posecheck.sources.stand_in import StandIn
from tests.clips import corners_of, cut_file, four_corners, grey_steps, step_of, write_clip

UNEVEN_S = [0.0, 0.033, 0.1, 0.115, 3.4, 3.433]


class Hurried(Event):
    """An event whose waiting moves a clock instead of taking time."""

    now_s = 50.0

    def wait(self, timeout: float | None = None) -> bool:
        self.now_s += timeout or 0.0
        return False


def test_each_frame_at_its_time(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "phone.mp4", grey_steps(len(UNEVEN_S)), times_s=UNEVEN_S)
    stop = Hurried()
    device = StandIn(path, clock=lambda: stop.now_s)
    info = device.open(stop)
    pictures = [picture for _ in UNEVEN_S if (picture := device.read(stop))]
    assert device.read(stop) is None
    device.close()
    assert info.frame_count is None
    assert [picture.time_s for picture in pictures] == pytest.approx(UNEVEN_S, abs=1e-3)
    assert [p.arrived_s - 50 for p in pictures] == pytest.approx(UNEVEN_S, abs=1e-3)


def test_late_frames_catch_up_but_never_run_ahead(tmp_path: Path) -> None:
    stop = Hurried()
    device = StandIn(
        write_clip(tmp_path / "clip.mp4", grey_steps(8), fps=10), clock=lambda: stop.now_s
    )
    device.open(stop)
    device.read(stop)
    stop.now_s += 0.35
    pictures = [picture for _ in range(7) if (picture := device.read(stop))]
    device.close()
    late_s = [p.arrived_s - 50 - (p.time_s or 0) for p in pictures]
    assert late_s == pytest.approx([0.25, 0.15, 0.05, 0, 0, 0, 0], abs=1e-6)


def test_own_speed_and_end(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", grey_steps(13), fps=20)
    with open_live_source(str(path)) as source:
        arrivals = []
        while not source.ended:
            if arrival := source.newest(2):
                arrivals.append(arrival)
    assert source.info.name == "clip.mp4"
    assert source.info.average_fps == pytest.approx(20)
    assert source.lost is None
    assert [step_of(a.frame.rgb) for a in arrivals] == [a.frame.ref.index for a in arrivals]
    assert [a.frame.ref.time_s for a in arrivals] == pytest.approx(
        [a.frame.ref.index / 20 for a in arrivals]
    )
    took_s = arrivals[-1].arrived_s - arrivals[0].arrived_s
    clip_s = arrivals[-1].frame.ref.time_s - arrivals[0].frame.ref.time_s
    assert clip_s - 0.01 < took_s < clip_s + 0.5
    assert arrivals[-1].frame.ref.index == 12
    assert len(arrivals) + source.dropped == 13


def test_slow_reader_misses_frames(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", grey_steps(16), fps=30)
    handed_out = 0
    with open_live_source(str(path)) as source:
        while not source.ended:
            handed_out += source.newest(2) is not None
            time.sleep(0.15)
    assert source.dropped >= 8
    assert handed_out + source.dropped == 16


def test_upright(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "turned.mp4", [four_corners()] * 2, rotation_deg=90)
    with open_live_source(str(path)) as source:
        arrival = source.newest(2)
    assert arrival is not None
    ref, rgb = arrival.frame.ref, arrival.frame.rgb
    assert (ref.width_px, ref.height_px) == (source.info.width_px, source.info.height_px)
    assert rgb.shape == (128, 96, 3)
    assert rgb.flags.c_contiguous
    assert corners_of(rgb) == ["green", "white", "red", "blue"]


def test_closing_in_a_long_pause(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "pause.mp4", grey_steps(3), times_s=[0, 60, 120])
    with open_live_source(str(path)) as source:
        assert source.newest(2) is not None
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 1


def test_broken_clip(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", grey_steps(20), faststart=False)
    with (
        pytest.raises(SourceError, match="damaged or was cut off"),
        open_live_source(str(cut_file(path, 0.5))),
    ):
        pass


@pytest.mark.parametrize("name", ["notes.txt", "empty.mp4"])
def test_no_clip_at_all(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("" if name == "empty.mp4" else "not a clip " * 100)
    with pytest.raises(PosecheckError, match=name), open_live_source(str(path)):
        pass


def test_picture_is_no_stand_in(tmp_path: Path) -> None:
    path = tmp_path / "still.png"
    path.write_bytes(b"\x89PNG")
    with pytest.raises(UsageError, match="nor a clip"):
        open_live_source(str(path))
