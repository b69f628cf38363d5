"""Every word about an event, kind and short. Another language would be another such file."""

from __future__ import annotations

import math

from posecheck.core.events import Event, Kind

CUES = {
    Kind.PELVIC_TILT: "Let the pelvis settle, ease off a little",
    Kind.LOW_BACK_TWIST: "Let both sides of the pelvis rest evenly",
    Kind.RESTING_LEG_LIFT: "Let the other leg sink into the mat",
    Kind.TOO_FAST: "Slower, with control",
    Kind.INTENDED_TWIST: "Good: a slow, controlled twist",
}
"""What to do about it."""

HAPPENED = {
    Kind.PELVIC_TILT: "the pelvis began to roll",
    Kind.LOW_BACK_TWIST: "the low back began to twist",
    Kind.RESTING_LEG_LIFT: "the resting leg began to lift",
    Kind.TOO_FAST: "the leg moved fast",
    Kind.INTENDED_TWIST: "the twist began",
}


def message(event: Event) -> str:
    """What to do, what happened, and how deep: of the hip where the pelvis was told."""
    if math.isfinite(event.hip_flexion_deg):
        depth = f" at {event.hip_flexion_deg:z.0f}° of hip flexion (estimate)"
    elif math.isfinite(event.thigh_angle_deg):
        depth = f" at a thigh angle of {event.thigh_angle_deg:z.0f}°"
    else:
        depth = ""
    speed = f", up to {event.peak_deg_s:.0f}°/s" if event.kind is Kind.TOO_FAST else ""
    return f"{CUES[event.kind]}: {HAPPENED[event.kind]}{depth}{speed}"
