"""Shows a session on the main thread, the newest of it, while another thread does the work."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Condition

from posecheck.coach.screen import Screen
from posecheck.core.judge import Observation
from posecheck.sinks.live_view import Background, Extras, LiveView, Picture
from posecheck.sinks.window import Window
from posecheck.sources.live import Arrival

TOO_OLD_S = 0.09
"""An older picture is not shown any more: on the screen it would be older than 0.1 s."""
LOOK_EVERY_S = 0.05
"""For keys, while nothing new is to be shown; a look may take OpenCV more than 2 ms of waiting."""
RATE_OVER_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Next:
    arrival: Arrival
    prepared: Background
    seen: Observation
    screen: Screen


@dataclass(slots=True)
class LiveWindow:
    """`run` belongs to the main thread, as macOS wants it; all else may be called from others.

    ``shown_s``: the latest times from a picture's arrival until it was on the screen, s.
    ``not_shown``: how many had become too old.
    """

    window: Window
    view: LiveView
    shown_s: deque[float] = field(default_factory=lambda: deque(maxlen=4000))
    not_shown: int = 0
    extras: Extras = field(default_factory=Extras)
    _news: Condition = field(default_factory=Condition, init=False)
    _next: _Next | str | None = field(default=None, init=False)
    _keys: str = field(default="", init=False)
    _arrived_s: deque[float] = field(default_factory=deque, init=False)

    def prepare(self, rgb: Picture) -> Background:
        """What can be drawn of a picture before its pose is known."""
        return self.view.background(rgb)

    def show(
        self, arrival: Arrival, prepared: Background, seen: Observation, screen: Screen
    ) -> None:
        """Hand over what is to be shown next; what waits gives way."""
        self._put(_Next(arrival, prepared, seen, screen))

    def show_lost(self, line: str) -> None:
        """Instead of a picture that would be old: why there is none."""
        self._put(line)

    def keys(self) -> str:
        """What was pressed since last asked, each a character."""
        with self._news:
            keys, self._keys = self._keys, ""
        return keys

    def run(self, over: Callable[[], bool]) -> None:
        """Show whatever is handed over, until it is ``over``."""
        while not over():
            with self._news:
                self._news.wait_for(lambda: self._next is not None, LOOK_EVERY_S)
                now, self._next = self._next, None
            shown = False
            if isinstance(now, _Next):
                shown = self._draw(now)
            elif now is not None:
                self.window.show(self.view.draw_lost(now))
            pressed = self.window.keys()  # which lets the system paint
            if isinstance(now, _Next) and shown:
                self.shown_s.append(time.monotonic() - now.arrival.arrived_s)
            self._obey(pressed)

    def _put(self, what: _Next | str) -> None:
        with self._news:
            self._next = what
            self._news.notify()

    def _draw(self, now: _Next) -> bool:
        """Whether it was shown: not if it has become old."""
        drawn = self.view.draw(now.prepared, now.seen, now.screen, self.extras)
        arrived_s = now.arrival.arrived_s
        age_s = time.monotonic() - arrived_s
        if age_s > TOO_OLD_S:
            self.not_shown += 1
            return False
        self.window.show(drawn)
        self._rate(arrived_s, age_s)
        return True

    def _rate(self, arrived_s: float, age_s: float) -> None:
        times = self._arrived_s
        times.append(arrived_s)
        while arrived_s - times[0] > RATE_OVER_S:
            times.popleft()
        if self.extras.figures and len(times) > 1:
            rate_hz = (len(times) - 1) / (times[-1] - times[0])
            self.extras = replace(self.extras, rate_hz=rate_hz, delay_ms=1000 * age_s)

    def _obey(self, keys: str) -> None:
        """Do what is the window's own business; the rest is for the session."""
        for key in keys:
            match key:
                case "m":
                    self.view.mirror = not self.view.mirror
                case "f":
                    self.window.toggle_full_screen()
                case "i":
                    self.extras = replace(self.extras, figures=not self.extras.figures)
                case "h":
                    self.extras = replace(self.extras, help=not self.extras.help)
        if keys:
            with self._news:
                self._keys += keys
