"""Rises of a leg in which the landmarker's names for the two legs flicker, seen as a whole.

Where the near leg is raised and names change over once or twice, `posecheck.core.legs` tells when.
Otherwise, while one foot stays on the mat, the higher thigh is the one at work all along. Whose it
is follows from where the camera stands: a raised far leg is seen free above the near one, and named
right; a raised near leg hides the far one, and either name may be given to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from posecheck.core.geometry import SIDES
from posecheck.core.legs import APART_DEG, RUSH_DEG_S
from posecheck.core.records import Array, Mask, Side
from posecheck.core.smoothing import runs

RISE_DEG = 20.0
"""A rise lasts while one of the thighs is above this."""
FLICKERS, MIXED_FLICKERS = 4, 2
"""Changes of name in one rise from which on none of them is believed; the second where the higher
thigh has now the one name, now the other, and neither nearly always."""
ON_THE_MAT_DEG, STANDING_DEG = 20.0, 35.0
"""While one thigh is high the other is below the first, for a quarter of the time at least, where
its leg lies on the mat, below the second where its foot stands; else it may be at work too."""
HIGH_DEG, FAR_SHARE = 60.0, 0.85
"""A far leg at work has its own name in at least this share of the frames in which it is above the
first: in all of 72 such rises of rendered people in 90 % or more. Of 83 of the near leg, eight gave
it the far one's name in more than a tenth, and one in more than four fifths."""
LEAVING_DEG, ALONG_DEG = 30.0, 8.5
PASSING_DEG, PASSED_DEG = (35.0, 65.0), 18.0
LIES_DEG = 26.0
"""While the higher thigh is below the first, or between the third and the fourth, the lower one is
taken along by more than the second and the fifth in none of 224 rises of a far leg beside a near
one that lies (below the last while the other is high). Of 193 of a near leg it is in 54, among
them all three that had the far one's name throughout. All of rendered people."""


def without_flicker(
    time_s: Array, lift_deg: Array, wrong: Mask, near: Sequence[Side | None]
) -> Mask:
    """When the names of the legs are wrong, (n,), with the rises mended in which they flicker.

    ``lift_deg`` (n, 2): both thighs as the landmarker names them, left first, NaN not seen.
    ``wrong`` (n,): see `posecheck.core.legs.wrong_names`. ``near``, n: the side that the camera
    sees; where it is not known, rises are left as they are.
    """
    lift, mended = np.nan_to_num(lift_deg), wrong.copy()
    for rise in runs(lift.max(axis=1) >= RISE_DEG):
        side = Counter(near[rise]).most_common(1)[0][0]
        if side is not None:
            mended[rise] = _mended(time_s[rise], lift[rise], wrong[rise], SIDES.index(side))
    return mended


def _mended(time_s: Array, lift: Array, wrong: Mask, near: int) -> Mask:
    """When the names are wrong in one rise, (n,)."""
    higher, lower = lift.max(axis=1), lift.min(axis=1)
    high = higher > min(HIGH_DEG, 0.75 * float(higher.max()))
    resting_deg = float(np.percentile(lower[high], 25))
    if resting_deg > STANDING_DEG:
        return wrong
    far_higher = lift[:, 1 - near] > lift[:, near]
    share = float(far_higher[high].mean())
    if share >= FAR_SHARE:
        if resting_deg >= LIES_DEG or not _taken_along(lift):
            believed = float(wrong[high].mean()) > 0.5
            return wrong if believed else np.asarray(~far_higher & high)
    elif _rushes(time_s, lift) < (MIXED_FLICKERS if share > 1 - FAR_SHARE else FLICKERS):
        return wrong
    # Low over a standing foot the thigh at work is not the higher one.
    return np.where(high | (resting_deg <= ON_THE_MAT_DEG), far_higher, wrong)


def _taken_along(lift: Array) -> bool:
    """Whether the lower thigh goes along as the other one leaves the mat and as it passes by."""
    higher, lower = lift.max(axis=1), lift.min(axis=1)
    leaving = higher < LEAVING_DEG
    passing = (higher > PASSING_DEG[0]) & (higher < PASSING_DEG[1])
    if not (leaving.any() and passing.any()):
        return False
    return bool(np.median(lower[leaving]) > ALONG_DEG and np.median(lower[passing]) > PASSED_DEG)


def _rushes(time_s: Array, lift: Array) -> int:
    """How often the thighs of one rise pass each other faster than legs do."""
    apart = lift[:, 0] - lift[:, 1]
    clear = np.flatnonzero(np.abs(apart) > APART_DEG)
    passings = [(i, j) for i, j in pairwise(clear) if apart[i] * apart[j] < 0]
    rushed = [abs(apart[j] - apart[i]) > RUSH_DEG_S * (time_s[j] - time_s[i]) for i, j in passings]
    return int(np.count_nonzero(rushed))
