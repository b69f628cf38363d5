"""What a person sees on a terminal while work goes on."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from posecheck import console
from posecheck.core.events import Event, Kind
from posecheck.core.records import NAN, Side
from posecheck.session import Outcome
from posecheck.sinks.summary import summarize
from posecheck.sources.base import SourceInfo
from tests.stick import movement, record, rep
from tests.validation import made_up


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Everything that standard error, a terminal 100 characters wide, is given."""
    written = io.StringIO()
    monkeypatch.setattr(
        console, "err", Console(file=written, force_terminal=True, color_system=None, width=100)
    )
    return written


def info(frames: int) -> SourceInfo:
    return SourceInfo("clip.mp4", 320, 240, None, frames, None)


def test_a_clip_goes_by_frame_by_frame(terminal: io.StringIO) -> None:
    with console.clip_progress(Path("some[b]where.mp4"), lambda: True) as watcher:
        watcher.started(info(3))
        for _ in range(3):
            watcher.frame_done()
        assert watcher.stopped()
    assert "some[b]where.mp4" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()


def test_the_bar_begins_again_for_drawing(terminal: io.StringIO) -> None:
    with console.clip_progress(Path("clip.mp4"), lambda: False) as watcher:
        watcher.started(info(7))
        watcher.frame_done()
        watcher.drawing()
    assert "drawing clip.mp4" in terminal.getvalue()
    assert "0/7" in terminal.getvalue().split("drawing clip.mp4")[-1]


def test_a_suite_is_made_and_analysed(terminal: io.StringIO) -> None:
    with console.suite_progress("quick") as watcher:
        watcher.planned(4)
        watcher.made("a")
        watcher.made("b")
        watcher.analysed("a")
    making, analysing = terminal.getvalue().split("making the quick suite")[-1].splitlines()[:2]
    assert "2/4" in making
    assert "analysing the quick suite" in analysing
    assert "1/4" in analysing


def test_bytes_are_told_once_they_come(terminal: io.StringIO) -> None:
    def get(name: str, say: object, progress: object) -> Path:
        assert callable(say)
        assert callable(progress)
        say("Fetching [it]")
        progress(5_000_000, 10_000_000)
        return Path(name)

    assert console.fetched(get, "full") == Path("full")
    assert "Fetching [it]" in terminal.getvalue()
    assert "5.0/10.0 MB" in terminal.getvalue()


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """One repetition; the pelvis was not told."""
    recording = record(movement(8, rep(1.5, move_s=1, hold_s=1), fps=20))
    summary = summarize(recording, info(160))
    return Outcome(Path("out"), [Path("out/[a].csv")], recording, summary, ["a note"], False)


class TestOutcome:
    def shown(
        self,
        outcome: Outcome,
        monkeypatch: pytest.MonkeyPatch,
        events: int = 0,
        **leg: float,
    ) -> list[str]:
        told = [
            Event(Kind.PELVIC_TILT, Side.LEFT, 2.0 + i, 2.5, 12, 90.0, 81.2, 2.9 + i)
            for i in range(events)
        ]
        legs = {"left": outcome.summary["legs"]["left"] | leg}
        of = replace(
            outcome,
            recording=replace(outcome.recording, events=told),
            summary=outcome.summary | {"legs": legs},
        )
        written = io.StringIO()
        monkeypatch.setattr(console, "out", Console(file=written, width=200, soft_wrap=True))
        console.show_outcome(of)
        return written.getvalue().splitlines()

    def test_without_the_pelvis_nothing_is_said_of_the_hip(
        self, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, *others = self.shown(outcome, monkeypatch)
        assert first.startswith("clip.mp4: left leg, largest thigh angle 100°")
        assert first.endswith("1 repetition")
        assert others == ["  note: a note", f"  {Path('out/[a].csv')}"]

    def test_the_clean_range(self, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
        lines = self.shown(
            outcome,
            monkeypatch,
            peak_hip_flexion_deg=92.3,
            peak_hip_flexion_sd_deg=5.0,
            pelvic_tilt_at_peak_deg=-0.3,
            clean_hip_flexion_deg=84.4,
            clean_hip_flexion_sd_deg=4.0,
            clean_reps=3,
            reps=4,
        )
        assert lines[1] == ("  left hip flexion up to 92° ±10° (estimate), the pelvis tilted by 0°")
        assert lines[2] == (
            "  clean range of the left hip 84° ±8° (estimate):"
            " 3 of 4 repetitions without compensation"
        )

    def test_no_clean_range_no_word_of_it(
        self, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines = self.shown(outcome, monkeypatch, peak_hip_flexion_deg=92, clean_hip_flexion_deg=NAN)
        assert "hip flexion up to 92°" in lines[1]
        assert not any("clean" in line for line in lines)

    @pytest.mark.parametrize("count", [1, console.EVENTS_SHOWN, console.EVENTS_SHOWN + 3])
    def test_events(self, outcome: Outcome, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        lines = self.shown(outcome, monkeypatch, events=count)
        said = [line for line in lines if "began to roll" in line]
        assert said[0].startswith("  2.0 to 2.9 s: Let the pelvis settle")
        assert "at 81° of hip flexion (estimate)" in said[0]
        assert len(said) == min(count, console.EVENTS_SHOWN)
        assert ("  and 3 more in events.csv" in lines) is (count > console.EVENTS_SHOWN)


@pytest.mark.parametrize(("width", "there"), [(console.ROOM_FOR_ALL, False), (140, True)])
def test_a_wide_terminal_shows_what_is_beside_the_bars(
    hollow_model: Path, monkeypatch: pytest.MonkeyPatch, width: int, there: bool
) -> None:
    from posecheck.validation.run import report_of

    written = io.StringIO()
    monkeypatch.setattr(console, "out", Console(file=written, width=width))
    console.show_bars(report_of("quick", hollow_model, made_up.scores()))
    assert "thigh angle bias, all measured frames" in written.getvalue()
    assert ("(signed)" in written.getvalue()) is there


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a desktop")
@pytest.mark.parametrize("display", ["DISPLAY", "WAYLAND_DISPLAY", None])
def test_a_desktop_is_known_by_its_display(
    monkeypatch: pytest.MonkeyPatch, display: str | None
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if display:
        monkeypatch.setenv(display, ":0")
    assert console.has_desktop() is bool(display)
