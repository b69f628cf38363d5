"""Clips in which the pelvis moves as it likes, whatever the thigh does: what its fit learns from.

In healthy movement tilt follows the thigh. Learned from that, an estimate would tell the thigh's
angle over again and miss the very cheat it is there to find.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from posecheck.core.records import Side
from posecheck.synthetic.angles import STRETCHING, Hands
from posecheck.synthetic.clips import Clip
from posecheck.synthetic.motion import STRAIGHT_KNEE_DEG, Key, Motion
from posecheck.synthetic.scripts import FLAT_S, Rng
from posecheck.synthetic.suite import filmed

FIRST_SEED = 500_000
RATE = 20
STILL_PELVIS: tuple[Key, ...] = ((0.0, 0.0), (128.0, 0.0))
"""No share of tilt follows from the thigh."""


def training_clips(count: int) -> dict[str, Clip]:
    """The first ``count`` clips by name, each with a subject of its own."""
    return {f"pelvis_{seed}": _clip(seed) for seed in range(FIRST_SEED, FIRST_SEED + count)}


def _clip(seed: int) -> Clip:
    rng = np.random.default_rng(seed)
    motion = wandering(rng, Side.LEFT if rng.random() < 0.5 else Side.RIGHT)
    clip = filmed(rng, Clip(motions=(motion,)), motion.duration_s, small=False)
    return replace(clip, fps=min(clip.fps, RATE), gaps=(1,), company=())


def wandering(rng: Rng, side: Side) -> Motion:
    """One leg raised, held and lowered; tilt and twist come and go at times of their own."""
    rise_s, hold_s, lower_s = rng.uniform(1.2, 2.0), rng.uniform(1.8, 2.8), rng.uniform(1.2, 2.0)
    straight = rng.random() < 0.15
    peak = rng.uniform(50, 85 if straight else 130)
    top = FLAT_S + rise_s
    down = top + hold_s + lower_s
    thigh = (
        (FLAT_S, 0.0), (top, peak), (top + hold_s / 2, peak + rng.uniform(-10, 6)),
        (top + hold_s, peak), (down, 0.0),
    )  # fmt: skip
    motion = Motion(
        down + FLAT_S / 2,
        side,
        thigh,
        extra_tilt=_wandering(rng, down, -4.0, 24.0),
        twist=_wandering(rng, down, -15.0, 15.0) if rng.random() < 0.5 else (),
        resting_thigh=_wandering(rng, down, 0.0, 22.0) if rng.random() < 0.25 else (),
        knee_line=_led(rng, top, hold_s),
        healthy_tilt=STILL_PELVIS,
        hands=STRETCHING[rng.integers(len(STRETCHING))],
    )
    if motion.hands is Hands.STRAP_FOOT or straight:
        motion = replace(motion, knee_for_thigh=STRAIGHT_KNEE_DEG)
    return motion


def _wandering(rng: Rng, end_s: float, least: float, most: float) -> tuple[Key, ...]:
    """From 0 by way of a few values at times by chance and back to 0."""
    times = np.linspace(FLAT_S, end_s, 6)[1:-1] + rng.uniform(-0.35, 0.35, 4)
    values = rng.uniform(least, most, 4) * (rng.random(4) < 0.75)
    inner = tuple((float(t), float(v)) for t, v in zip(times, values, strict=True))
    return ((FLAT_S - 0.2, 0.0), *inner, (end_s, 0.0))


def _led(rng: Rng, top_s: float, hold_s: float) -> tuple[Key, ...]:
    if rng.random() < 0.6:
        return ()
    line = rng.uniform(-12, 28)
    return ((FLAT_S, 0.0), (top_s, line), (top_s + hold_s, line), (top_s + hold_s + 1.2, 0.0))
