"""What the look of hips and waist tells of the pelvis, and what both witnesses tell together.

One witness is how patches of the surface move (`posecheck.core.pelvis`), the other a network that
compares the picture with one of the person lying flat (`posecheck.estimators.pelvis_picture`).
Their errors have little in common. ``python -m posecheck.synthetic.pelvis_picture_fit`` makes the
numbers of both the network and this, ``models/pelvis_picture.json`` holds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from posecheck.core.records import Array

FORMAT = "posecheck-pelvis-picture/1"
HEAVY_TAILS = 20.0
"""Degrees of freedom of the t that both together follow: where they disagree, neither is sure."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """How readings of the network are corrected with one leg at work, tilt and twist, (2,) each.

    ``offset_deg`` is added, ``widened`` is a factor on the sd it states, ``correlation`` that of
    its errors with those of the patches, ``both_widened`` a factor on the sd of both together.
    """

    offset_deg: Array
    widened: Array
    correlation: Array
    both_widened: Array


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

    def together(
        self, patches: tuple[Array, Array], read: Array, *, near: bool
    ) -> tuple[Array, Array]:
        """What both tell of tilt and twist and their sd, (2,) each, deg.

        ``patches``: values and sd by the patches; ``read`` (2, 2): values since rest by the network
        and sd, twist as the near side rises. What one does not know (NaN) is left to the other.
        """
        leg = self.near if near else self.far
        by_picture = sides(near) * read[:, 0] + leg.offset_deg, leg.widened * read[:, 1]
        value, sd = combined(patches, by_picture, leg.correlation)
        both = np.isfinite(patches[0] + by_picture[0])
        return value, sd * np.where(both, leg.both_widened, 1.0)


def sides(near: bool) -> Array:
    """Signs of tilt and twist by the near side in those by the side of the leg at work."""
    return np.array([1.0, 1.0 if near else -1.0])


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
