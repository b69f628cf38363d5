"""Which window a live session gets.

On Linux it is SDL's: OpenCV's own, which is Qt's there, sleeps for 2 ms whenever it is let paint.
Elsewhere it does not, and on macOS the wheel of OpenCV brings an SDL of its own, which would be in
the way of another.
"""

from __future__ import annotations

import sys

from posecheck.desktop import has_desktop
from posecheck.errors import OutputError
from posecheck.sinks.window import Window


def window(width: int, height: int, *, full_screen: bool = False) -> Window:
    """The window for this system, not open yet. Raises `OutputError` where there is no screen."""
    if not has_desktop():
        raise OutputError("there is no screen here; go on without with --no-window")
    if sys.platform == "linux":
        from posecheck.sinks.window_sdl import SdlWindow

        return SdlWindow(width, height, full_screen=full_screen)
    from posecheck.sinks.window_opencv import OpenCvWindow

    return OpenCvWindow(width, height, full_screen=full_screen)
