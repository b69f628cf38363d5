"""What a person sees on a terminal while work goes on."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from posecheck import console
from posecheck.sources.base import SourceInfo
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
