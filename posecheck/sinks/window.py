"""The window of a live session, and the keys pressed in it.

On Linux it is SDL's: OpenCV's own, which is Qt's there, sleeps for 2 ms whenever it is let paint.
Elsewhere it does not, and on macOS the wheel of OpenCV brings an SDL of its own, which would be in
the way of another.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from posecheck.desktop import has_desktop
from posecheck.errors import OutputError

TITLE = "posecheck"
ESCAPE, BACKSPACES = "\x1b", ("\x08", "\x7f")


class Window(Protocol):
    """A context manager. Belongs to the main thread, as macOS wants it.

    Entering raises `OutputError` where no window can be had.
    """

    def show(self, bgr: NDArray[np.uint8]) -> None:
        """Show a picture, (height, width, 3) BGR; nobody changes it before `keys` was asked."""

    def keys(self) -> str:
        """What was pressed since last asked, each a character; closing the window is Escape.

        Lets the system paint, too.
        """
        ...

    def toggle_full_screen(self) -> None:
        """Between a window and the whole screen."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def window(width: int, height: int, *, full_screen: bool = False) -> Window:
    """The window for this system, not open yet. Raises `OutputError` where there is no screen."""
    if not has_desktop():
        raise OutputError("there is no screen here; go on without with --no-window")
    if sys.platform == "linux":
        from posecheck.sinks.window_sdl import SdlWindow

        return SdlWindow(width, height, full_screen=full_screen)
    from posecheck.sinks.window_opencv import OpenCvWindow

    return OpenCvWindow(width, height, full_screen=full_screen)


def no_window(why: object) -> OutputError:
    """The error for a screen that gives no window."""
    return OutputError(f"no window can be opened ({why}); go on without with --no-window")
