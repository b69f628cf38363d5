"""How fast a thigh moves: a leap from one frame to the next is no movement."""

from __future__ import annotations

import math
import statistics
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

from posecheck.core.records import NAN

SPEED_S = 0.25
"""It is taken over so long."""


@dataclass(slots=True)
class ThighSpeed:
    """Speed of a thigh, ``deg_s``, by the median of those from frame to frame over `SPEED_S`.

    ``top_deg``: its highest angle meanwhile. Both are NaN until it was seen for so long.
    """

    deg_s: float = NAN
    top_deg: float = NAN
    _recent: deque[tuple[float, float]] = field(default_factory=deque)

    def step(self, time_s: float, angle_deg: float) -> None:
        """Take in the next frame."""
        self.deg_s = self.top_deg = NAN
        if math.isnan(angle_deg):
            self._recent.clear()
            return
        self._recent.append((time_s, angle_deg))
        while len(self._recent) > 2 and time_s - self._recent[1][0] >= SPEED_S:
            self._recent.popleft()
        if time_s - self._recent[0][0] >= SPEED_S:
            speeds = [(b - a) / (late_s - s) for (s, a), (late_s, b) in pairwise(self._recent)]
            self.deg_s = _steady(speeds)
            self.top_deg = max(angle for _, angle in self._recent)


def _steady(speeds: list[float]) -> float:
    """Their median, 0 where a quarter of them goes the other way: leaps go to and fro."""
    middle = statistics.median(speeds)
    ahead = sorted(math.copysign(1.0, middle) * speed for speed in speeds)
    return 0.0 if ahead[len(ahead) // 4] < 0 else middle
