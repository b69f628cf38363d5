"""The session as the person lives it: set-up, the plan, pauses, cues, and the end.

Pure: an observation in, what to say and show out. Time is that of the observations.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from posecheck.coach.cueing import REPEAT_S, Cueing
from posecheck.coach.gesture import Command, HandSignal
from posecheck.coach.guided import GuidedStretch
from posecheck.coach.items import Item, introduce, items_of
from posecheck.coach.lines import Line, Tone, Urgency
from posecheck.coach.plan import Plan
from posecheck.coach.repetition import Repetition, Script, free
from posecheck.coach.screen import Screen, Stage
from posecheck.coach.setup_check import POSTURES, SetUp
from posecheck.coach.talk import Talk
from posecheck.core.events import Mark, Sensation, Task
from posecheck.core.judge import Observation
from posecheck.core.posture import Posture
from posecheck.core.records import NAN, Measurement, Pose, Scene

AWAY_S = 3.0
"""Whoever is not seen lying for longer is waited for."""
BACK_S = 1.0
GONE_S = 180.0
"""Whoever does not come back for longer has ended the session."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What to say and show for one frame.

    ``done``: the session is over. ``anew``: what was learned of how the person lies holds no more.
    """

    screen: Screen
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    done: bool = False
    anew: bool = False


@dataclass(slots=True)
class Coach:
    """Causal; feed it every frame, and `without_picture` while none come."""

    plan: Plan
    talk: Talk
    set_up: SetUp = field(default_factory=SetUp)
    task: Task = Task.STRETCH
    _queue: list[Item] = field(default_factory=list, init=False)
    _now: Item | None = field(default=None, init=False)
    _script: Script | None = field(default=None, init=False)
    _screen: Screen = field(default=Screen(Stage.SETUP), init=False)
    _seen: Observation | None = field(default=None, init=False)
    _hand: HandSignal = field(default_factory=HandSignal, init=False)
    _asked: dict[str, float] = field(default_factory=dict, init=False)
    _cueing: Cueing = field(init=False)
    _introduced: bool = field(default=False, init=False)
    _lying_s: float = field(default=NAN, init=False)
    _away_s: float = field(default=NAN, init=False)
    _paused: bool = field(default=False, init=False)
    _held: bool = field(default=False, init=False)
    _was_up: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._cueing = Cueing(self.talk)
        self._queue = list(items_of(self.plan, self.talk, self.task))
        if self.plan.watched:
            self.talk.say("setup.welcome", stale_s=30.0)

    def step(
        self,
        seen: Observation,
        scene: Scene,
        commands: Iterable[Command] = (),
        felt: Iterable[Sensation] = (),
    ) -> Guidance:
        """Take in the next frame with what was asked for and felt since the last."""
        time_s = seen.frame.time_s
        self._seen = seen
        marks = tuple(self._mark(seen.measurement, time_s, each) for each in felt)
        asked = [*commands, *filter(None, [self._hand.step(time_s, _lying(seen))])]
        for command in asked:
            self._obey(command, time_s)
        if self._script is None and self._screen.stage is Stage.SETUP:
            self._check(seen, scene)
        elif self._screen.stage is not Stage.DONE and self._here(seen, time_s):
            if self.watching:
                self._cueing.step(seen)
            self._go_on(seen)
        return self._guidance(marks)

    def without_picture(
        self, time_s: float, commands: Iterable[Command] = (), felt: Iterable[Sensation] = ()
    ) -> Guidance:
        """No picture has come for a while; what is felt meanwhile is of no known angle."""
        marks = tuple(self._mark(Measurement(), time_s, sensation) for sensation in felt)
        for command in commands:
            self._obey(command, time_s)
        if self._script is not None and not self._paused:
            self._pause("told.paused_camera")
        self._leave(time_s)
        return self._guidance(marks)

    @property
    def watching(self) -> bool:
        """Whether what the camera sees matters now: not of a stretch that is only guided."""
        return self.plan.watched and not isinstance(self._now, GuidedStretch)

    @property
    def stage(self) -> Stage:
        """Where the session is."""
        return self._screen.stage

    def _guidance(self, marks: tuple[Mark, ...] = ()) -> Guidance:
        self._screen = replace(self._screen, text=self.talk.text)
        done = self._screen.stage is Stage.DONE
        return Guidance(self._screen, self.talk.take(), marks, done, self._moved())

    def _moved(self) -> bool:
        """Whether the person has just lain down."""
        moved = self._was_up and not self.set_up.told & POSTURES
        self._was_up &= not moved
        return moved

    def _check(self, seen: Observation, scene: Scene) -> None:
        """Set-up, one instruction at a time."""
        if not self.plan.watched:
            self._introduce()
            self._begin_next()
            return
        time_s, accepted = seen.frame.time_s, self.set_up.accepted
        fault = self.set_up.step(seen, scene)
        for _ in self.set_up.accepted - accepted:
            self.talk.say("setup.accepted", Urgency.INFO)
        self._was_up |= fault in POSTURES
        if self._introduced and seen.stance.posture is Posture.UNSEEN:
            self._leave(time_s)
        else:
            self._away_s = NAN
        if self._screen.stage is Stage.DONE:
            return
        if fault is not None:
            self._ask(f"setup.{fault}", time_s)
        elif self.set_up.ready:
            self.talk.say("setup.ready", tone=Tone.DONE, stale_s=10.0)
            self._introduce()
            self._begin_next()

    def _introduce(self) -> None:
        if self._introduced:
            return
        self._introduced = True
        introduce(self.plan, self.talk)

    def _begin_next(self) -> None:
        """Go on to the next repetition, or end after the last."""
        if not self.plan.steps:
            self._start(None, free(self.talk))
        elif self._queue and not self.watching and isinstance(self._queue[0], Repetition):
            self._set_up_again()
        elif self._queue:
            now = self._queue.pop(0)
            self._start(now, now.script())
        else:
            self._end("told.done", Tone.DONE)

    def _set_up_again(self) -> None:
        """From kneeling or the side onto the back: nothing known of how the person lay holds."""
        self._now = self._script = None
        self._away_s = NAN
        self.set_up, self._was_up = SetUp(), True
        self._screen = Screen(Stage.SETUP)
        self.talk.say("setup.lie_down", tone=Tone.READY)

    def _start(self, now: Item | None, script: Script) -> None:
        if self._script is not None:
            self._script.close()
        self._now, self._script = now, script
        self._screen = next(script)

    def _go_on(self, seen: Observation) -> None:
        if self._script is None:
            return
        try:
            self._screen = self._script.send(seen)
        except StopIteration:
            self._script = None
            self._begin_next()

    def _obey(self, command: Command, time_s: float) -> None:
        match command:
            case Command.STOP:
                self._end("told.stopping", Tone.STOP)
            case Command.PAUSE if self._script is not None and self._paused:
                self._held = False
                self._away_s = time_s
            case Command.PAUSE if self._script is not None:
                self._held = True
                self._pause("told.paused_key")
            case Command.NEXT if self._screen.stage is Stage.SETUP:
                self.set_up.skip()
            case Command.NEXT if self._script is not None and self.plan.steps:
                self._paused = self._held = False
                self.talk.say("told.next", Urgency.CUE, tone=Tone.DONE)
                self._begin_next()

    def _here(self, seen: Observation, time_s: float) -> bool:
        """Whether the person is there to go on with; pauses and resumes."""
        if not self.watching:
            self._lying_s = self._away_s = NAN
            if self._paused and not self._held:
                self._resume()
            return not self._paused
        if seen.stance.posture is Posture.SUPINE:
            self._lying_s = time_s if math.isnan(self._lying_s) else self._lying_s
            if not self._paused:
                self._away_s = NAN
        else:
            self._lying_s = NAN
            self._away_s = time_s if math.isnan(self._away_s) else self._away_s
            if not self._paused and time_s - self._away_s > AWAY_S:
                up = seen.stance.posture is not Posture.UNSEEN
                self._pause("told.paused_up" if up else "told.paused_gone")
        if self._paused and not self._held and time_s - self._lying_s > BACK_S:
            self._resume()
        if self._paused and not self._held:
            self._leave(time_s)
        return not self._paused and seen.stance.posture is Posture.SUPINE

    def _leave(self, time_s: float) -> None:
        self._away_s = time_s if math.isnan(self._away_s) else self._away_s
        if time_s - self._away_s > GONE_S and self._screen.stage is not Stage.DONE:
            self._end("told.done", None)

    def _pause(self, key: str) -> None:
        self._paused = True
        self.talk.say(key, Urgency.CUE, tone=Tone.STOP)
        self._screen = replace(self._screen, stage=Stage.PAUSED, countdown_s=NAN)

    def _resume(self) -> None:
        """The repetition that was broken off begins anew."""
        self._paused, self._away_s = False, NAN
        self.talk.say("told.resumed", tone=Tone.READY)
        if self._now is None:
            self._start(None, free(self.talk))
        else:
            again = replace(self._now)
            self._start(again, again.script())

    def _mark(self, m: Measurement, time_s: float, sensation: Sensation) -> Mark:
        """Answer to what the person feels."""
        match sensation:
            case Sensation.GLUTE_STRETCH:
                self.talk.say("cue.glute_stretch", Urgency.INFO, tone=Tone.DONE)
            case Sensation.FRONT_PINCH:
                self.talk.say("cue.front_pinch", Urgency.STOP, tone=Tone.STOP)
                self.talk.say("told.back_off", Urgency.CUE)
                self._back_off()
            case Sensation.NUMB_OR_SHARP:
                self.talk.say("cue.numb_or_sharp", Urgency.STOP, tone=Tone.STOP)
                self._end("told.numb_or_sharp", None)
        return Mark(sensation, time_s, m.side, m.thigh_angle_deg, m.hip_flexion_deg)

    def _back_off(self) -> None:
        """Leave what was planned for this repetition; the leg goes down."""
        if self._now is not None and self._script is not None:
            self._now.seen = self._seen
            self._start(self._now, self._now.lower())

    def _end(self, key: str, tone: Tone | None) -> None:
        if self._screen.stage is not Stage.DONE:
            self.talk.say(key, Urgency.CUE, tone=tone, stale_s=20.0)
            self._script, self._screen = None, Screen(Stage.DONE)

    def _ask(self, key: str, time_s: float) -> None:
        """Say it at once and then now and again while it holds."""
        if not time_s - self._asked.get(key, -math.inf) < REPEAT_S:
            self._asked = {key: time_s}
            self.talk.say(key)


def _lying(seen: Observation) -> Pose | None:
    return seen.pose if seen.stance.posture is Posture.SUPINE else None
