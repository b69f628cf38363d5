"""summary.json: what was measured, how well, and how it was made."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.core.clean_range import Judged, clean_depth, deepest
from posecheck.core.events import Event
from posecheck.core.geometry import SIDES
from posecheck.core.posture import Posture
from posecheck.core.recording import Recording
from posecheck.core.records import Array, Side
from posecheck.core.view import FAR_OFF_DEG, View
from posecheck.sinks.files import atomic_path
from posecheck.sources.base import SourceInfo

FORMAT = "posecheck-summary/1"


def summarize(recording: Recording, info: SourceInfo) -> dict[str, Any]:
    """The measured part of the summary; angles deg, times s, None where not measured."""
    measured = recording.measured
    frames = int(measured.size)
    confidence = recording.confidence[measured & np.isfinite(recording.confidence)]
    reps = recording.judged_reps()
    legs = {side.value: _leg(recording, reps, side) for side in SIDES if side in recording.side}
    return {
        "clip": {
            "name": info.name,
            "width_px": info.width_px,
            "height_px": info.height_px,
            "rotation_deg": info.rotation_deg,
            "still": info.still,
            "pictures": recording.names,
            "frames": frames,
            "duration_s": _span(recording.time_s),
        },
        "calibration": {
            "kind": recording.calibration,
            "typical_thigh_angle_error_deg": recording.error_sd_deg if measured.any() else None,
            "neutral_spread_deg": recording.neutral.spread_deg if recording.neutral else None,
        },
        "quality": {
            "measured_share": float(measured.mean()) if frames else 0.0,
            "median_confidence": float(np.median(confidence)) if confidence.size else None,
            "legs_exchanged_frames": int(recording.legs_exchanged.sum()),
            "legs_unsure_frames": int((~recording.legs_sure).sum()),
            "pelvis_marker_share": recording.marker_share,
            "posture_frames": dict(Counter(p.value for p in recording.posture)),
        },
        "legs": legs,
        "left_minus_right": _left_minus_right(legs),
        "reps": [asdict(rep) for rep in recording.reps],
        "events": [_event(event) for event in recording.events],
        "sensations": [asdict(mark) for mark in recording.marks],
    }


def document(
    about: Mapping[str, Any],
    recording: Recording,
    info: SourceInfo,
    said: Sequence[str],
    *,
    interrupted: bool,
) -> dict[str, Any]:
    """The whole summary. ``about``: settings, rhythm and pose model; ``said``: notes."""
    return {
        "format": FORMAT,
        **asdict(info.origin),
        **about,
        **summarize(recording, info),
        "notes": list(said),
        "interrupted": interrupted,
    }


def write_summary(path: Path, summary: dict[str, Any]) -> None:
    """Write ``summary`` as JSON, NaN as null, whole or not at all. Raises `OutputError`."""
    with atomic_path(path) as aside:
        text = json.dumps(plain(summary), indent=2, ensure_ascii=False, allow_nan=False)
        aside.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")


def why_nothing(recording: Recording) -> str:
    """Why not one angle could be measured: what was seen, and what to do."""
    frames = len(recording.posture)
    if frames == 0:
        return "no picture was read; make the recording again"
    usual = recording.usual_posture
    share = round(100 * recording.posture.count(usual) / frames)
    where = "in the picture" if recording.still and frames == 1 else f"in {share} % of the frames"
    match usual:
        case Posture.UNSEEN:
            return (
                "no angles: nobody was found; show the whole person, from the side, in good light"
            )
        case Posture.SUPINE:
            return (
                "no angles: the person lies on the back but no knee is seen raised;"
                " name the leg with --side to measure it all the same"
            )
        case Posture.UPRIGHT:
            seen = "upright (standing, sitting or walking)"
        case _:
            seen = usual.value
    return f"no angles: the person is {seen} {where}; posecheck measures people on their back"


def notes(recording: Recording, view: View | None = None) -> list[str]:
    """What the reader of the angles should know, a line each. ``view``: as the camera saw it."""
    found = []
    if view is not None and abs(view.yaw_deg) > FAR_OFF_DEG:
        found.append(
            f"the camera seems to be about {abs(view.yaw_deg):.0f}° off the side: angles are less"
            " certain; put it right beside the hips next time"
        )
    if recording.calibration == "trunk":
        found.append(
            "no neutral pose was seen (lying flat, both legs straight, still for a second):"
            " angles are against the trunk line and less certain"
        )
    unsure, exchanged = (int(m.sum()) for m in (~recording.legs_sure, recording.legs_exchanged))
    if exchanged:
        found.append(f"left and right leg were exchanged back in {_frames(exchanged)}")
    if (share := recording.marker_share) > 0:
        found.append(
            f"the pelvis was measured by its marker in {share:.0%} of the measured frames; in the"
            " others it is an estimate"
        )
    if unsure:
        found.append(f"the legs were hard to tell apart in {_frames(unsure)}: low confidence there")
    return found


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _leg(recording: Recording, reps: Sequence[Judged], side: Side) -> dict[str, Any]:
    mine = np.array([each is side for each in recording.side]) & recording.measured
    reached = deepest(recording.time_s, recording.angles_deg, recording.error_sd_deg, mine)
    clean = clean_depth(reps, side)
    kinds = Counter(event.kind.value for event in recording.events if event.side is side)
    return {
        "measured_frames": int(mine.sum()),
        "peak_thigh_angle_deg": largest(recording.angles_deg["thigh_angle_deg"][mine]),
        "pelvis_told_frames": int(np.isfinite(recording.angles_deg["hip_flexion_deg"][mine]).sum()),
        "peak_hip_flexion_deg": reached.hip_flexion_deg,
        "peak_hip_flexion_sd_deg": reached.hip_flexion_sd_deg,
        "pelvic_tilt_at_peak_deg": reached.pelvic_tilt_deg,
        "pelvic_tilt_at_peak_sd_deg": reached.pelvic_tilt_sd_deg,
        "clean_hip_flexion_deg": clean.hip_flexion_deg,
        "clean_hip_flexion_sd_deg": clean.hip_flexion_sd_deg,
        "clean_hip_flexion_s": clean.time_s,
        "reps": sum(rep.side is side for rep in recording.reps),
        "clean_reps": sum(each.clean is True for each in reps if each.rep.side is side),
        "events": dict(kinds),
    }


def _event(event: Event) -> dict[str, Any]:
    told = asdict(event) | {"peak_deg": event.peak_deg, "peak_deg_s": event.peak_deg_s}
    del told["peak"]  # it has no unit in its name
    return told


def _left_minus_right(legs: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """The difference of the clean ranges, deg, with one standard deviation; NaN without both."""
    both = [legs.get(side.value, {}) for side in SIDES]
    value, sd = (
        [leg.get(f"clean_hip_flexion{unit}_deg", math.nan) for leg in both] for unit in ("", "_sd")
    )
    return {
        "clean_hip_flexion_deg": value[0] - value[1],
        "clean_hip_flexion_sd_deg": math.hypot(*sd),
    }


def largest(values: Array) -> float | None:
    """The largest of those measured, None where none is."""
    known = values[np.isfinite(values)]
    return float(known.max()) if known.size else None


def _span(time_s: Any) -> float | None:
    known = time_s[np.isfinite(time_s)]
    return float(known[-1] - known[0]) if known.size else None


def plain(value: Any) -> Any:
    """As JSON can hold it: NaN becomes None."""
    match value:
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case float():
            return round(value, 6) if math.isfinite(value) else None
    return value
