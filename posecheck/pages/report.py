"""The report of one clip or session, or of several side by side, from their folders of results."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from posecheck.coach.advice import advice
from posecheck.coach.texts import load_texts
from posecheck.errors import PosecheckError
from posecheck.pages import comparison
from posecheck.pages.figure import Figure, figure
from posecheck.pages.page import data_uri, write_page
from posecheck.pages.results_folder import Results, read_results
from posecheck.pages.time_charts import rep_charts, time_charts
from posecheck.sinks.files import output_folder

NAME = "report.html"
Z95 = 1.96
SHOWN = {"neutral": "lying flat", "peak": "top", "picture": "picture"}
"""What a key frame shows; the names of events are in the texts."""


def write_report(folders: Sequence[Path], path: Path) -> Path:
    """Write one page about the results in ``folders``, in the order given; return ``path``.

    Raises `UsageError`, `PosecheckError`, `OutputError`.
    """
    return write_report_of([read_results(folder) for folder in folders], path)


def write_report_of(read: Sequence[Results], path: Path) -> Path:
    """The same about results that were read before, or never were in a folder."""
    all_results = told_apart(read)
    parts = [_part(results, number) for number, results in enumerate(all_results)]
    compared = comparison.compared(all_results) if len(all_results) > 1 else None
    title = parts[0]["name"] if len(parts) == 1 else f"{len(parts)} sessions side by side"
    output_folder(path.parent)
    write_page(path, "report.html.j2", title=title, parts=parts, compared=compared)
    return path


def told_apart(all_results: Sequence[Results]) -> list[Results]:
    """The same results, those of one name numbered in their order."""
    count, seen = Counter(results.name for results in all_results), Counter[str]()
    named = []
    for results in all_results:
        seen[results.name] += 1
        again = count[results.name] > 1
        name = f"{results.name} ({seen[results.name]})" if again else results.name
        named.append(replace(results, name=name))
    return named


def _part(results: Results, number: int) -> dict[str, Any]:
    """All that is told of one clip. Raises `PosecheckError`."""
    try:
        return _told(results, f"part{number}")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise PosecheckError(
            f"{results.folder}: its results are not whole ({type(error).__name__}: {error});"
            " analyse the clip again"
        ) from error


def _told(results: Results, group: str) -> dict[str, Any]:
    """``group``: of the charts that share the pointer."""
    summary = results.summary
    pictures = (_picture(results, frame) for frame in summary.get("key_frames", []))
    frames = [picture for picture in pictures if picture]
    legs = [_leg(side, leg, results) for side, leg in summary["legs"].items()]
    return {
        "name": results.name,
        "when": results.when,
        "still": results.still,
        "legs": legs,
        "best": [frame for frame in frames if frame["best"]],
        "frames": [frame for frame in frames if not frame["best"]],
        "advice": advice(summary, load_texts()),
        "events": results.events,
        "told_share": _told_share(summary),
        "charts": [chart.draw() for chart in time_charts(results, group)],
        "reps": results.reps,
        "rep_charts": [chart.draw() for chart in rep_charts(results)],
        "sides": comparison.sides(summary),
        "quality": _quality(summary),
        "made": _made(summary),
        "notes": summary["notes"],
        "interrupted": summary["interrupted"],
    }


def _leg(side: str, leg: dict[str, Any], results: Results) -> dict[str, Any]:
    """One leg's numbers for the first screen, the one that says most first."""
    shown = [
        {"what": what, "deg": leg[f"{name}_deg"], "half_deg": _half_deg(sd_deg)}
        for what, name, sd_deg in (
            (
                f"clean range of the {side} hip",
                "clean_hip_flexion",
                leg["clean_hip_flexion_sd_deg"],
            ),
            (
                f"{side} hip flexion at the top",
                "peak_hip_flexion",
                leg["peak_hip_flexion_sd_deg"],
            ),
            (
                f"{side} thigh at the top: hip and pelvis together",
                "peak_thigh_angle",
                results.summary["calibration"]["typical_thigh_angle_error_deg"],
            ),
        )
        if leg[f"{name}_deg"] is not None
    ]
    return {
        "side": side,
        "numbers": shown,
        "clean": _clean(side, leg, results),
        "figure": _figure(side, leg, results),
    }


def _clean(side: str, leg: dict[str, Any], results: Results) -> str:
    """How many repetitions were clean, of those that could be judged."""
    if not leg["reps"]:
        return ""
    told = sum(rep["clean"] is not None for rep in results.reps if rep["side"] == side)
    if not told:
        return "the pelvis was not seen well enough to call a repetition clean"
    reps = f"{told} repetition{'s' * (told != 1)}"
    unseen = leg["reps"] - told
    return f"{leg['clean_reps']} of {reps} clean" + (f", {unseen} not judged" if unseen else "")


def _half_deg(sd_deg: float | None) -> float | None:
    return None if sd_deg is None else Z95 * sd_deg


def _figure(side: str, leg: dict[str, Any], results: Results) -> tuple[Figure, str] | None:
    """The body at this leg's top, drawn from the angles, and what it shows in words."""
    angles = results.angles
    mine = [
        row
        for row, (at, deg) in enumerate(zip(angles["side"], angles["thigh_angle_deg"], strict=True))
        if at == side and math.isfinite(deg)
    ]
    if not mine or leg["peak_thigh_angle_deg"] is None:
        return None
    told = [row for row in mine if math.isfinite(angles["pelvic_tilt_deg"][row])]
    row = max(mine, key=angles["thigh_angle_deg"].__getitem__)
    near = [r for r in told if angles["thigh_angle_deg"][r] > angles["thigh_angle_deg"][row] - 15.0]
    row = max(near, key=angles["hip_flexion_deg"].__getitem__, default=row)
    thigh, tilt, knee, resting = (
        angles[f"{name}_deg"][row]
        for name in ("thigh_angle", "pelvic_tilt", "knee_flexion", "resting_thigh")
    )
    words = f"{side} thigh {thigh:.0f}°"
    if math.isfinite(tilt):
        words += f": hip {angles['hip_flexion_deg'][row]:.0f}°, pelvis {tilt:z.0f}° (estimates)"
    return figure(thigh, tilt, knee, resting), words


def _picture(results: Results, frame: dict[str, Any]) -> dict[str, Any] | None:
    """A key frame as part of the page; None where its file is there no more."""
    try:
        uri = data_uri(results.folder / frame["file"])
    except OSError:
        return None
    what = frame["what"]
    shown = SHOWN.get(what) or load_texts()(f"short.{what}")
    words = [frame.get("name") or shown[0].upper() + shown[1:]]
    if frame["rep"] is not None:
        words.append(f"of repetition {frame['rep']}")
    if frame["side"]:
        words.append(f"({frame['side']} leg)")
    return {
        "uri": uri,
        "best": frame["best"],
        "caption": " ".join(words),
        "time_s": frame["time_s"],
    }


def _quality(summary: dict[str, Any]) -> list[tuple[str, str]]:
    """How well it could be measured, as rows of a table."""
    quality, calibration, clip = summary["quality"], summary["calibration"], summary["clip"]
    rows = [("frames measured", f"{100 * quality['measured_share']:.0f} % of {clip['frames']}")]
    rows.append(("pelvis told", f"in {100 * _told_share(summary):.0f} % of those"))
    if by_marker := quality.get("pelvis_marker_share"):
        rows.append(("pelvis measured by marker", f"in {by_marker:.0%} of those, else estimated"))
    kind = {
        "neutral": "lying flat, both legs straight and still, was seen: angles are changes from it",
        "trunk": "lying flat was not seen: angles are against the trunk line, and less certain",
    }.get(calibration["kind"], "none")
    rows.append(("calibration", kind))
    error_deg = calibration["typical_thigh_angle_error_deg"]
    if error_deg is not None:
        rows.append(("thigh angle", f"±{Z95 * error_deg:.0f}° in 95 of 100, on rendered people"))
    camera = summary.get("camera") or {}
    if camera.get("yaw_deg") is not None:
        rows.append(("camera", f"about {abs(camera['yaw_deg']):.0f}° off the side (estimate)"))
    if quality["median_confidence"] is not None:
        rows.append(("confidence", f"{100 * quality['median_confidence']:.0f} % (median)"))
    for name, key in (
        ("legs put back", "legs_exchanged"),
        ("legs hard to tell apart", "legs_unsure"),
    ):
        if quality[f"{key}_frames"]:
            rows.append((name, f"in {quality[f'{key}_frames']} frames"))
    size = f"{clip['width_px']}x{clip['height_px']} px"
    if clip["duration_s"]:
        size += f", {clip['duration_s']:.1f} s"
    return [*rows, ("picture", size)]


def _told_share(summary: dict[str, Any]) -> float:
    """In how many of the measured frames the pelvis was told, 0 to 1."""
    told = sum(leg["pelvis_told_frames"] for leg in summary["legs"].values())
    measured = sum(leg["measured_frames"] for leg in summary["legs"].values())
    return told / measured if measured else 0.0


def _made(summary: dict[str, Any]) -> list[tuple[str, str]]:
    """How it was made, as rows of a table; less where a summary tells less."""
    rows = []
    if "posecheck_version" in summary:
        rows.append(("posecheck", summary["posecheck_version"]))
    if model := summary.get("pose_model"):
        rows.append(("pose model", f"{model['file']}, SHA-256 {model['sha256'][:16]}…"))
    if settings := summary.get("settings"):
        given = (f"{name} {value}" for name, value in settings.items() if value is not None)
        rows.append(("settings", ", ".join(given)))
    if rhythm := summary.get("rhythm"):
        rows.append(("pelvic rhythm expected", f"{rhythm['share']:.2f} times the usual"))
    return rows
