"""What tests read from a recording."""

from __future__ import annotations

import numpy as np

from posecheck.core.recording import Recording
from posecheck.core.records import Array
from tests.stick import OfTime


def thigh(recording: Recording) -> Array:
    return recording.angles_deg["thigh_angle_deg"]


def truth(recording: Recording, move: OfTime) -> Array:
    return np.array([move(t) for t in recording.time_s])


def at(recording: Recording, time_s: float) -> int:
    return int(np.argmin(np.abs(recording.time_s - time_s)))
