"""When a cue is given: as a compensation begins, and now and again while it lasts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from posecheck.coach.lines import Tone, Urgency
from posecheck.coach.talk import Talk
from posecheck.core.events import Kind
from posecheck.core.judge import Observation

REPEAT_S = 8.0
"""What has not been followed is said again after so long."""


@dataclass(slots=True)
class Cueing:
    """Remembers when what was cued, frame by frame."""

    talk: Talk
    _said_s: dict[tuple[Kind, float], float] = field(default_factory=dict, init=False)

    def step(self, seen: Observation) -> None:
        """Say what to do about what goes on; praise what was asked for."""
        time_s = seen.frame.time_s
        for event in seen.events:
            key = (event.kind, event.start_s)
            if math.isfinite(event.end_s) or time_s - self._said_s.get(key, -math.inf) < REPEAT_S:
                continue
            # Of older ones nothing need be remembered: they have ended.
            self._said_s = {k: at for k, at in self._said_s.items() if time_s - at < REPEAT_S}
            self._said_s[key] = time_s
            good = not event.kind.compensation
            self.talk.say(
                f"cue.{event.kind}",
                Urgency.INFO if good else Urgency.CUE,
                tone=Tone.DONE if good else Tone.CUE,
                stale_s=2.0,
            )
