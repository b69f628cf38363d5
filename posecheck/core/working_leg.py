"""Which leg is at work: causally, and over a whole recording."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from posecheck.core.geometry import SIDES
from posecheck.core.records import NAN, Array, Side
from posecheck.core.smoothing import runs

LIFTED_DEG = 20.0
"""A thigh above this is at work."""
DOWN_DEG = 12.0
"""A leg that was lifted lies flat again below this: one that stands on its foot does not."""
CLEARLY_MORE_DEG = 12.0
"""The other leg takes over the work when it is lifted by this much more."""
TAKES_OVER_S = 0.5
"""... for this long."""
STANDING_SHARE = 0.6
"""The thigh over a standing foot reaches less than this part of what the one at work does."""

STANDING_DEG = 58.0
"""... and no more than this."""
TURN_SHARE, ALIKE_DEG = 0.1, 2.0
"""A leg that is clearly the higher one for less than the first of a rise has no turn in it; thighs
that differ by less than the second on the whole are alike."""
TOP_SHARE, ALIKE_SHARE = 0.75, 0.25
"""Where one is clearly the higher for less than the second of the time above the first of the top,
the landmarks of both are on the leg at work. It is the nearer one, which hides the other: a far leg
at work is seen above it."""


@dataclass(slots=True)
class WorkingLeg:
    """Causal: which leg works. It stays the same until the other is clearly the one lifted."""

    fixed: Side | None = None
    _side: Side | None = field(default=None, init=False)
    _other_since_s: float = field(default=NAN, init=False)

    @property
    def contested(self) -> bool:
        """Whether the other leg is about to take over."""
        return math.isfinite(self._other_since_s)

    def step(
        self,
        time_s: float,
        lift_deg: Array,
        near_side: Side | None,
        higher: Side | None = None,
    ) -> Side | None:
        """The working leg after a frame with lifts (2,) deg; None before one was lifted.

        With both legs lifted alike and none chosen before, it is the nearer one, which is seen
        better. ``higher``: the one that another witness shows clearly higher, if any: where
        both agree there is no doubt. ``time_s`` (s).
        """
        if self.fixed is not None:
            return self.fixed
        lifts = [float(lift) for lift in lift_deg]
        both_seen = not any(map(math.isnan, lifts))
        left, right = (0.0 if math.isnan(x) else x for x in lifts)  # out of sight is not at work
        if max(left, right) < LIFTED_DEG:
            self._other_since_s = NAN if both_seen else self._other_since_s
            return self._side
        if higher is not None and SIDES[right > left] is higher:
            self._side, self._other_since_s = higher, NAN
            return higher
        clearly = abs(left - right) >= CLEARLY_MORE_DEG
        side = SIDES[right > left] if clearly else self._side or near_side
        if self._side is None or side is self._side:
            self._side, self._other_since_s = side, NAN
        elif math.isnan(self._other_since_s):
            self._other_since_s = time_s
        elif time_s - self._other_since_s >= TAKES_OVER_S:
            self._side, self._other_since_s = side, NAN
        return self._side


def working_sides(
    time_s: Array, lift: Array, near: list[Side | None], fixed: Side | None
) -> list[Side | None]:
    """The working leg of every frame, changing over where the next leg begins to rise."""
    if np.isnan(time_s).all():
        return [WorkingLeg(fixed).step(*each) for each in zip(time_s, lift, near, strict=True)]
    working = WorkingLeg(fixed)
    sides = [working.step(*each) for each in zip(time_s, lift, near, strict=True)]
    for change in [i for i, (a, b) in enumerate(pairwise(sides), start=1) if a is not b]:
        leg = SIDES.index(sides[change] or Side.LEFT)
        start = change
        while start > 0 and (
            sides[start - 1] is None or lift[start - 1, leg] > lift[start - 1, 1 - leg]
        ):
            start -= 1
        sides[start:change] = [sides[change]] * (change - start)
    return sides if fixed else _without_standing_feet(sides, lift, near)


def _without_standing_feet(
    sides: list[Side | None], lift: Array, near: list[Side | None]
) -> list[Side | None]:
    """One leg for each rise, unless both clearly take their turn in it."""
    lifted = np.nan_to_num(lift)
    for run in _rises(lifted.max(axis=1)):
        nearer = Counter(near[run]).most_common(1)[0][0]
        side = nearer if _alike_at_the_top(lifted[run]) else None
        side = side or _one_at_work(lifted[run])
        if side:
            sides[run] = [side] * (run.stop - run.start)
    return sides


def _alike_at_the_top(lifted: Array) -> bool:
    """Whether neither thigh (n, 2) of a rise is clearly the higher one near its top."""
    higher = lifted.max(axis=1)
    top = lifted[higher > TOP_SHARE * np.percentile(higher, 95)]
    clearly = np.abs(top[:, 0] - top[:, 1]) > CLEARLY_MORE_DEG
    return float(np.mean(clearly)) < ALIKE_SHARE


def _one_at_work(lifted: Array) -> Side | None:
    """The one leg at work in a rise of both thighs (n, 2), None where both take their turn in it.

    Between two moments of lying flat, a knee bent over a foot on the mat is not at work while the
    other one is drawn up; nor is a leg that is only taken along by the landmarks of the other.
    """
    more_deg = lifted[:, 0] - lifted[:, 1]
    higher = [sign * more_deg > CLEARLY_MORE_DEG for sign in (1, -1)]
    # Of each leg where it is the higher one: a thigh that is passed close by reads too high.
    peaks = np.array(
        [np.percentile(lifted[at, k], 95) if at.any() else 0.0 for k, at in enumerate(higher)]
    )
    standing = peaks.min() < STANDING_SHARE * peaks.max() or (
        peaks.min() < STANDING_DEG and peaks.max() - peaks.min() > CLEARLY_MORE_DEG
    )
    if standing:
        return SIDES[int(np.argmax(peaks))]
    no_turn = min(np.mean(at) for at in higher) < TURN_SHARE
    if no_turn and abs(more_deg.mean()) > ALIKE_DEG:
        return SIDES[int(more_deg.mean() < 0)]
    return None


def _rises(higher_deg: Array) -> list[slice]:
    """Where the higher thigh (n,) is lifted, each from lying flat to lying flat again."""
    return [run for run in runs(higher_deg >= DOWN_DEG) if higher_deg[run].max() >= LIFTED_DEG]
