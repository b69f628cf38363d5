"""Folders of results as `posecheck.sinks.results` writes them, of stick figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from posecheck.config import Settings
from posecheck.core.events import Event, Kind, Mark, Sensation
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, FrameRef, Side
from posecheck.sinks.results import write_results
from posecheck.sinks.summary import document, notes
from posecheck.sources.base import SourceInfo
from tests.stick import OfTime, movement, record, rep, rest, stick

FPS = 20
TILT_SHARE, TILT_SD_DEG, THIGH_SD_DEG = 0.1, 3.0, 4.0
"""The pelvis takes so much of the thigh angle, known so well."""
ONE_REP = rep(1.5, 90.0, move_s=1.0, hold_s=1.5)
ABOUT = {
    "posecheck_version": "1.2.3",
    "settings": Settings().model_dump(mode="json"),
    "rhythm": {"share": 1.0},
    "pose_model": {"file": "full.task", "sha256": "ab" * 32},
}


def made(
    duration_s: float = 6.0,
    left: OfTime = ONE_REP,
    right: OfTime = rest,
    *,
    told: bool = True,
    events: Sequence[Event] = (),
    marks: Sequence[Mark] = (),
    from_s: float = 0.0,
    **figure: Any,
) -> Recording:
    """A recording at 20 frames/s, whose pelvis is known where ``told``."""
    frames = [
        (replace(ref, time_s=ref.time_s + from_s), pose)
        for ref, pose in movement(duration_s, left, right, fps=FPS, **figure)
    ]
    recording = replace(record(frames), error_sd_deg=THIGH_SD_DEG)
    return (
        replace(recording, events=list(events), marks=list(marks))
        if not told
        else _told(recording, events, marks)
    )


def _told(recording: Recording, events: Sequence[Event], marks: Sequence[Mark]) -> Recording:
    thigh_deg = recording.angles_deg["thigh_angle_deg"]
    tilt_deg = TILT_SHARE * thigh_deg
    angles = recording.angles_deg | {
        "pelvic_tilt_deg": tilt_deg,
        "pelvic_tilt_sd_deg": np.where(np.isnan(tilt_deg), NAN, TILT_SD_DEG),
        "hip_flexion_deg": thigh_deg - tilt_deg,
    }
    return replace(recording, angles_deg=angles, events=list(events), marks=list(marks))


def stills(count: int = 2) -> Recording:
    """Photographs of a raised left leg."""
    frames = [(FrameRef(i, NAN, 640, 480, f"{i}.png"), stick((90, 0))) for i in range(count)]
    return replace(record(frames), error_sd_deg=THIGH_SD_DEG)


def event(kind: Kind = Kind.PELVIC_TILT, start_s: float = 3.0, hip_deg: float = 62.0) -> Event:
    return Event(kind, Side.LEFT, start_s, start_s + 0.5, 14.0, 70.0, hip_deg, start_s + 1)


def mark(sensation: Sensation, time_s: float = 3.2) -> Mark:
    return Mark(sensation, time_s, Side.LEFT, 80.0, 72.0)


def write(
    folder: Path,
    recording: Recording,
    name: str = "clip.mp4",
    said: Sequence[str] = (),
    *,
    interrupted: bool = False,
    **about: Any,
) -> Path:
    """The folder of results of a recording; ``about``: more of the summary."""
    folder.mkdir(parents=True, exist_ok=True)
    info = SourceInfo(name, 1280, 720, FPS, None, None, still=recording.still)
    lines = [*notes(recording), *said]
    summary = document(ABOUT | about, recording, info, lines, interrupted=interrupted)
    write_results(folder, name, recording, summary, plot=False)
    return folder
