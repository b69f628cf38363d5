"""What happens during the movement that is worth a word."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from posecheck.core.records import NAN, Side


class Kind(StrEnum):
    """Ways in which the body makes up for a hip that has reached its limit, or is rushed there."""

    PELVIC_TILT = "pelvic_tilt"
    LOW_BACK_TWIST = "low_back_twist"
    RESTING_LEG_LIFT = "resting_leg_lift"
    TOO_FAST = "too_fast"
    INTENDED_TWIST = "intended_twist"

    @property
    def compensation(self) -> bool:
        """Whether it is one; a twist that was asked for is not."""
        return self is not Kind.INTENDED_TWIST


class Sensation(StrEnum):
    """What the person says to feel; nothing of it is measured."""

    GLUTE_STRETCH = "glute_stretch"
    FRONT_PINCH = "front_pinch"
    NUMB_OR_SHARP = "numb_or_sharp"


class Task(StrEnum):
    """What the person sets out to do."""

    STRETCH = "stretch"
    TWIST = "twist"


@dataclass(frozen=True, slots=True)
class Event:
    """One span of time in which something of `Kind` went on. Times s, NaN ``end_s``: it still does.

    ``told_s``: when it had lasted long enough to be told. ``peak``: the largest of what it tells,
    see `peak_deg` and `peak_deg_s`. ``thigh_angle_deg`` and ``hip_flexion_deg``: where it began, as
    live use saw it.
    """

    kind: Kind
    side: Side
    start_s: float
    told_s: float
    peak: float
    thigh_angle_deg: float
    hip_flexion_deg: float
    end_s: float = NAN

    @property
    def peak_deg(self) -> float:
        """The largest tilt, twist (with its sign) or lift, deg; NaN of `Kind.TOO_FAST`."""
        return NAN if self.kind is Kind.TOO_FAST else self.peak

    @property
    def peak_deg_s(self) -> float:
        """The largest speed of the thigh, deg/s; NaN of all but `Kind.TOO_FAST`."""
        return self.peak if self.kind is Kind.TOO_FAST else NAN


@dataclass(frozen=True, slots=True)
class Mark:
    """A sensation told at ``time_s``, s, with the leg at work and its angles, deg, NaN unknown."""

    sensation: Sensation
    time_s: float
    side: Side | None
    thigh_angle_deg: float
    hip_flexion_deg: float
