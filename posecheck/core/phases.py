"""Where in the movement the person is, and the repetitions, both from the thigh angle."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

import numpy as np

from posecheck.core.geometry import SIDES
from posecheck.core.records import NAN, Array, Mask, Side
from posecheck.core.smoothing import runs

DOWN_DEG = 8.0
"""Below this the leg is down, however it moves."""
READY_DEG = 20.0
"""Below this a still leg counts as down."""
MIN_PEAK_DEG = 30.0
"""A lower rise is not counted as a repetition."""
TURN_DEG = 25.0
"""A repetition rises and falls by at least this; contract-relax at the end range stays below."""
HOLD_BAND_DEG = 5.0
"""A hold lies within this of the repetition's peak."""
MOVING_DEG_S = 6.0
"""Slower than this is holding still; end-range deepening creeps at 1 to 3 deg/s."""
SPEED_WINDOW_S = 0.4
GAP_S = 1.0
"""A hold that was out of sight for longer is not one hold."""


class Phase(StrEnum):
    """What the working leg is doing. ``NONE``: nothing measured."""

    NONE = ""
    READY = "ready"
    RAISING = "raising"
    HOLDING = "holding"
    LOWERING = "lowering"


@dataclass(slots=True)
class PhaseTracker:
    """Causal: feed it the smoothed thigh angle (deg) of the working leg, get the phase."""

    _history: list[tuple[float, float]] = field(default_factory=list, init=False)

    def step(self, time_s: float, thigh_angle_deg: float) -> Phase:
        """The phase at ``time_s``; ``Phase.NONE`` where the angle is NaN."""
        if math.isnan(thigh_angle_deg) or math.isnan(time_s):
            self._history.clear()
            return Phase.NONE
        self._history.append((time_s, thigh_angle_deg))
        while time_s - self._history[0][0] > SPEED_WINDOW_S:
            self._history.pop(0)
        since_s, since_deg = self._history[0]
        speed = (thigh_angle_deg - since_deg) / max(time_s - since_s, SPEED_WINDOW_S / 2)
        return phase_of(thigh_angle_deg, speed)


def phase_of(thigh_angle_deg: float, speed_deg_s: float) -> Phase:
    """Phase from the thigh angle (deg) and its rate of change (deg/s, positive rising)."""
    if math.isnan(thigh_angle_deg):
        return Phase.NONE
    if thigh_angle_deg < DOWN_DEG:
        return Phase.READY
    if abs(speed_deg_s) <= MOVING_DEG_S:
        return Phase.READY if thigh_angle_deg < READY_DEG else Phase.HOLDING
    return Phase.RAISING if speed_deg_s > 0 else Phase.LOWERING


@dataclass(frozen=True, slots=True)
class Rep:
    """One rise and fall of the thigh. Times s, angles deg.

    ``start_s`` is NaN if the leg was not seen `TURN_DEG` below the peak before it, ``end_s`` if not
    after it.
    ``hold_s``: the unbroken time around the peak spent within `HOLD_BAND_DEG` of it.
    """

    side: Side
    start_s: float
    peak_s: float
    end_s: float
    peak_thigh_angle_deg: float
    hold_s: float


def find_reps(time_s: Array, thigh_angle_deg: Array, side: Side) -> list[Rep]:
    """Repetitions of one leg in a recording: ``time_s`` and ``thigh_angle_deg`` (n,), NaN allowed.

    A repetition is a peak above `MIN_PEAK_DEG` that stands `TURN_DEG` above the valleys on both
    sides; the edges of the recording count as valleys.
    """
    seen = np.flatnonzero(np.isfinite(thigh_angle_deg) & np.isfinite(time_s))
    if seen.size < 2:
        return []
    time_s, angle = np.asarray(time_s)[seen], np.asarray(thigh_angle_deg)[seen]
    peaks = _peaks(angle)
    if not peaks:
        return []
    between = [a + int(np.argmin(angle[a:b])) for a, b in pairwise(peaks)]
    first = int(np.argmin(angle[: peaks[0] + 1]))
    last = int(peaks[-1] + np.argmin(angle[peaks[-1] :]))
    valleys = [first, *between, last]
    return [
        _rep(time_s, angle, before, peak, after, side)
        for before, peak, after in zip(valleys[:-1], peaks, valleys[1:], strict=True)
    ]


def recorded_phases(time_s: Array, thigh_angle_deg: Array) -> list[Phase]:
    """Phase of every frame, from the rate of change over a window centred on it."""
    phases = [Phase.NONE] * time_s.size
    for run in runs(np.isfinite(thigh_angle_deg) & np.isfinite(time_s)):
        t, angle = time_s[run], thigh_angle_deg[run]
        before_s = np.maximum(t - SPEED_WINDOW_S / 2, t[0])
        after_s = np.minimum(t + SPEED_WINDOW_S / 2, t[-1])
        rise = np.interp(after_s, t, angle) - np.interp(before_s, t, angle)
        speed = rise / np.maximum(after_s - before_s, SPEED_WINDOW_S / 2)
        phases[run] = [phase_of(a, v) for a, v in zip(angle, speed, strict=True)]
    return phases


def recorded_reps(time_s: Array, thigh_angle_deg: Array, sides: list[Side | None]) -> list[Rep]:
    """The repetitions of both legs in order of time."""
    found: list[Rep] = []
    for side in SIDES:
        mine = np.array([each is side for each in sides])
        for run in runs(mine):
            found += find_reps(time_s[run], thigh_angle_deg[run], side)
    return sorted(found, key=lambda rep: rep.peak_s)


def _peaks(angle: Array) -> list[int]:
    """Indices of the highest points between falls and rises of `TURN_DEG`, edges included."""
    peaks: list[int] = []
    top = bottom = 0
    rising = True
    for i, value in enumerate(angle):
        if rising and value > angle[top]:
            top = i
        elif rising and value <= angle[top] - TURN_DEG:
            peaks.append(top)
            rising, bottom = False, i
        elif not rising and value < angle[bottom]:
            bottom = i
        elif not rising and value >= angle[bottom] + TURN_DEG:
            rising, top = True, i
    if rising:
        peaks.append(top)
    return [peak for peak in peaks if angle[peak] >= MIN_PEAK_DEG]


def _rep(time_s: Array, angle: Array, before: int, peak: int, after: int, side: Side) -> Rep:
    top = angle[peak]
    rise, fall = angle[before : peak + 1], angle[peak : after + 1]
    held = _around(angle >= top - HOLD_BAND_DEG, time_s, peak)
    return Rep(
        side=side,
        start_s=_when(time_s[before : peak + 1], rise <= _near(angle[before], top), -1),
        peak_s=float(time_s[peak]),
        end_s=_when(time_s[peak : after + 1], fall <= _near(angle[after], top), 0),
        peak_thigh_angle_deg=float(top),
        hold_s=float(time_s[held.stop - 1] - time_s[held.start]),
    )


def _near(valley_deg: float, top_deg: float) -> float:
    """The angle that still counts as being in the valley; NaN if there is no valley."""
    depth = top_deg - valley_deg
    return valley_deg + max(HOLD_BAND_DEG, 0.1 * depth) if depth >= TURN_DEG else NAN


def _when(time_s: Array, true_where: Mask, which: int) -> float:
    found = time_s[true_where]
    return float(found[which]) if found.size else NAN


def _around(mask: Mask, time_s: Array, index: int) -> slice:
    """The stretch of true entries that holds ``index``, none further apart than `GAP_S`."""
    unbroken = mask & (np.diff(time_s, prepend=time_s[0]) <= GAP_S)
    start = index
    while unbroken[start] and start > 0 and mask[start - 1]:
        start -= 1
    stop = index + 1
    while stop < mask.size and unbroken[stop]:
        stop += 1
    return slice(start, stop)
