"""From a marker to the estimate and back without a jump: what they differ by is carried along.

Where the marker is out of sight the estimate goes on from where the marker was; what they differed
by fades, and the sd grows from the marker's to the estimate's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from posecheck.core.records import NAN, Array
from posecheck.core.smoothing import runs

CARRIED_S = 5.0
"""Time constant by which what they differed by fades."""
ALIKE_S = 2.0
"""Time constant by which the estimate's error becomes another one, as the movement goes on."""
DIFFERENCE_S = 0.15
"""What they differ by is averaged over about so long."""
STILL_THERE_S = 0.5
"""A value out of sight for no longer than this says where the next one has to begin."""
BRIDGED_S, BRIDGED_SD_DEG_S = 0.5, 8.0
"""In a recording a gap of the marker no longer than the first is bridged by a straight line: the
arm that hides the marker hides the cloth as well, from which the estimate comes. How fast the sd
grows away from its ends."""
FADE_S, FADE_DEG_S = 0.4, 25.0
"""A marker that comes back fades in within the first, or slower than the second."""


@dataclass(slots=True)
class HandOver:
    """Causal: one angle by its marker where that is seen, and by its estimate where not.

    The instance is to be fed every frame; all values are deg.
    """

    _by_marker: bool = field(default=False, init=False)
    _usual: float = field(default=NAN, init=False)
    _difference: float = field(default=NAN, init=False)
    _both_s: float = field(default=-math.inf, init=False)
    _marker_sd: float = field(default=0.0, init=False)
    _fading: tuple[float, float] = field(default=(0.0, -math.inf), init=False)
    _shown: float = field(default=NAN, init=False)
    _shown_s: float = field(default=-math.inf, init=False)

    def step(
        self, time_s: float, estimate: float, estimate_sd: float, marker: float, marker_sd: float
    ) -> tuple[float, float]:
        """Value and sd at ``time_s`` (s); NaN: not seen, not told."""
        seen = not math.isnan(marker)
        if seen and not self._by_marker:
            self._begin(time_s, estimate, marker)
        elif self._by_marker and not seen and not math.isnan(estimate):
            self._leave(time_s, estimate)
        if seen:
            value, sd = self._measured(time_s, estimate, marker, marker_sd)
        else:
            value, sd = self._carried(time_s, estimate, estimate_sd)
        if not math.isnan(value):
            self._shown, self._shown_s, self._by_marker = value, time_s, seen
        return value, sd

    def _begin(self, time_s: float, estimate: float, marker: float) -> None:
        """The marker comes into sight: fade in from what was shown."""
        before = NAN
        if time_s - self._shown_s <= STILL_THERE_S:
            carried, _ = self._carried(time_s, estimate, 0.0)
            before = self._shown if math.isnan(carried) else carried
        self._fading = (0.0 if math.isnan(before) else before - marker), time_s

    def _leave(self, time_s: float, estimate: float) -> None:
        """The marker goes out of sight: without a difference known, go on from what was shown."""
        if self._shown_s - self._both_s > STILL_THERE_S:
            recent = time_s - self._shown_s <= STILL_THERE_S
            self._difference = self._shown - estimate if recent else NAN
            self._both_s = time_s

    def _measured(
        self, time_s: float, estimate: float, marker: float, marker_sd: float
    ) -> tuple[float, float]:
        apart, began_s = self._fading
        lasts_s = max(FADE_S, abs(apart) / FADE_DEG_S)
        apart *= max(0.0, 1.0 - (time_s - began_s) / lasts_s)
        value = marker + apart
        if not math.isnan(estimate):
            now, before = marker - estimate, self._usual
            gain = 1.0 - math.exp(-(time_s - self._both_s) / DIFFERENCE_S)
            self._usual = now if math.isnan(before) else before + gain * (now - before)
            self._difference = self._usual + apart
            self._both_s, self._marker_sd = time_s, math.hypot(marker_sd, apart)
        return value, math.hypot(marker_sd, apart)

    def _carried(self, time_s: float, estimate: float, estimate_sd: float) -> tuple[float, float]:
        if math.isnan(self._difference):
            return estimate, estimate_sd
        elapsed_s = time_s - self._both_s
        value = estimate + self._difference * math.exp(-elapsed_s / CARRIED_S)
        return value, float(carried_sd(elapsed_s, estimate_sd, self._marker_sd))


def carried_sd(
    elapsed_s: Array | float, estimate_sd: Array | float, marker_sd: Array | float
) -> Array:
    """One sd of an estimate that was set right by a marker so long (s) ago.

    The estimate's error then was taken off, all of it at first; the longer ago, the less of it is
    taken off and the less it resembles that of now.
    """
    left, alike = np.exp(-elapsed_s / CARRIED_S), np.exp(-elapsed_s / ALIKE_S)
    share = 1.0 + left**2 - 2.0 * left * alike
    return np.asarray(np.sqrt(share * np.square(estimate_sd) + np.square(left * marker_sd)))


def handed_over(
    time_s: Array, estimate: Array, estimate_sd: Array, marker: Array, marker_sd: Array
) -> tuple[Array, Array]:
    """The same with hindsight for a recording, all (n,): what they differ by on both sides of a gap
    of the marker is known, and goes over from one to the other. Short gaps are bridged, see
    `BRIDGED_S`.
    """
    seen = np.isfinite(marker)
    value, sd = np.where(seen, marker, estimate), np.where(seen, marker_sd, estimate_sd)
    for gap in runs(~seen):
        t = time_s[gap]
        before = _apart(time_s, estimate, marker, gap.start - 1, -1)
        after = _apart(time_s, estimate, marker, gap.stop, 1)
        sides = [
            (apart, np.abs(t - time_s[edge]), marker_sd[edge])
            for apart, edge in ((before, gap.start - 1), (after, gap.stop))
            if math.isfinite(apart)
        ]
        if not sides:
            continue
        away = np.array([elapsed for _, elapsed, _ in sides])
        near = 1.0 - away / away.sum(axis=0) if len(sides) > 1 else np.ones_like(away)
        apart = np.array([[each] for each, _, _ in sides]) * near * np.exp(-away / CARRIED_S)
        nearest = away.min(axis=0)
        known_sd = np.array([each for _, _, each in sides])[away.argmin(axis=0)]
        if len(sides) > 1 and time_s[gap.stop] - time_s[gap.start - 1] <= BRIDGED_S:
            line = near[0] * marker[gap.start - 1] + near[1] * marker[gap.stop]
            value[gap] = np.where(np.isfinite(estimate[gap]), line, NAN)
            sd[gap] = np.hypot(known_sd, BRIDGED_SD_DEG_S * nearest)
            continue
        value[gap] = estimate[gap] + apart.sum(axis=0)
        sd[gap] = carried_sd(nearest, estimate_sd[gap], known_sd)
    return value, sd


def _apart(time_s: Array, estimate: Array, marker: Array, edge: int, inwards: int) -> float:
    """Marker minus estimate at the ``edge`` of where the marker is seen; NaN unknown.

    ``inwards``: the step from there to where it is seen, too.
    """
    if not 0 <= edge < time_s.size:
        return NAN
    near = np.abs(time_s - time_s[edge])
    inside = (time_s - time_s[edge]) * inwards >= 0
    common = inside & (near <= DIFFERENCE_S) & np.isfinite(marker) & np.isfinite(estimate)
    if common.any():
        # Where the leg is on its way the difference is, too: a line, as it stands at the edge.
        since_s, apart = time_s[common] - time_s[edge], marker[common] - estimate[common]
        return float(np.polyfit(since_s, apart, 1)[1]) if common.sum() > 2 else float(apart.mean())
    late = np.flatnonzero(~inside & (near <= STILL_THERE_S) & np.isfinite(estimate))
    if not late.size:
        return NAN
    return float(marker[edge] - estimate[late[0] if inwards < 0 else late[-1]])
