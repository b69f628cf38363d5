"""Sessions on stick figures: what the coach says and shows while somebody moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from posecheck.coach.coach import Coach
from posecheck.coach.gesture import Command
from posecheck.coach.lines import Line
from posecheck.coach.plan import Contraction, Plan, Step
from posecheck.coach.screen import Screen, Stage
from posecheck.coach.talk import Talk
from posecheck.coach.texts import load_texts
from posecheck.core.events import Mark, Sensation
from posecheck.core.judge import Judge, Observation
from posecheck.core.records import Scene, Side
from tests.stick import Frames

FINE = Scene(brightness=120.0, people=1)
SETTLED_S = 3.0
"""A figure that lies still is set up by then."""


def plan(*steps: Step) -> Plan:
    return Plan(title="A plan", steps=steps)


def step(side: Side = Side.LEFT, **given: object) -> Step:
    return Step(**{"side": side, "hold_s": 3.0, "rest_s": 1.0, **given})


def push(**given: object) -> Contraction:
    return Contraction(**{"effort": "push", "push_s": 3.0, "relax_s": 1.0, **given})


@dataclass(slots=True)
class Lesson:
    """What came of it, by time (s): lines, stages as they began, screens of all frames."""

    coach: Coach
    lines: list[tuple[float, Line]] = field(default_factory=list)
    screens: list[tuple[float, Screen]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    done_s: float | None = None

    @property
    def keys(self) -> list[str]:
        """What was said, tones alone left out."""
        return [line.key for _, line in self.lines if line.text]

    @property
    def stages(self) -> list[Stage]:
        """One after the other."""
        found: list[Stage] = []
        for _, screen in self.screens:
            if not found or found[-1] is not screen.stage:
                found.append(screen.stage)
        return found

    def at(self, key: str) -> list[float]:
        """When it was said."""
        return [time_s for time_s, line in self.lines if line.key == key]

    def said(self, key: str) -> str:
        """What was said under that key, the first time."""
        return next(line.text for _, line in self.lines if line.key == key)


def lesson(
    frames: Frames,
    of: Plan,
    *,
    commands: Mapping[float, Command] = {},
    felt: Mapping[float, Sensation] = {},
    scene: Scene = FINE,
    change: Callable[[Observation], Observation] = lambda seen: seen,
) -> Lesson:
    """Hold a session; ``commands`` and ``felt`` by the time (s) at which they come."""
    judge, taught = Judge(), Lesson(Coach(of, Talk(load_texts())))
    waiting = {**commands}, {**felt}
    for ref, pose in frames:
        due = [[d.pop(at) for at in list(d) if at <= ref.time_s] for d in waiting]
        seen = judge.step(ref, pose if taught.coach.watching else None)
        guidance = taught.coach.step(change(seen), scene, *due)
        if guidance.anew:
            judge.forget_neutral()
        taught.lines += [(ref.time_s, line) for line in guidance.lines]
        taught.screens.append((ref.time_s, guidance.screen))
        taught.marks += guidance.marks
        if guidance.done:
            taught.done_s = ref.time_s
            break
    return taught
