from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread

import numpy as np
import pytest

from posecheck.coach.screen import Screen, Stage
from posecheck.coach.texts import load_texts
from posecheck.core.judge import Judge, Observation
from posecheck.core.records import FrameRef
from posecheck.sinks.live_view import LiveView, Picture
from posecheck.sinks.live_window import TOO_OLD_S, LiveWindow
from posecheck.sources.base import Frame
from posecheck.sources.live import Arrival

READY = Screen(Stage.READY)


class Pane:
    """Stands in for `Window`: keeps what it was shown, and presses keys."""

    def __init__(self, keys: str = "") -> None:
        self.shown: list[Picture] = []
        self.to_press = list(keys)
        self.toggled = 0

    def show(self, bgr: Picture) -> None:
        self.shown.append(bgr.copy())

    def keys(self) -> str:
        return self.to_press.pop(0) if self.to_press else ""

    def toggle_full_screen(self) -> None:
        self.toggled += 1


def live_window(keys: str = "") -> tuple[LiveWindow, Pane]:
    pane = Pane(keys)
    return LiveWindow(pane, LiveView(load_texts())), pane  # type: ignore[arg-type]


def arrival(level: int, age_s: float = 0.0) -> Arrival:
    rgb = np.full((72, 128, 3), level, np.uint8)
    return Arrival(Frame(FrameRef(0, 0.0, 128, 72), rgb), time.monotonic() - age_s)


def hand_over(display: LiveWindow, one: Arrival) -> None:
    seen: Observation = Judge().step(one.frame.ref, None)
    display.show(one, display.prepare(one.frame.rgb), seen, READY)


def times(count: int) -> Callable[[], bool]:
    """Over after so many rounds."""
    rounds = iter(range(count))
    return lambda: next(rounds, None) is None


def test_shows_the_newest_only() -> None:
    display, pane = live_window()
    for level in (10, 20, 200):
        hand_over(display, arrival(level))
    display.run(times(3))
    assert [picture[100, 100, 0] for picture in pane.shown] == [200]
    assert len(display.shown_s) == 1


def test_never_shows_an_old_one() -> None:
    display, pane = live_window()
    hand_over(display, arrival(10, age_s=TOO_OLD_S + 0.01))
    display.run(times(2))
    assert pane.shown == []
    assert display.not_shown == 1


def test_says_that_the_camera_is_gone() -> None:
    display, pane = live_window()
    hand_over(display, arrival(200))
    display.show_lost("the camera is gone")
    display.run(times(1))
    (picture,) = pane.shown
    assert not (picture == 200).all(axis=2).any()


def test_keys_wait_until_they_are_asked_for() -> None:
    display, _ = live_window("g p")
    display.run(times(4))
    assert display.keys() == "g p"
    assert display.keys() == ""


@pytest.mark.parametrize("key", "mfih")
def test_the_window_s_own_keys(key: str) -> None:
    display, pane = live_window(key)
    before = (display.view.mirror, pane.toggled, display.extras)
    display.run(times(1))
    after = (display.view.mirror, pane.toggled, display.extras)
    assert [a != b for a, b in zip(before, after, strict=True)] == [
        key == "m",
        key == "f",
        key in "ih",
    ]


def test_frame_rate_and_delay_are_those_of_the_pictures() -> None:
    display, _ = live_window("i")
    display.run(times(1))
    for _ in range(8):
        hand_over(display, arrival(100, age_s=0.02))
        display.run(times(1))
        time.sleep(0.02)
    assert 5 < display.extras.rate_hz < 50
    assert 20 < display.extras.delay_ms < 200


def test_ends_while_it_waits() -> None:
    display, _ = live_window()
    ended: list[bool] = []
    thread = Thread(target=lambda: display.run(lambda: bool(ended)))
    thread.start()
    ended.append(True)
    thread.join(2)
    assert not thread.is_alive()
