"""A whole recording looked at again: the same evidence, with what only the end could tell.

The neutral found anywhere in it holds for all of it, the working leg is known before it rises,
and the angles are smoothed without delay.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from posecheck.core.geometry import SIDES, BodyLines
from posecheck.core.judge import ANGLES, STEADY_S, Observation
from posecheck.core.measures import LIFTED_DEG, WorkingLeg, lifts_deg, measure
from posecheck.core.neutral import Neutral
from posecheck.core.phases import SPEED_WINDOW_S, Phase, Rep, find_reps, phase_of
from posecheck.core.posture import Posture, Stance
from posecheck.core.records import NAN, Array, FrameRef, Mask, Measurement, Pose, Side
from posecheck.core.smoothing import runs, spikes, zero_phase

LEAP_DEG = 10.0
"""A thigh angle that jumps away and back by more than this within a third of a second is taken for
a mistake of the landmarker, and the frame for not measured."""
CHANGED_DEG = 5.0
"""Hindsight that changes an angle by more than this is worth showing."""

_LINES = 11


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What a recording holds, one entry a frame.

    ``frame``: n indices; ``time_s`` (n,); ``posture``, ``side`` and ``phase``: n names;
    ``angles_deg``: an (n,) array under the name of each angle of `Measurement`, smoothed without
    delay, NaN where not measured; ``confidence`` (n,); ``live_thigh_angle_deg`` (n,): as it stood
    without hindsight; ``legs_sure`` (n,): false where the legs may have been taken for each
    other; ``names``: of pictures, else empty.
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
    _lines: Array

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
    def usual_posture(self) -> Posture:
        """The posture seen in most frames, not counting frames without a person."""
        counts = Counter(p for p in self.posture if p is not Posture.UNSEEN)
        return counts.most_common(1)[0][0] if counts else Posture.UNSEEN

    def flags(self, row: int) -> list[str]:
        """Names of what is amiss with the frame in ``row``."""
        named = {"legs_exchanged": self.legs_exchanged[row], "legs_unsure": not self.legs_sure[row]}
        return [name for name, holds in named.items() if holds]

    def spans_s(self, phase: Phase, least_s: float = 0.3) -> list[tuple[float, float]]:
        """First and last time (s) of every unbroken stretch of ``phase`` of ``least_s`` or more."""
        inside = runs(np.array([each is phase for each in self.phase], dtype=bool))
        spans = [(float(self.time_s[r.start]), float(self.time_s[r.stop - 1])) for r in inside]
        return [(start, end) for start, end in spans if end - start >= least_s]

    def changed_by_hindsight(self) -> float:
        """Share of the frames with a raised thigh that live use showed wrong by 5 deg, or not."""
        final = self.angles_deg["thigh_angle_deg"]
        raised = final > LIFTED_DEG + CHANGED_DEG
        if not raised.any():
            return 0.0
        same = np.abs(self.live_thigh_angle_deg[raised] - final[raised]) <= CHANGED_DEG
        return 1.0 - float(same.mean())

    def observation(self, row: int, frame: FrameRef, pose: Pose | None) -> Observation:
        """The frame in ``row`` as an observation, with hindsight."""
        angles = {name: float(values[row]) for name, values in self.angles_deg.items()}
        measured = bool(self.measured[row])
        lines = self._lines[row]
        return Observation(
            frame=frame,
            pose=pose,
            stance=Stance(self.posture[row]),
            lines=BodyLines.from_row(lines) if np.isfinite(lines[0]) else None,
            confidence=np.array([NAN, NAN]),
            measurement=Measurement(
                side=self.side[row] if measured else None,
                confidence=float(self.confidence[row]),
                **angles,
            ),
            phase=self.phase[row],
            neutral=self.neutral,
            legs_exchanged=bool(self.legs_exchanged[row]),
            legs_sure=bool(self.legs_sure[row]),
        )


@dataclass(slots=True)
class Recorder:
    """Keeps the evidence of every frame in a few numbers, so that hours fit in memory."""

    side: Side | None = None
    _facts: array[float] = field(default_factory=lambda: array("d"), init=False)
    _lines: array[float] = field(default_factory=lambda: array("d"), init=False)
    _near: list[Side | None] = field(default_factory=list, init=False)
    _posture: list[Posture] = field(default_factory=list, init=False)
    _neutral: Neutral | None = field(default=None, init=False)
    _names: list[str] = field(default_factory=list, init=False)

    def add(self, observation: Observation) -> None:
        """Take the next frame."""
        lines = observation.lines
        self._lines.extend([NAN] * _LINES if lines is None else lines.to_row())
        self._facts.extend(
            [
                observation.frame.index,
                observation.frame.time_s,
                *observation.confidence,
                observation.measurement.thigh_angle_deg,
                observation.legs_sure,
                observation.legs_exchanged,
            ]
        )
        self._near.append(observation.stance.near_side)
        self._posture.append(observation.stance.posture)
        self._neutral = observation.neutral
        if observation.frame.name:
            self._names.append(observation.frame.name)

    def finish(self, cutoff_hz: float = 6.0) -> Recording:
        """Everything taken so far, looked at as a whole. ``cutoff_hz``: see `zero_phase`."""
        facts = np.array(self._facts).reshape(-1, 7)
        time_s, confidence = facts[:, 1], facts[:, 2:4]
        rows = np.array(self._lines).reshape(-1, _LINES)
        steady = _steady([p is Posture.SUPINE for p in self._posture], time_s)
        lines = [BodyLines.from_row(r) if ok else None for r, ok in zip(rows, steady, strict=True)]
        lift = np.full((time_s.size, 2), NAN)
        for i, each in enumerate(lines):
            if each is not None:
                lift[i] = np.where(np.isnan(confidence[i]), NAN, lifts_deg(each, self._neutral))
        stills = bool(np.isnan(time_s).all())
        side = _sides(time_s, lift, self._near, self.side)
        measured = [
            Measurement() if each is None else measure(each, side[i], self._neutral, confidence[i])
            for i, each in enumerate(lines)
        ]
        raw = {name: np.array([getattr(m, name) for m in measured]) for name in ANGLES}
        leapt = spikes(time_s, raw["thigh_angle_deg"], LEAP_DEG)
        angles = {
            name: zero_phase(time_s, np.where(leapt, NAN, values), cutoff_hz)
            for name, values in raw.items()
        }
        thigh = angles["thigh_angle_deg"]
        return Recording(
            frame=facts[:, 0].astype(int).tolist(),
            time_s=time_s,
            posture=self._posture,
            side=[m.side for m in measured],
            phase=_phases(time_s, thigh),
            angles_deg=angles,
            confidence=np.where(
                np.isfinite(thigh), np.array([m.confidence for m in measured]), NAN
            ),
            live_thigh_angle_deg=facts[:, 4],
            legs_sure=facts[:, 5] > 0,
            legs_exchanged=facts[:, 6] > 0,
            neutral=self._neutral,
            reps=[] if stills else _reps(time_s, thigh, side),
            names=self._names,
            _lines=rows,
        )


def _steady(supine: list[bool], time_s: Array) -> Mask:
    """Frames within a stretch on the back of `STEADY_S` or more; stills each stand alone."""
    steady = np.array(supine, dtype=bool)
    if np.isnan(time_s).any():
        return steady
    for run in runs(steady):
        lasted_s = time_s[run.stop - 1] - time_s[run.start]
        if lasted_s < STEADY_S and run.stop - run.start < steady.size:
            steady[run] = False
    return steady


def _sides(
    time_s: Array, lift: Array, near: list[Side | None], fixed: Side | None
) -> list[Side | None]:
    """The working leg of every frame, changing over where the next leg begins to rise."""
    if np.isnan(time_s).all():
        return [WorkingLeg(fixed).step(*each) for each in zip(time_s, lift, near, strict=True)]
    working = WorkingLeg(fixed)
    sides = [working.step(*each) for each in zip(time_s, lift, near, strict=True)]
    for change in [i for i, (a, b) in enumerate(pairwise(sides), start=1) if a is not b]:
        leg = SIDES.index(sides[change] or Side.LEFT)
        start = change
        while start > 0 and (
            sides[start - 1] is None or lift[start - 1, leg] > lift[start - 1, 1 - leg]
        ):
            start -= 1
        sides[start:change] = [sides[change]] * (change - start)
    return sides


def _phases(time_s: Array, thigh_angle_deg: Array) -> list[Phase]:
    """Phase of every frame, from the rate of change over a window centred on it."""
    phases = [Phase.NONE] * time_s.size
    for run in runs(np.isfinite(thigh_angle_deg) & np.isfinite(time_s)):
        t, angle = time_s[run], thigh_angle_deg[run]
        before_s = np.maximum(t - SPEED_WINDOW_S / 2, t[0])
        after_s = np.minimum(t + SPEED_WINDOW_S / 2, t[-1])
        rise = np.interp(after_s, t, angle) - np.interp(before_s, t, angle)
        speed = rise / np.maximum(after_s - before_s, SPEED_WINDOW_S / 2)
        phases[run] = [phase_of(a, v) for a, v in zip(angle, speed, strict=True)]
    return phases


def _reps(time_s: Array, thigh_angle_deg: Array, sides: list[Side | None]) -> list[Rep]:
    """The repetitions of both legs in order of time."""
    found: list[Rep] = []
    for side in SIDES:
        mine = np.array([each is side for each in sides])
        for run in runs(mine):
            found += find_reps(time_s[run], thigh_angle_deg[run], side)
    return sorted(found, key=lambda rep: rep.peak_s)
