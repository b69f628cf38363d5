"""One repetition as a script: it reads in the order in which it happens.

Each script is a generator. It yields what the window shows and is sent the next observation, so
that a pause is not sending any, and going on to something else is leaving it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np

from posecheck.coach.lines import Tone, Urgency
from posecheck.coach.plan import Contraction, Step
from posecheck.coach.screen import Screen, Stage
from posecheck.coach.talk import Talk
from posecheck.core.events import Task
from posecheck.core.judge import Observation
from posecheck.core.phases import MIN_PEAK_DEG, READY_DEG, Phase
from posecheck.core.records import NAN, Measurement

Script = Generator[Screen, Observation, None]

SETTLED_S = 0.6
"""A leg that has been still for so long is held."""
REMIND_S = 15.0
WRONG_LEG_DEG, WRONG_LEG_S = 45.0, 2.0
UNSTILL_S = 2.0
LET_DOWN_DEG = 25.0
"""A leg so far below its top has been let down, whatever was planned."""
PUSHED_AWAY_DEG = 8.0
"""A push should move the leg by less."""
LEAST_GAIN_DEG = 1.0
"""Within one rise the angle scatters by less; a smaller gain is not told."""
HIDDEN_S = 4.0
SPOKEN_REST_S = 5.0
TICKS_S = 3
STAGE_OF = {
    Phase.READY: Stage.READY,
    Phase.RAISING: Stage.RAISING,
    Phase.HOLDING: Stage.HOLDING,
    Phase.LOWERING: Stage.LOWERING,
}


@dataclass(slots=True)
class Repetition:
    """``number`` of ``of`` (0 not known) in the session; ``first`` of its step."""

    step: Step
    talk: Talk
    number: int
    of: int
    first: bool = True
    last: bool = False
    task: Task = Task.STRETCH
    seen: Observation | None = None
    top: Measurement = field(default_factory=Measurement)
    _recent: deque[tuple[float, float, float]] = field(default_factory=deque)

    def script(self) -> Script:
        """From the invitation to the rest after it."""
        yield from self._raise()
        held = yield from self._hold()
        for cycle in self.step.cycles if held else ():
            if not (yield from self._contract(cycle)):
                break
        yield from self.lower()
        tell_repetition(self.talk, self.number, self.of, self.top)
        if not self.last:
            yield from self._rest()

    def _raise(self) -> Script:
        self._invite()
        invited_s = still_s = wrong_s = NAN
        while True:
            m, time_s = yield from self._frame(Stage.RAISING)
            invited_s = time_s if math.isnan(invited_s) else invited_s
            mine = m.side is self.step.side and m.thigh_angle_deg >= MIN_PEAK_DEG
            still = mine and self._phase is Phase.HOLDING
            still_s = (time_s if math.isnan(still_s) else still_s) if still else NAN
            if time_s - still_s >= SETTLED_S:
                return
            wrong = m.side is self.step.side.other and m.thigh_angle_deg > WRONG_LEG_DEG
            wrong_s = (time_s if math.isnan(wrong_s) else wrong_s) if wrong else NAN
            if time_s - wrong_s >= WRONG_LEG_S:
                self.talk.say("do.other_leg", side=self._side)
                wrong_s, invited_s = NAN, time_s
            if time_s - invited_s >= REMIND_S and self._phase in (Phase.READY, Phase.NONE):
                self._invite()
                invited_s = time_s

    def _hold(self) -> Generator[Screen, Observation, bool]:
        """Whether it was held to the end: the count stands still while the leg moves."""
        left_s, unstill_s = self.step.hold_s, 0.0
        if left_s <= 0:
            return True
        self.talk.say("do.hold", tone=Tone.HOLD, seconds=f"{left_s:.0f}")
        while left_s > 0:
            before_s = self._time_s
            m, time_s = yield from self._frame(Stage.HOLDING, left_s)
            if self._let_down(m):
                self.talk.say("do.let_go", Urgency.INFO)
                return False
            if self._phase in (Phase.HOLDING, Phase.NONE):
                left_s = count_down(self.talk, left_s, time_s - before_s)
                unstill_s = 0.0
            else:
                unstill_s += time_s - before_s
            if unstill_s >= UNSTILL_S:
                self.talk.say("do.still", Urgency.CUE)
                unstill_s = 0.0
        return True

    def _contract(self, cycle: Contraction) -> Generator[Screen, Observation, bool]:
        """Push, relax, go deeper; whether the leg is still up after it."""
        before = self._angles()
        self.talk.say(f"do.{cycle.effort}", tone=Tone.HOLD)
        if not (yield from self._timed(Stage.PUSHING, cycle.push_s, from_deg=before[0])):
            return False
        self.talk.say("do.relax", tone=Tone.DONE)
        if not (yield from self._timed(Stage.RELAXING, cycle.relax_s)):
            return False
        self.talk.say("do.deeper")
        if not (yield from self._timed(Stage.DEEPENING, cycle.deeper_s)):
            return False
        gains = [after - was for after, was in zip(self._angles(), before, strict=True)]
        gain_deg = gains[1] if math.isfinite(gains[1]) else gains[0]
        if gain_deg >= LEAST_GAIN_DEG:
            self.talk.say("do.gain", Urgency.INFO, deg=f"{gain_deg:.0f}")
        elif math.isfinite(gain_deg):
            self.talk.say("do.no_gain", Urgency.INFO)
        return True

    def _timed(
        self, stage: Stage, seconds: float, from_deg: float = NAN
    ) -> Generator[Screen, Observation, bool]:
        """Count down, as a camera does not see effort; whether the leg is still up after it."""
        left_s, told = seconds, False
        while left_s > 0:
            before_s = self._time_s
            m, time_s = yield from self._frame(stage, left_s)
            if self._let_down(m):
                self.talk.say("do.let_go", Urgency.INFO)
                return False
            left_s = count_down(self.talk, left_s, time_s - before_s)
            if not told and abs(m.thigh_angle_deg - from_deg) > PUSHED_AWAY_DEG:
                self.talk.say("do.steady", Urgency.CUE)
                told = True
        return True

    def lower(self) -> Script:
        """Until the leg lies, or could not be seen for a while."""
        self.talk.say("do.lower")
        asked_s = seen_s = self._time_s
        while True:
            m, time_s = yield from self._frame(Stage.LOWERING)
            if m.thigh_angle_deg < READY_DEG or time_s - seen_s > HIDDEN_S:
                return
            if math.isfinite(m.thigh_angle_deg):
                seen_s = time_s
            if time_s - asked_s >= REMIND_S:
                self.talk.say("do.lower")
                asked_s = time_s

    def _rest(self) -> Script:
        left_s, self.talk.text = self.step.rest_s, ""
        if left_s >= SPOKEN_REST_S:
            self.talk.say("do.rest", seconds=f"{left_s:.0f}")
        while left_s > 0:
            before_s = self._time_s
            m, time_s = yield from self._frame(Stage.RESTING, left_s)
            left_s -= time_s - before_s
            if m.thigh_angle_deg >= MIN_PEAK_DEG:
                return  # who has rested enough may go on

    def _frame(
        self, stage: Stage, left_s: float = NAN
    ) -> Generator[Screen, Observation, tuple[Measurement, float]]:
        """The next observation's measurement and time."""
        seen = yield Screen(stage, left_s, self.number, self.of, self.talk.text)
        self.seen, m, time_s = seen, seen.measurement, seen.frame.time_s
        if m.side is self.step.side and math.isfinite(m.thigh_angle_deg):
            self.top = max(self.top, m, key=lambda each: _or_zero(each.thigh_angle_deg))
            self._recent.append((time_s, m.thigh_angle_deg, m.hip_flexion_deg))
            while time_s - self._recent[0][0] > 1.0:
                self._recent.popleft()
        return m, time_s

    def _invite(self) -> None:
        key = "do.again"
        if self.first:
            key = "do.raise_twist" if self.task is Task.TWIST else f"do.raise_{self.step.leg}"
        self.talk.say(key, tone=Tone.READY, side=self._side)

    def _let_down(self, m: Measurement) -> bool:
        return m.thigh_angle_deg < max(READY_DEG, self.top.thigh_angle_deg - LET_DOWN_DEG)

    def _angles(self) -> tuple[float, float]:
        """Thigh angle and hip flexion of the last second, deg, medians, NaN not known."""
        if not self._recent:
            return NAN, NAN
        table = np.array(self._recent)[:, 1:]
        known = np.isfinite(table[:, 1])
        hip_deg = float(np.median(table[known, 1])) if known.mean() > 0.5 else NAN
        return float(np.median(table[:, 0])), hip_deg

    @property
    def _side(self) -> str:
        return self.talk.texts(f"side.{self.step.side}")

    @property
    def _phase(self) -> Phase:
        return self.seen.phase if self.seen else Phase.NONE

    @property
    def _time_s(self) -> float:
        return self.seen.frame.time_s if self.seen else NAN


def count_down(talk: Talk, left_s: float, passed_s: float) -> float:
    """What is left, with a tick at each of the last whole seconds."""
    now_s = left_s - max(0.0, passed_s)
    if math.ceil(now_s) < math.ceil(left_s) and 0 < math.ceil(now_s) <= TICKS_S:
        talk.sound(Tone.TICK)
    return now_s


def tell_repetition(talk: Talk, number: int, of: int, top: Measurement) -> None:
    """Count it, with the hip flexion at its top where the pelvis was told."""
    if math.isnan(top.thigh_angle_deg):
        return
    hip = math.isfinite(top.hip_flexion_deg)
    deg = top.hip_flexion_deg if hip else top.thigh_angle_deg
    key = f"told.rep_{'of_' if of else ''}{'hip' if hip else 'thigh'}"
    talk.say(key, Urgency.INFO, tone=Tone.DONE, count=number, all=of, deg=f"{deg:.0f}")


def free(talk: Talk) -> Script:
    """Watch and count whatever the person does, until somebody stops it."""
    number, rep, stage = 0, None, Stage.READY
    while True:
        seen = yield Screen(stage, NAN, number, 0, talk.text)
        m = seen.measurement
        if m.thigh_angle_deg >= MIN_PEAK_DEG and m.side is not None:
            talk.text = ""  # the welcome has been read
            if rep is None or rep.side is not m.side:
                rep = m
            rep = max(rep, m, key=lambda each: each.thigh_angle_deg)
        elif rep is not None and m.thigh_angle_deg < READY_DEG:
            number += 1
            tell_repetition(talk, number, 0, rep)
            rep = None
        stage = STAGE_OF.get(seen.phase, stage)


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value
