"""Is it getting better, or is it the measurement? Numbers over time beside what they can tell.

Angles deg; a standard deviation is one of them. Only sessions in which something was told count.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from statistics import fmean, median
from typing import NamedTuple

from posecheck.record.entries import Leg, Session

SIDES = ("left", "right")
ENDS = 3
"""So many sessions at each end are compared, by their medians."""
MOST_POINTS = 60
"""With more sessions than this a point is a week."""
NEIGHBOURS = timedelta(days=7)
"""Sessions no further apart than this show how the same person scatters, not how they change."""
LEAST_PAIRS = 6
"""... and so many differences are needed to tell."""
Z95 = 1.96
MDC_FACTOR = Z95 * math.sqrt(2)
"""Minimal detectable change at 95 % over the standard error of measurement: both of the values
compared have it (Weir 2005, J Strength Cond Res 19(1):231-240)."""
NOT_TOLD = math.nan
_ROBUST = 1.4826
"""Standard deviation over median absolute deviation, of a normal distribution."""


class Verdict(StrEnum):
    """What can be said of a change."""

    MORE = "more"
    LESS = "less"
    WITHIN = "within what the measurement can tell"
    TOO_FEW = "too few sessions"


class Point(NamedTuple):
    """A session, or the median of a week's ``sessions``. ``sd``: stated, NaN where none is."""

    at: datetime
    value: float
    sd: float = NOT_TOLD
    sessions: int = 1


@dataclass(frozen=True, slots=True)
class Noise:
    """What the same hip on the same day would scatter by, one standard deviation each.

    ``stated_deg``: what the measurements say of themselves (root mean square). ``own_deg``: the
    scatter between this person's neighbouring sessions, NaN with fewer than `LEAST_PAIRS`.
    """

    stated_deg: float = math.nan
    own_deg: float = math.nan

    @property
    def sem_deg(self) -> float:
        """The standard error of measurement: the larger of the two, NaN without either."""
        return max((s for s in (self.stated_deg, self.own_deg) if s == s), default=math.nan)

    @property
    def mdc_deg(self) -> float:
        """The smallest change that is more than chance in 95 of 100, deg."""
        return MDC_FACTOR * self.sem_deg


@dataclass(frozen=True, slots=True)
class Change:
    """Of the clean range: median of the first and last `ENDS` sessions, and what to say of it."""

    verdict: Verdict
    first_deg: float = math.nan
    last_deg: float = math.nan

    @property
    def by_deg(self) -> float:
        """Positive: more than at first."""
        return self.last_deg - self.first_deg


@dataclass(frozen=True, slots=True)
class Trend:
    """One leg over time, the oldest first. ``weekly``: its points are weeks.

    ``compensation``: the share (0 to 1) of the told repetitions that were not clean.
    """

    side: str
    sessions: int
    weekly: bool
    clean_range_deg: tuple[Point, ...]
    peak_hip_flexion_deg: tuple[Point, ...]
    peak_thigh_angle_deg: tuple[Point, ...]
    compensation: tuple[Point, ...]
    noise: Noise
    change: Change


def trends_of(sessions: Iterable[Session]) -> list[Trend]:
    """A trend for each leg that was ever at work. ``sessions``: of one person, in any order."""
    in_time = sorted(sessions, key=lambda session: session.recorded_at.timestamp())
    found = []
    for side in SIDES:
        legs = [(s.recorded_at, leg) for s in in_time for leg in s.legs if leg.side == side]
        if legs:
            found.append(_trend(side, legs))
    return found


def noise_of(points: Sequence[Point]) -> Noise:
    """What these values scatter by; ``points`` in order of time, each one session."""
    return Noise(_root_mean_square(point.sd for point in points), _own(points))


def change_of(points: Sequence[Point], noise: Noise) -> Change:
    """Last against first, no session in both; ``points`` in order of time, each one session."""
    if len(points) < 2 * ENDS or not math.isfinite(noise.mdc_deg):
        return Change(Verdict.TOO_FEW)
    first, last = (median(p.value for p in some) for some in (points[:ENDS], points[-ENDS:]))
    if abs(last - first) <= noise.mdc_deg:
        return Change(Verdict.WITHIN, first, last)
    return Change(Verdict.MORE if last > first else Verdict.LESS, first, last)


def weekly(points: Sequence[Point]) -> list[Point]:
    """The median of each week (Monday to Sunday), at the middle of its sessions in time.

    Its ``sd`` is the root mean square of theirs: what a session of that week is sure to.
    """

    def week(point: Point) -> int:
        return (point.at.toordinal() - 1) // 7  # the first of all days was a Monday

    return [_week(list(some)) for _, some in groupby(points, week)]


def _trend(side: str, legs: Sequence[tuple[datetime, Leg]]) -> Trend:
    clean = [
        _point(at, leg.clean_hip_flexion_deg, leg.clean_hip_flexion_sd_deg)
        for at, leg in legs
        if leg.clean_hip_flexion_deg is not None
    ]
    deepest = [
        _point(at, leg.peak_hip_flexion_deg, leg.peak_hip_flexion_sd_deg)
        for at, leg in legs
        if leg.peak_hip_flexion_deg is not None
    ]
    thigh = [
        Point(at, leg.peak_thigh_angle_deg)
        for at, leg in legs
        if leg.peak_thigh_angle_deg is not None
    ]
    compensation = [
        Point(at, 1.0 - leg.clean_reps / leg.told_reps) for at, leg in legs if leg.told_reps
    ]
    in_weeks = len(legs) > MOST_POINTS
    noise = noise_of(clean)

    def shown(points: list[Point]) -> tuple[Point, ...]:
        return tuple(weekly(points) if in_weeks else points)

    return Trend(
        side,
        len(legs),
        in_weeks,
        clean_range_deg=shown(clean),
        peak_hip_flexion_deg=shown(deepest),
        peak_thigh_angle_deg=shown(thigh),
        compensation=shown(compensation),
        noise=noise,
        change=change_of(clean, noise),
    )


def _point(at: datetime, value: float, sd: float | None) -> Point:
    return Point(at, value, NOT_TOLD if sd is None else sd)


def _own(points: Sequence[Point]) -> float:
    """The scatter between neighbouring sessions, by the median so that one odd day counts little.

    A difference of two values scatters √2 times as much as each of them.
    """
    apart = [abs(b.value - a.value) for a, b in pairwise(points) if b.at - a.at <= NEIGHBOURS]
    if len(apart) < LEAST_PAIRS:
        return math.nan
    return _ROBUST * median(apart) / math.sqrt(2)


def _week(points: Sequence[Point]) -> Point:
    at, values, stated, sessions = zip(*points, strict=True)
    middle = at[0] + (at[-1] - at[0]) / 2
    return Point(middle, median(values), _root_mean_square(stated), sum(sessions))


def _root_mean_square(stated: Iterable[float]) -> float:
    """Of those told, NaN where none is."""
    squares = [sd * sd for sd in stated if sd == sd]
    return math.sqrt(fmean(squares)) if squares else NOT_TOLD
