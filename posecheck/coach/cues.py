"""What is said and written about an event, kind and short."""

from __future__ import annotations

import math

from posecheck.coach.texts import Texts, load_texts
from posecheck.core.events import Event, Kind, Mark, Sensation


def cue(kind: Kind | Sensation, texts: Texts | None = None) -> str:
    """What to do about it."""
    return (texts or load_texts())(f"cue.{kind}")


def message(event: Event | Mark, texts: Texts | None = None) -> str:
    """What to do, what happened, and how deep: of the hip where the pelvis was told."""
    texts = texts or load_texts()
    kind = event.kind if isinstance(event, Event) else event.sensation
    what = texts(f"happened.{kind}")
    if math.isfinite(event.hip_flexion_deg):
        what = texts("depth.hip", what=what, deg=f"{event.hip_flexion_deg:z.0f}")
    elif math.isfinite(event.thigh_angle_deg):
        what = texts("depth.thigh", what=what, deg=f"{event.thigh_angle_deg:z.0f}")
    if isinstance(event, Event) and math.isfinite(event.peak_deg_s):
        what = texts("depth.speed", what=what, deg_s=f"{event.peak_deg_s:.0f}")
    return f"{cue(kind, texts)}: {what}"
