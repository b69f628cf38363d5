"""What the window shows of the session beside the angles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from posecheck.core.records import NAN


class Stage(StrEnum):
    """Where in the session the person is."""

    SETUP = "setup"
    READY = "ready"
    RAISING = "raising"
    HOLDING = "holding"
    PUSHING = "pushing"
    RELAXING = "relaxing"
    DEEPENING = "deepening"
    LOWERING = "lowering"
    RESTING = "resting"
    GUIDED = "guided"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Screen:
    """``countdown_s``: seconds left of a timed stage, NaN without one. ``rep`` of ``reps``, 0 none.

    ``text``: what was last asked of the person.
    """

    stage: Stage
    countdown_s: float = NAN
    rep: int = 0
    reps: int = 0
    text: str = ""
