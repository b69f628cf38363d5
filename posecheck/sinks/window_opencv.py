"""OpenCV's own window."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.quiet import quiet_stderr
from posecheck.sinks.window import ESCAPE, TITLE, no_window


class OpenCvWindow:
    """See `posecheck.sinks.window.Window`."""

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
        if self._open and not self._visible():
            self._open = False
            pressed += ESCAPE
        return pressed

    def _visible(self) -> bool:
        try:
            return cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # the window was the last one, and nothing is left to be asked
            return False

    def toggle_full_screen(self) -> None:
        """Between a window and the whole screen."""
        self._full = not self._full
        self._set_full_screen()

    def _set_full_screen(self) -> None:
        mode = cv2.WINDOW_FULLSCREEN if self._full else cv2.WINDOW_NORMAL
        cv2.setWindowProperty(TITLE, cv2.WND_PROP_FULLSCREEN, mode)

    def __enter__(self) -> Self:
        """Raises `OutputError` where no window can be had."""
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
            raise no_window(error.err) from error
        self._open = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        with suppress(cv2.error):  # as above
            cv2.destroyAllWindows()
        cv2.pollKey()  # without it some systems leave the window standing
