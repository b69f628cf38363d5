"""What is said at the end: two sentences, from the same summary that is written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from posecheck.coach.texts import Texts
from posecheck.core.records import Side

Leg = Mapping[str, Any]


def closing(legs: Mapping[str, Leg], texts: Texts) -> list[str]:
    """How much was done and how far the hip went, cleanly if that is known.

    ``legs``: of the summary, by side.
    """
    moved = {side: leg for side, leg in legs.items() if leg["reps"]}
    if not moved:
        return [texts("closing.nothing")]
    return [_how_many(moved, texts), _how_far(moved, texts)]


def _how_many(legs: Mapping[str, Leg], texts: Texts) -> str:
    if len(legs) == len(Side):
        counts = {side: leg["reps"] for side, leg in legs.items()}
        return texts("closing.reps_both", **counts)
    ((side, leg),) = legs.items()
    key = "closing.reps_one" if leg["reps"] == 1 else "closing.reps_side"
    return texts(key, side=texts(f"side.{side}"), count=leg["reps"])


def _how_far(legs: Mapping[str, Leg], texts: Texts) -> str:
    clean = {side: leg for side, leg in legs.items() if _known(leg, "clean_hip_flexion_deg")}
    if len(clean) == len(Side):
        widest = max(leg["clean_hip_flexion_sd_deg"] for leg in clean.values())
        degrees = {side: f"{leg['clean_hip_flexion_deg']:.0f}" for side, leg in clean.items()}
        return texts("closing.clean_both", **degrees, range=_range(widest))
    for key, known in (("clean", "clean_hip_flexion"), ("peak", "peak_hip_flexion")):
        for side, leg in legs.items():
            if _known(leg, f"{known}_deg"):
                return texts(
                    f"closing.{key}",
                    deg=f"{leg[f'{known}_deg']:.0f}",
                    side=texts(f"side.{side}"),
                    range=_range(leg[f"{known}_sd_deg"]),
                )
    for side, leg in legs.items():
        if _known(leg, "peak_thigh_angle_deg"):
            deg = f"{leg['peak_thigh_angle_deg']:.0f}"
            return texts("closing.thigh", deg=deg, side=texts(f"side.{side}"))
    return texts("closing.unknown")


def _known(leg: Leg, name: str) -> bool:
    return leg[name] is not None and math.isfinite(leg[name])


def _range(sd_deg: float) -> str:
    """Half of a 95 % interval, whole degrees."""
    return f"{1.96 * sd_deg:.0f}"
