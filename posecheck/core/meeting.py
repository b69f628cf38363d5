"""Thighs that meet beside a foot that stands on the mat, and part with each other's names.

A thigh at work that passes the one over a standing foot hides it for a moment, and the landmarker
may name them wrong from then on: the standing one seems to go on up while the other takes its
place. Then the leg that stood still before they met and the one that stands still after they parted
have different names, at about the same height.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from posecheck.core.records import NAN

TOGETHER_DEG = 12.0
"""Thighs nearer to each other than this have met."""
BEFORE_S, LEAVING_S = 0.5, 0.1
"""How long before the meeting it is looked at, up to when."""
PARTING_S, AFTER_S = 0.15, 0.45
"""From when after the parting it is looked at, up to when."""
STANDING_DEG = 18.0, 60.0
"""Between these a thigh whose foot stands on the mat."""
STILL_DEG = 10.0
"""It moves by less than this meanwhile."""
SAME_DEG = 18.0
"""Before and after it stands at the same height, but for this."""
LONGEST_S = 2.0
"""A meeting that lasts longer tells nothing."""


@dataclass(slots=True)
class Meetings:
    """Causal: feed it both thighs of every frame as they are named."""

    _recent: deque[tuple[float, float, float]] = field(default_factory=deque, init=False)
    _stood: tuple[int, float] | None = field(default=None, init=False)
    _met_s: float = field(default=NAN, init=False)
    _parted_s: float = field(default=NAN, init=False)
    _closest: tuple[float, float] = field(default=(math.inf, NAN), init=False)

    def step(self, time_s: float, left_deg: float, right_deg: float) -> float:
        """When the names changed over, s, if that becomes known in this frame, else NaN.

        Both thighs against the trunk line, deg. It becomes known `AFTER_S` after the parting.
        """
        self._recent.append((time_s, left_deg, right_deg))
        while time_s - self._recent[0][0] > BEFORE_S:
            self._recent.popleft()
        apart_deg = abs(left_deg - right_deg)
        if apart_deg < TOGETHER_DEG:
            if math.isnan(self._met_s):
                self._met_s, self._closest = time_s, (math.inf, NAN)
                self._stood = self._standing(-math.inf, time_s - LEAVING_S)
            self._parted_s = NAN
            self._closest = min(self._closest, (apart_deg, time_s))
        elif math.isnan(self._parted_s):
            self._parted_s = time_s
        if not time_s - self._met_s <= LONGEST_S:
            self._met_s = NAN if apart_deg >= TOGETHER_DEG else self._met_s
            return NAN
        return self._parted(time_s) if time_s - self._parted_s >= AFTER_S else NAN

    def _parted(self, time_s: float) -> float:
        stood, stands = self._stood, self._standing(self._parted_s + PARTING_S, time_s)
        self._met_s = NAN
        if stood is None or stands is None or stood[0] == stands[0]:
            return NAN
        return self._closest[1] if abs(stood[1] - stands[1]) < SAME_DEG else NAN

    def _standing(self, from_s: float, to_s: float) -> tuple[int, float] | None:
        """The one thigh, 0 left, that stands still between two times, and its height, deg."""
        seen = [angles for time_s, *angles in self._recent if from_s <= time_s <= to_s]
        if len(seen) < 2:
            return None
        found = []
        for leg, angles in enumerate(zip(*seen, strict=True)):
            middle = sorted(angles)[len(angles) // 2]
            still = max(angles) - min(angles) < STILL_DEG
            if still and STANDING_DEG[0] < middle < STANDING_DEG[1]:
                found.append((leg, middle))
        return found[0] if len(found) == 1 else None
