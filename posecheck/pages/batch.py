"""The page of a batch: a row for each clip, with its best picture and a link to its report."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from posecheck.pages.page import write_page
from posecheck.pages.report import NAME as REPORT
from posecheck.pages.report import Z95

NAME = "index.html"
THUMBNAIL_PX = 160
"""On the longer side."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A clip on the page. ``folder``: of its results, from the page; ``status``: failed or left
    without a ``summary``; ``picture``: its best key frame, a JPEG.
    """

    clip: str
    folder: str
    status: str
    reason: str = ""
    summary: Mapping[str, Any] | None = None
    picture: bytes | None = None


def best_picture(summary: Mapping[str, Any]) -> str | None:
    """The path of the picture that shows most, in the folder of results; None without any."""
    frames = summary.get("key_frames") or []
    best = [frame for frame in frames if frame["best"]] or frames
    return str(best[0]["file"]) if best else None


def write_batch(path: Path, clips: Sequence[Shown]) -> Path:
    """Write the page and return its ``path``. Raises `OutputError`."""
    count = f"{len(clips)} clip{'s' * (len(clips) != 1)}"
    write_page(path, "batch.html.j2", title=count, clips=[_row(clip) for clip in clips])
    return path


def _row(shown: Shown) -> dict[str, Any]:
    summary, folder = shown.summary or {}, quote(shown.folder)
    return {
        "clip": shown.clip,
        "status": shown.status,
        "reason": shown.reason,
        "report": f"{folder}/{REPORT}" if summary.get("settings", {}).get("report") else None,
        "picture": thumbnail(shown.picture) if shown.picture else None,
        "recorded": str(summary.get("recorded_at", ""))[:10],
        "legs": [_leg(side, leg) for side, leg in summary.get("legs", {}).items()],
        "measured": f"{100 * summary['quality']['measured_share']:.0f}" if summary else None,
        "neutral": summary["calibration"]["kind"] == "neutral" if summary else None,
    }


def _leg(side: str, leg: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "side": side,
        "reps": leg["reps"],
        "clean_reps": leg["clean_reps"],
        "thigh": _deg(leg["peak_thigh_angle_deg"]),
        "hip": _deg(leg["peak_hip_flexion_deg"], leg["peak_hip_flexion_sd_deg"]),
        "clean": _deg(leg["clean_hip_flexion_deg"], leg["clean_hip_flexion_sd_deg"]),
    }


def _deg(value: float | None, sd: float | None = None) -> str:
    """An angle with its 95 % interval where that is known; empty where it was not measured."""
    if value is None or not math.isfinite(value):
        return ""
    return f"{value:z.0f}°" + ("" if sd is None else f" ±{Z95 * sd:.0f}°")


def thumbnail(jpeg: bytes) -> str | None:
    """The picture as a small part of the page; None where it cannot be read."""
    try:
        with Image.open(BytesIO(jpeg), formats=["JPEG"]) as image:
            image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
            small = BytesIO()
            image.save(small, "JPEG", quality=80)
    except (OSError, ValueError):
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(small.getvalue()).decode('ascii')}"
