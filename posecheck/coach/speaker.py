"""What is said next, and what is better left unsaid. Pure: the time, in seconds, is given."""

from __future__ import annotations

from dataclasses import dataclass

from posecheck.coach.lines import Line, Urgency

REPEAT_S = {Urgency.INFO: 8.0, Urgency.STEP: 3.0, Urgency.CUE: 5.0, Urgency.STOP: 4.0}
"""Not the same key again within this long of its last word: a cue needs time to be acted on."""
PAUSE_S = 0.8
"""Silence between one text and the next; before a STOP there is none."""
MOST_WAITING = 8

_NEWEST_FIRST = {Urgency.INFO, Urgency.CUE}


@dataclass(frozen=True, slots=True)
class _Waiting:
    line: Line
    since_s: float
    number: int

    def rank(self) -> tuple[int, int]:
        """The least is said first."""
        order = -self.number if self.line.urgency in _NEWEST_FIRST else self.number
        return -self.line.urgency, order


class Speaker:
    """Holds the lines that wait. `next` gives one to be said, `finished` tells that it was."""

    def __init__(self, pause_s: float = PAUSE_S) -> None:
        self.pause_s = pause_s
        self._waiting: list[_Waiting] = []
        self._offered = 0
        self._last_said_s: dict[str, float] = {}
        self._silent_since_s = float("-inf")
        self._saying: Line | None = None

    @property
    def waiting(self) -> int:
        """How many lines wait; stale ones are let go at the next `next`."""
        return len(self._waiting)

    def offer(self, time_s: float, line: Line) -> bool:
        """Take a line in; False if it will not be said.

        It replaces a waiting line of its key. A STOP sweeps out everything less urgent that was
        waiting: what to do next was thought of before it.
        """
        if self._said_just_now(time_s, line):
            return False
        self._offered += 1
        new = _Waiting(line, time_s, self._offered)
        stays = [each for each in self._waiting if each.line.key != line.key]
        if line.urgency is Urgency.STOP:
            stays = [each for each in stays if each.line.urgency is Urgency.STOP]
        self._waiting = [*stays, new]
        if len(self._waiting) > MOST_WAITING:
            self._waiting.remove(min(self._waiting, key=_worth))
        return new in self._waiting

    def next(self, time_s: float) -> Line | None:
        """What is to be said now, None while there is nothing or the pause lasts."""
        self._waiting = [
            each for each in self._waiting if time_s - each.since_s <= each.line.stale_s
        ]
        if not self._waiting:
            return None
        first = min(self._waiting, key=_Waiting.rank)
        if self._pausing(time_s, first.line):
            return None
        self._waiting.remove(first)
        self._saying = first.line
        self._note(time_s, first.line)
        return first.line

    def finished(self, time_s: float) -> None:
        """Note that what `next` gave has been said, or was cut short: pauses count from here."""
        if self._saying is not None:
            self._note(time_s, self._saying)
            self._saying = None

    def interrupts(self, line: Line) -> bool:
        """Whether ``line`` should cut short what is being said: a STOP, unless that is one too."""
        saying = self._saying
        return line.urgency is Urgency.STOP and (
            saying is None or saying.urgency is not Urgency.STOP
        )

    def _note(self, time_s: float, line: Line) -> None:
        if line.text:
            self._last_said_s[line.key] = time_s
            self._silent_since_s = time_s

    def _said_just_now(self, time_s: float, line: Line) -> bool:
        if not line.text:
            return False
        if self._saying is not None and self._saying.text and self._saying.key == line.key:
            return True
        said_s = self._last_said_s.get(line.key)
        return said_s is not None and time_s - said_s < REPEAT_S[line.urgency]

    def _pausing(self, time_s: float, line: Line) -> bool:
        """A tone alone takes part in no pause, so that ticks stay even."""
        if not line.text or line.urgency is Urgency.STOP:
            return False
        return time_s - self._silent_since_s < self.pause_s


def _worth(waiting: _Waiting) -> tuple[int, int]:
    """The least is let go first when too many wait: the least urgent, then the oldest."""
    return waiting.line.urgency, waiting.number
