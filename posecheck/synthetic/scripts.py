"""Movements of the suite, each a short script with a little chance in it.

Every script draws its figures from ``rng`` and gives the motions to play one after the other.
Times are seconds, angles degrees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from posecheck.core.records import Side
from posecheck.synthetic.angles import Hands
from posecheck.synthetic.motion import STRAIGHT_KNEE_DEG, Key, Motion, in_turn, repetition

Rng = np.random.Generator
Script = Callable[[Rng, Side], tuple[Motion, ...]]

FLAT_S = 1.6
"""Lying flat before and after the movement."""


def steady(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """Two easy repetitions."""
    keys, end_s = _repetitions(rng, 2, 80, 112)
    return (Motion(end_s, side, keys),)


def contract_relax(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """Held; pushed against the hands, let go, a little deeper; twice."""
    peak, rise_s = rng.uniform(80, 100), rng.uniform(1.6, 2.4)
    push, gain = rng.uniform(2, 6), rng.uniform(2, 5)
    top = FLAT_S + rise_s
    thigh = (
        (FLAT_S, 0.0), (top, peak), (top + 0.8, peak), (top + 1.3, peak - push),
        (top + 3.3, peak - push), (top + 4.3, peak + gain), (top + 5.1, peak + gain),
        (top + 5.6, peak + gain - push), (top + 7.4, peak + gain - push),
        (top + 8.4, peak + 2 * gain), (top + 9.2, peak + 2 * gain), (top + 11.2, 0.0),
    )  # fmt: skip
    return (Motion(top + 11.2 + FLAT_S, side, thigh, hands=_hands(rng)),)


def knee_out(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The knee out to the side all the way up."""
    return _led(rng, side, rng.uniform(12, 30))


def past_midline(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The knee slightly past midline."""
    return _led(rng, side, -rng.uniform(5, 14))


def side_to_midline(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """Held, the knee led from the side to midline and a little past."""
    keys, end_s = _repetitions(rng, 1, 80, 105, hold_s=4.5)
    start, top, held, down = (time for time, _ in keys)
    line = (
        (start, 0.0), (top, rng.uniform(15, 28)), (top + 1.0, 20.0),
        (held - 1.0, -rng.uniform(3, 10)), (held, -3.0), (down, 0.0),
    )  # fmt: skip
    return (Motion(end_s, side, keys, knee_line=line),)


def end_range_tilt(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """Drawn to the limit, where the pelvis goes along."""
    keys, end_s = _repetitions(rng, 1, 112, 132, hold_s=2.2)
    start, top, held, down = (time for time, _ in keys)
    tilt = rng.uniform(6, 15)
    bent = start + 0.7 * (top - start)
    extra = ((bent, 0.0), (top, tilt), (held, tilt), (held + 0.4 * (down - held), 0.0))
    hands = Hands.SHIN if rng.random() < 0.5 else Hands.THIGH
    return (Motion(end_s, side, keys, extra_tilt=extra, hands=hands),)


def tilt_from_start(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The pelvis goes along from the start, far beyond the healthy rhythm."""
    keys, end_s = _repetitions(rng, 2, 75, 105)
    tilt = rng.uniform(6, 14)
    extra = tuple((time, tilt if value else 0.0) for time, value in keys)
    return (Motion(end_s, side, keys, extra_tilt=extra),)


def twist(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The low back twists either way at the top."""
    keys, end_s = _repetitions(rng, 1, 85, 110, hold_s=2.5)
    start, top, held, down = (time for time, _ in keys)
    turned = rng.uniform(6, 16) * rng.choice([-1, 1])
    keys_twist = ((start + 0.5 * (top - start), 0.0), (top, turned), (held, turned), (down, 0.0))
    return (Motion(end_s, side, keys, twist=keys_twist),)


def resting_lift(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The resting leg comes off the mat while the other is held."""
    keys, end_s = _repetitions(rng, 1, 85, 112, hold_s=3.5)
    _, top, held, _ = (time for time, _ in keys)
    lift = rng.uniform(10, 25)
    lifted = ((top - 0.4, 0.0), (top + 0.8, lift), (held - 0.6, lift), (held + 0.8, 0.0))
    return (Motion(end_s, side, keys, resting_thigh=lifted),)


def fast(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """Three quick repetitions."""
    keys: list[Key] = []
    start = FLAT_S
    for _ in range(3):
        rep = repetition(start, rng.uniform(75, 110), rng.uniform(0.6, 0.9), 0.5, 0.8)
        keys += rep
        start = rep[-1][0] + 0.5
    return (Motion(start + FLAT_S, side, tuple(keys)),)


def slow(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """One very slow repetition."""
    keys = tuple(repetition(FLAT_S, rng.uniform(85, 115), rng.uniform(4, 5.5), 1.5, 3.0))
    return (Motion(keys[-1][0] + FLAT_S, side, keys),)


def partial(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """Two repetitions that stop half way up."""
    keys, end_s = _repetitions(rng, 2, 38, 68, hold_s=1.5)
    return (Motion(end_s, side, keys),)


def trembling(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """Held with a tremor."""
    keys, end_s = _repetitions(rng, 1, 85, 110, hold_s=3.5)
    return (Motion(end_s, side, keys, trembling_deg=rng.uniform(0.8, 2.5), hands=_hands(rng)),)


def strap_straight(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The straight leg raised with a strap round the foot."""
    keys, end_s = _repetitions(rng, 2, 55, 88)
    motion = Motion(end_s, side, keys, hands=Hands.STRAP_FOOT, knee_for_thigh=STRAIGHT_KNEE_DEG)
    return (motion,)


def strap_bent(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The bent leg drawn up with a strap behind the thigh."""
    keys, end_s = _repetitions(rng, 2, 80, 112)
    return (Motion(end_s, side, keys, hands=Hands.STRAP_THIGH),)


def shin_deep(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """Drawn far up with the hands on the shin."""
    keys, end_s = _repetitions(rng, 2, 112, 136)
    return (Motion(end_s, side, keys, hands=Hands.SHIN),)


def hidden_hip(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """A hand lies over the hip."""
    keys, end_s = _repetitions(rng, 2, 80, 108)
    return (Motion(end_s, side, keys, hands=Hands.HIP),)


def no_hands(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """Drawn up without hands."""
    keys, end_s = _repetitions(rng, 2, 70, 100)
    return (Motion(end_s, side, keys, hands=Hands.MAT),)


def resting_knee_bent(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The other foot stands on the mat, as easier forms of the stretch have it; flat at first."""
    keys, end_s = _repetitions(rng, 1, 85, 108, hold_s=3.0)
    shifted = tuple((time + 2.4, value) for time, value in keys)
    bent, thigh = rng.uniform(60, 85), rng.uniform(30, 42)
    still = ((FLAT_S, 0.0), (FLAT_S + 1.8, 1.0))
    resting_thigh = tuple((time, part * thigh) for time, part in still)
    resting_knee = tuple((time, part * bent) for time, part in still)
    return (
        Motion(end_s + 2.4, side, shifted, resting_thigh=resting_thigh, resting_knee=resting_knee),
    )


def raised_at_first(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The clip begins with the knee drawn up; neutral comes only at the end."""
    keys, end_s = _repetitions(rng, 2, 80, 110)
    begin = keys[1][0] + 0.3
    later = tuple((time - begin, value) for time, value in keys)
    return (Motion(end_s - begin, side, later),)


def never_flat(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """The knee is never laid down: no neutral pose at all."""
    low, high = rng.uniform(28, 45), rng.uniform(85, 110)
    keys = ((1.2, low), (3.0, high), (4.6, high), (6.4, low), (7.0, low), (8.8, high), (9.6, high))
    return (Motion(9.8, side, keys),)


def in_turn_both(rng: Rng, side: Side) -> tuple[Motion, ...]:
    """One leg, then the other."""
    motions = []
    for each in (side, side.other):
        keys, end_s = _repetitions(rng, 1, 80, 110)
        motions.append(Motion(end_s, each, keys))
    return tuple(motions)


SCRIPTS: dict[str, Script] = {
    script.__name__: script
    for script in (
        steady, contract_relax, knee_out, past_midline, side_to_midline, end_range_tilt,
        tilt_from_start, twist, resting_lift, fast, slow, partial, trembling, strap_straight,
        strap_bent, shin_deep, hidden_hip, no_hands, resting_knee_bent, raised_at_first,
        never_flat, in_turn_both,
    )
}  # fmt: skip
"""Every script by name."""


def with_rhythm(motion: Motion, share: float) -> Motion:
    """The motion of someone whose healthy pelvis moves ``share`` times as much as the usual."""
    return replace(
        motion, healthy_tilt=tuple((thigh, share * tilt) for thigh, tilt in motion.healthy_tilt)
    )


def _repetitions(
    rng: Rng, count: int, least: float, most: float, hold_s: float | None = None
) -> tuple[tuple[Key, ...], float]:
    """Keys of ``count`` repetitions, and the end of the clip (s)."""
    parts: list[list[Key]] = []
    start = FLAT_S + rng.uniform(0.0, 0.4)
    for _ in range(count):
        rise_s, lower_s = rng.uniform(1.3, 2.3, 2)
        held_s = hold_s or rng.uniform(0.9, 1.8)
        parts.append(repetition(start, rng.uniform(least, most), rise_s, held_s, lower_s))
        start = parts[-1][-1][0] + rng.uniform(0.5, 1.0)
    return in_turn(*parts), parts[-1][-1][0] + FLAT_S


def _led(rng: Rng, side: Side, line_deg: float) -> tuple[Motion, ...]:
    keys, end_s = _repetitions(rng, 2, 78, 105)
    line = tuple((time, line_deg if value else 0.0) for time, value in keys)
    return (Motion(end_s, side, keys, knee_line=line),)


def _hands(rng: Rng) -> Hands:
    return Hands.SHIN if rng.random() < 0.4 else Hands.THIGH
