"""Named suites of clips, each made from seeds of its own, for measuring how wrong the angles are.

``practice`` is for mending: look at it as often as wanted. ``quick`` is what every change is held
against. ``full`` is for reporting: its seeds are never looked at while anything is tuned.
``seen_1`` to ``seen_3`` were ``full`` once and have been looked into since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from posecheck.core.posture import Posture
from posecheck.core.records import Side
from posecheck.synthetic import subjects
from posecheck.synthetic.clips import Clip
from posecheck.synthetic.scripts import SCRIPTS, steady, with_rhythm

FIRST_SEED = {
    "practice": 90_000, "seen_1": 210_000, "seen_2": 250_000, "seen_3": 290_000,
    "quick": 40_000, "full": 370_000,
}  # fmt: skip
QUICK_SCRIPTS = (
    "steady", "end_range_tilt", "knee_out", "resting_lift", "strap_straight", "never_flat",
)  # fmt: skip
ROUNDS = {"practice": 4, "seen_1": 4, "seen_2": 4, "seen_3": 4, "quick": 1, "full": 8}
"""How often every script is played, each time by another subject."""
NEGATIVES = {"practice": 10, "seen_1": 10, "seen_2": 10, "seen_3": 10, "quick": 1, "full": 12}
NOT_ON_THE_BACK = (Posture.PRONE, Posture.SIDE_LYING, Posture.UPRIGHT, Posture.UNSEEN)
RATES = (15, 24, 25, 30)


@dataclass(frozen=True, slots=True)
class Case:
    """One clip of a suite. ``labels``: what its figures are grouped by, name to value."""

    name: str
    clip: Clip
    labels: dict[str, str]


def suite(name: str) -> list[Case]:
    """The cases of a suite; the same at every call. Raises KeyError for a name not in ROUNDS."""
    scripts = list(QUICK_SCRIPTS if name == "quick" else SCRIPTS) * ROUNDS[name]
    seed = FIRST_SEED[name]
    cases = [case(seed + i, script, small=name == "quick") for i, script in enumerate(scripts)]
    after = seed + len(scripts)
    return cases + [
        negative(after + i, NOT_ON_THE_BACK[i % len(NOT_ON_THE_BACK)], small=name == "quick")
        for i in range(NEGATIVES[name])
    ]


def case(seed: int, script: str, *, small: bool = False) -> Case:
    """One subject who plays one script; ``small`` makes it quick to render."""
    rng = np.random.default_rng(seed)
    side = Side.LEFT if rng.random() < 0.5 else Side.RIGHT
    share = rng.uniform(0.6, 1.4)
    motions = tuple(with_rhythm(motion, share) for motion in SCRIPTS[script](rng, side))
    duration_s = sum(motion.duration_s for motion in motions)
    clip = filmed(rng, Clip(motions=motions), duration_s, small)
    if script == "steady" and rng.random() < 0.5:
        away_s = rng.uniform(0.42, 0.5) * duration_s
        clip = replace(clip, away=((away_s, away_s + rng.uniform(0.4, 1.5)),))
    return Case(f"{script}_{seed}", clip, _labels(script, clip))


def negative(seed: int, posture: Posture, *, small: bool = False) -> Case:
    """One subject who is not on the back, or an empty room."""
    rng = np.random.default_rng(seed)
    motion = replace(steady(rng, Side.LEFT)[0], duration_s=6.0)
    clip = filmed(rng, Clip(motions=(motion,), posture=posture), motion.duration_s, small)
    script = "empty_room" if posture is Posture.UNSEEN else f"not_on_back_{posture.name.lower()}"
    return Case(f"{script}_{seed}", clip, _labels(script, clip))


def filmed(rng: np.random.Generator, clip: Clip, duration_s: float, small: bool) -> Clip:
    """``clip`` with a subject, room, camera and film by chance; ``small`` as in `case`."""
    room = subjects.room(rng)
    camera = subjects.camera(rng)
    dark = room.light < 0.35
    rate = 15 if dark else int(rng.choice(RATES, p=[0.1, 0.2, 0.2, 0.5]))
    clip = replace(
        clip,
        phenotype=subjects.phenotype(rng),
        outfit=subjects.outfit(rng),
        room=room,
        camera=camera,
        company=subjects.company(rng, duration_s),
        effects=subjects.effects(rng, room.light),
        fps=rate,
        gaps=(1,) if rng.random() < 0.8 else (1, 1, 1, 2),
        gap_seed=int(rng.integers(1 << 30)),
        crf=int(rng.choice([22, 26, 30, 36], p=[0.35, 0.3, 0.2, 0.15])),
        repeatable=True,
    )
    if small:
        width_px, height_px = subjects.SIZES_PX["480p"]
        clip = replace(clip, fps=20, camera=replace(camera, width_px=width_px, height_px=height_px))
    return clip


def _labels(script: str, clip: Clip) -> dict[str, str]:
    camera, outfit = clip.camera, clip.outfit
    first = clip.motions[0]
    near = (first.side is Side.LEFT) == (camera.side > 0)
    lines = [line for motion in clip.motions for _, line in motion.knee_line]
    position = "midline"
    if lines:
        position = "out to the side" if max(lines) > 8 else "past midline"
    light = "window" if clip.room.window else "dark" if clip.room.light < 0.65 else "bright"
    patterns = {outfit.shirt.pattern, outfit.shorts.pattern}
    return {
        "motion": script,
        "leg": "both in turn" if len(clip.motions) > 1 else "near" if near else "far",
        "yaw": _bin(abs(camera.yaw_deg), (0, 5, 15, 25, 35)),
        "elevation": _bin(camera.elevation_deg, (0, 10, 20, 30)),
        "light": light,
        "clothes": ("trousers" if outfit.leg > 1 else "shorts")
        + (", loose" if outfit.loose > 0.3 else ", close"),
        "pattern": "plain" if patterns == {"plain"} else "patterned",
        "position": position,
        "hands": first.hands.value,
        "size": f"{camera.height_px}p",
        "company": type(clip.company[0]).__name__.lower() if clip.company else "alone",
    }


def _bin(value: float, edges: tuple[int, ...]) -> str:
    upper = next((i for i, edge in enumerate(edges[1:], start=1) if value <= edge), len(edges) - 1)
    return f"{edges[upper - 1]}-{edges[upper]}"
