"""Markers over time: their rest, their turns since, and what that makes of the measurement."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from posecheck.core.geometry import HIPS, SHOULDERS
from posecheck.core.hand_over import HandOver
from posecheck.core.marker_turn import Rest, Turn, TurnFilter, rest_of
from posecheck.core.markers import Square
from posecheck.core.neutral import STILL_FOR_S, STRETCHES
from posecheck.core.pelvis import MOST_SD_DEG
from posecheck.core.records import NAN, Array, MarkerPlace, Measurement, PelvisSource

LEAST_AT_REST = 5
"""Seen in fewer pictures at rest, a marker has no rest to be measured from."""
BELIEVABLE_DEG = -30.0, 50.0
"""No pelvis tilts beyond these: the paper has come off, or another one is in view."""
PLACES = tuple(MarkerPlace)
Turns = Mapping[MarkerPlace, Turn]
Row = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lying:
    """How someone lies in the picture: ``cranial`` (2,) from the hips to the shoulders;
    ``yaw_deg`` of the camera, see `View`; ``head_sign`` as in `sagittal_direction_deg`.
    """

    cranial: Array
    yaw_deg: float
    head_sign: int


def cranial_of(points: Array, head_sign: int) -> Array:
    """From the hips to the shoulders in the picture, (2,), by ``points`` as in `BodyLines`."""
    along: Array = points[SHOULDERS, :2].mean(axis=0) - points[HIPS, :2].mean(axis=0)
    return along * (head_sign, -1.0)


@dataclass(slots=True)
class MarkerReader:
    """Causal: the turn of every marker in view since the neutral pose; feed it every frame."""

    _recent: dict[MarkerPlace, deque[tuple[float, float, Square]]] = field(
        default_factory=lambda: defaultdict(deque), init=False
    )
    _rests: dict[MarkerPlace, deque[Square]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=STRETCHES)), init=False
    )
    _filters: dict[MarkerPlace, TurnFilter] = field(default_factory=dict, init=False)

    def step(self, time_s: float, squares: Iterable[Square], yaw_deg: float) -> Turns:
        """The turns in this frame; ``yaw_deg`` of the camera by this pose."""
        turns = {}
        for square in squares:
            recent = self._recent[square.place]
            recent.append((time_s, yaw_deg, square))
            while time_s - recent[0][0] > STILL_FOR_S:
                recent.popleft()
            turning = self._filters.get(square.place)
            if turning and (turn := turning.step(time_s, square)):
                turns[square.place] = turn.by_chance(turning.chance)
        return turns

    def rest(self, time_s: float, cranial: Array, head_sign: int) -> None:
        """A still second in the neutral pose has just ended at ``time_s``; see `Lying`."""
        for place, recent in self._recent.items():
            still = [each for each in recent if time_s - each[0] <= STILL_FOR_S]
            if len(still) < LEAST_AT_REST:
                continue
            self._rests[place].append(middle([square for _, _, square in still]))
            yaw_deg = float(np.median([yaw for _, yaw, _ in still]))
            lying = Lying(cranial, yaw_deg, head_sign)
            self._filters[place] = turning = TurnFilter(resting(self._rests[place], lying))
            for at_s, _, square in still:
                turning.step(at_s, square)


def middle(squares: Sequence[Square]) -> Square:
    """The median of several pictures of a marker that lies still."""
    corners = np.median([square.corners for square in squares], axis=0)
    return replace(squares[-1], corners=corners)


def resting(squares: Sequence[Square], lying: Lying) -> Rest:
    """A marker at rest, from pictures of it."""
    return rest_of(middle(squares), lying.cranial, lying.yaw_deg, lying.head_sign)


@dataclass(slots=True)
class Handed:
    """Causal: the measurement by marker where there is one, by estimate where not."""

    _angles: dict[str, HandOver] = field(default_factory=lambda: defaultdict(HandOver), init=False)

    def thigh(self, time_s: float, raw: Measurement, turns: Turns, *, near: bool) -> Measurement:
        """With the thigh angle by its marker, which is on the nearer leg."""
        turn = turns.get(MarkerPlace.THIGH) if near else None
        if turn is None and "thigh" not in self._angles:
            return raw
        marked = (turn.sagittal_deg, turn.sagittal_sd_deg) if turn else (NAN, NAN)
        angle, _ = self._angles["thigh"].step(time_s, raw.thigh_angle_deg, 0.0, *marked)
        return replace(raw, thigh_angle_deg=angle)

    def pelvis(self, time_s: float, raw: Measurement, turns: Turns, *, near: bool) -> Measurement:
        """With tilt, twist, obliquity and hip flexion by the marker on the pelvis."""
        marked = pelvis_of(turns, near=near)
        if MarkerPlace.PELVIS in turns or "tilt" in self._angles:
            tilt = self._angles["tilt"].step(
                time_s, raw.pelvic_tilt_deg, raw.pelvic_tilt_sd_deg, *marked.tilt
            )
            twist = self._angles["twist"].step(
                time_s, raw.low_back_twist_deg, raw.low_back_twist_sd_deg, *marked.twist
            )
            raw = replace(
                raw,
                pelvic_tilt_deg=tilt[0],
                pelvic_tilt_sd_deg=tilt[1],
                low_back_twist_deg=twist[0],
                low_back_twist_sd_deg=twist[1],
                pelvic_obliquity_deg=marked.oblique[0],
            )
        tilt_deg = raw.pelvic_tilt_deg
        source = PelvisSource.MARKER if marked.told else PelvisSource.ESTIMATE
        return replace(
            raw,
            hip_flexion_deg=raw.thigh_angle_deg - tilt_deg,
            pelvis_source=None if math.isnan(tilt_deg) else source,
        )

    def clear(self) -> None:
        """Another leg is at work."""
        self._angles.clear()


@dataclass(frozen=True, slots=True)
class PelvisMarked:
    """What the markers say of the pelvis: each an angle and its sd, deg, NaN not told.

    Signs as in `Measurement`, for the working leg.
    """

    tilt: tuple[float, float] = NAN, NAN
    twist: tuple[float, float] = NAN, NAN
    oblique: tuple[float, float] = NAN, NAN

    @property
    def told(self) -> bool:
        """Whether the tilt is by marker."""
        return not math.isnan(self.tilt[0])


def pelvis_of(turns: Turns, *, near: bool) -> PelvisMarked:
    """What the markers say of the pelvis; ``near``: whether the nearer leg is at work.

    Tilt is that in the room; twist is against the ribcage where that wears a marker which tells it.
    """
    pelvis, ribcage = turns.get(MarkerPlace.PELVIS), turns.get(MarkerPlace.RIBCAGE)
    if pelvis is None or not BELIEVABLE_DEG[0] < pelvis.sagittal_deg < BELIEVABLE_DEG[1]:
        return PelvisMarked()
    twist_deg, twist_sd_deg = pelvis.twist_deg, pelvis.twist_sd_deg
    if ribcage is not None and ribcage.twist_sd_deg <= MOST_SD_DEG:
        twist_deg -= ribcage.twist_deg
        twist_sd_deg = math.hypot(twist_sd_deg, ribcage.twist_sd_deg)
    sign = 1.0 if near else -1.0
    return PelvisMarked(
        _told(pelvis.sagittal_deg, pelvis.sagittal_sd_deg),
        _told(sign * twist_deg, twist_sd_deg),
        _told(sign * pelvis.oblique_deg, pelvis.oblique_sd_deg),
    )


def _told(angle_deg: float, sd_deg: float) -> tuple[float, float]:
    return (angle_deg, sd_deg) if sd_deg <= MOST_SD_DEG else (NAN, NAN)
