"""The live loop: the newest picture -> estimator -> core -> coach -> voice, window, journal."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from posecheck.coach.coach import Coach, Guidance
from posecheck.coach.gesture import Command
from posecheck.coach.lines import Line
from posecheck.coach.screen import Screen, Stage
from posecheck.core.events import Sensation
from posecheck.core.judge import Judge, Observation
from posecheck.core.records import Marker, Scene
from posecheck.estimators.eyesight import Picture, brightness
from posecheck.estimators.markers import MarkerFinder
from posecheck.estimators.person import PersonEstimator
from posecheck.estimators.surface_motion import SurfaceTracker
from posecheck.sinks.film import Film
from posecheck.sinks.journal import Journal
from posecheck.sinks.live_view import Background
from posecheck.sinks.window import BACKSPACES, ESCAPE
from posecheck.sources.live import Arrival, LiveSource

WAIT_S = 0.25
SILENT_S = 1.0
"""Without a picture for longer the session waits."""
COUNT_PEOPLE_EVERY_S = 2.0

COMMANDS = {
    " ": Command.NEXT,
    "q": Command.STOP,
    ESCAPE: Command.STOP,
    **dict.fromkeys(BACKSPACES, Command.PAUSE),
}
SENSATIONS = {
    "g": Sensation.GLUTE_STRETCH,
    "p": Sensation.FRONT_PINCH,
    "n": Sensation.NUMB_OR_SHARP,
}


class Speaking(Protocol):
    """Takes lines to be said."""

    def say(self, line: Line) -> None:
        """Hand a line over; returns at once."""


class Display(Protocol):
    """Shows a session, on a thread of its own."""

    def prepare(self, rgb: Picture) -> Background:
        """What can be drawn of a picture before its pose is known."""
        ...

    def show(
        self, arrival: Arrival, prepared: Background, seen: Observation, screen: Screen
    ) -> None:
        """Hand over what is to be shown next; returns at once."""

    def show_lost(self, line: str) -> None:
        """Instead of a picture that would be old: why there is none."""

    def keys(self) -> str:
        """What was pressed since last asked, each a character."""
        ...


@dataclass(slots=True)
class Live:
    """One session. Its parts are opened and closed by whoever makes it.

    ``stopped``: asked before each frame; true ends it as the end of a clip does. ``lost``: what
    is shown while no pictures come and the source does not say why. ``decided_s``: the latest
    times from a picture's arrival until what is to be said of it was handed to the voice, s.
    """

    source: LiveSource
    estimator: PersonEstimator
    judge: Judge
    coach: Coach
    voice: Speaking
    journal: Journal
    display: Display | None = None
    film: Film | None = None
    stopped: Callable[[], bool] = lambda: False
    lost: str = ""
    frames: int = 0
    decided_s: deque[float] = field(default_factory=lambda: deque(maxlen=4000))
    _surface: SurfaceTracker = field(default_factory=SurfaceTracker, init=False)
    _finder: MarkerFinder = field(default_factory=MarkerFinder, init=False)
    _scene: Scene = field(default_factory=Scene, init=False)
    _watched: bool = field(default=True, init=False)
    _counted_s: float = field(default=-math.inf, init=False)
    _last: tuple[float, float] = field(default=(0.0, 0.0), init=False)
    _helper: ThreadPoolExecutor = field(init=False)
    _counter: ThreadPoolExecutor = field(init=False)
    _counting: Future[int] | None = field(default=None, init=False)

    def run(self) -> None:
        """Until the coach, the person or the end of a clip ends it."""
        self._last = 0.0, time.monotonic()
        with (
            ThreadPoolExecutor(1, "live-helper") as self._helper,
            ThreadPoolExecutor(1, "live-counter") as self._counter,
        ):
            while not self.source.ended and not self.stopped():
                arrival = self.source.newest(WAIT_S)
                if (self._without() if arrival is None else self._take(arrival)).done:
                    return

    def _take(self, arrival: Arrival) -> Guidance:
        """All that is done with one frame."""
        frame = arrival.frame
        ahead = self._helper.submit(self._prepare, arrival)
        watching = self.coach.watching
        pose = self.estimator.pose(frame) if watching else None
        prepared, markers = ahead.result()
        seen = self._surface.step(frame.ref.time_s, frame.rgb, pose)
        observation = self.judge.step(frame.ref, pose, seen, markers)
        guidance = self.coach.step(observation, self._look_around(arrival), *self._pressed())
        self._say(guidance)
        self.decided_s.append(time.monotonic() - arrival.arrived_s)
        if self.display and prepared is not None:
            self.display.show(arrival, prepared, observation, guidance.screen)
        # One frame without anybody parts what was measured before from what is measured after.
        if watching or self._watched or guidance.marks:
            self.journal.add(observation, guidance.marks)
        self._watched = watching
        if self.film:
            self.film.put(frame.rgb, frame.ref.time_s)
        if guidance.anew:
            self.judge.forget_neutral()
            self._surface = SurfaceTracker()
        self.frames += 1
        self._last = frame.ref.time_s, arrival.arrived_s
        return guidance

    def _prepare(self, arrival: Arrival) -> tuple[Background | None, tuple[Marker, ...]]:
        """What does not want the pose is done while the pose model is at work."""
        time_s, rgb = arrival.frame.ref.time_s, arrival.frame.rgb
        self._surface.prepare(time_s, rgb)
        markers = self._finder.step(time_s, rgb)
        return self.display.prepare(rgb) if self.display else None, markers

    def _without(self) -> Guidance:
        """No picture has come in time."""
        time_s, arrived_s = self._last
        silent_s = time.monotonic() - arrived_s
        if silent_s < SILENT_S:
            return Guidance(Screen(Stage.PAUSED))
        guidance = self.coach.without_picture(time_s + silent_s, *self._pressed())
        self._say(guidance)
        if self.display:
            self.display.show_lost(self.source.lost or self.lost)
        return guidance

    def _say(self, guidance: Guidance) -> None:
        for line in guidance.lines:
            self.voice.say(line)

    def _look_around(self, arrival: Arrival) -> Scene:
        """What the set-up wants to know; nothing afterwards, for it takes time."""
        if self.coach.stage is not Stage.SETUP:
            return Scene()
        time_s, people = arrival.frame.ref.time_s, self._scene.people
        if self._counting and self._counting.done():
            people, self._counting = self._counting.result(), None
        if self._counting is None and time_s - self._counted_s >= COUNT_PEOPLE_EVERY_S:
            self._counted_s = time_s
            self._counting = self._counter.submit(self.estimator.people_in, arrival.frame)
        self._scene = Scene(brightness(arrival.frame.rgb), people)
        return self._scene

    def _pressed(self) -> tuple[list[Command], list[Sensation]]:
        """What the keys since last time ask for."""
        keys = self.display.keys() if self.display else ""
        commands = [COMMANDS[key] for key in keys if key in COMMANDS]
        return commands, [SENSATIONS[key] for key in keys if key in SENSATIONS]
