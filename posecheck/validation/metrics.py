"""The measures of error: arrays in, numbers out. Angles deg, times s, NaN not measured or unknown.

An error is estimate minus truth. "(n,)" arrays have one entry a frame of one clip.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.core.phases import Rep
from posecheck.core.records import NAN, Array, Mask
from posecheck.core.smoothing import runs

RAISED_DEG = 20.0
"""A true thigh angle above this is raised: the frames that matter most are also told apart."""
SIDE_DEG = 25.0
"""The working side counts where the true thigh angle is above this."""
SWAP_DEG = 15.0
HOLD_SPEED_DEG_S, HOLD_DEG, HOLD_S = 1.5, 30.0, 1.0
MOVING_DEG_S = 20.0
DELAYS_S = np.arange(-20, 81) * 0.005
LEAST_MOVING = 30
"""Fewer moving frames tell no delay."""
LEAST_HELD = 10
"""Fewer measured frames of a hold tell no jitter."""
EDGE_S = 0.5


@dataclass(frozen=True, slots=True)
class Agreement:
    """Error over frames: mean absolute, bias (mean), sd, 95 % limits of agreement, 95th percentile.

    The limits are those of Bland and Altman, bias -+ 1.96 sd (sample sd); ``p95_deg`` is the 95th
    percentile of the absolute error; ``frames`` is how many were measured. NaN without any.
    """

    mae_deg: float
    bias_deg: float
    sd_deg: float
    low_deg: float
    high_deg: float
    p95_deg: float
    frames: int


def agreement(error_deg: Array) -> Agreement:
    """`Agreement` of errors (n,) deg; NaN entries are left out."""
    error = error_deg[np.isfinite(error_deg)]
    if not error.size:
        return Agreement(NAN, NAN, NAN, NAN, NAN, NAN, 0)
    bias = float(error.mean())
    sd = float(error.std(ddof=1)) if error.size > 1 else NAN
    return Agreement(
        mae_deg=float(np.abs(error).mean()),
        bias_deg=bias,
        sd_deg=sd,
        low_deg=bias - 1.96 * sd,
        high_deg=bias + 1.96 * sd,
        p95_deg=float(np.percentile(np.abs(error), 95)),
        frames=int(error.size),
    )


def bootstrap_interval(values: Array, draws: int = 2000) -> tuple[float, float]:
    """95 % interval of the mean of ``values`` (k,), one for each subject, drawn with replacement.

    The frames of a subject are not independent, so subjects are drawn, never frames. The draws are
    the same every time. NaN for fewer than two values.
    """
    if values.size < 2:
        return NAN, NAN
    drawn = np.random.default_rng(0).choice(values, (draws, values.size)).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def speed_deg_s(time_s: Array, angle_deg: Array) -> Array:
    """Rate of change (n,) of an angle (n,) by central differences; nothing crosses a NaN."""
    speed = np.full(angle_deg.shape, NAN)
    for run in runs(np.isfinite(angle_deg)):
        if run.stop - run.start > 1:
            speed[run] = np.gradient(angle_deg[run], time_s[run])
    return speed


def swaps(
    estimate_deg: Array,
    thigh_deg: Array,
    resting_deg: Array,
    side: Sequence[str | None],
    true_side: Sequence[str],
) -> Mask:
    """Frames (n,) whose thigh angle is of the other leg.

    Either the estimate is more than `SWAP_DEG` off the true thigh and less than half as far from
    the true resting thigh; or, with the true thigh above `SIDE_DEG`, the side named is not the
    true one. Only measured frames with a truth can be swapped.
    """
    off = np.abs(estimate_deg - thigh_deg)
    like_the_other = (off > SWAP_DEG) & (np.abs(estimate_deg - resting_deg) < off / 2)
    misnamed = np.array([a != b for a, b in zip(side, true_side, strict=True)], dtype=bool)
    return np.asarray(np.isfinite(off) & (like_the_other | (misnamed & (thigh_deg > SIDE_DEG))))


def side_right(
    measured: Mask, thigh_deg: Array, side: Sequence[str | None], true_side: Sequence[str]
) -> bool | None:
    """Whether the working side of a clip is right; None where no thigh is truly raised in it.

    In every stretch of one true side the side named in most of the measured frames whose true
    thigh angle is above `SIDE_DEG` must be the true one; a stretch with such frames, none of them
    measured, is wrong.
    """
    verdicts = []
    changes = [i for i in range(1, len(true_side)) if true_side[i] != true_side[i - 1]]
    for start, stop in zip([0, *changes], [*changes, len(true_side)], strict=True):
        raised = start + np.flatnonzero(thigh_deg[start:stop] > SIDE_DEG)
        if raised.size:
            named = Counter(side[int(i)] for i in raised if measured[i])
            verdicts.append(bool(named) and named.most_common(1)[0][0] == true_side[start])
    return all(verdicts) if verdicts else None


def false_rows(time_s: Array, estimate_deg: Array, seen: Mask) -> tuple[Mask, Mask]:
    """Frames (n,) with an angle where ``seen`` (n,), a person truly on the back, is false.

    The second mask has those of them within `EDGE_S` of the person's appearing or vanishing.
    """
    false = np.isfinite(estimate_deg) & ~seen
    changes = np.flatnonzero(seen[1:] != seen[:-1])
    edges_s = np.concatenate([time_s[changes], time_s[changes + 1]])
    apart_s = np.abs(time_s[:, None] - edges_s[None, :])
    return false, false & (apart_s <= EDGE_S + 1e-9).any(axis=1)


def holds(time_s: Array, thigh_deg: Array) -> list[slice]:
    """Stretches of a true thigh (n,) above `HOLD_DEG` and slower than `HOLD_SPEED_DEG_S`.

    Each lasts `HOLD_S` or more.
    """
    still = np.abs(speed_deg_s(time_s, thigh_deg)) < HOLD_SPEED_DEG_S
    found = runs(still & (thigh_deg > HOLD_DEG))
    return [r for r in found if time_s[r.stop - 1] - time_s[r.start] >= HOLD_S - 1e-9]


def jitter_deg(time_s: Array, error_deg: Array) -> float:
    """Standard deviation of the error (n,) of one hold about its own straight line.

    NaN where fewer than `LEAST_HELD` frames were measured.
    """
    known = np.isfinite(error_deg)
    if known.sum() < LEAST_HELD:
        return NAN
    t, error = time_s[known] - time_s[known].mean(), error_deg[known]
    left = error - np.polyval(np.polyfit(t, error, 1), t)
    return float(np.sqrt((left**2).sum() / (error.size - 2)))


def delay_s(time_s: Array, live_deg: Array, truth_deg: Array, usable: Mask) -> float:
    """The delay d for which a + b * truth(t - d) fits ``live_deg`` (n,) best, in least squares.

    d is one of `DELAYS_S`. Frames count where ``usable`` (n,) and the truth is faster than
    `MOVING_DEG_S`; NaN where fewer than `LEAST_MOVING` do. Positive: live comes late.
    """
    moving = np.abs(speed_deg_s(time_s, truth_deg)) > MOVING_DEG_S
    chosen = np.flatnonzero(usable & moving & np.isfinite(live_deg))
    at_s = time_s[chosen][:, None] - DELAYS_S[None, :]
    # Between a known and an unknown sample, np.interp gives NaN: a frame counts for all d or none.
    then = np.interp(at_s, time_s, truth_deg, left=NAN, right=NAN)
    whole = np.isfinite(then).all(axis=1)
    if whole.sum() < LEAST_MOVING:
        return NAN
    live, then = live_deg[chosen][whole], then[whole]
    live, then = live - live.mean(), then - then.mean(axis=0)
    explained = (then * live[:, None]).sum(axis=0) ** 2 / (then**2).sum(axis=0)
    return float(DELAYS_S[np.argmax(explained)])


def ramp_lag_s(
    step: Callable[[float, float], float], speed: float = 40.0, rate_hz: float = 30.0
) -> float:
    """The longest time by which a causal filter trails an exact ramp of ``speed`` (deg/s).

    ``step(time_s, value)`` is called at ``rate_hz``: 2 s of rest at 0, then 2 s of the ramp.
    """
    times_s = np.arange(round(4 * rate_hz)) / rate_hz - 2.0
    ramp = speed * np.maximum(times_s, 0.0)
    smooth = np.array([step(float(t), float(v)) for t, v in zip(times_s, ramp, strict=True)])
    return float(((ramp - smooth) / speed).max())


def match_reps(true: Sequence[Rep], found: Sequence[Rep]) -> list[tuple[Rep, Rep]]:
    """Pairs (true, found) of one leg: each found peak belongs to the true rise and fall around it.

    The first found one of several counts; an end that is NaN (not seen) is open.
    """
    pairs = []
    left = list(found)
    for rep in true:
        for other in left:
            after = not other.peak_s < rep.start_s
            if other.side is rep.side and after and not other.peak_s > rep.end_s:
                pairs.append((rep, other))
                left.remove(other)
                break
    return pairs
