"""A whole recording looked at again: the same evidence, with what only the end could tell.

The neutral found anywhere in it holds for all of it, the working leg is known before it rises,
and the angles are smoothed without delay.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from posecheck.core.blocks import blocks, thinned
from posecheck.core.events import Event, Kind, Mark
from posecheck.core.evidence import FACTS, Evidence, Findings, evidence_of
from posecheck.core.flicker import without_flicker
from posecheck.core.geometry import ROW, SIDES, BodyLines, outlines_of, points_of
from posecheck.core.judge import ANGLES, STEADY_S, Observation
from posecheck.core.knee_path import knee_path, second_opinion
from posecheck.core.legs import wrong_names
from posecheck.core.marked import marked, sources, turns_of
from posecheck.core.measures import (
    Thighs,
    behind,
    doubted,
    lifts_deg,
    measure,
    thighs,
)
from posecheck.core.neutral import FLAT_DEG
from posecheck.core.pelvis import PelvisFit, recorded
from posecheck.core.phases import recorded_phases, recorded_reps
from posecheck.core.pictured_thighs import misnamed, pictured
from posecheck.core.posture import Posture
from posecheck.core.recording import Recording
from posecheck.core.records import (
    NAN,
    Array,
    Mask,
    Numbers,
    Side,
)
from posecheck.core.rows import Keeping, Rows, RowsInMemory
from posecheck.core.smoothing import erratic, runs, spikes, zero_phase
from posecheck.core.surface_log import SurfaceLog
from posecheck.core.thigh_fit import ThighFit
from posecheck.core.working_leg import working_sides

LEAP_DEG = 10.0
"""A thigh angle that jumps away and back by more than this within a third of a second is taken for
a mistake of the landmarker, and the frame for not measured."""
VANISHING_S = 0.1
"""Not believed before the person is lost."""
ERRATIC_DEG = 3.0
"""A thigh that scatters by more than this from picture to picture, a hidden one say, is not
measured."""


@dataclass(slots=True)
class Recorder:
    """Keeps the evidence of every frame in a few numbers.

    ``side``, ``fit`` and ``pelvis_fit`` as in `Judge`. ``keeping`` says where: all but about 90
    bytes a frame.
    """

    side: Side | None = None
    fit: ThighFit | None = None
    pelvis_fit: PelvisFit | None = None
    keeping: Keeping = RowsInMemory
    _surface: SurfaceLog = field(init=False)
    _lines: Rows = field(init=False)
    _markers: list[Array] = field(default_factory=list, init=False)
    _facts: array[float] = field(default_factory=lambda: array("d"), init=False)
    _near: list[Side | None] = field(default_factory=list, init=False)
    _posture: list[Posture] = field(default_factory=list, init=False)
    _findings: Findings = field(default_factory=Findings, init=False)
    _names: list[str] = field(default_factory=list, init=False)
    _events: dict[tuple[Kind, float], Event] = field(default_factory=dict, init=False)
    _marks: list[Mark] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._surface, self._lines = SurfaceLog(self.keeping), self.keeping(ROW)

    def add(self, observation: Observation) -> None:
        """Take the next frame."""
        self.take(evidence_of(observation))
        self.know(Findings(observation.neutral, observation.name_changes_s), observation.events)
        if observation.frame.name:
            self._names.append(observation.frame.name)

    def take(self, evidence: Evidence) -> None:
        """Take the evidence of the next frame."""
        self._lines.add(evidence.lines)
        self._facts.extend(evidence.facts)
        self._near.append(evidence.near)
        self._posture.append(evidence.posture)
        self._surface.add(evidence.surface)
        self._markers.append(evidence.markers)

    def know(
        self, findings: Findings, events: Iterable[Event] = (), marks: Iterable[Mark] = ()
    ) -> None:
        """Take what is known by now; later ones of an event and of the findings count."""
        self._findings = findings
        self._events |= {(event.kind, event.start_s): event for event in events}
        self._marks.extend(marks)

    def finish(self, cutoff_hz: float = 6.0, *, markers: bool = True) -> Recording:
        """Everything taken so far, looked at as a whole. ``cutoff_hz``: see `zero_phase`.

        Without ``markers`` as if none had been in view, but for the events.
        """
        facts = np.array(self._facts).reshape(-1, FACTS)
        time_s, confidence = facts[:, 1], facts[:, 2:4]
        steady = _steady([p is Posture.SUPINE for p in self._posture], time_s)
        exchanged = facts[:, 6] > 0
        rows = self._lines.read(0, len(self._lines))
        shown = self._moved(rows, time_s)
        wrong = self._wrong_names(time_s, rows, steady, exchanged, shown)
        for i in np.flatnonzero(steady & (wrong != exchanged)):
            rows[i] = BodyLines.from_row(rows[i]).exchanged().to_row()
            confidence[i] = confidence[i, ::-1]
        raw, side = self._measured(rows, steady, time_s, confidence, facts[:, 5] > 0)
        near = np.array([a is b for a, b in zip(side, self._near, strict=True)], dtype=bool)
        thighs_deg = raw["thigh_angle_deg"], raw["resting_thigh_deg"]
        if self.pelvis_fit and self.pelvis_fit.picture and shown.shape[1]:
            thighs_deg = pictured(self.pelvis_fit.picture, *thighs_deg, shown, near)
            raw["thigh_angle_deg"], raw["resting_thigh_deg"] = thighs_deg
        thigh = raw["thigh_angle_deg"]
        leapt = spikes(time_s, thigh, LEAP_DEG) | erratic(time_s, thigh, ERRATIC_DEG)
        angles = {
            name: zero_phase(time_s, np.where(leapt, NAN, values), cutoff_hz)
            for name, values in raw.items()
            if name in ANGLES
        }
        by_marker = None
        if markers and self._findings.neutral and steady.any():
            kept = {i: self._markers[i] for i in np.flatnonzero(steady).tolist()}
            leg = np.array([0 if each is None else 1 + SIDES.index(each) for each in side])
            turns = turns_of(time_s, kept, rows, self._findings.neutral)
            by_marker = marked(time_s, turns, near, leg, cutoff_hz) if turns else None
        if by_marker:
            angles["thigh_angle_deg"] = by_marker.thigh_of(angles["thigh_angle_deg"])
        thigh = angles["thigh_angle_deg"]
        angles |= self._pelvis(shown, angles, near, time_s, cutoff_hz)
        estimated, told = angles.copy(), np.full(time_s.size, NAN)
        if by_marker:
            angles |= by_marker.pelvis_of(angles)
            told = by_marker.pelvis["pelvic_tilt_deg"]
        calibration = "trunk" if self._findings.neutral is None else "neutral"
        return Recording(
            frame=facts[:, 0].astype(int).tolist(),
            time_s=time_s,
            posture=self._posture,
            side=side,
            phase=recorded_phases(time_s, thigh),
            angles_deg=angles,
            confidence=np.where(np.isfinite(thigh), raw["confidence"], NAN),
            live_thigh_angle_deg=facts[:, 4],
            legs_sure=facts[:, 5] > 0,
            legs_exchanged=wrong,
            neutral=self._findings.neutral,
            reps=[] if np.isnan(time_s).all() else recorded_reps(time_s, thigh, side),
            names=self._names,
            error_sd_deg=self.fit.error_sd_deg[calibration] if self.fit else NAN,
            near=near,
            events=_ended(self._events.values(), time_s),
            marks=list(self._marks),
            pelvis_source=sources(angles["pelvic_tilt_deg"], told),
            estimated_tilt_deg=estimated["pelvic_tilt_deg"],
            estimated_tilt_sd_deg=estimated["pelvic_tilt_sd_deg"],
            marked_tilt_deg=told,
            _lines=rows,
            _drawn_exchanged=exchanged,
        )

    def moved(self) -> Numbers:
        """What the patches of the surface have done since rest, (n, p, 3); see `since_rest`.

        Apart from the recording, for only who fits the pelvis wants it: 300 bytes a frame.
        """
        facts = np.array(self._facts).reshape(-1, FACTS)
        return self._moved(self._lines.read(0, len(self._lines)), facts[:, 1])

    def _moved(self, rows: Numbers, time_s: Array) -> Numbers:
        neutral = self._findings.neutral
        if not self._surface.patches or neutral is None:
            return np.full((time_s.size, 0, 3), NAN, dtype=np.float32)
        seen = self._surface.seen
        flat = np.zeros(time_s.size, dtype=bool)
        for some in blocks(np.flatnonzero(seen)):
            lifts = [lifts_deg(BodyLines.from_row(row), neutral) for row in rows[some]]
            flat[some] = np.abs(lifts).max(axis=1) < FLAT_DEG
        return self._surface.since_rest(time_s, flat)

    def _pelvis(
        self,
        shown: Numbers,
        angles: dict[str, Array],
        near: Mask,
        time_s: Array,
        cutoff_hz: float,
    ) -> dict[str, Array]:
        """Tilt, twist and hip flexion, where the surface tells them."""
        if self.pelvis_fit is None or not shown.shape[1]:
            return {}
        thigh, resting = angles["thigh_angle_deg"], angles["resting_thigh_deg"]
        found = recorded(self.pelvis_fit, shown, thigh, resting, near)
        for name in ("pelvic_tilt_deg", "low_back_twist_deg"):
            found[name] = zero_phase(time_s, found[name], cutoff_hz)
        return {**found, "hip_flexion_deg": thigh - found["pelvic_tilt_deg"]}

    def _wrong_names(
        self, time_s: Array, rows: Numbers, steady: Mask, exchanged: Mask, shown: Numbers
    ) -> Mask:
        """Where the names for the legs are wrong; ``exchanged``: where live use took them to be."""
        if np.isnan(time_s).any():
            return exchanged
        named = np.full((time_s.size, 2), NAN)
        for i in np.flatnonzero(steady):
            lines = BodyLines.from_row(rows[i])
            named[i] = lifts_deg(
                lines.exchanged() if exchanged[i] else lines, self._findings.neutral
            )
        wrong = wrong_names(time_s, self._findings.name_changes_s)
        wrong = without_flicker(time_s, named, wrong, self._near)
        if not shown.shape[1]:
            return wrong
        lift_deg = np.where(wrong[:, None], named[:, ::-1], named)
        return wrong ^ misnamed(lift_deg, shown, self._near)

    def _measured(
        self, rows: Numbers, steady: Mask, time_s: Array, confidence: Array, sure: Mask
    ) -> tuple[dict[str, Array], list[Side | None]]:
        """Angles and confidence of every frame before smoothing, and the leg at work in it."""
        neutral, there = self._findings.neutral, np.flatnonzero(steady)
        both, lift = _nowhere(time_s.size), np.full((time_s.size, 2), NAN)
        for some in blocks(there):
            lines = [BodyLines.from_row(row) for row in rows[some]]
            here = thighs(lines, neutral, self.fit)
            both.raised_deg[some], both.resting_deg[some] = here.raised_deg, here.resting_deg
            lift[some] = [lifts_deg(each, neutral) for each in lines]
        hidden = behind(confidence, lift)
        lift[np.isnan(confidence) | hidden] = NAN
        side = working_sides(time_s, lift, self._near, self.side)
        if self.fit and neutral and there.size and np.isfinite(time_s).all():
            at_work = np.array(
                [each if ok else None for each, ok in zip(side, steady, strict=True)]
            )
            _add_knee_paths(both.raised_deg, points_of(rows), neutral.points, at_work)
            if self.fit.outline:
                outlines = outlines_of(rows)
                for i in there.tolist():
                    both.raised_deg[i] = self.fit.outline.moved(
                        both.raised_deg[i], outlines[i].astype(float), neutral.outline
                    )
        found = {name: np.full(time_s.size, NAN) for name in (*ANGLES, "confidence")}
        working: list[Side | None] = [None] * time_s.size
        for i in there.tolist():
            here = Thighs(both.raised_deg[i], both.resting_deg[i])
            line = BodyLines.from_row(rows[i])
            m = doubted(measure(line, side[i], confidence[i], here, hidden[i]), sure=bool(sure[i]))
            working[i] = m.side
            for name, values in found.items():
                values[i] = getattr(m, name)
        return found, working


def _nowhere(count: int) -> Thighs:
    return Thighs(np.full((count, 2), NAN), np.full((count, 2), NAN))


def _add_knee_paths(raised_deg: Array, points: Numbers, neutral: Array, at_work: Any) -> None:
    """Give the thighs (n, 2) a second opinion: each knee's path while its leg was ``at_work``."""
    for leg, side in enumerate(SIDES):
        mine = np.flatnonzero(at_work == side)
        path = knee_path(points[thinned(mine)].astype(float), neutral, leg)
        if path is None:
            continue
        for some in blocks(np.arange(len(points))):
            raised_deg[some, leg] = second_opinion(
                raised_deg[some, leg], path, points[some].astype(float)
            )


def _steady(supine: list[bool], time_s: Array) -> Mask:
    """Frames within a stretch on the back of `STEADY_S` or more; stills each stand alone.

    The end of a stretch is left out where something else follows it: the landmarker goes on
    seeing someone who has just gone.
    """
    steady = np.array(supine, dtype=bool)
    if np.isnan(time_s).any():
        return steady
    for run in runs(steady):
        lasted_s = time_s[run.stop - 1] - time_s[run.start]
        if lasted_s < STEADY_S and run.stop - run.start < steady.size:
            steady[run] = False
        elif run.stop < steady.size:
            late = time_s[run] > time_s[run.stop - 1] - VANISHING_S
            steady[run.start : run.stop][late] = False
    return steady


def _ended(events: Iterable[Event], time_s: Array) -> list[Event]:
    """The events in order of time; what still went on at the end of the recording ends with it."""
    ended = [replace(e, end_s=time_s[-1]) if np.isnan(e.end_s) else e for e in events]
    return sorted(ended, key=lambda event: event.start_s)
