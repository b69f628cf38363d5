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
from posecheck.core.standing import FAR_SHARE, names_beside_a_standing_foot

RISE_DEG = 20.0
"""A rise lasts while one of the thighs is above this."""
FLICKERS = 2
"""Changes of name in one rise from which on none of them is believed, where the higher thigh has
now the one name, now the other, and neither nearly always."""
ON_THE_MAT_DEG, STANDING_DEG = 20.0, 35.0
"""While one thigh is high the other is below the first, for a quarter of the time at least, where
its leg lies on the mat, below the second where its foot stands; else it may be at work too."""
HIGH_DEG = 60.0
"""Above this, or three quarters of its height, a rise is looked at."""
HIDDEN_DEG = 5.0, 26.0
PASSING_DEG, ALONG_DEG = (35.0, 65.0), (16.0, 42.0)
"""Where the lower thigh is within the first of these at the top, hidden behind the one at work, and
in the middle within the third while the higher one is within the second, taken along by it, the
near leg is at work all the same. So it was in the three rises of the near leg, of 308 with the far
one's name in 85 % or more, of rendered people, and in no other one."""


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
            seen, leg = (time_s[rise], lift[rise]), SIDES.index(side)
            mended[rise] = _mended(*seen, wrong[rise], leg)
            mended[rise] = names_beside_a_standing_foot(*seen, mended[rise], leg)
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
    if share >= FAR_SHARE and not _taken_along(lift, resting_deg):
        seen_changing = share < 1.0 and np.mean((wrong == far_higher)[high]) >= FAR_SHARE
        return wrong if seen_changing else np.asarray(~far_higher & high)
    if 1 - FAR_SHARE < share < FAR_SHARE and _rushes(time_s, lift) < FLICKERS:
        return wrong
    # Low over a standing foot the thigh at work is not the higher one.
    return np.where(high | (resting_deg <= ON_THE_MAT_DEG), far_higher, wrong)


def _taken_along(lift: Array, resting_deg: float) -> bool:
    """Whether the lower thigh is hidden behind the other one, and goes along as that passes by."""
    higher, lower = lift.max(axis=1), lift.min(axis=1)
    passing = lower[(higher > PASSING_DEG[0]) & (higher < PASSING_DEG[1])]
    hidden = HIDDEN_DEG[0] <= resting_deg < HIDDEN_DEG[1]
    return bool(hidden and passing.size and ALONG_DEG[0] < np.median(passing) < ALONG_DEG[1])


def _rushes(time_s: Array, lift: Array) -> int:
    """How often the thighs of one rise pass each other faster than legs do."""
    apart = lift[:, 0] - lift[:, 1]
    clear = np.flatnonzero(np.abs(apart) > APART_DEG)
    passings = [(i, j) for i, j in pairwise(clear) if apart[i] * apart[j] < 0]
    rushed = [abs(apart[j] - apart[i]) > RUSH_DEG_S * (time_s[j] - time_s[i]) for i, j in passings]
    return int(np.count_nonzero(rushed))
