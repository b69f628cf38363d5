"""A foot that stands on the mat before a rise of the other leg and after it stood there all along.

While a raised thigh passes the one over a standing foot the landmarker may take one for the other,
and come back later. Lying flat on one side and standing on the other it names them right.
"""

from __future__ import annotations

import numpy as np

from posecheck.core.records import Array, Mask
from posecheck.core.smoothing import runs

FAR_SHARE = 0.9
"""A far leg at work has its own name in at least this share of the frames in which it is high: in
305 of 308 such rises of rendered people. A near one has its own in so many in 251 of 266, and the
far one's in two."""
BELIEVED_SHARE = 0.25
"""What was known before is believed unless it differs in more than this share of the rise."""
LIES_DEG = 14.0
"""A thigh below this lies on the mat."""
STANDS_DEG = 18.0, 60.0
"""Between these one whose foot stands there."""
STILL_DEG, STILL_S = 8.0, 0.4
"""It stands still: moves by less than the first for at least the second, beside one that lies."""
PASSED_DEG = 15.0
"""The other leg is raised above it by more than this."""
APART_DEG = 12.0
"""Thighs whose distances from that height differ by less are named as they were before."""
ALONG_SHARE = 0.75
"""Meanwhile the lower thigh is above this part of the height at which the one stood."""


def names_beside_a_standing_foot(time_s: Array, lift: Array, wrong: Mask, near: int) -> Mask:
    """When the names are wrong, (n,), in one rise over thighs ``lift`` (n, 2) as they are named.

    ``wrong`` (n,): what they were taken for, and still are unless the same foot stands before and
    after and that says otherwise for much of the rise. ``near``: the leg that the camera sees, 0
    left; with its foot standing, the raised one has its own name nearly always.
    """
    peak = int(np.argmax(lift.max(axis=1)))
    before = _stands(time_s[:peak], lift[:peak])
    after = _stands(time_s[peak:], lift[peak:])
    if before is None or after is None or before[0] != after[0]:
        return wrong
    leg, height_deg = before[0], (before[1] + after[1]) / 2
    raised = lift.max(axis=1) > height_deg + PASSED_DEG
    if not raised.any() or np.median(lift[raised].min(axis=1)) < ALONG_SHARE * height_deg:
        return wrong
    if leg == near and np.mean(lift[raised, 1 - near] > lift[raised, near]) < FAR_SHARE:
        return wrong
    off_deg = np.abs(lift - height_deg)
    nearer_deg = off_deg[:, leg] - off_deg[:, 1 - leg]
    clear = np.flatnonzero(np.abs(nearer_deg) > APART_DEG)
    latest = clear[np.maximum(np.searchsorted(clear, np.arange(time_s.size), side="right") - 1, 0)]
    other: Mask = nearer_deg[latest] > 0
    return other if np.mean((other != wrong)[raised]) > BELIEVED_SHARE else wrong


def _stands(time_s: Array, lift: Array) -> tuple[int, float] | None:
    """The leg, 0 left, whose foot stands while the other one lies, and its height, deg."""
    higher, lower = lift.max(axis=1), lift.min(axis=1)
    standing = (lower < LIES_DEG) & (higher > STANDS_DEG[0]) & (higher < STANDS_DEG[1])
    for run in runs(standing):
        if time_s[run.stop - 1] - time_s[run.start] < STILL_S:
            continue
        low_deg, height_deg, high_deg = np.percentile(higher[run], [25, 50, 75])
        if high_deg - low_deg < STILL_DEG:
            return int(lift[run].mean(axis=0).argmax()), float(height_deg)
    return None
