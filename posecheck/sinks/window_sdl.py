"""A window by SDL, in which a picture is as soon as the call that shows it has returned."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

# SDL would take Ctrl-C and the like for itself, and pygame greets.
os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import cv2
import numpy as np
import pygame
from numpy.typing import NDArray

from posecheck.sinks.window import ESCAPE, TITLE, no_window


class SdlWindow:
    """See `posecheck.sinks.window.Window`. What is shown keeps its shape in a window of any."""

    def __init__(self, width: int, height: int, *, full_screen: bool = False) -> None:
        self._shown = np.zeros((height, width, 3), np.uint8)
        self._full = full_screen
        self._window: pygame.Window

    def show(self, bgr: NDArray[np.uint8]) -> None:
        """Show a picture, (height, width, 3) BGR."""
        self._shown = bgr
        surface = self._window.get_surface()
        wide, high = surface.get_size()
        height, width = bgr.shape[:2]
        scale = min(wide / width, high / height)
        if scale != 1:
            width, height = round(scale * width), round(scale * height)
            bgr = np.asarray(cv2.resize(bgr, (width, height)), np.uint8)
        picture = pygame.image.frombuffer(bgr.data, (width, height), "BGR")
        surface.blit(picture, ((wide - width) // 2, (high - height) // 2))
        self._window.flip()

    def keys(self) -> str:
        """What was pressed since last asked, each a character; closing the window is Escape."""
        pressed = ""
        for event in pygame.event.get():
            if event.type == pygame.KEYDOWN:
                pressed += event.unicode
            elif event.type == pygame.WINDOWCLOSE:
                pressed += ESCAPE
            elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWSIZECHANGED):
                self._show_again()
        return pressed

    def toggle_full_screen(self) -> None:
        """Between a window and the whole screen."""
        self._full = not self._full
        self._set_full_screen()

    def _set_full_screen(self) -> None:
        if self._full:
            self._window.set_fullscreen(desktop=True)
        else:
            self._window.set_windowed()

    def _show_again(self) -> None:
        self._window.get_surface().fill(0)  # nothing is left beside a picture of another size
        self.show(self._shown)

    def __enter__(self) -> Self:
        """Raises `OutputError` where no window can be had."""
        try:
            pygame.display.init()
            if pygame.display.get_driver() == "x11":
                # Straight to the X server: by way of OpenGL it takes ten times as long where a
                # processor stands in for the graphics card.
                os.environ.setdefault("SDL_FRAMEBUFFER_ACCELERATION", "0")
            size = self._shown.shape[1], self._shown.shape[0]
            self._window = pygame.Window(TITLE, size, resizable=True)
            self._window.set_icon(pygame.Surface((1, 1), pygame.SRCALPHA))
            self._set_full_screen()
            self._show_again()
        except pygame.error as error:
            raise no_window(error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._window.destroy()
        pygame.display.quit()
