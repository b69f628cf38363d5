"""How far a thigh is raised, by the outline of the person: a second witness beside the landmarks.

The numbers an estimator makes of the outline, now and at rest, tell the angle of the more raised of
both thighs, whatever the names of the legs are, and how sure that is. Its errors go along little
with those of the landmarks, so that both together are better than either.
``python -m posecheck.synthetic.outline_fit`` makes its numbers, ``models/outline_fit.json`` holds
them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from posecheck.core.records import Array

FORMAT = "posecheck-outline-fit/1"
LANDMARKS_SD_DEG = 3.0
"""How far the thigh by the landmarks is taken to be off, beside the outline's own sd: both are
about as good as each other."""
APART_DEG, LOST_DEG = 12.0, 25.0
"""Where the outline says more than the landmarks by the first, they have lost the raised leg as a
rule; from the second on only the outline counts."""
REST_DEG, RAISED_DEG = 5.0, 30.0
"""Below the first only the landmarks count, above the second both in full."""
LEAST_LOG_SD, MOST_LOG_SD = -3.0, 2.0
"""Bounds of what the network may say of its own error, natural logarithm of `UNIT_DEG`."""
UNIT_DEG = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class OutlineFit:
    """A network of one hidden layer: ``inner`` (2 OUTLINE + 1, h), ``outer`` (h + 1, 4).

    The bias comes last.
    """

    inner: Array
    outer: Array

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """From a stored fit. Raises ValueError for another format, KeyError for a broken one."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"not a {FORMAT}")
        return cls(np.array(stored["inner"], float), np.array(stored["outer"], float))

    def upper_deg(self, now: Array, rest: Array) -> tuple[Array, Array]:
        """Angle of the more raised thigh since rest and its standard error, deg, (...).

        ``now`` (..., OUTLINE) and ``rest`` (OUTLINE,): see `Pose.outline`; NaN where either is.
        """
        size = now.shape[-1]
        shown = now @ self.inner[:size] + (rest @ self.inner[size:-1] + self.inner[-1])
        said = np.maximum(shown, 0.0) @ self.outer[:-1] + self.outer[-1]
        log_sd = np.minimum(np.maximum(said[..., 2], LEAST_LOG_SD), MOST_LOG_SD)
        return UNIT_DEG * said[..., 0], UNIT_DEG * np.exp(log_sd)

    def moved(self, raised_deg: Array, now: Array, rest: Array) -> Array:
        """Thighs (2,) by the landmarks, the higher one moved to what both say."""
        higher = float(raised_deg.max())
        outline_deg, sd_deg = map(float, self.upper_deg(now, rest))
        if math.isnan(outline_deg - higher):
            return raised_deg
        share = LANDMARKS_SD_DEG**2 / (LANDMARKS_SD_DEG**2 + sd_deg**2)
        share = max(share, _part(outline_deg - higher, APART_DEG, LOST_DEG))
        share *= _part(max(outline_deg, higher), REST_DEG, RAISED_DEG)
        by_deg = share * (outline_deg - higher)
        return np.asarray(raised_deg + np.where(raised_deg >= higher, by_deg, 0.0))


def _part(angle_deg: float, from_deg: float, to_deg: float) -> float:
    """0 up to the first angle, 1 from the second."""
    return min(max((angle_deg - from_deg) / (to_deg - from_deg), 0.0), 1.0)
