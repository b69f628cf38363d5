"""How far the hip flexes before the body begins to make up for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posecheck.core.events import Event
from posecheck.core.phases import Rep
from posecheck.core.records import NAN, Array, Mask, Side
from posecheck.core.rules import RAISED_DEG

NEAR_TOP_DEG = 15.0
"""The largest hip flexion is looked for within this of the largest thigh angle: a pelvis told only
lower down tells nothing of it."""
TOLD_SHARE = 0.6
"""A repetition is called clean only if the pelvis was told in so much of it."""


@dataclass(frozen=True, slots=True)
class Depth:
    """A hip flexion and when it was reached, with the thigh angle and the tilt it is made of.

    ``hip_flexion_sd_deg``: one standard deviation. All NaN where the pelvis was not told.
    """

    time_s: float = NAN
    hip_flexion_deg: float = NAN
    hip_flexion_sd_deg: float = NAN
    thigh_angle_deg: float = NAN
    pelvic_tilt_deg: float = NAN
    pelvic_tilt_sd_deg: float = NAN


def deepest(time_s: Array, angles_deg: dict[str, Array], thigh_sd_deg: float, mine: Mask) -> Depth:
    """The largest hip flexion among the frames of ``mine`` (n,), near their largest thigh angle.

    ``angles_deg``: (n,) each, as `Recording` has them. ``thigh_sd_deg``: of the thigh angle.
    """
    hip, thigh = angles_deg["hip_flexion_deg"], angles_deg["thigh_angle_deg"]
    chosen = mine & np.isfinite(thigh)
    if not chosen.any():
        return Depth()
    chosen &= np.isfinite(hip) & (thigh >= thigh[chosen].max() - NEAR_TOP_DEG)
    if not chosen.any():
        return Depth()
    at = int(np.argmax(np.where(chosen, hip, -np.inf)))
    tilt_sd = float(angles_deg["pelvic_tilt_sd_deg"][at])
    return Depth(
        time_s=float(time_s[at]),
        hip_flexion_deg=float(hip[at]),
        hip_flexion_sd_deg=math.hypot(tilt_sd, 0.0 if math.isnan(thigh_sd_deg) else thigh_sd_deg),
        thigh_angle_deg=float(thigh[at]),
        pelvic_tilt_deg=float(angles_deg["pelvic_tilt_deg"][at]),
        pelvic_tilt_sd_deg=tilt_sd,
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A repetition with what the body did in it.

    ``clean``: no compensation; None where the pelvis was told in too little of it to say so.
    ``reached``: the largest hip flexion of all; ``before``: the largest before the first
    compensation, the whole of a clean repetition.
    """

    rep: Rep
    clean: bool | None
    reached: Depth
    before: Depth


def judged(
    reps: Sequence[Rep],
    events: Sequence[Event],
    time_s: Array,
    angles_deg: dict[str, Array],
    thigh_sd_deg: float,
) -> list[Judged]:
    """Every repetition with what the body did in it; arguments as in `Recording`."""
    return [
        _judged(
            rep,
            events,
            time_s[within],
            {name: values[within] for name, values in angles_deg.items()},
            thigh_sd_deg,
        )
        for rep, within in zip(reps, spans(reps, time_s), strict=True)
    ]


def _judged(
    rep: Rep,
    events: Sequence[Event],
    time_s: Array,
    angles_deg: dict[str, Array],
    thigh_sd_deg: float,
) -> Judged:
    """A repetition whose frames these are."""
    start_s, end_s = time_s[[0, -1]]
    going_on = [e for e in events if e.start_s <= end_s and not e.end_s <= start_s]
    first_s = min((e.start_s for e in going_on if e.kind.compensation), default=math.inf)
    raised = angles_deg["thigh_angle_deg"] > RAISED_DEG
    told = np.isfinite(angles_deg["pelvic_tilt_deg"][raised])
    clean = None if math.isinf(first_s) else False
    if clean is None and told.size and told.mean() >= TOLD_SHARE:
        clean = True
    before = Depth()
    if clean is not None:
        before = deepest(time_s, angles_deg, thigh_sd_deg, raised & (time_s < first_s))
    return Judged(rep, clean, deepest(time_s, angles_deg, thigh_sd_deg, raised), before)


def spans(reps: Sequence[Rep], time_s: Array) -> list[slice]:
    """The frames of each repetition, of those at ``time_s`` (n,); all are in order of time.

    A start or end that was not seen reaches to the repetition next to it, or to the end of all.
    """
    seen = np.array([(rep.start_s, rep.peak_s, rep.end_s) for rep in reps]).reshape(-1, 3)
    peak_s = seen[:, 1]
    start_s, end_s = (np.where(np.isnan(each), peak_s, each) for each in (seen[:, 0], seen[:, 2]))
    since_s = np.where(np.isnan(seen[:, 0]), np.append(-np.inf, end_s)[:-1], start_s)
    until_s = np.where(np.isnan(seen[:, 2]), np.append(start_s, np.inf)[1:], end_s)
    first = np.searchsorted(time_s, since_s, side="left").tolist()
    end = np.searchsorted(time_s, until_s, side="right").tolist()
    return [slice(*frames) for frames in zip(first, end, strict=True)]


def clean_depth(reps: Sequence[Judged], side: Side) -> Depth:
    """The clean range of one leg: the deepest of its repetitions before any compensation."""
    depths = [each.before for each in reps if each.rep.side is side]
    told = [depth for depth in depths if math.isfinite(depth.hip_flexion_deg)]
    return max(told, key=lambda depth: depth.hip_flexion_deg, default=Depth())
