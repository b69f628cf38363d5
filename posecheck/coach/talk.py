"""Gathers what is to be said while a script runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from posecheck.coach.lines import Line, Tone, Urgency
from posecheck.coach.texts import Texts


@dataclass(slots=True)
class Talk:
    """Lines in the words of one language, handed over frame by frame.

    ``text``: the last thing asked of the person, for the window.
    """

    texts: Texts
    text: str = ""
    _lines: list[Line] = field(default_factory=list)

    def say(
        self,
        key: str,
        urgency: Urgency = Urgency.STEP,
        *,
        tone: Tone | None = None,
        stale_s: float = 6.0,
        **filled: Any,
    ) -> None:
        """Say the sentence ``key``."""
        text = self.texts(key, **filled)
        if urgency > Urgency.INFO:
            self.text = text
        self._lines.append(Line(key, text, urgency, tone, stale_s))

    def sound(self, tone: Tone) -> None:
        """A tone without a word; late it would mislead."""
        self._lines.append(Line(f"tone.{tone}", "", Urgency.STEP, tone, stale_s=0.4))

    def take(self) -> tuple[Line, ...]:
        """What was gathered since last taken."""
        lines, self._lines = tuple(self._lines), []
        return lines
