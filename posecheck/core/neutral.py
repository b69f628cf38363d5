"""Neutral: lying flat, both legs straight, still. Every angle is a change from there."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from posecheck.core.geometry import BodyLines, short_way_deg
from posecheck.core.records import Array, no_outline

STILL_FOR_S = 1.0
STRAIGHT_KNEE_DEG = 25.0
"""A straight knee reads up to about 15 degrees; a foot flat on the mat bends it beyond 60."""
IN_LINE_DEG = 25.0
"""Largest angle between thigh and trunk of someone lying flat."""
STILL_DEG = 1.5
"""Largest standard deviation of a thigh's direction that counts as still."""
SAME_NEUTRAL_DEG = 5.0
"""A still leg higher than the lowest by more than this was held up, not at rest."""
FLAT_DEG = 4.0
"""Both thighs lifted by less than this lie at rest."""

STRETCHES = 120
"""So many still stretches are kept: hours cost no more than minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class Neutral:
    """The body's lines at rest. Arrays are (2,), left leg first; see `BodyLines`.

    ``points`` (10, 3) and ``outline``: see `BodyLines`. ``spread_deg``: standard deviation of the
    thigh's direction within the still time, the larger of both legs.
    """

    thigh_line_deg: Array
    thigh_px: Array
    trunk_line_deg: float
    spread_deg: float
    time_s: float
    points: Array
    outline: Array = field(default_factory=no_outline)


@dataclass(slots=True)
class NeutralFinder:
    """Causal: collects still, straight stretches of `STILL_FOR_S` as the frames go by."""

    _recent: deque[tuple[float, BodyLines]] = field(default_factory=deque, init=False)
    _stretches: deque[Neutral] = field(default_factory=lambda: deque(maxlen=STRETCHES), init=False)
    current: Neutral | None = field(default=None, init=False)

    def step(self, time_s: float, lines: BodyLines | None) -> Neutral | None:
        """The neutral in force after this frame, None until one was found."""
        if lines is None or not lies_flat(lines):
            self._recent.clear()
        else:
            self._recent.append((time_s, lines))
            if time_s - self._recent[0][0] >= STILL_FOR_S:
                self._close_stretch()
        return self.current

    def _close_stretch(self) -> None:
        lines = [each for _, each in self._recent]
        if _spread_deg(lines) <= STILL_DEG:
            self._stretches.append(_rest(lines, self._recent[-1][0]))
            self.current = combine(self._stretches)
            self._recent.clear()
        else:
            self._recent.popleft()


def combine(stretches: Sequence[Neutral]) -> Neutral | None:
    """One neutral from all still stretches: the median of those in which no leg was held up."""
    if not stretches:
        return None
    thighs = np.array([stretch.thigh_line_deg for stretch in stretches])
    at_rest = (thighs <= thighs.min(axis=0) + SAME_NEUTRAL_DEG).all(axis=1)
    if not at_rest.any():
        at_rest = thighs.sum(axis=1) == thighs.sum(axis=1).min()
    chosen = [stretch for stretch, rests in zip(stretches, at_rest, strict=True) if rests]
    return Neutral(
        thigh_line_deg=np.median([s.thigh_line_deg for s in chosen], axis=0),
        thigh_px=np.median([s.thigh_px for s in chosen], axis=0),
        trunk_line_deg=float(np.median([s.trunk_line_deg for s in chosen])),
        spread_deg=float(np.median([s.spread_deg for s in chosen])),
        time_s=chosen[0].time_s,
        points=np.median([s.points for s in chosen], axis=0),
        outline=_middle([s.outline for s in chosen]),
    )


def lies_flat(lines: BodyLines) -> bool:
    """Whether both legs lie straight, in line with the trunk."""
    thighs, knees = lines.thigh_line_deg.tolist(), lines.knee_flexion_deg.tolist()
    return all(knee < STRAIGHT_KNEE_DEG for knee in knees) and all(
        abs(short_way_deg(thigh - lines.trunk_line_deg)) < IN_LINE_DEG for thigh in thighs
    )


def _spread_deg(lines: list[BodyLines]) -> float:
    return float(np.std([each.thigh_line_deg for each in lines], axis=0).max())


def _rest(lines: list[BodyLines], time_s: float) -> Neutral:
    return Neutral(
        thigh_line_deg=np.median([each.thigh_line_deg for each in lines], axis=0),
        thigh_px=np.median([each.thigh_px for each in lines], axis=0),
        trunk_line_deg=float(np.median([each.trunk_line_deg for each in lines])),
        spread_deg=_spread_deg(lines),
        time_s=time_s,
        points=np.median([each.points for each in lines], axis=0),
        outline=_middle([each.outline for each in lines]),
    )


def _middle(outlines: list[Array]) -> Array:
    """The median of those that were looked at."""
    known = [each for each in outlines if not np.isnan(each[0])]
    return np.asarray(np.median(known, axis=0)) if known else no_outline()
