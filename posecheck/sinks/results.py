"""The folder of results of one clip: tables, plot, summary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from posecheck.coach.cues import message
from posecheck.core.blocks import thinned
from posecheck.core.phases import Phase
from posecheck.core.recording import Recording
from posecheck.sinks.files import atomic_path
from posecheck.sinks.summary import write_summary
from posecheck.sinks.tables import ANGLES_COLUMNS, EVENTS_COLUMNS, REPS_COLUMNS, write_csv

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_results(
    folder: Path, name: str, recording: Recording, summary: dict[str, Any], *, plot: bool = True
) -> list[Path]:
    """Write every file but the video; the paths in the order a person would open them.

    ``name`` titles the plot, which is left out without ``plot`` or without time. Raises
    `OutputError`.
    """
    angles, reps, events = (folder / f"{name}.csv" for name in ("angles", "reps", "events"))
    picture, report = folder / "angles.png", folder / "summary.json"
    write_csv(angles, ANGLES_COLUMNS, angle_rows(recording))
    write_csv(reps, REPS_COLUMNS, rep_rows(recording))
    write_csv(events, EVENTS_COLUMNS, event_rows(recording))
    write_summary(report, summary)
    if not plot or recording.still:
        return [angles, reps, events, report]
    _plot(picture, name, recording)
    return [picture, angles, reps, events, report]


def _plot(path: Path, name: str, recording: Recording) -> None:
    # Only who plots waits for matplotlib.
    from posecheck.figures.angles import angles_figure
    from posecheck.figures.plotted import Plotted

    some = thinned(np.arange(recording.time_s.size))  # more than the plot has pixels
    plotted = Plotted(
        name,
        recording.time_s[some],
        [recording.side[row] for row in some.tolist()],
        {angle: values[some] for angle, values in recording.angles_deg.items()},
        recording.reps,
        recording.spans_s(Phase.HOLDING),
        recording.events,
    )
    save_figure(path, angles_figure(plotted))


def save_figure(path: Path, figure: Figure) -> None:
    """Save ``figure`` as a PNG, whole or not at all. Raises `OutputError`."""
    from posecheck.figures.canvas import png

    drawn = png(figure)
    with atomic_path(path) as aside:
        aside.write_bytes(drawn)


def angle_rows(recording: Recording) -> Iterator[dict[str, Any]]:
    """One row a frame for angles.csv, frames without a person included."""
    for row, measured in enumerate(recording.measured.tolist()):
        yield {
            "time_s": recording.time_s[row],
            "frame": recording.frame[row],
            "phase": recording.phase[row].value,
            "side": recording.side[row] if measured else None,
            **{name: values[row] for name, values in recording.angles_deg.items()},
            "confidence": recording.confidence[row],
            "flags": recording.flags(row),
            "pelvis_source": recording.pelvis_source[row] if measured else None,
        }


def rep_rows(recording: Recording) -> Iterator[dict[str, Any]]:
    """One row a repetition for reps.csv. What the pelvis did is empty where it was not told."""
    for number, judged in enumerate(recording.judged_reps(), start=1):
        rep, reached = judged.rep, judged.reached
        yield {
            "rep": number,
            "side": rep.side.value,
            "start_s": rep.start_s,
            "peak_s": rep.peak_s,
            "end_s": rep.end_s,
            "peak_hip_flexion_deg": reached.hip_flexion_deg,
            "peak_thigh_angle_deg": rep.peak_thigh_angle_deg,
            "peak_pelvic_tilt_deg": reached.pelvic_tilt_deg,
            "hold_s": rep.hold_s,
            "clean": judged.clean,
            "clean_hip_flexion_deg": judged.before.hip_flexion_deg,
        }


def event_rows(recording: Recording) -> Iterator[dict[str, Any]]:
    """One row an event or sensation for events.csv, in order of time.

    A speed is no angle: its peak is in the message. Of a sensation there is no peak.
    """
    rows = [*_judged_rows(recording), *_felt_rows(recording)]
    yield from sorted(rows, key=lambda row: row["start_s"])


def _judged_rows(recording: Recording) -> Iterator[dict[str, Any]]:
    for event in recording.events:
        yield {
            "start_s": event.start_s,
            "end_s": event.end_s,
            "kind": event.kind.value,
            "side": event.side.value,
            "peak_deg": event.peak_deg,
            "message": message(event),
        }


def _felt_rows(recording: Recording) -> Iterator[dict[str, Any]]:
    for mark in recording.marks:
        yield {
            "start_s": mark.time_s,
            "end_s": mark.time_s,
            "kind": mark.sensation.value,
            "side": mark.side,
            "peak_deg": None,
            "message": message(mark),
        }
