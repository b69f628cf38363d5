"""What the makers of sound have in common: how they are used and how they fail."""

from __future__ import annotations

from threading import Event
from typing import Protocol

from posecheck.coach.lines import Tone
from posecheck.errors import PosecheckError


class SoundError(PosecheckError):
    """Not heard this time; the next time may do better. One line for the person."""


class SoundOffError(SoundError):
    """Not heard for the rest of the session: something is not installed, or keeps failing."""


class Player(Protocol):
    """Plays tones. Raises `SoundError`."""

    def start(self) -> None:
        """Get ready, so that what is missing is told before the first tone."""

    def play(self, tone: Tone, cut: Event) -> bool:
        """Play to the end, or until ``cut`` is set; True if to the end."""


class Mouth(Protocol):
    """Speaks. Raises `SoundError`."""

    def start(self, cut: Event) -> None:
        """Get ready, or give up once ``cut`` is set."""

    def say(self, text: str, cut: Event) -> bool:
        """Speak to the end, or until ``cut`` is set; True if to the end."""

    def close(self) -> None:
        """Fall silent at once, for good; from any thread."""
