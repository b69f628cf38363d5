"""Scripts of movement: a few key poses in time, smoothly joined. Pure numpy and scipy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.interpolate import PchipInterpolator

from posecheck.core.records import Side
from posecheck.core.rhythm import HEALTHY_TILT_DEG
from posecheck.synthetic.angles import Hands, JointAngles

Key = tuple[float, float]
"""(time_s, value)"""

KNEE_FOR_THIGH_DEG: tuple[Key, ...] = (
    (0.0, 0.0), (20.0, 42.0), (45.0, 92.0), (75.0, 104.0), (100.0, 108.0), (125.0, 120.0),
)  # fmt: skip
"""(thigh angle, knee flexion) of a knee drawn to the chest, the heel first sliding on the mat."""

STRAIGHT_KNEE_DEG: tuple[Key, ...] = ((0.0, 0.0), (60.0, 6.0), (90.0, 14.0), (125.0, 22.0))
"""The same of a leg raised nearly straight."""

REACH_FOR_THIGH: tuple[Key, ...] = ((0.0, 0.0), (20.0, 0.0), (75.0, 1.0), (130.0, 1.0))
"""(thigh angle, reach): the hands leave the mat and take hold behind the thigh."""

BREATH_PERIOD_S = 4.2
TREMBLING_HZ = (5.3, 7.1, 8.9)


def curve(keys: Sequence[Key], at: float) -> float:
    """Value at one place of a smooth curve through the keys; the end values hold beyond them.

    The curve (monotone piecewise cubic) never overshoots a key.
    """
    places, values = np.array(keys).T
    return float(PchipInterpolator(places, values)(np.clip(at, places[0], places[-1])))


def join(keys: Sequence[Key], time_s: float) -> float:
    """Value of a script at a time: as ``curve``, starting and ending at rest. No keys: 0."""
    if not keys:
        return 0.0
    (start, first), (end, last) = keys[0], keys[-1]
    return curve([(start - 1.0, first), *keys, (end + 1.0, last)], time_s)


def repetition(
    start_s: float, peak: float, rise_s: float, hold_s: float, lower_s: float
) -> list[Key]:
    """Keys of one repetition: from 0 up to ``peak``, hold, and back to 0."""
    top = start_s + rise_s
    return [(start_s, 0.0), (top, peak), (top + hold_s, peak), (top + hold_s + lower_s, 0.0)]


def in_turn(*parts: Iterable[Key]) -> tuple[Key, ...]:
    """One list of keys from several; each part must begin after the one before has ended."""
    keys = tuple(key for part in parts for key in part)
    if any(later[0] <= earlier[0] for earlier, later in pairwise(keys)):
        raise ValueError("Key poses must be in order of time, each at its own time.")
    return keys


@dataclass(frozen=True, slots=True)
class Motion:
    """What happens in a clip. Every list holds (time_s, degrees) keys; empty means still at 0.

    ``thigh`` is the working thigh since neutral. The knee (``knee_for_thigh``), the healthy share
    of pelvic tilt and the hands follow from it; ``extra_tilt`` comes on top of the healthy share.
    ``resting_knee`` follows the resting thigh unless it is given. ``trembling_deg`` is the size of
    a tremor of the raised thigh. With a strap the hands hold it from the start.
    """

    duration_s: float
    side: Side
    thigh: tuple[Key, ...]
    extra_tilt: tuple[Key, ...] = ()
    twist: tuple[Key, ...] = ()
    resting_thigh: tuple[Key, ...] = ()
    resting_knee: tuple[Key, ...] = ()
    knee_line: tuple[Key, ...] = ()
    trembling_deg: float = 0.0
    hands: Hands = Hands.THIGH
    obliquity: tuple[Key, ...] = ()
    healthy_tilt: tuple[Key, ...] = field(default=HEALTHY_TILT_DEG)
    knee_for_thigh: tuple[Key, ...] = field(default=KNEE_FOR_THIGH_DEG)

    def at(self, time_s: float) -> JointAngles:
        """The pose asked for at a time."""
        thigh = join(self.thigh, time_s)
        resting = join(self.resting_thigh, time_s)
        lying = join(self.resting_knee, time_s) if self.resting_knee else 3.0 * resting
        knee, tilt = curve(self.knee_for_thigh, thigh), curve(self.healthy_tilt, thigh)
        return JointAngles(
            thigh_deg=thigh + self._tremor_deg(time_s, thigh),
            knee_deg=knee,
            pelvic_tilt_deg=tilt + join(self.extra_tilt, time_s),
            low_back_twist_deg=join(self.twist, time_s),
            pelvic_obliquity_deg=join(self.obliquity, time_s),
            resting_thigh_deg=resting,
            resting_knee_deg=lying,
            knee_line_deg=join(self.knee_line, time_s),
            reach=self._reach(thigh),
            breath=float(np.sin(2 * np.pi * time_s / BREATH_PERIOD_S)),
            hands=self.hands,
        )

    def _tremor_deg(self, time_s: float, thigh_deg: float) -> float:
        waves = np.sin(2 * np.pi * np.array(TREMBLING_HZ) * time_s + np.arange(3.0))
        return float(self.trembling_deg * waves.mean() * np.clip(thigh_deg / 40.0, 0.0, 1.0))

    def _reach(self, thigh_deg: float) -> float:
        if self.hands in (Hands.STRAP_FOOT, Hands.STRAP_THIGH, Hands.UP):
            return 1.0
        return 0.0 if self.hands in (Hands.MAT, Hands.BELLY) else curve(REACH_FOR_THIGH, thigh_deg)
