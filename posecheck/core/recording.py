"""What a recording holds once all of it is known."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from posecheck.core.clean_range import Judged, judged
from posecheck.core.events import Event, Mark
from posecheck.core.geometry import POINTS, BodyLines
from posecheck.core.judge import Observation
from posecheck.core.legs import exchange_legs
from posecheck.core.neutral import Neutral
from posecheck.core.phases import Phase, Rep
from posecheck.core.posture import Posture, Stance
from posecheck.core.records import (
    NAN,
    Array,
    FrameRef,
    Mask,
    Measurement,
    Numbers,
    PelvisSource,
    Pose,
    Side,
)
from posecheck.core.smoothing import runs


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What a recording holds, one entry a frame.

    ``frame``: n indices; ``time_s`` (n,); ``posture``, ``side`` and ``phase``: n names;
    ``angles_deg``: an (n,) array under the name of each angle of `Measurement`, smoothed without
    delay, NaN where not measured; ``confidence`` (n,); ``live_thigh_angle_deg`` (n,): as it stood
    without hindsight; ``legs_sure`` (n,): false where the legs may have been taken for each
    other; ``names``: of pictures, else empty; ``error_sd_deg``: one standard deviation of the
    thigh angle's error on rendered people, NaN without a fit; ``near`` (n,): whether the leg at
    work is the nearer one; ``events``: as live use told them, in order of time; ``marks``: what the
    person felt, likewise; ``pelvis_source``: n, what the tilt was told by; ``estimated_tilt_deg``,
    with its ``estimated_tilt_sd_deg``, and ``marked_tilt_deg`` (n,): by either alone.
    """

    frame: list[int]
    time_s: Array
    posture: list[Posture]
    side: list[Side | None]
    phase: list[Phase]
    angles_deg: dict[str, Array]
    confidence: Array
    live_thigh_angle_deg: Array
    legs_sure: Mask
    legs_exchanged: Mask
    neutral: Neutral | None
    reps: list[Rep]
    names: list[str]
    error_sd_deg: float
    near: Mask
    events: list[Event]
    marks: list[Mark]
    pelvis_source: list[PelvisSource | None]
    estimated_tilt_deg: Array
    estimated_tilt_sd_deg: Array
    marked_tilt_deg: Array
    _lines: Numbers
    _drawn_exchanged: Mask

    @property
    def still(self) -> bool:
        """Whether these are photographs, without time."""
        return bool(np.isnan(self.time_s).all())

    @property
    def measured(self) -> Mask:
        """Where the thigh angle was measured, (n,)."""
        mask: Mask = np.isfinite(self.angles_deg["thigh_angle_deg"])
        return mask

    @property
    def calibration(self) -> str:
        """``neutral``, ``trunk``, or empty when nothing was measured."""
        if not self.measured.any():
            return ""
        return "trunk" if self.neutral is None else "neutral"

    @property
    def marker_share(self) -> float:
        """In how much of the measured frames the pelvic tilt is by marker, 0 to 1."""
        by_marker = [source is PelvisSource.MARKER for source in self.pelvis_source]
        measured = int(self.measured.sum())
        return float((np.array(by_marker, dtype=bool) & self.measured).sum()) / max(measured, 1)

    @property
    def usual_posture(self) -> Posture:
        """The posture seen in most frames, not counting frames without a person."""
        counts = Counter(p for p in self.posture if p is not Posture.UNSEEN)
        return counts.most_common(1)[0][0] if counts else Posture.UNSEEN

    @property
    def renamed(self) -> Mask:
        """Where the legs are named otherwise than they were as the frames went by, (n,)."""
        mask: Mask = self.legs_exchanged != self._drawn_exchanged
        return mask

    def points_px(self) -> Array:
        """The landmarks of `geometry.POINTS` in the picture, (n, 10, 3) px: x, y, away.

        NaN where nobody was seen on their back.
        """
        flat = self._lines[:, 1 : 1 + 3 * len(POINTS)]
        head_sign, points = self._lines[:, :1], flat.reshape(-1, len(POINTS), 3)
        return np.stack([points[..., 0] * head_sign, -points[..., 1], points[..., 2]], axis=-1)

    def flags(self, row: int) -> list[str]:
        """Names of what is amiss with the frame in ``row``."""
        named = {"legs_exchanged": self.legs_exchanged[row], "legs_unsure": not self.legs_sure[row]}
        going_on = [event.kind.value for event in self._going_on(row)]
        return [*(name for name, holds in named.items() if holds), *going_on]

    def judged_reps(self) -> list[Judged]:
        """Every repetition with what the body did in it."""
        return judged(self.reps, self.events, self.time_s, self.angles_deg, self.error_sd_deg)

    def _going_on(self, row: int) -> list[Event]:
        time_s = self.time_s[row]
        return [event for event in self.events if event.start_s <= time_s <= event.end_s]

    def spans_s(self, phase: Phase, least_s: float = 0.3) -> list[tuple[float, float]]:
        """First and last time (s) of every unbroken stretch of ``phase`` of ``least_s`` or more."""
        return spans_s(self.time_s, np.array([each is phase for each in self.phase]), least_s)

    def observation(self, row: int, frame: FrameRef, pose: Pose | None) -> Observation:
        """The frame in ``row`` as an observation, with hindsight."""
        angles = {name: float(values[row]) for name, values in self.angles_deg.items()}
        thigh_deg = angles["thigh_angle_deg"]
        lines = self._lines[row]
        # The frame alone: `measured` and `renamed` of all frames for each would take for ever.
        if pose is not None and self.legs_exchanged[row] != self._drawn_exchanged[row]:
            pose = exchange_legs(pose)
        return Observation(
            frame=frame,
            pose=pose,
            stance=Stance(self.posture[row]),
            lines=BodyLines.from_row(lines) if np.isfinite(lines[0]) else None,
            confidence=np.array([NAN, NAN]),
            measurement=Measurement(
                side=self.side[row],
                confidence=float(self.confidence[row]),
                pelvis_source=self.pelvis_source[row] if math.isfinite(thigh_deg) else None,
                **angles,
            ),
            phase=self.phase[row],
            neutral=self.neutral,
            legs_exchanged=bool(self.legs_exchanged[row]),
            legs_sure=bool(self.legs_sure[row]),
            events=tuple(replace(event, end_s=NAN) for event in self._going_on(row)),
        )


def spans_s(time_s: Array, inside: Mask, least_s: float = 0.3) -> list[tuple[float, float]]:
    """First and last time (s) of every unbroken stretch of ``inside`` (n,) of ``least_s``."""
    found = runs(np.asarray(inside, dtype=bool))
    spans = [(float(time_s[run.start]), float(time_s[run.stop - 1])) for run in found]
    return [(start, end) for start, end in spans if end - start >= least_s]
