"""What the look of hips and waist tells of the pelvis and the thighs, beside other witnesses.

A network compares the picture with one of the person lying flat
(`posecheck.estimators.pelvis_picture`). Of tilt and twist the other witness is how patches of the
surface move (`posecheck.core.pelvis`), of the thighs it is landmarks and outline. Their errors have
little in common. ``python -m posecheck.synthetic.pelvis_picture_fit`` makes the numbers of both the
network and this, ``models/pelvis_picture.json`` holds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from posecheck.core.records import Array

FORMAT = "posecheck-pelvis-picture/3"
HEAVY_TAILS = 20.0
"""Degrees of freedom of the t that both together follow: where they disagree, neither is sure."""
PELVIS, THIGHS = slice(0, 2), slice(2, 4)
"""Tilt and twist, and the thigh at work and the one at rest, among what is calibrated."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How readings of the network are corrected with one leg at work.

    Of tilt, twist, the thigh at work and the one at rest, (4,) each: ``offset_deg`` is added,
    ``widened`` is a factor on the sd it states, ``correlation`` that of its errors with those of
    the other witness. ``both_widened`` (2,): a factor on the sd of tilt and twist by both;
    ``thighs_sd_deg`` (2,): how far off the other witness of the thighs is. ``stretch`` (): a factor
    on what the tilt by both is beyond the usual: unsure estimates lean to the middle.
    """

    offset_deg: Array
    widened: Array
    correlation: Array
    both_widened: Array
    thighs_sd_deg: Array
    stretch: Array

    def corrected(self, read: Array, of: slice) -> tuple[Array, Array]:
        """Some of ``read`` (..., 4, 2) by the leg at work, and their sd."""
        return (
            read[..., of, 0] + self.offset_deg[of],
            self.widened[of] * read[..., of, 1],
        )


@dataclass(frozen=True, slots=True, eq=False)
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
        legs = [[np.array(stored[leg][name], float) for name in names] for leg in ("far", "near")]
        return cls(*(Calibration(*each) for each in legs))

    def leg(self, *, near: bool) -> Calibration:
        """With this leg at work."""
        return self.near if near else self.far

    def together(
        self, patches: tuple[Array, Array], read: Array, *, near: bool
    ) -> tuple[Array, Array]:
        """What both tell of tilt and twist and their sd, (2,) each, deg.

        ``patches``: values and sd by the patches; ``read`` (4, 2): values since rest by the network
        and sd, see `SurfaceMotion.read_deg`. What one does not know (NaN) is left to the other.
        """
        leg = self.leg(near=near)
        by_picture = leg.corrected(by_leg(read, near=near), PELVIS)
        value, sd = combined(patches, by_picture, leg.correlation[PELVIS])
        both = np.isfinite(patches[0] + by_picture[0])
        return value, sd * np.where(both, leg.both_widened, 1.0)

    def thighs_deg(self, other: Array, read: Array, *, near: bool) -> tuple[Array, Array]:
        """The thigh at work and the one at rest by the picture and by both, (..., 2) deg each.

        ``other`` (..., 2): by landmarks and outline; ``read`` (..., 4, 2) as in `together`.
        """
        leg = self.leg(near=near)
        by_picture = leg.corrected(by_leg(read, near=near), THIGHS)
        one = other, np.broadcast_to(leg.thighs_sd_deg, other.shape)
        return by_picture[0], combined(one, by_picture, leg.correlation[THIGHS])[0]


def by_leg(read: Array, *, near: bool) -> Array:
    """What is read, (..., 4, 2), by the leg at work: its twist, its thigh and then the other."""
    if near:
        return read
    turned = read[..., [0, 1, 3, 2], :]
    turned[..., 1, 0] *= -1.0
    return np.asarray(turned)


def combined(
    one: tuple[Array, Array], other: tuple[Array, Array], correlation: Array
) -> tuple[Array, Array]:
    """The best of two estimates, each values and sd, whose errors are correlated so."""
    (value, sd), (second, second_sd) = one, other
    shared = correlation * sd * second_sd
    apart = sd**2 + second_sd**2 - 2 * shared
    share = np.clip((sd**2 - shared) / apart, 0.0, 1.0)
    both = value + share * (second - value)
    left = ((1 - share) * sd) ** 2 + (share * second_sd) ** 2 + 2 * share * (1 - share) * shared
    strange = (HEAVY_TAILS + (second - value) ** 2 / apart) / (HEAVY_TAILS + 1)
    both_sd = np.sqrt(left * np.maximum(strange, 1.0))
    alone, lost = np.isnan(second), np.isnan(value)
    return (
        np.where(alone, value, np.where(lost, second, both)),
        np.where(alone, sd, np.where(lost, second_sd, both_sd)),
    )
