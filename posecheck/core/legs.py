"""Which leg is which: the landmarker sometimes takes one for the other while one is raised.

Lying flat, it names them right. As the raised thigh passes the resting one the names may creep over
(the raised leg seems to come down while the resting one seems to rise, and they pass each other),
or jump from one picture to the next. Legs that truly pass each other look different: a foot that
stands on the mat stays there while the other thigh goes by, and legs that take turns do so slowly.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from posecheck.core.geometry import BodyLines, body_lines
from posecheck.core.landmarks import LEG_SWAP
from posecheck.core.meeting import Meetings
from posecheck.core.records import NAN, Array, Mask, Pose

APART_DEG = 12.0
"""Thighs further apart than this have an order: one is the higher."""
PASSING_LIFT_DEG = 30.0
"""Thighs that pass each other lower than this lie, or one hides the other: it tells nothing."""
JUMP_DEG, JUMP_S = 50.0, 0.2
"""Thighs that gain this much on each other between two pictures have exchanged their names."""
AROUND_S = 0.4
"""How long before and after a passing it is looked at; then it is decided."""
FALLEN = 0.6
"""A thigh below this part of the height of the passing has no foot standing on the mat."""
RUSH_DEG_S = 300.0
"""Legs that take turns pass each other more slowly than this."""
YOUNG_S = 0.3
"""Names that change so soon after a thigh was lifted were wrong before, not after."""
FLAT_DEG, FLAT_S = 14.0, 0.3
"""Both thighs below the first for the second: the names are right again."""
FORGET_S = 0.7


class _Moment(NamedTuple):
    """Both thighs against the trunk line as they are named, deg, the left one first."""

    time_s: float
    left_deg: float
    right_deg: float

    @property
    def apart_deg(self) -> float:
        return self.left_deg - self.right_deg

    @property
    def upper_deg(self) -> float:
        return max(self.left_deg, self.right_deg)

    @property
    def lower_deg(self) -> float:
        return min(self.left_deg, self.right_deg)


@dataclass(frozen=True, slots=True, eq=False)
class LegReading:
    """``pose`` and its ``lines`` with the legs as they are.

    Whether they were exchanged, and whether that is sure.
    """

    pose: Pose
    lines: BodyLines
    exchanged: bool = False
    sure: bool = True

    @property
    def renamed(self) -> LegReading:
        """The same with the names of the legs exchanged."""
        pose, lines = exchange_legs(self.pose), self.lines.exchanged()
        return LegReading(pose, lines, not self.exchanged, self.sure)


@dataclass(slots=True)
class LegTracker:
    """Causal: feed it every pose of someone on their back, in order of time.

    ``changes_s``: the moments (s) at which the names changed over, each known up to `AROUND_S`
    later; from the first to the second, from the third to the fourth and so on they are wrong.
    Until a passing is decided it is taken for a change of names, which keeps the raised leg raised.
    """

    changes_s: list[float] = field(default_factory=list, init=False)
    _history: deque[_Moment] = field(default_factory=deque, init=False)
    _left_higher: bool | None = field(default=None, init=False)
    _lifted_since_s: float = field(default=NAN, init=False)
    _passing: _Moment | None = field(default=None, init=False)
    _meetings: Meetings = field(default_factory=Meetings, init=False)

    def step(self, time_s: float, pose: Pose, head_sign: int) -> LegReading:
        """Read the legs of ``pose`` at ``time_s`` (s); ``head_sign`` as in `body_lines`."""
        lines = body_lines(pose, head_sign)
        moment = _moment(time_s, lines)
        if math.isfinite(moment.apart_deg):
            self._take(moment)
        pending = self._passing is not None
        exchanged = bool(len(self.changes_s) % 2) != pending
        if exchanged:
            pose, lines = exchange_legs(pose), lines.exchanged()
        return LegReading(pose, lines, exchanged, not pending)

    def _take(self, moment: _Moment) -> None:
        if self._history and moment.time_s - self._history[-1].time_s > FORGET_S:
            self._trust_again(moment.time_s)
        self._history.append(moment)
        if moment.upper_deg < PASSING_LIFT_DEG or not self._lifted_since_s <= moment.time_s:
            self._lifted_since_s = moment.time_s
        while moment.time_s - self._history[0].time_s > 2 * AROUND_S + FLAT_S:
            self._history.popleft()
        if self._passing and moment.time_s - self._passing.time_s >= AROUND_S:
            if self._was_change_of_names(self._passing):
                self._change(self._passing.time_s)
            self._passing = None
        self._order(moment)
        changed_s = self._meetings.step(*moment)
        if math.isfinite(changed_s):
            insort(self.changes_s, changed_s)
        if len(self.changes_s) % 2 and self._flat():
            self._trust_again(moment.time_s)

    def _order(self, moment: _Moment) -> None:
        """Notice that the thighs have passed each other."""
        if abs(moment.apart_deg) < APART_DEG:
            return
        left_higher = moment.apart_deg > 0
        before, self._left_higher = self._left_higher, left_higher
        if before is None or left_higher is before:
            return
        at, jumped = self._where_they_passed(left_higher)
        if self._passing:
            self._passing = None  # passed and passed back: nothing has happened
        elif at.upper_deg < PASSING_LIFT_DEG:
            return
        elif jumped or self._wrong_since_just_now(at.time_s):
            self._change(at.time_s)
        else:
            self._passing = at

    def _wrong_since_just_now(self, time_s: float) -> bool:
        """Whether the names changed over so shortly before that this is them changing back."""
        return bool(len(self.changes_s) % 2) and time_s - self.changes_s[-1] < AROUND_S

    def _change(self, time_s: float) -> None:
        wrong = bool(len(self.changes_s) % 2)
        if not wrong and 0 <= time_s - self._lifted_since_s < YOUNG_S:
            self.changes_s.append(self._lifted_since_s)
        self.changes_s.append(time_s)
        self.changes_s.sort()  # a thigh may have been lifted before the change before this one

    def _where_they_passed(self, left_higher: bool) -> tuple[_Moment, bool]:
        """The first moment in the new order, and whether it was a jump."""
        for earlier, later in reversed(list(pairwise(self._history))):
            if (earlier.apart_deg > 0) is not left_higher:
                quick = later.time_s - earlier.time_s <= JUMP_S
                return later, quick and abs(later.apart_deg - earlier.apart_deg) > JUMP_DEG
        return self._history[-1], False

    def _was_change_of_names(self, at: _Moment) -> bool:
        before = min(self._history, key=lambda m: abs(m.time_s - at.time_s + AROUND_S))
        after = self._history[-1]
        height_deg = (at.left_deg + at.right_deg) / 2
        rising, rises_on = height_deg > before.upper_deg, after.upper_deg > height_deg
        if rising and rises_on:
            return after.lower_deg < FALLEN * height_deg
        if not rising and not rises_on:
            return before.lower_deg < FALLEN * height_deg
        return rises_on and self._rush_deg_s(at) > RUSH_DEG_S

    def _rush_deg_s(self, at: _Moment) -> float:
        near = [m for m in self._history if abs(m.time_s - at.time_s) <= AROUND_S / 2]
        elapsed_s = near[-1].time_s - near[0].time_s
        return abs(near[-1].apart_deg - near[0].apart_deg) / max(elapsed_s, 1e-3)

    def _flat(self) -> bool:
        now_s = self._history[-1].time_s
        recent = [m for m in self._history if now_s - m.time_s <= FLAT_S]
        lasted = now_s - self._history[0].time_s >= FLAT_S
        return lasted and all(m.upper_deg < FLAT_DEG for m in recent)

    def _trust_again(self, time_s: float) -> None:
        if len(self.changes_s) % 2:
            self.changes_s.append(time_s)
        self._history.clear()
        self._passing = self._left_higher = None


def _moment(time_s: float, lines: BodyLines) -> _Moment:
    left, right = (line - lines.trunk_line_deg for line in lines.thigh_line_deg.tolist())
    return _Moment(time_s, left, right)


def wrong_names(time_s: Array, changes_s: Sequence[float]) -> Mask:
    """When (n,) s the names are wrong, from all moments at which they changed over."""
    mask: Mask = np.searchsorted(np.array(changes_s), time_s, side="right") % 2 == 1
    return mask


def exchange_legs(pose: Pose) -> Pose:
    """The same pose with the two legs below the hips exchanged."""
    return replace(
        pose,
        xy_px=pose.xy_px[LEG_SWAP],
        z_px=pose.z_px[LEG_SWAP],
        world_m=pose.world_m[LEG_SWAP],
        visibility=pose.visibility[LEG_SWAP],
        presence=pose.presence[LEG_SWAP],
    )
