"""How well the pelvis is told: errors, slopes on the truth, and whether the intervals hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.core.records import NAN, Array
from posecheck.validation.metrics import agreement

if TYPE_CHECKING:
    from posecheck.validation.scoring import Score

SLOPE_AT_DEG = (60, 90, 110)
SLOPE_WITHIN_DEG = 10.0
LEAST_FOR_SLOPE = 300
"""Frames; fewer, a clip or two, tell the slope of those people and no more."""
HIP, TILT, TWIST = "hip_flexion_deg", "pelvic_tilt_deg", "low_back_twist_deg"


def pelvis_figures(scores: Sequence[Score]) -> dict[str, Any]:
    """Of the frames whose true thigh angle is above 20 deg.

    ``told``: share of them with a tilt; ``*_mae_deg``; ``covered``: share of tilts within their
    95 % interval; ``slope``: of estimated on true tilt, at thigh angles within `SLOPE_WITHIN_DEG`.
    """
    rows = [
        np.column_stack([s.error_deg[TILT], s.tilt_sd_deg, s.tilt_deg, s.thigh_deg])[s.raised]
        for s in scores
    ]
    tilt, sd, true, thigh = np.concatenate(rows).T if rows else np.empty((4, 0))
    told = np.isfinite(tilt)
    inside = np.abs(tilt[told]) <= 1.96 * sd[told]
    return {
        "frames": int(told.size),
        "told": float(told.mean()) if told.size else NAN,
        "covered": float(inside.mean()) if inside.size else NAN,
        **{
            f"{name.removesuffix('_deg')}_mae_deg": _mae(scores, name)
            for name in (TILT, HIP, TWIST)
        },
        "slope": {
            f"{at}": _slope(true, tilt + true, told & (np.abs(thigh - at) <= SLOPE_WITHIN_DEG))
            for at in SLOPE_AT_DEG
        },
    }


def _mae(scores: Sequence[Score], name: str) -> float:
    errors = [score.error_deg[name][score.raised] for score in scores]
    return agreement(np.concatenate(errors)).mae_deg if errors else NAN


def _slope(true: Array, estimate: Array, chosen: Array) -> float:
    """Least squares slope of estimate on truth, NaN where too little tells it."""
    x, y = true[chosen], estimate[chosen]
    if x.size < LEAST_FOR_SLOPE or not x.std() > 0:
        return NAN
    return float(np.cov(x, y)[0, 1] / x.var(ddof=1))
