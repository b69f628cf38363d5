"""What the look of hips and waist tells of the pelvis and the thighs, beside other witnesses.

A network compares the picture with one of the person lying flat
(`posecheck.estimators.pelvis_picture`). Of tilt and twist the other witness is how patches of the
surface move (`posecheck.core.pelvis`), of the thighs it is landmarks and outline. Their errors have
little in common. ``python -m posecheck.synthetic.pelvis_picture_fit`` makes the numbers of both the
network and this, ``models/pelvis_picture.json`` holds them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from posecheck.core.records import Array

Told = tuple[float, float]
"""A value and its standard deviation, deg; NaN: not told."""

FORMAT = "posecheck-pelvis-picture/3"
HEAVY_TAILS = 20.0
"""Degrees of freedom of the t that both together follow: where they disagree, neither is sure."""
PELVIS, THIGHS = slice(0, 2), slice(2, 4)
"""Tilt and twist, and the thigh at work and the one at rest, among what is calibrated."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How readings of the network are corrected with one leg at work.

    Of tilt, twist, the thigh at work and the one at rest, four each: ``offset_deg`` is added,
    ``widened`` is a factor on the sd it states, ``correlation`` that of its errors with those of
    the other witness. ``both_widened``, of the first two: a factor on the sd by both;
    ``thighs_sd_deg``, of the last two: how far off the other witness is. ``stretch``: a factor
    on what the tilt by both is beyond the usual: unsure estimates lean to the middle.
    """

    offset_deg: Sequence[float]
    widened: Sequence[float]
    correlation: Sequence[float]
    both_widened: Sequence[float]
    thighs_sd_deg: Sequence[float]
    stretch: float

    def corrected(self, read: Array) -> list[Told]:
        """What is ``read`` (4, 2), by the leg at work, as it is taken."""
        each = zip(read.tolist(), self.offset_deg, self.widened, strict=True)
        return [(value + offset, widened * sd) for (value, sd), offset, widened in each]


@dataclass(frozen=True, slots=True)
class PictureFit:
    """How readings of the network are corrected with the far leg and with the near leg at work."""

    far: Calibration
    near: Calibration

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From a stored fit. Raises ValueError for another format, KeyError for a broken one."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        names = [each.name for each in fields(Calibration)]
        return cls(
            *(Calibration(*(stored[leg][name] for name in names)) for leg in ("far", "near"))
        )

    def leg(self, *, near: bool) -> Calibration:
        """With this leg at work."""
        return self.near if near else self.far

    def together(self, patches: Sequence[Told], read: Array, *, near: bool) -> list[Told]:
        """What both tell of tilt and twist, deg.

        ``patches``: both by the patches; ``read`` (4, 2): values since rest by the network and sd,
        see `SurfaceMotion.read_deg`. What one does not know (NaN) is left to the other.
        """
        leg = self.leg(near=near)
        by_picture = leg.corrected(by_leg(read, near=near))[PELVIS]
        found = []
        for one, other, correlation, widened in zip(
            patches, by_picture, leg.correlation[PELVIS], leg.both_widened, strict=True
        ):
            value, sd = combined(one, other, correlation)
            found.append((value, sd if math.isnan(one[0] + other[0]) else widened * sd))
        return found

    def thighs_deg(
        self, other: Sequence[float], read: Array, *, near: bool
    ) -> tuple[list[float], list[float]]:
        """The thigh at work and the one at rest by the picture, and by both, deg.

        ``other``: by landmarks and outline; ``read`` (4, 2) as in `together`.
        """
        leg = self.leg(near=near)
        by_picture = leg.corrected(by_leg(read, near=near))[THIGHS]
        others = zip(other, leg.thighs_sd_deg, strict=True)
        pairs = zip(others, by_picture, leg.correlation[THIGHS], strict=True)
        return [value for value, _ in by_picture], [combined(*each)[0] for each in pairs]


def by_leg(read: Array, *, near: bool) -> Array:
    """What is read, (..., 4, 2), by the leg at work: its twist, its thigh and then the other."""
    if near:
        return read
    turned = read[..., [0, 1, 3, 2], :]
    turned[..., 1, 0] *= -1.0
    return np.asarray(turned)


def combined(one: Told, other: Told, correlation: float) -> Told:
    """The best of two estimates whose errors are correlated so.

    In plain numbers: for every frame takes it, and numpy takes ten times as long for so few.
    """
    (value, sd), (second, second_sd) = one, other
    if math.isnan(second):
        return one
    if math.isnan(value):
        return other
    shared = correlation * sd * second_sd
    apart = sd * sd + second_sd * second_sd - 2 * shared
    share = min(max((sd * sd - shared) / apart, 0.0), 1.0)
    left = ((1 - share) * sd) ** 2 + (share * second_sd) ** 2 + 2 * share * (1 - share) * shared
    strange = (HEAVY_TAILS + (second - value) ** 2 / apart) / (HEAVY_TAILS + 1)
    return value + share * (second - value), math.sqrt(left * max(strange, 1.0))
