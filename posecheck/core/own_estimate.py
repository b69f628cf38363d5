"""How a person's true tilt follows from its estimate: learned while a marker was in view.

Clothes, build and how somebody moves make the estimate too large or too small in much the same way
each time. A straight line from estimate to marker takes that off later, without a marker.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from posecheck.core.records import Array, Mask

OFFSET_SD_DEG, SLOPE_SD = 3.0, 0.4
"""How far the line of somebody unknown lies from none at all, one standard deviation each: slopes
of the estimate on the truth are 0.6 to 1 (docs/pelvis.md)."""
RAISED_DEG = 20.0
"""Learned above this thigh angle: below, estimate and tilt are next to nothing."""
ALIKE_S = 2.0
"""The errors within so long are one error."""
LEAST_S = 4.0
"""Seen together for less, nothing is learned."""
SD_COUNTS = 10.0
"""That the stated sd is right weighs as much as so many errors."""
LEAST_SD_FACTOR = 0.6
"""No more is taken off the sd than to this share: other clothes, another day."""


@dataclass(frozen=True, slots=True)
class OwnEstimate:
    """Tilt = ``offset_deg`` + ``slope`` times its estimate, give or take.

    Each with one sd, and their ``correlation``; ``sd_factor``: what is then left of the estimate's
    own sd; ``seconds``: how long both were seen.
    """

    offset_deg: float = 0.0
    slope: float = 1.0
    offset_sd_deg: float = OFFSET_SD_DEG
    slope_sd: float = SLOPE_SD
    correlation: float = 0.0
    sd_factor: float = 1.0
    seconds: float = 0.0

    @property
    def mean(self) -> Array:
        """Offset and slope, (2,)."""
        return np.array([self.offset_deg, self.slope])

    @property
    def covariance(self) -> Array:
        """Of offset and slope, (2, 2)."""
        both = self.correlation * self.offset_sd_deg * self.slope_sd
        return np.array([[self.offset_sd_deg**2, both], [both, self.slope_sd**2]])

    def told(self, tilt_deg: float, sd_deg: float, raised: float) -> tuple[float, float]:
        """Tilt and sd of an estimate; ``raised``, 0 to 1: how much of it holds, none at rest."""
        tilt = self.offset_deg + self.slope * tilt_deg
        line = np.array([1.0, tilt_deg])
        of_line = raised**2 * float(line @ self.covariance @ line)
        factor = 1.0 + raised * (self.sd_factor - 1.0)
        value = tilt_deg + raised * (tilt - tilt_deg)
        return value, math.sqrt((factor * sd_deg) ** 2 + of_line)

    def undone(self, tilt_deg: Array, raised: Array) -> Array:
        """The estimates that `told` made these of."""
        line = 1.0 + raised * (self.slope - 1.0)
        return np.asarray((tilt_deg - raised * self.offset_deg) / line)


def learned(
    time_s: Array,
    estimate_deg: Array,
    estimate_sd_deg: Array,
    marker_deg: Array,
    chosen: Mask,
    before: OwnEstimate | None = None,
) -> OwnEstimate | None:
    """A person's line by the frames in which both were seen, None where those are too few.

    Arrays (n,), NaN not told; ``chosen`` (n,): the frames that count; ``before``: what was known.
    Weighed against that, or against no line at all; the sd only shrinks as far as the errors do.
    """
    before = before or OwnEstimate()
    both = chosen & np.isfinite(estimate_deg) & np.isfinite(marker_deg)
    both &= np.isfinite(estimate_sd_deg)
    step_s = np.minimum(np.diff(time_s, prepend=time_s[:1]), 0.2)[both]
    seconds = float(step_s.sum())
    if seconds < LEAST_S:
        return None
    line = np.stack([np.ones(step_s.size), estimate_deg[both]], axis=1)
    marker, sd = marker_deg[both], estimate_sd_deg[both]
    weight = step_s / ALIKE_S / sd**2
    known = np.linalg.inv(before.covariance)
    covariance = np.linalg.inv(known + (line * weight[:, None]).T @ line)
    mean = covariance @ (known @ before.mean + line.T @ (weight * marker))
    errors = (step_s / ALIKE_S * ((marker - line @ mean) / sd) ** 2).sum()
    count = SD_COUNTS + before.seconds / ALIKE_S
    factor = math.sqrt((count * before.sd_factor**2 + errors) / (count + seconds / ALIKE_S))
    offset_sd, slope_sd = np.sqrt(np.diag(covariance)).tolist()
    return OwnEstimate(
        offset_deg=float(mean[0]),
        slope=float(mean[1]),
        offset_sd_deg=offset_sd,
        slope_sd=slope_sd,
        correlation=float(covariance[0, 1] / (offset_sd * slope_sd)),
        sd_factor=max(LEAST_SD_FACTOR, factor),
        seconds=before.seconds + seconds,
    )
