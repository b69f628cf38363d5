"""Which leg is which: the landmarker sometimes takes one for the other.

Two witnesses are weighed. Legs do not jump: when the knees and ankles fit their own recent path
far better exchanged, the labels have changed over between two pictures. And a raised knee does
not leap across the midline: when the labels creep over, through a moment in which both legs seem
half raised, its depth does. A two-state filter turns both into the chance that the labels are
exchanged just now. Where the legs lie together nothing can be told and nothing is lost: the labels
are trusted again after a while.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from posecheck.core.geometry import BodyLines, body_lines
from posecheck.core.landmarks import LEG_SWAP, Landmark
from posecheck.core.records import NAN, Array, Pose

EXCHANGED_PRIOR = 0.03
"""How often the labels are exchanged to begin with."""
CHANGE_PRIOR = 0.002
"""How often they change over between two pictures."""
FIT_TRUNKS = 0.04
"""Mean misfit of knees and ankles, in trunk lengths, that makes a reading e times less likely."""
LEAP_TRUNKS = 0.12
"""How far the knees may drift across the midline, against their recent mean, in trunk lengths;
a change of labels makes them leap by 0.3 to 0.5, the camera's yaw lets them drift by 0.1."""
LEAP_RATE = 300.0
"""Log-odds per second and trunk length of a leap beyond that."""
MEMORY_S = 0.4
"""Time constant of that recent mean."""
CROSSING_LIFT_DEG, CROSSING_DEG = 12.0, 12.0
"""A leap counts only where both thighs have just been lifted by more than the first, within the
second of each other: labels that creep over take both legs through there."""
CROSSED_FOR_S = 0.4
TOGETHER_DEG = (4.0, 15.0)
"""Angle between the thighs below which legs cannot, above which they can be told apart."""
TRUST_AFTER_S = 0.3
FORGET_S = 0.7
LEAST_CHANCE = 0.01
UNSURE = (0.15, 0.85)
"""Chances between these are not sure."""
_VELOCITY_TIME_S = 0.06

_POINTS = [Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE, Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE]
_EXCHANGED = [2, 3, 0, 1]


@dataclass(frozen=True, slots=True, eq=False)
class LegReading:
    """``pose`` with its legs as they are; whether they were exchanged, and whether that is sure."""

    pose: Pose
    exchanged: bool = False
    sure: bool = True


@dataclass(slots=True)
class LegTracker:
    """Causal: feed it every pose of someone on their back, in order of time."""

    exchanged_chance: float = field(default=EXCHANGED_PRIOR, init=False)
    _points: Array | None = field(default=None, init=False)
    _velocity: Array = field(default_factory=lambda: np.zeros((4, 2)), init=False)
    _across: float = field(default=NAN, init=False)
    _apart_deg: float = field(default=NAN, init=False)
    _crossed_s: float = field(default=-math.inf, init=False)
    _time_s: float = field(default=-math.inf, init=False)

    def step(self, time_s: float, pose: Pose, head_sign: int) -> LegReading:
        """Read the legs of ``pose`` at ``time_s`` (s); ``head_sign`` as in `body_lines`."""
        labelled = pose.xy_px[_POINTS]
        lines = body_lines(pose, head_sign)
        elapsed_s = time_s - self._time_s
        if elapsed_s > FORGET_S:
            self.exchanged_chance, self._points = EXCHANGED_PRIOR, None
            self._across = self._apart_deg = NAN
        changed = self._follow(labelled, elapsed_s, lines.trunk_px)
        told = float(np.interp(abs(np.diff(lines.thigh_line_deg)[0]), TOGETHER_DEG, (0.0, 1.0)))
        within_s = min(elapsed_s, 0.1)
        chance = self.exchanged_chance
        chance = chance * (1 - changed) + (1 - chance) * changed
        leap = self._leap(lines, within_s)
        if self._crossing(lines):
            self._crossed_s = time_s
        if time_s - self._crossed_s <= CROSSED_FOR_S:
            chance = _chance(_log_odds(chance) + told * LEAP_RATE * within_s * leap)
        chance = min(1 - LEAST_CHANCE, max(LEAST_CHANCE, chance))
        trust = (1 - told) * (1 - math.exp(-within_s / TRUST_AFTER_S))
        self.exchanged_chance = chance = chance + trust * (EXCHANGED_PRIOR - chance)
        self._time_s = time_s
        exchanged = chance > 0.5
        sure = not UNSURE[0] < chance < UNSURE[1]
        return LegReading(exchange_legs(pose) if exchanged else pose, exchanged, sure)

    def _leap(self, lines: BodyLines, elapsed_s: float) -> float:
        """How far the knees leapt across the midline, trunk lengths, negative leaping back."""
        near = 0 if lines.head_sign > 0 else 1
        across = (lines.knee_depth_px[near] - lines.knee_depth_px[1 - near]) / lines.trunk_px
        if math.isnan(self._across):
            self._across = across
        leap = float(across - self._across)
        self._across += (1 - math.exp(-elapsed_s / MEMORY_S)) * leap
        return math.copysign(max(0.0, abs(leap) - LEAP_TRUNKS), leap)

    def _crossing(self, lines: BodyLines) -> bool:
        """Whether the lifted thighs are alike, or have passed each other since the last time."""
        lifted = lines.thigh_line_deg - lines.trunk_line_deg
        before, self._apart_deg = self._apart_deg, float(lifted[0] - lifted[1])
        alike = abs(self._apart_deg) < CROSSING_DEG or self._apart_deg * before < 0
        return bool(lifted.min() > CROSSING_LIFT_DEG and alike)

    def _follow(self, labelled: Array, elapsed_s: float, trunk_px: float) -> float:
        """Chance that the labels changed over since the last picture; follows the points."""
        if self._points is None or np.isnan(self._points).any():
            self._points, self._velocity = labelled, np.zeros((4, 2))
            return 0.0
        expected = self._points + self._velocity * elapsed_s
        misfit = _distance(labelled, expected) - _distance(labelled[_EXCHANGED], expected)
        changed = _chance(misfit / trunk_px / FIT_TRUNKS + _log_odds(CHANGE_PRIOR))
        if changed > 0.5:
            self._points, self._velocity = labelled, self._velocity[_EXCHANGED]
            return changed
        gain = 1.0 - math.exp(-elapsed_s / _VELOCITY_TIME_S)
        surprise = labelled - expected
        self._points = expected + gain * surprise
        self._velocity = self._velocity + gain**2 / 2 / max(elapsed_s, 1e-3) * surprise
        return changed


def _log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance))


def _chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-min(40.0, max(-40.0, log_odds))))


def _distance(a: Array, b: Array) -> float:
    return float(np.mean(np.hypot(*(a - b).T)))


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
