"""What every window of a live session offers: pictures shown, keys pressed."""

from __future__ import annotations

from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

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


def no_window(why: object) -> OutputError:
    """The error for a screen that gives no window."""
    return OutputError(f"no window can be opened ({why}); go on without with --no-window")
