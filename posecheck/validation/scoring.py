"""One clip against its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from posecheck.core.events import Event
from posecheck.core.phases import Rep
from posecheck.core.recording import Recording
from posecheck.core.records import NAN, Array, Mask, Side
from posecheck.errors import SourceError
from posecheck.validation import metrics
from posecheck.validation.flags import FlagScore, score_flags
from posecheck.validation.known import ANGLES, RESTING, THIGH, Known

LIVE = "live_thigh_angle_deg"


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What an analysis says of a clip, for each of its rows; see `Recording`."""

    frame: list[int] = field(default_factory=list)
    side: list[Side | None] = field(default_factory=list)
    angles_deg: dict[str, Array] = field(default_factory=dict)
    live_thigh_angle_deg: Array = field(default_factory=lambda: np.empty(0))
    reps: list[Rep] = field(default_factory=list)
    tilt_sd_deg: Array = field(default_factory=lambda: np.empty(0))
    events: list[Event] = field(default_factory=list)

    @classmethod
    def of(cls, recording: Recording) -> Said:
        """The part of a recording that is scored."""
        return cls(
            recording.frame,
            recording.side,
            {name: recording.angles_deg[name] for name in ANGLES},
            recording.live_thigh_angle_deg,
            recording.reps,
            recording.angles_deg["pelvic_tilt_sd_deg"],
            recording.events,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What is known of a clip besides its angles. ``labels``: the groups it belongs to."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    yaw_deg: float = NAN
    elevation_deg: float = NAN


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """How an analysis compares with the truth of a clip of n frames.

    ``error_deg``: estimate minus truth (n,) for each of `ANGLES` and `LIVE`, NaN where either is
    missing; ``thigh_deg`` (n,) true; ``seen``, ``measured``, ``swapped``, ``false``, and
    ``false_at_edge`` (n,); ``jitter_deg`` and ``live_jitter_deg``: one for each hold;
    ``peak_error_deg`` and ``hold_error_s``: one for each repetition found again. ``tilt_deg`` (n,)
    true, ``tilt_sd_deg`` (n,) told. ``failure`` says why the clip could not be analysed; then it
    counts as not measured.
    """

    setting: Setting
    thigh_deg: Array
    error_deg: dict[str, Array]
    seen: Mask
    measured: Mask
    swapped: Mask
    false: Mask
    false_at_edge: Mask
    side_right: bool | None
    jitter_deg: list[float]
    live_jitter_deg: list[float]
    delay_s: float
    true_reps: int
    found_reps: int
    reps_right: bool
    peak_error_deg: list[float]
    hold_error_s: list[float]
    tilt_deg: Array
    tilt_sd_deg: Array
    flags: FlagScore
    failure: str = ""

    @property
    def raised(self) -> Mask:
        """Where the true thigh angle is above `metrics.RAISED_DEG`, (n,)."""
        mask: Mask = self.thigh_deg > metrics.RAISED_DEG
        return mask


def score_clip(said: Said | Recording, known: Known, setting: Setting, failure: str = "") -> Score:
    """Compare frame by frame; a row belongs to the frame whose index it bears.

    Frames without a row count as not measured. Raises `SourceError` for a frame that the truth
    does not know.
    """
    said = Said.of(said) if isinstance(said, Recording) else said
    count = known.time_s.size
    if said.frame and max(said.frame) >= count:
        raise SourceError(
            f"{setting.name}: frame {max(said.frame)} was read but the truth ends at {count - 1};"
            " make the clip again"
        )
    angles = {name: _spread(said.frame, said.angles_deg.get(name), count) for name in ANGLES}
    live = _spread(said.frame, said.live_thigh_angle_deg, count)
    side: list[Side | None] = [None] * count
    for frame, each in zip(said.frame, said.side, strict=True):
        side[frame] = each
    thigh, time_s = known.angles_deg[THIGH], known.time_s
    error = {name: angles[name] - known.angles_deg[name] for name in ANGLES}
    error[LIVE] = live - thigh
    swapped = metrics.swaps(angles[THIGH], thigh, known.angles_deg[RESTING], side, known.side)
    live_swapped = metrics.swaps(live, thigh, known.angles_deg[RESTING], known.side, known.side)
    false, at_edge = metrics.false_rows(time_s, angles[THIGH], known.seen)
    measured = np.isfinite(angles[THIGH])
    holds = metrics.holds(time_s, thigh)
    true_reps = known.reps()
    pairs = metrics.match_reps(true_reps, said.reps)
    return Score(
        setting=setting,
        thigh_deg=thigh,
        error_deg=error,
        seen=known.seen,
        measured=measured,
        swapped=swapped,
        false=false,
        false_at_edge=at_edge,
        side_right=metrics.side_right(measured, thigh, side, known.side),
        jitter_deg=[metrics.jitter_deg(time_s[h], error[THIGH][h]) for h in holds],
        live_jitter_deg=[metrics.jitter_deg(time_s[h], error[LIVE][h]) for h in holds],
        delay_s=metrics.delay_s(time_s, live, thigh, ~live_swapped),
        true_reps=len(true_reps),
        found_reps=len(said.reps),
        reps_right=len(pairs) == len(true_reps) == len(said.reps),
        peak_error_deg=[b.peak_thigh_angle_deg - a.peak_thigh_angle_deg for a, b in pairs],
        hold_error_s=[b.hold_s - a.hold_s for a, b in pairs],
        tilt_deg=known.angles_deg["pelvic_tilt_deg"],
        tilt_sd_deg=_spread(said.frame, said.tilt_sd_deg, count),
        flags=score_flags(said.events, known),
        failure=failure,
    )


def _spread(frames: list[int], values: Array | None, count: int) -> Array:
    """Values of rows at the places (count,) of their frames, NaN elsewhere."""
    placed = np.full(count, NAN)
    if values is not None and values.size:
        placed[frames] = values
    return placed
