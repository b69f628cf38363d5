"""A stretch that is told and timed: nobody need be seen, and nothing is measured of it."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

from posecheck.coach.lines import Tone
from posecheck.coach.plan import Guided
from posecheck.coach.repetition import Script, count_down
from posecheck.coach.screen import Screen, Stage
from posecheck.coach.talk import Talk
from posecheck.core.judge import Observation
from posecheck.core.records import NAN

WAITS_S = 15.0
"""How to get into it is worth saying for so long after it was due."""


@dataclass(slots=True)
class GuidedStretch:
    """One side of it. ``switch``: the other side of the same has just been done."""

    step: Guided
    talk: Talk
    switch: bool = False
    last: bool = False
    seen: Observation | None = None

    def script(self) -> Script:
        """From getting into it to coming out of it."""
        self.seen = None  # a pause before it is no part of its time
        step, texts = self.step, self.talk.texts
        side, other = texts(f"side.{step.side}"), texts(f"side.{step.side.other}")
        if self.switch:
            self.talk.say("do.switch")
        how = f"do.{step.guided}"
        self.talk.say(how, tone=Tone.READY, stale_s=WAITS_S, side=side, other=other)
        yield from self._timed(step.settle_s)
        feel = f"do.feel_{step.guided}"
        self.talk.say(feel, tone=Tone.HOLD, side=side, seconds=f"{step.hold_s:.0f}")
        yield from self._timed(step.hold_s, ticking=True)
        self.talk.say("do.come_out", tone=Tone.DONE)
        if not self.last:
            yield from self._timed(step.rest_s)

    def lower(self) -> Script:
        """Leave it: what there was to say has been said."""
        yield Screen(Stage.GUIDED, text=self.talk.text)

    def _timed(
        self, seconds: float, *, ticking: bool = False
    ) -> Generator[Screen, Observation, None]:
        left_s = seconds
        while left_s > 0:
            before_s = self.seen.frame.time_s if self.seen else NAN
            self.seen = yield Screen(Stage.GUIDED, left_s, text=self.talk.text)
            passed_s = self.seen.frame.time_s - before_s
            passed_s = 0.0 if math.isnan(passed_s) else max(0.0, passed_s)
            left_s = count_down(self.talk, left_s, passed_s) if ticking else left_s - passed_s
