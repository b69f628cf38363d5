"""Frames with given signs of compensation in them, and what the rules tell of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from posecheck.core.events import Event, Kind, Task
from posecheck.core.records import Measurement, Side
from posecheck.core.rhythm import Rhythm, usual_tilt_deg
from posecheck.core.rules import Rules
from posecheck.core.thresholds import Sensitivity
from tests.stick import OfTime

FPS = 30
UP_DEG = 95.0
USUAL_DEG = float(usual_tilt_deg(np.array(UP_DEG)))

Frame = tuple[float, Measurement, tuple[float, float], bool]


def times(duration_s: float) -> list[float]:
    return [i / FPS for i in range(round(duration_s * FPS))]


def film(
    duration_s: float,
    *,
    side: Side | Callable[[float], Side] = Side.LEFT,
    sure: Callable[[float], bool] = lambda _: True,
    **angles: Any,
) -> list[Frame]:
    """Frames with these angles (deg, as they are or of s); the left leg's thigh is up by default.

    Before 0.5 s the left leg is down. The right one lies flat unless told otherwise.
    """
    up: OfTime = lambda t: UP_DEG if t >= 0.5 else 0.0  # noqa: E731
    given: dict[str, Any] = {"thigh_angle_deg": up, "confidence": 0.9} | angles
    frames = []
    for t in times(duration_s):
        now = {name: value(t) if callable(value) else value for name, value in given.items()}
        m = Measurement(side(t) if callable(side) else side, **now)
        rests = 0.0 if math.isnan(m.resting_thigh_deg) else m.resting_thigh_deg
        frames.append((t, m, (m.thigh_angle_deg, rests), sure(t)))
    return frames


def showing(kind: Kind, value: OfTime, duration_s: float, **more: Any) -> list[Frame]:
    """Frames in which exactly this speaks for an event of ``kind``; 0 before 1 s is wise."""
    match kind:
        case Kind.PELVIC_TILT:
            angles: dict[str, Any] = {
                "pelvic_tilt_deg": lambda t: USUAL_DEG + value(t),
                "pelvic_tilt_sd_deg": 0.5,
            }
        case Kind.LOW_BACK_TWIST | Kind.INTENDED_TWIST:
            angles = {"low_back_twist_deg": value, "low_back_twist_sd_deg": 0.5}
        case Kind.RESTING_LEG_LIFT:
            angles = {"resting_thigh_deg": value}
        case Kind.TOO_FAST:
            climbed = 25.0 + np.cumsum([value(t) for t in times(duration_s)]) / FPS
            angles = {"thigh_angle_deg": lambda t: float(climbed[round(t * FPS)])}
    return film(duration_s, **angles | more)


def steps(
    frames: Iterable[Frame],
    sensitivity: Sensitivity = Sensitivity.STANDARD,
    task: Task = Task.STRETCH,
    rhythm: Rhythm | None = None,
) -> list[tuple[Event, ...]]:
    """What is told in each frame."""
    rules = Rules(sensitivity, task, rhythm or Rhythm())
    return [rules.step(t, m, np.array(lift), sure=sure) for t, m, lift, sure in frames]


def told(frames: Iterable[Frame], *args: Any, **kwargs: Any) -> list[Event]:
    """The events as they last stood."""
    each = steps(frames, *args, **kwargs)
    return list({(event.kind, event.start_s): event for now in each for event in now}.values())


def task_of(kind: Kind) -> Task:
    return Task.TWIST if kind is Kind.INTENDED_TWIST else Task.STRETCH


def kinds(events: Iterable[Event]) -> list[Kind]:
    return [event.kind for event in events]


def between(start_s: float, end_s: float, value: float) -> OfTime:
    return lambda t: value if start_s - 1e-9 <= t < end_s - 1e-9 else 0.0
