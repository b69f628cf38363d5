"""How much pelvic tilt belongs to healthy hip flexion: what is expected at a thigh angle."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from posecheck.core.records import Array, Mask

HEALTHY_TILT_DEG: tuple[tuple[float, float], ...] = (
    (0.0, 0.0), (15.0, 0.5), (30.0, 1.5), (45.0, 2.4), (61.0, 3.9), (128.0, 11.4),
)  # fmt: skip
"""(thigh angle, posterior pelvic tilt): supine, passive, knee bent, by MRI (Rigakuryoho Kagaku
29/4). A clinical study has 7.3 deg (6 to 11) at 106 deg (Fenato 2020)."""
USUAL_SPREAD = 0.25
"""One standard deviation between people, as a share of what is expected: about what makes the
clinical study's 6 to 11 deg."""
LEARNED_SHARES = 0.5, 2.0
"""No own line lies beyond these shares of the usual one: more would teach it the cheat itself."""
EASY_DEG = 30.0, 95.0
"""Thigh angles between which an easy repetition tells of the rhythm."""
LEAST_LEARNED_S = 3.0
"""... and for how long it must have been seen."""
RISE_FROM_DEG, RISE_TO_DEG, NEW_RISE_DEG = 40.0, 75.0, 25.0
"""A rise tells its own line between the first two thigh angles; below the third it is over."""
RISE_SHARES = 0.5, 1.5
"""... but no share of the person's rhythm beyond these: what is more is no rhythm."""
RISE_SD, GAIN_SD = 0.2, 0.43
"""How well a rise tells its share, and by what share the estimate of tilt is too large or too small
throughout it, standard deviations; chosen on rendered clips that were looked into."""
CLIP_COUNTS = 2.0
"""So many readings of its own weigh as much as a whole clip: their errors are alike."""
LEAST_SPREAD = 0.1
"""Nobody moves twice the same."""

_THIGH_DEG, _TILT_DEG = np.array(HEALTHY_TILT_DEG).T.copy()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A person's own line: ``share`` of the usual tilt, and one standard deviation of it."""

    share: float = 1.0
    share_sd: float = USUAL_SPREAD

    def expected_deg(self, thigh_angle_deg: float) -> float:
        """Healthy posterior tilt at a thigh angle, deg."""
        return self.share * float(usual_tilt_deg(thigh_angle_deg))


USUAL = Rhythm()


def usual_tilt_deg(thigh_angle_deg: Array | float) -> Array:
    """`HEALTHY_TILT_DEG` at thigh angles of any shape, deg; level beyond its ends."""
    return np.asarray(np.interp(thigh_angle_deg, _THIGH_DEG, _TILT_DEG))


@dataclass(slots=True)
class RiseLine:
    """Causal: the line of this very rise, told where it is easy; feed it every frame.

    It takes off what the estimate of tilt has too much or too little of in this person's clothes,
    and leaves what comes on top when the hip has reached its limit.
    """

    rhythm: Rhythm
    _tilt: float = 0.0
    _usual: float = 0.0

    def expected_deg(self, thigh_angle_deg: float, tilt_deg: float) -> float:
        """Tilt to be expected now, deg, after taking in what is measured now (NaN: nothing)."""
        usual = float(usual_tilt_deg(thigh_angle_deg))
        if thigh_angle_deg < NEW_RISE_DEG:
            self._tilt = self._usual = 0.0
        elif RISE_FROM_DEG < thigh_angle_deg < RISE_TO_DEG and math.isfinite(tilt_deg):
            self._tilt += tilt_deg * usual
            self._usual += usual**2
        return self._share() * usual

    def _share(self) -> float:
        if not self._usual:
            return self.rhythm.share
        known, told = 1.0 / (self.rhythm.share_sd**2 + GAIN_SD**2), 1.0 / RISE_SD**2
        share = (known * self.rhythm.share + told * self._tilt / self._usual) / (known + told)
        least, most = (limit * self.rhythm.share for limit in RISE_SHARES)
        return min(max(share, least), most)


def learned(
    time_s: Array,
    thigh_angle_deg: Array,
    tilt_deg: Array,
    tilt_sd_deg: Array,
    easy: Mask,
    before: Rhythm = USUAL,
) -> Rhythm | None:
    """A person's own line from easy movement in one clip, None where too little was seen.

    Arrays (n,), NaN not measured; ``easy`` (n,): frames of repetitions without compensation. What
    is seen is weighed against what was known ``before``. The errors of neighbouring frames are
    alike: all of a clip together count as `CLIP_COUNTS`.
    """
    raised = (thigh_angle_deg > EASY_DEG[0]) & (thigh_angle_deg < EASY_DEG[1])
    chosen = easy & raised & np.isfinite(tilt_deg) & np.isfinite(tilt_sd_deg)
    step_s = np.minimum(np.diff(time_s, prepend=time_s[:1]), 0.2)
    if not step_s[chosen].sum() >= LEAST_LEARNED_S:
        return None
    usual = usual_tilt_deg(thigh_angle_deg[chosen])
    weight = usual**2 / tilt_sd_deg[chosen] ** 2
    seen = float(np.sum(weight * tilt_deg[chosen] / usual) / weight.sum())
    told, known = CLIP_COUNTS * float(weight.mean()), 1.0 / before.share_sd**2
    share = float(np.clip((known * before.share + told * seen) / (known + told), *LEARNED_SHARES))
    return Rhythm(share, max(LEAST_SPREAD, float((known + told) ** -0.5)))
