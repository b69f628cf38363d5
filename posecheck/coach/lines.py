"""What the coach says and sounds: records, without a word of any language in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Urgency(IntEnum):
    """Which of two lines comes first; a line waits for none below it."""

    INFO = 0
    """Counts, praise, figures: said only if nothing else is waiting."""
    STEP = 1
    """What to do next."""
    CUE = 2
    """What to do about a compensation that goes on."""
    STOP = 3
    """Stop or back off; interrupts whatever is being said."""


class Tone(StrEnum):
    """Short sounds, each distinct with the eyes closed."""

    READY = "ready"
    HOLD = "hold"
    TICK = "tick"
    DONE = "done"
    CUE = "cue"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to be said or sounded.

    ``key``: what it is about, so that it is not repeated at once. ``text``: empty for a tone
    alone. ``tone``: sounded before the text, None for none. ``stale_s``: not worth saying later
    than this after it was handed over.
    """

    key: str
    text: str = ""
    urgency: Urgency = Urgency.STEP
    tone: Tone | None = None
    stale_s: float = 6.0
