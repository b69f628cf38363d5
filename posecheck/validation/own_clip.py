"""The estimate against the marker on the user's own clip: how good it is on this very body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from posecheck.core.recording import Recording
from posecheck.core.records import NAN, Array, Mask, PelvisSource
from posecheck.errors import PosecheckError
from posecheck.sinks.files import atomic_path, staged_folder
from posecheck.sinks.summary import write_summary
from posecheck.validation.metrics import RAISED_DEG, agreement
from posecheck.validation.plots import BLUE, GREY, ORANGE, save_plot
from posecheck.validation.report import table

FORMAT = "posecheck-marker-validation/1"
LEAST_FRAMES = 30
"""Fewer frames with both tell nothing."""
COMPARED = {
    "pelvic tilt": "pelvic_tilt",
    "low back twist": "low_back_twist",
    "hip flexion": "hip_flexion",
}
_WORDS = """\
- *Estimate* is what posecheck tells of this clip without looking at the marker, *marker* what the
  paper square measures. The difference is estimate minus marker, in frames with the thigh above
  20°.
- *95 % limits of agreement*: bias ± 1.96 standard deviations (Bland and Altman). *Slope*: of the
  estimate on the marker; 1 is right, below 1 tells large tilts too small.
- *Inside the interval*: how often the marker lies within 1.96 of the estimate's own standard
  deviation, with the marker's; it should be about 95 %.
- The marker is on skin or cloth, not on bone, and one clip is one day: frames that follow each
  other are not independent.
"""


def compare(name: str, by_marker: Recording, by_estimate: Recording) -> dict[str, Any]:
    """The report: ``by_marker`` and ``by_estimate`` are the same clip, with and without looking.

    Raises `PosecheckError` where the marker was not seen for long enough beside the estimate.
    """
    shown = np.array([source is PelvisSource.MARKER for source in by_marker.pelvis_source])
    raised = by_marker.measured & (by_marker.angles_deg["thigh_angle_deg"] > RAISED_DEG)
    if not (shown & raised).any():
        raise PosecheckError(
            f"{name}: no marker on the pelvis was measured with the leg raised; print one with"
            " `posecheck marker print` and show it lying flat, both legs straight, for a second"
        )
    marked = shown & raised
    near, far = marked & by_marker.near, marked & ~by_marker.near
    legs = {"both": marked}
    if near.any() and far.any():
        legs |= {"near leg": near, "far leg": far}
    elif near.any():
        legs = {"near leg": near}
    else:
        legs = {"far leg": far}
    rows = [
        {"angle": angle, "leg": leg, **row}
        for angle, column in COMPARED.items()
        for leg, mine in legs.items()
        if (row := _row(column, by_marker, by_estimate, mine))
    ]
    if not rows:
        raise PosecheckError(
            f"{name}: marker and estimate were hardly seen together with the leg raised; wear"
            " clothes with a pattern, or lie so that the other leg is the nearer one"
        )
    return {
        "format": FORMAT,
        "clip": name,
        "raised_frames": int(raised.sum()),
        "marker_share": _share(marked, raised),
        "estimate_share": _share(np.isfinite(_tilt(by_estimate)) & raised, raised),
        "rows": rows,
    }


def _row(
    column: str, by_marker: Recording, by_estimate: Recording, mine: Mask
) -> dict[str, Any] | None:
    marker, estimate = (each.angles_deg[f"{column}_deg"] for each in (by_marker, by_estimate))
    both = mine & np.isfinite(marker) & np.isfinite(estimate)
    if both.sum() < LEAST_FRAMES:
        return None
    difference = estimate[both] - marker[both]
    return {
        **asdict(agreement(difference)),
        "slope": _slope(marker[both], estimate[both]),
        "inside_share": _inside(column, by_marker, by_estimate, both, difference),
        "told_share": _share(both, mine),
    }


def _inside(
    column: str, by_marker: Recording, by_estimate: Recording, both: Mask, difference: Array
) -> float:
    """How much of it lies within the 95 % interval; NaN where there is none."""
    name = f"{column}_sd_deg"
    if name not in by_marker.angles_deg:
        return NAN
    sds = (each.angles_deg[name][both] for each in (by_marker, by_estimate))
    return float((np.abs(difference) < 1.96 * np.hypot(*sds)).mean())


def _slope(marker: Array, estimate: Array) -> float:
    """Of the estimate on the marker; NaN where the marker hardly moved."""
    return float(np.polyfit(marker, estimate, 1)[0]) if marker.std() > 1.0 else NAN


def _share(part: Mask, of: Mask) -> float:
    return float(part.sum() / of.sum()) if of.any() else NAN


def _tilt(recording: Recording) -> Array:
    return recording.angles_deg["pelvic_tilt_deg"]


def write(
    folder: Path, report: Mapping[str, Any], by_marker: Recording, by_estimate: Recording
) -> list[Path]:
    """Write report.md, report.json and the plots into ``folder``; the report first.

    All of them or none. Raises `UsageError`, `OutputError`.
    """
    plots = {
        "tilt_over_time.png": lambda axes: _over_time(axes, by_marker, by_estimate),
        "bland_altman.png": lambda axes: _bland_altman(axes, by_marker, by_estimate),
    }
    with staged_folder(folder) as aside:
        for name, draw in plots.items():
            save_plot(aside / name, draw)
        write_summary(aside / "report.json", dict(report))
        with atomic_path(aside / "report.md") as file:
            file.write_text(markdown(report, list(plots)), encoding="utf-8", newline="\n")
    return [folder / name for name in ("report.md", "report.json", *plots)]


def markdown(report: Mapping[str, Any], plots: list[str]) -> str:
    """The report in Markdown."""
    parts = [
        f"# Estimate against marker: {report['clip']}",
        f"Of {report['raised_frames']} frames with the thigh above {RAISED_DEG:.0f}° the marker"
        f" measured {report['marker_share']:.0%}; the estimate alone told the pelvis in"
        f" {report['estimate_share']:.0%}.",
        table(HEADER, cells(report)),
        *(f"![{Path(name).stem.replace('_', ' ')}]({name})" for name in plots),
        "## What the words mean",
        _WORDS,
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


HEADER = ("angle", "leg", "MAE", "bias", "95 % limits", "slope", "inside", "frames")


def cells(report: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The table's rows as words, under `HEADER`."""
    for row in report["rows"]:
        yield (
            row["angle"],
            row["leg"],
            f"{row['mae_deg']:.1f}°",
            f"{row['bias_deg']:+.1f}°",
            f"{row['low_deg']:+.1f} to {row['high_deg']:+.1f}°",
            "–" if np.isnan(row["slope"]) else f"{row['slope']:.2f}",
            "–" if np.isnan(row["inside_share"]) else f"{row['inside_share']:.0%}",
            str(row["frames"]),
        )


def _over_time(axes: Axes, by_marker: Recording, by_estimate: Recording) -> None:
    time_s, half = by_estimate.time_s, 1.96 * by_estimate.angles_deg["pelvic_tilt_sd_deg"]
    estimate, shown = _tilt(by_estimate), by_marker.marked_tilt_deg
    axes.fill_between(time_s, estimate - half, estimate + half, color=ORANGE, alpha=0.2, lw=0)
    axes.plot(time_s, estimate, color=ORANGE, label="estimate, and its 95 % interval")
    axes.plot(time_s, shown, color=BLUE, label="marker")
    axes.legend(loc="upper right", fontsize=9)
    axes.set(title="Pelvic tilt", xlabel="time (s)", ylabel="posterior tilt since neutral (°)")


def _bland_altman(axes: Axes, by_marker: Recording, by_estimate: Recording) -> None:
    raised = by_marker.angles_deg["thigh_angle_deg"] > RAISED_DEG
    marker, estimate = by_marker.marked_tilt_deg[raised], _tilt(by_estimate)[raised]
    difference = estimate - marker
    axes.plot((estimate + marker) / 2, difference, ".", color=BLUE, alpha=0.3, markersize=4)
    axes.axhline(0.0, color=GREY, linewidth=0.8)
    found = agreement(difference)
    for value, style in ((found.bias_deg, "-"), (found.low_deg, "--"), (found.high_deg, "--")):
        if np.isfinite(value):
            axes.axhline(value, color=ORANGE, linestyle=style, label=f"{value:+.1f}°")
    axes.legend(loc="upper right", fontsize=9)
    axes.set(
        title="Pelvic tilt, thigh above 20° (Bland–Altman)",
        xlabel="mean of estimate and marker (°)",
        ylabel="estimate − marker (°)",
    )
