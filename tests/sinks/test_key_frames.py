"""Which pictures are kept of a recording, and how."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posecheck.core.events import Event, Kind
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, FrameRef, Side
from posecheck.errors import OutputError
from posecheck.sinks.key_frames import (
    FOLDER,
    LARGE_PX,
    MOST,
    SMALL_PX,
    KeyFrame,
    KeyFrames,
    key_frames,
    write_jpeg,
)
from tests.stick import both, movement, record, rep, stick

FPS = 20


def reps_of(*peaks_deg: float, every_s: float = 4.0) -> Recording:
    """Repetitions of the left leg, one every 4 s from 1.5 s on."""
    moves = (
        rep(1.5 + every_s * i, peak, move_s=1.0, hold_s=1.0) for i, peak in enumerate(peaks_deg)
    )
    return record(movement(2.5 + every_s * len(peaks_deg), both(*moves), fps=FPS))


def event(told_s: float, kind: Kind = Kind.PELVIC_TILT) -> Event:
    return Event(kind, Side.LEFT, told_s - 0.5, told_s, 9.0, 50.0, 45.0, told_s + 0.5)


def whats(frames: list[KeyFrame]) -> list[str]:
    return [frame.what for frame in frames]


class TestChosen:
    def test_neutral_and_the_top_of_each_repetition_in_order_of_time(self) -> None:
        recording = reps_of(60, 90, 70)
        frames = key_frames(recording)
        assert whats(frames) == ["neutral", "peak", "peak", "peak"]
        assert [frame.rep for frame in frames] == [None, 1, 2, 3]
        assert [frame.best for frame in frames] == [False, False, True, False]
        assert [frame.side for frame in frames] == [None, *[Side.LEFT] * 3]
        thigh_deg = recording.angles_deg["thigh_angle_deg"]
        for frame, peak_deg in zip(frames[1:], (60, 90, 70), strict=True):
            assert thigh_deg[frame.row] == pytest.approx(peak_deg, abs=2)
            assert frame.time_s == pytest.approx(frame.row / FPS)
        assert abs(thigh_deg[frames[0].row]) < 3

    def test_the_best_of_each_leg(self) -> None:
        left = both(rep(1.5, 60, move_s=1, hold_s=1), rep(6, 80, move_s=1, hold_s=1))
        right = rep(11, 50, move_s=1, hold_s=1)
        frames = key_frames(record(movement(15, left, right, fps=FPS)))
        best = [(frame.side, frame.rep) for frame in frames if frame.best]
        assert best == [(Side.LEFT, 2), (Side.RIGHT, 3)]

    def test_without_a_repetition_the_highest_that_was_seen(self) -> None:
        recording = record(movement(4, lambda t: min(max(t - 1.5, 0) * 20, 25.0), fps=FPS))
        assert recording.reps == []
        neutral, top = key_frames(recording)
        assert (neutral.what, top.what, top.best, top.rep) == ("neutral", "peak", True, None)
        thigh_deg = recording.angles_deg["thigh_angle_deg"]
        assert thigh_deg[top.row] == np.nanmax(thigh_deg)

    def test_an_event_as_it_was_told(self) -> None:
        recording = replace(
            reps_of(90), events=[event(2.2), event(2.8, Kind.TOO_FAST), event(5.0, Kind.TOO_FAST)]
        )
        frames = key_frames(recording)
        found = [(frame.what, frame.time_s) for frame in frames if frame.what in set(Kind)]
        assert found == [("pelvic_tilt", 2.2), ("too_fast", 2.8), ("too_fast", 5.0)]

    def test_of_two_at_one_moment_the_first_is_kept(self) -> None:
        recording = reps_of(90)
        (top,) = (frame for frame in key_frames(recording) if frame.best)
        assert top.time_s is not None
        frames = key_frames(replace(recording, events=[event(top.time_s)]))
        assert whats(frames) == ["neutral", "peak"]

    def test_tops_that_are_not_the_best_are_left_out_first(self) -> None:
        recording = reps_of(*[60] * 10, 90, 60)
        assert len(key_frames(recording)) == MOST
        ten = [event(1.2 + 0.1 * i) for i in range(10)]
        frames = key_frames(replace(recording, events=ten))
        assert len(frames) == MOST
        assert [frame.rep for frame in frames if frame.what == "peak"] == [11]
        nine = key_frames(replace(recording, events=ten[:9]))
        assert [frame.rep for frame in nine if frame.what == "peak"] == [1, 11]

    def test_never_more_than_so_many(self) -> None:
        many = [event(1.2 + 0.1 * i) for i in range(40)]
        frames = key_frames(replace(reps_of(60, 90), events=many))
        assert len(frames) == MOST
        assert sum(frame.best for frame in frames) == 1
        assert [frame.row for frame in frames] == sorted({frame.row for frame in frames})

    @pytest.mark.parametrize(("count", "kept"), [(2, 2), (MOST, MOST), (MOST + 3, MOST)])
    def test_photographs(self, count: int, kept: int) -> None:
        frames = key_frames(
            record([(FrameRef(i, NAN, 640, 480, f"{i}.png"), stick((90, 0))) for i in range(count)])
        )
        assert [frame.name for frame in frames] == [f"{i}.png" for i in range(kept)]
        assert {(f.what, f.best, f.time_s, f.side) for f in frames} == {
            ("picture", True, None, Side.LEFT)
        }

    def test_a_photograph_of_nobody_is_left_out(self) -> None:
        poses = [stick((90, 0)), None, stick((80, 0))]
        recording = record([(FrameRef(i, NAN, 640, 480, f"{i}"), p) for i, p in enumerate(poses)])
        assert [frame.row for frame in key_frames(recording)] == [0, 2]

    def test_a_clip_that_does_not_begin_at_zero(self) -> None:
        frames = [
            (replace(ref, time_s=ref.time_s + 100), pose)
            for ref, pose in movement(6, rep(1.5, move_s=1, hold_s=1), fps=FPS)
        ]
        for frame in key_frames(record(frames)):
            assert frame.time_s == pytest.approx(100 + frame.row / FPS)


class TestKept:
    CHOSEN = (
        KeyFrame(2, "neutral", time_s=0.1),
        KeyFrame(5, "peak", Side.LEFT, 1, best=True, time_s=0.25),
    )

    @staticmethod
    def picture(width_px: int = 1920, height_px: int = 1080) -> np.ndarray:
        rgb = np.full((height_px, width_px, 3), (200, 40, 40), np.uint8)
        rgb[:, width_px // 2 :] = (40, 40, 200)
        return rgb

    def test_only_what_was_chosen(self, tmp_path: Path) -> None:
        kept = KeyFrames(tmp_path, self.CHOSEN)
        for row in range(9):
            assert kept.wants(row) is (row in (2, 5))
            assert kept.done is (row > 5)
            kept.take(row, self.picture())
            assert not kept.wants(row)
        names = ["000002_neutral.jpg", "000005_peak.jpg"]
        assert sorted(file.name for file in (tmp_path / FOLDER).iterdir()) == names
        assert kept.written == [
            {
                "file": f"{FOLDER}/000002_neutral.jpg",
                "what": "neutral",
                "side": None,
                "rep": None,
                "best": False,
                "time_s": 0.1,
                "name": None,
            },
            {
                "file": f"{FOLDER}/000005_peak.jpg",
                "what": "peak",
                "side": "left",
                "rep": 1,
                "best": True,
                "time_s": 0.25,
                "name": None,
            },
        ]

    def test_the_best_is_large_and_the_colours_are_right(self, tmp_path: Path) -> None:
        kept = KeyFrames(tmp_path, self.CHOSEN)
        for row in (2, 5):
            kept.take(row, self.picture())
        for frame, size in zip(
            kept.written,
            ((SMALL_PX, SMALL_PX * 9 // 16), (LARGE_PX, LARGE_PX * 9 // 16)),
            strict=True,
        ):
            with Image.open(tmp_path / frame["file"]) as image:
                assert image.format == "JPEG"
                assert image.size == size
                pixels = np.asarray(image.convert("RGB")).astype(int)
            assert np.abs(pixels[:, 9] - (200, 40, 40)).max() < 12
            assert np.abs(pixels[:, -9] - (40, 40, 200)).max() < 12

    @pytest.mark.parametrize(
        ("size", "written"),
        [
            ((100, 100), (100, 100)),
            ((99, 50), (99, 50)),
            ((101, 50), (100, 50)),
            ((50, 400), (12, 100)),
        ],
    )
    def test_never_larger_than_asked_and_never_enlarged(
        self, tmp_path: Path, size: tuple[int, int], written: tuple[int, int]
    ) -> None:
        write_jpeg(tmp_path / "a.jpg", self.picture(*size), 100)
        with Image.open(tmp_path / "a.jpg") as image:
            assert image.size == written

    def test_nothing_wanted_makes_no_folder(self, tmp_path: Path) -> None:
        kept = KeyFrames(tmp_path, [])
        assert kept.done
        kept.take(0, self.picture())
        assert list(tmp_path.iterdir()) == []

    def test_no_folder_to_write_in(self, tmp_path: Path) -> None:
        with pytest.raises(OutputError, match="does not exist"):
            write_jpeg(tmp_path / "gone" / "a.jpg", self.picture(), 100)
