"""Truths, analyses of them and their scores, made up so that every figure is known beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np

from posecheck.core.records import Array, Side
from posecheck.validation.known import ANGLES, RESTING, THIGH, Known
from posecheck.validation.scoring import Said, Score, Setting
from posecheck.validation.scoring import score_clip as score

FPS = 30
REST_S, MOVE_S, HOLD_S, END_S = 1.0, 2.0, 3.0, 9.0
PEAK_DEG = 90.0


def times(duration_s: float = END_S) -> Array:
    return np.arange(round(duration_s * FPS)) / FPS


def one_rep(time_s: Array, peak_deg: float = PEAK_DEG) -> Array:
    """Rest 1 s, rise 2 s, hold 3 s, fall 2 s, rest 1 s."""
    keys = np.cumsum([0, REST_S, MOVE_S, HOLD_S, MOVE_S, REST_S])
    return np.interp(time_s, keys, [0, 0, peak_deg, peak_deg, 0, 0])


def known(thigh_deg: Array | None = None, side: str | list[str] = "left", **angles: Array) -> Known:
    """A truth of one repetition, the resting thigh flat, nobody seen where the thigh is NaN."""
    thigh = one_rep(times()) if thigh_deg is None else thigh_deg
    flat = np.where(np.isfinite(thigh), 0.0, np.nan)
    columns = dict.fromkeys(ANGLES, flat) | {THIGH: thigh} | angles
    sides = [side] * thigh.size if isinstance(side, str) else side
    return Known(np.arange(thigh.size) / FPS, sides, columns)


def said(truth: Known, thigh_deg: Array | None = None, **how: Any) -> Said:
    """An analysis of every frame; the thigh as given, live and recorded, the rest as it is."""
    thigh = truth.angles_deg[THIGH] if thigh_deg is None else thigh_deg
    missing = np.full(thigh.size, np.nan)
    parts = {
        "frame": list(range(thigh.size)),
        "side": [Side(side) for side in truth.side],
        "angles_deg": dict.fromkeys(ANGLES, missing)
        | {THIGH: thigh, RESTING: truth.angles_deg[RESTING]},
        "live_thigh_angle_deg": thigh,
        "reps": Known(truth.time_s, truth.side, {THIGH: thigh}).reps(),
    }
    return Said(**(parts | how))


def scores() -> list[Score]:
    """Three clips: 1 deg too much; 3 deg too little, camera oblique; an empty room."""
    truth, empty = known(), known(np.full(60, np.nan))
    thigh = truth.angles_deg[THIGH]
    return [
        score(said(truth, thigh + 1), truth, Setting("near", {"leg": "near", "yaw": "5-15"}, 9, 5)),
        score(
            said(truth, thigh - 3), truth, Setting("far", {"leg": "far", "yaw": "15-25"}, -20, 9)
        ),
        score(Said(), empty, Setting("empty", {"leg": "near"}, 0, 12)),
    ]


def failed(why: str) -> Score:
    return score(Said(), known(), Setting("failed", {"leg": "far"}, 3, 4), failure=why)
