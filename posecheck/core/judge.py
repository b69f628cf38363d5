"""One step of the analysis: a frame's pose in, an `Observation` out. Looks only back in time."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from posecheck.core.events import Event
from posecheck.core.geometry import BodyLines
from posecheck.core.legs import LegTracker
from posecheck.core.marker_reading import Handed, MarkerReader, Turns, cranial_of
from posecheck.core.markers import Square
from posecheck.core.measures import (
    Thighs,
    behind,
    doubted,
    lifts_deg,
    measure,
    thighs_now,
    visible_confidence,
    with_outline,
    with_pelvis,
)
from posecheck.core.neutral import FLAT_DEG, Neutral, NeutralFinder
from posecheck.core.pelvis import PelvisFit, PelvisTracker
from posecheck.core.phases import Phase, PhaseTracker
from posecheck.core.pictured_thighs import LIES_DEG, PicturedThighs, higher_leg, named
from posecheck.core.posture import Posture, Stance, stance_of
from posecheck.core.records import (
    NAN,
    Array,
    FrameRef,
    Marker,
    Mask,
    Measurement,
    Pose,
    Side,
    SurfaceMotion,
)
from posecheck.core.rules import Rules
from posecheck.core.smoothing import OneEuro
from posecheck.core.thigh_fit import ThighFit
from posecheck.core.view import yaw_deg_of
from posecheck.core.working_leg import WorkingLeg

STEADY_S = 0.5
"""Lying on the back must have lasted this long before angles are given."""

UNKNOWN_DEG = np.array([NAN, NAN])

ANGLES = tuple(f.name for f in fields(Measurement) if f.name.endswith("_deg"))


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """All that is known of one frame, as live use knows it.

    ``pose``: the person's pose, legs named as they are, or None. ``lines`` and ``confidence``
    ((2,), left leg first, NaN not seen) are the calibration-free evidence, ``lines`` None unless
    the person lies on the back. ``measurement`` is smoothed causally and empty until lying has
    lasted. ``neutral``: the calibration it is based on, None for the trunk line.
    ``name_changes_s``: see `LegTracker`, as far as known by now. ``surface`` and ``markers``: as
    they were given.
    ``events``: those that go on or have just ended, as far as known by now.
    """

    frame: FrameRef
    pose: Pose | None
    stance: Stance
    lines: BodyLines | None
    confidence: Array
    measurement: Measurement
    phase: Phase
    neutral: Neutral | None
    legs_exchanged: bool = False
    legs_sure: bool = True
    name_changes_s: tuple[float, ...] = ()
    surface: SurfaceMotion | None = None
    markers: tuple[Marker, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(slots=True)
class Judge:
    """The causal core. ``side``: the working leg if it is known beforehand.

    ``fit``: how the thigh angle follows from the landmarks; None takes the lines as they are.
    ``pelvis_fit``: how the pelvis follows from the surface; None leaves it unmeasured.
    ``rules``: what counts as compensation; each judge wants its own.
    """

    side: Side | None = None
    fit: ThighFit | None = None
    pelvis_fit: PelvisFit | None = None
    rules: Rules = field(default_factory=Rules)
    _legs: LegTracker = field(default_factory=LegTracker, init=False)
    _neutral: NeutralFinder = field(default_factory=NeutralFinder, init=False)
    _working: WorkingLeg = field(default_factory=WorkingLeg, init=False)
    _pelvis: PelvisTracker = field(default_factory=PelvisTracker, init=False)
    _pictured: PicturedThighs = field(default_factory=PicturedThighs, init=False)
    _markers: MarkerReader = field(default_factory=MarkerReader, init=False)
    _handed: Handed = field(default_factory=Handed, init=False)
    _phase: PhaseTracker = field(default_factory=PhaseTracker, init=False)
    _smooth: defaultdict[str, OneEuro] = field(
        default_factory=lambda: defaultdict(OneEuro), init=False
    )
    _raised: tuple[OneEuro, OneEuro] = field(
        default_factory=lambda: (OneEuro(), OneEuro()), init=False
    )
    _supine_since_s: float = field(default=NAN, init=False)
    _last_side: Side | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._working = WorkingLeg(self.side)

    def step(
        self,
        frame: FrameRef,
        pose: Pose | None,
        surface: SurfaceMotion | None = None,
        markers: tuple[Marker, ...] = (),
    ) -> Observation:
        """Take in the next frame; a time of NaN (a still picture) is judged on its own."""
        if math.isnan(frame.time_s):
            alone = Judge(self.side, self.fit)
            return alone._take(replace(frame, time_s=0.0), pose, None, (), frame)
        return self._take(frame, pose, surface, markers, frame)

    @property
    def neutral(self) -> Neutral | None:
        """The neutral found so far."""
        return self._neutral.current

    def forget_neutral(self) -> None:
        """Person or camera lie otherwise from now on."""
        self._neutral, self._pelvis = NeutralFinder(), PelvisTracker()
        self._markers, self._handed = MarkerReader(), Handed()

    def _take(
        self,
        frame: FrameRef,
        pose: Pose | None,
        surface: SurfaceMotion | None,
        markers: tuple[Marker, ...],
        shown: FrameRef,
    ) -> Observation:
        stance = stance_of(pose)
        if pose is None or stance.posture is not Posture.SUPINE:
            self._supine_since_s = NAN
            self._neutral.step(frame.time_s, None)
            return replace(
                _nothing(shown, pose, stance, self.neutral),
                name_changes_s=tuple(self._legs.changes_s),
                events=self.rules.step(frame.time_s, Measurement(), UNKNOWN_DEG),
            )
        if math.isnan(self._supine_since_s):
            self._supine_since_s = frame.time_s
        legs = self._legs.step(frame.time_s, pose, stance.head_sign)
        legs = named(legs, higher_leg(surface, stance.near_side, LIES_DEG), self.neutral)
        higher = higher_leg(surface, stance.near_side)
        lines = legs.lines
        confidence = visible_confidence(legs.pose)
        before = self.neutral
        neutral = self._neutral.step(frame.time_s, lines if legs.sure else None)
        moved = self._pelvis.step(frame.time_s, surface, neutral=neutral is not before)
        steady = frame is not shown or frame.time_s - self._supine_since_s >= STEADY_S
        lift_deg = lifts_deg(lines, neutral)
        turns = self._turns(frame, markers, legs.pose, lines.head_sign)
        if neutral and neutral is not before and np.abs(lift_deg).max() < FLAT_DEG:
            cranial = cranial_of(neutral.points, lines.head_sign)
            self._markers.rest(frame.time_s, cranial, lines.head_sign)
        both = thighs_now(lines, neutral, self.fit, lift_deg)
        both = with_outline(both, lines.outline, neutral, self.fit)
        hidden = behind(confidence, lift_deg)
        measurement = (
            self._measure(
                frame.time_s,
                lines,
                lift_deg,
                both,
                confidence,
                hidden,
                stance,
                surface,
                moved,
                turns,
                higher,
            )
            if steady
            else Measurement()
        )
        return Observation(
            frame=shown,
            pose=legs.pose,
            stance=stance,
            lines=lines,
            confidence=confidence,
            measurement=doubted(measurement, sure=legs.sure),
            phase=self._phase.step(shown.time_s, measurement.thigh_angle_deg),
            neutral=neutral,
            legs_exchanged=legs.exchanged,
            legs_sure=legs.sure,
            name_changes_s=tuple(self._legs.changes_s),
            surface=surface,
            markers=markers,
            events=self.rules.step(
                frame.time_s,
                measurement,
                np.where(hidden, NAN, lift_deg) if neutral else UNKNOWN_DEG,
                self._steadied(frame.time_s, np.where(hidden, NAN, both.raised_deg)),
                sure=legs.sure and not self._working.contested,
            ),
        )

    def _measure(
        self,
        time_s: float,
        lines: BodyLines,
        lift_deg: Array,
        both: Thighs,
        confidence: Array,
        hidden: Mask,
        stance: Stance,
        surface: SurfaceMotion | None,
        moved: Array | None,
        turns: Turns,
        higher: Side | None,
    ) -> Measurement:
        seen_deg = np.where(np.isnan(confidence) | hidden, NAN, lift_deg)
        side = self._working.step(time_s, seen_deg, stance.near_side, higher)
        if side is not self._last_side:
            self._smooth.clear()
            self._handed.clear()
            self._pictured.clear()
            self._last_side = side
        near = side is stance.near_side
        raw = measure(lines, side, confidence, both, hidden)
        if self.pelvis_fit and self.pelvis_fit.picture and surface and moved is not None:
            picture = self.pelvis_fit.picture
            raw = self._pictured.step(time_s, raw, picture, surface, moved, near=near)
        if side is not None:
            raw = self._handed.thigh(time_s, raw, turns, near=near)
        if self.pelvis_fit and moved is not None:
            pelvis = self.pelvis_fit.reading(
                moved, raw.thigh_angle_deg, raw.resting_thigh_deg, near=near
            )
            raw = with_pelvis(raw, pelvis)
        if side is not None:
            raw = self._handed.pelvis(time_s, raw, turns, near=near)
        smooth: dict[str, Any] = {
            name: self._smooth[name].step(time_s, getattr(raw, name)) for name in ANGLES
        }
        return replace(raw, **smooth)

    def _steadied(self, time_s: float, raised_deg: Array) -> Array:
        """Both thighs (2,) smoothed, whichever is at work."""
        pairs = zip(self._raised, raised_deg.tolist(), strict=True)
        return np.array([smooth.step(time_s, angle) for smooth, angle in pairs])

    def _turns(
        self, frame: FrameRef, markers: tuple[Marker, ...], pose: Pose, head_sign: int
    ) -> Turns:
        """How the markers in this frame have turned since neutral."""
        if not markers:
            return {}
        squares = [Square.of(each, frame.width_px, frame.height_px) for each in markers]
        return self._markers.step(frame.time_s, squares, yaw_deg_of(pose, head_sign))


def _nothing(
    frame: FrameRef, pose: Pose | None, stance: Stance, neutral: Neutral | None
) -> Observation:
    return Observation(
        frame=frame,
        pose=pose,
        stance=stance,
        lines=None,
        confidence=np.array([NAN, NAN]),
        measurement=Measurement(),
        phase=Phase.NONE,
        neutral=neutral,
    )
