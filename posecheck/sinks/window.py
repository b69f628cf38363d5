"""The window of a live session, and the keys pressed in it."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.desktop import has_desktop
from posecheck.errors import OutputError
from posecheck.quiet import quiet_stderr

TITLE = "posecheck"
ESCAPE, BACKSPACES = "\x1b", ("\x08", "\x7f")


class Window:
    """A context manager. Belongs to the main thread, as macOS wants it."""

    def __init__(self, width: int, height: int, *, full_screen: bool = False) -> None:
        self._size = width, height
        self._full = full_screen
        self._open = False

    def show(self, bgr: NDArray[np.uint8]) -> None:
        """Show a picture, (height, width, 3) BGR."""
        cv2.imshow(TITLE, bgr)

    def keys(self) -> str:
        """What was pressed since last asked, each a character; closing the window is Escape."""
        pressed = ""
        while (code := cv2.pollKey()) != -1:
            pressed += chr(code & 0xFF)
        if self._open and cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) < 1:
            self._open = False
            pressed += ESCAPE
        return pressed

    def toggle_full_screen(self) -> None:
        """Between a window and the whole screen."""
        self._full = not self._full
        self._set_full_screen()

    def _set_full_screen(self) -> None:
        mode = cv2.WINDOW_FULLSCREEN if self._full else cv2.WINDOW_NORMAL
        cv2.setWindowProperty(TITLE, cv2.WND_PROP_FULLSCREEN, mode)

    def __enter__(self) -> Self:
        """Raises `OutputError` where no window can be had."""
        if not has_desktop():
            raise OutputError("there is no screen here; go on without with --no-window")
        flags = cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL
        try:
            with quiet_stderr():  # Qt speaks of fonts that nobody asks for
                cv2.namedWindow(TITLE, flags)
                cv2.resizeWindow(TITLE, *self._size)
                self._set_full_screen()
                # The first picture takes long; let it be one that nobody waits for.
                self.show(np.zeros((self._size[1], self._size[0], 3), np.uint8))
                self.keys()
        except cv2.error as error:
            raise OutputError(
                f"no window can be opened ({error.err}); go on without with --no-window"
            ) from error
        self._open = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        cv2.destroyAllWindows()
        cv2.pollKey()  # without it some systems leave the window standing
