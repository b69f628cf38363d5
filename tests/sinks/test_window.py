"""Both windows: SDL's on a screen that nobody sees, OpenCV's on a stand-in."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from posecheck.errors import OutputError
from posecheck.sinks import window_choice, window_opencv
from posecheck.sinks.window import BACKSPACES, ESCAPE, Window
from posecheck.sinks.window_choice import window
from posecheck.sinks.window_opencv import OpenCvWindow

WHITE = np.full((48, 64, 3), 255, np.uint8)


def test_without_a_screen_there_is_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_choice, "has_desktop", lambda: False)
    with pytest.raises(OutputError, match="no screen here; go on without with --no-window"):
        window(64, 48)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_elsewhere_it_is_that_of_opencv(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert isinstance(window(64, 48), OpenCvWindow)


@pytest.mark.skipif(sys.platform != "linux", reason="SDL is there on Linux only")
class TestSdl:
    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
        monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
        monkeypatch.setattr(window_choice, "has_desktop", lambda: True)
        with window(64, 48) as one:
            one.keys()
            yield one

    @staticmethod
    def seen(one: Window) -> NDArray[np.uint8]:
        """What is in the window, (height, width, 3) BGR."""
        import pygame

        rgb = pygame.surfarray.array3d(one._window.get_surface())  # type: ignore[attr-defined]
        return np.asarray(rgb.swapaxes(0, 1)[..., ::-1], np.uint8)

    @staticmethod
    def happens(kind: str, **what: object) -> None:
        import pygame

        pygame.event.post(pygame.event.Event(getattr(pygame, kind), **what))

    def test_shows_what_it_is_given(self, opened: Window) -> None:
        bgr = np.random.default_rng(0).integers(0, 256, WHITE.shape, dtype=np.uint8)
        opened.show(bgr)
        np.testing.assert_array_equal(self.seen(opened), bgr)

    @pytest.mark.parametrize(("size", "shown"), [((128, 48), (48, 64)), ((32, 48), (24, 32))])
    def test_keeps_the_shape_and_the_middle(
        self, size: tuple[int, int], shown: tuple[int, int], opened: Window
    ) -> None:
        opened.show(WHITE)
        opened._window.size = size  # type: ignore[attr-defined]
        opened.keys()
        rows, columns = np.nonzero((self.seen(opened) == 255).all(axis=2))
        assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == shown
        assert rows.min() + rows.max() + 1 == size[1]
        assert columns.min() + columns.max() + 1 == size[0]

    @pytest.mark.parametrize("kind", ["WINDOWEXPOSED", "WINDOWSIZECHANGED"])
    def test_what_was_covered_is_there_again(self, kind: str, opened: Window) -> None:
        opened.show(WHITE)
        opened._window.get_surface().fill(0)  # type: ignore[attr-defined]
        self.happens(kind)
        assert opened.keys() == ""
        assert (self.seen(opened) == 255).all()

    def test_every_key_pressed_is_told(self, opened: Window) -> None:
        pressed = ["g", " ", *BACKSPACES, "q", "", ESCAPE]  # the empty one: shift and the like
        for key in pressed:
            self.happens("KEYDOWN", unicode=key)
            self.happens("KEYUP", unicode=key)
        assert opened.keys() == "".join(pressed)
        assert opened.keys() == ""

    def test_closing_the_window_is_escape_once(self, opened: Window) -> None:
        self.happens("WINDOWCLOSE")
        assert opened.keys() == ESCAPE
        assert opened.keys() == ""

    def test_fills_the_screen_and_comes_back(self, opened: Window) -> None:
        for size in ((1024, 768), (64, 48)):  # the screen that nobody sees is that large
            opened.toggle_full_screen()
            opened.keys()
            assert opened._window.size == size  # type: ignore[attr-defined]

    def test_no_window_is_one_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SDL_VIDEODRIVER", "none_such")
        monkeypatch.setattr(window_choice, "has_desktop", lambda: True)
        with (
            pytest.raises(OutputError, match=r"no window can be opened .*none_such.*--no-window"),
            window(64, 48),
        ):
            pass


class Gui:
    """Stands in for OpenCV's window system."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.codes: list[int] = []
        self.visible, self.shown = 1.0, 0
        gui = window_opencv.cv2
        for name in ("namedWindow", "resizeWindow", "setWindowProperty", "destroyAllWindows"):
            monkeypatch.setattr(gui, name, lambda *_: None)
        monkeypatch.setattr(gui, "imshow", self.show)
        monkeypatch.setattr(gui, "getWindowProperty", lambda *_: self.look())
        monkeypatch.setattr(gui, "pollKey", lambda: self.codes.pop(0) if self.codes else -1)

    def show(self, *_: object) -> None:
        self.shown += 1

    def look(self) -> float:
        return self.visible


class TestOpenCv:
    @pytest.fixture
    def gui(self, monkeypatch: pytest.MonkeyPatch) -> Gui:
        return Gui(monkeypatch)

    def test_every_key_pressed_is_told(self, gui: Gui) -> None:
        with OpenCvWindow(64, 48) as one:
            gui.codes += [ord("g"), 0x100000 + ord("q"), 27]
            assert one.keys() == "gq" + ESCAPE
            assert one.keys() == ""
        assert gui.shown == 1

    def test_closing_the_window_is_escape_once(self, gui: Gui) -> None:
        with OpenCvWindow(64, 48) as one:
            gui.visible = 0.0
            assert one.keys() == ESCAPE
            assert one.keys() == ""

    @pytest.mark.usefixtures("gui")
    def test_nothing_may_be_left_of_a_closed_window(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def gone(*_: object) -> float:
            raise window_opencv.cv2.error

        with OpenCvWindow(64, 48) as one:
            monkeypatch.setattr(window_opencv.cv2, "getWindowProperty", gone)
            monkeypatch.setattr(window_opencv.cv2, "destroyAllWindows", gone)
            assert one.keys() == ESCAPE
            assert one.keys() == ""
