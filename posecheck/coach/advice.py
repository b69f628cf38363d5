"""One sentence of advice on a session, from the same summary that is written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from posecheck.coach.texts import Texts
from posecheck.core.events import Kind, Sensation

Summary = Mapping[str, Any]


def advice(summary: Summary, texts: Texts) -> str:
    """What matters most for the next time: what was felt, then what compensated, then the view.

    ``summary``: as in summary.json.
    """
    felt = {mark["sensation"] for mark in summary["sensations"]}
    for sensation in (Sensation.NUMB_OR_SHARP, Sensation.FRONT_PINCH):
        if sensation in felt:
            return texts(f"advice.{sensation}")
    compensations = [each for each in summary["events"] if Kind(each["kind"]).compensation]
    if compensations:
        return _about(compensations, texts)
    if summary["clip"]["still"]:
        return texts("advice.still")
    legs = [leg for leg in summary["legs"].values() if leg["reps"]]
    if not legs:
        return texts("advice.no_rep")
    if summary["calibration"]["kind"] != "neutral":
        return texts("advice.no_neutral")
    if not any(_known(leg["clean_hip_flexion_deg"]) for leg in legs):
        return texts("advice.no_pelvis")
    return texts("advice.clean")


def _about(events: Sequence[Mapping[str, Any]], texts: Texts) -> str:
    """About the kind that came most often, and the shallowest hip flexion at which it began."""
    kind, _ = Counter(each["kind"] for each in events).most_common(1)[0]
    began = [each for each in events if each["kind"] == kind]
    depths = [d for each in began if _known(d := each["hip_flexion_deg"])]
    if kind == Kind.TOO_FAST or not depths:
        return texts(f"advice.{kind}")
    shallowest = min(began, key=lambda each: _depth(each["hip_flexion_deg"]))
    side = texts(f"side.{shallowest['side']}")
    return texts(f"advice.{kind}_at", deg=f"{min(depths):.0f}", side=side)


def _depth(hip_flexion_deg: float | None) -> float:
    return math.inf if hip_flexion_deg is None or math.isnan(hip_flexion_deg) else hip_flexion_deg


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
