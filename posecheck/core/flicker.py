"""Rises of a leg in which the landmarker's names for the two legs flicker, seen as a whole.

Where names change over once or twice, `posecheck.core.legs` tells when. Where they change many
times while one foot stays on the mat, the higher thigh is the one at work all along, and whose it
is shows where it is low: there the landmarker names the legs right.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from posecheck.core.legs import APART_DEG, RUSH_DEG_S
from posecheck.core.records import Array, Mask
from posecheck.core.smoothing import runs

RISE_DEG = 20.0
"""A rise lasts while one of the thighs is above this."""
FLICKERS = 4
"""Changes of name in one rise from which on none of them is believed."""
ON_THE_MAT_DEG = 20.0
"""The lower thigh of a rise is mostly below this unless its foot stands or it is at work too."""
LOW_DEG = 45.0
"""Names are right before a thigh has first reached this, and after it has last."""
LEAST_S = 0.15
"""So much longer one leg than the other must be the higher one there to be the one at work."""


def without_flicker(time_s: Array, lift_deg: Array, wrong: Mask) -> Mask:
    """When the names of the legs are wrong, (n,), with the rises mended in which they flicker.

    ``lift_deg`` (n, 2): both thighs as the landmarker names them, left first, NaN not seen.
    ``wrong`` (n,): see `posecheck.core.legs.wrong_names`.
    """
    lift, mended = np.nan_to_num(lift_deg), wrong.copy()
    for rise in runs(lift.max(axis=1) >= RISE_DEG):
        if _flickers(time_s[rise], lift[rise]):
            mended[rise] = _higher_at_work(time_s[rise], lift[rise], wrong[rise])
    return mended


def _flickers(time_s: Array, lift: Array) -> bool:
    """Whether the thighs pass each other often, faster than legs do, with a foot on the mat."""
    if float(np.median(lift.min(axis=1))) > ON_THE_MAT_DEG:
        return False
    apart = lift[:, 0] - lift[:, 1]
    clear = np.flatnonzero(np.abs(apart) > APART_DEG)
    passings = [(i, j) for i, j in pairwise(clear) if apart[i] * apart[j] < 0]
    rushed = [abs(apart[j] - apart[i]) > RUSH_DEG_S * (time_s[j] - time_s[i]) for i, j in passings]
    return int(np.count_nonzero(rushed)) >= FLICKERS


def _higher_at_work(time_s: Array, lift: Array, wrong: Mask) -> Mask:
    """When the names are wrong in one rise, (n,), if its higher thigh is that of one leg."""
    left_higher = lift[:, 0] > lift[:, 1]
    clear = np.abs(lift[:, 0] - lift[:, 1]) > APART_DEG
    high = np.flatnonzero(lift.max(axis=1) > LOW_DEG)
    low = clear.copy()
    if high.size:
        low[high[0] : high[-1] + 1] = False
    frame_s = float(np.median(np.diff(time_s)))
    for_left = np.where(left_higher, frame_s, -frame_s)
    if abs(for_left[low].sum()) < LEAST_S:
        for_left, low = np.where(wrong, -for_left, for_left), clear
    return np.asarray(left_higher != (for_left[low].sum() > 0))
