"""What counts as compensation: data, each figure with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from posecheck.core.events import Kind


class Sensitivity(StrEnum):
    """How soon something is said."""

    GENTLE = "gentle"
    STANDARD = "standard"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Told after ``lasts_s`` above ``end``, half of it above ``flag``; it is over below ``end``.

    ``flag`` and ``end`` are deg, of `Kind.TOO_FAST` deg/s.
    """

    flag: float
    end: float
    lasts_s: float


END_SHARE = 0.6
"""It ends below this part of the threshold: what hovers there is one event, not many."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The threshold of each sensitivity, how long it must last, and why."""

    what: str
    unit: str
    gentle: float
    standard: float
    strict: float
    lasts_s: float
    source: str

    def at(self, sensitivity: Sensitivity) -> Threshold:
        """The threshold of one sensitivity."""
        flag = float(getattr(self, sensitivity))
        return Threshold(flag, END_SHARE * flag, self.lasts_s)


_TWIST = Limits(
    what="pelvis against ribcage, either way",
    unit="°",
    gentle=12.0,
    standard=8.0,
    strict=6.0,
    lasts_s=0.4,
    source="our choice: of rendered people never looked into 95 % of estimates are within 2.2°",
)

LIMITS = MappingProxyType(
    {
        Kind.PELVIC_TILT: Limits(
            what="posterior tilt beyond the expected rhythm",
            unit="°",
            gentle=8.0,
            standard=5.0,
            strict=3.5,
            lasts_s=0.4,
            source="healthy people lie within 3° of the MRI curve (6 to 11° at 106°, Fenato 2020);"
            " standard leaves them room once more",
        ),
        Kind.LOW_BACK_TWIST: _TWIST,
        Kind.RESTING_LEG_LIFT: Limits(
            what="resting thigh above the lowest it was since the other began to rise",
            unit="°",
            gentle=12.0,
            standard=8.0,
            strict=6.0,
            lasts_s=0.4,
            source="the Thomas test counts any lift; in one of 188 rendered clips never looked"
            " into a leg at rest seemed lifted by as much",
        ),
        Kind.TOO_FAST: Limits(
            what="speed of the thigh, up or down",
            unit="°/s",
            gentle=220.0,
            standard=170.0,
            strict=120.0,
            lasts_s=0.2,
            source="our choice: a smooth movement peaks at up to 1.9 times its mean, so that"
            " standard is 90° in a second",
        ),
        Kind.INTENDED_TWIST: _TWIST,
    }
)
