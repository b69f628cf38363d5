"""How much pelvic tilt belongs to healthy hip flexion: what is expected at a thigh angle."""

from __future__ import annotations

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
