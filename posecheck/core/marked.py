"""Markers of a whole recording, looked at again with hindsight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np

from posecheck.core.geometry import BodyLines
from posecheck.core.hand_over import handed_over
from posecheck.core.marker_reading import (
    LEAST_AT_REST,
    Lying,
    cranial_of,
    pelvis_of,
    resting,
)
from posecheck.core.marker_turn import Rest, Turn, TurnFilter
from posecheck.core.markers import Square
from posecheck.core.measures import lifts_deg
from posecheck.core.neutral import FLAT_DEG, Neutral
from posecheck.core.records import NAN, Array, MarkerPlace, Mask, Numbers, PelvisSource
from posecheck.core.smoothing import zero_phase

_TOLD = ("pelvic_tilt", "low_back_twist", "pelvic_obliquity")


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """What the markers of a recording tell, (n,) each, NaN not told.

    ``pelvis``: under the names of the columns of `Measurement`. ``leg`` (n,): which leg is at work,
    in numbers: nothing is carried from one to the other. ``cutoff_hz``: what is put together is
    smoothed once more, by the same filter as its parts.
    """

    time_s: Array
    cutoff_hz: float
    leg: Array
    thigh_deg: Array
    thigh_sd_deg: Array
    pelvis: dict[str, Array]

    def thigh_of(self, estimate_deg: Array) -> Array:
        """The thigh angle by its marker where that is seen."""
        nothing = np.zeros(self.time_s.size)
        return self._over(estimate_deg, nothing, self.thigh_deg, self.thigh_sd_deg)[0]

    def pelvis_of(self, angles: Mapping[str, Array]) -> dict[str, Array]:
        """Tilt and twist by marker where seen, else by estimate, the obliquity and the hip."""
        found = {"pelvic_obliquity_deg": self.pelvis["pelvic_obliquity_deg"]}
        for name in ("pelvic_tilt", "low_back_twist"):
            columns = f"{name}_deg", f"{name}_sd_deg"
            parts = [of[column] for of in (angles, self.pelvis) for column in columns]
            found |= zip(columns, self._over(*parts), strict=True)
        hip_deg = angles["thigh_angle_deg"] - found["pelvic_tilt_deg"]
        return {**found, "hip_flexion_deg": hip_deg}

    def _over(self, *parts: Array) -> tuple[Array, Array]:
        value, sd = np.full((2, self.time_s.size), NAN)
        for leg in np.unique(self.leg):
            mine = self.leg == leg
            value[mine], sd[mine] = handed_over(self.time_s[mine], *(each[mine] for each in parts))
        return zero_phase(self.time_s, value, self.cutoff_hz), sd


def turns_of(
    time_s: Array, marks: Mapping[int, Array], rows: Numbers, neutral: Neutral
) -> dict[MarkerPlace, list[Turn | None]]:
    """The turn of each marker in every frame, None not seen.

    ``marks``: of the frames that count, (m, MARKED) as `Evidence` keeps them; ``rows`` (n, ROW):
    the body's lines. Photographs have no rest.
    """
    seen: dict[MarkerPlace, dict[int, tuple[Square, float]]] = defaultdict(dict)
    for i, many in marks.items():
        for row in many:
            square = Square.from_row(row[:-1])
            seen[square.place][i] = square, float(row[-1])
    flat = {i for i in set().union(*seen.values()) if _flat(rows[i], neutral)}
    found = {}
    for place, frames in seen.items():
        still = [each for i, each in frames.items() if i in flat]
        if len(still) < LEAST_AT_REST or np.isnan(time_s).any():
            continue
        head_sign = int(np.sign(sum(rows[i, 0] for i in frames if i in flat)) or 1)
        yaw_deg = float(np.median([yaw for _, yaw in still]))
        lying = Lying(cranial_of(neutral.points, head_sign), yaw_deg, head_sign)
        rest = resting([square for square, _ in still], lying)
        found[place] = _both_ways(time_s, {i: square for i, (square, _) in frames.items()}, rest)
    return found


def _flat(row: Array, neutral: Neutral) -> bool:
    """Whether both thighs lie at rest."""
    return bool(np.abs(lifts_deg(BodyLines.from_row(row), neutral)).max() < FLAT_DEG)


def _both_ways(time_s: Array, seen: Mapping[int, Square], rest: Rest) -> list[Turn | None]:
    """The turn in every frame: the mean of filters that run forwards and backwards in time."""
    ways, chance = [], 0.5
    for order in (list(seen.items()), list(seen.items())[::-1]):
        turning = TurnFilter(rest)
        ways.append({i: turning.step(float(time_s[i]), square) for i, square in order})
        chance = turning.chance
    turns: list[Turn | None] = [None] * time_s.size
    for i in seen:
        both = [astuple(turn) for way in ways if (turn := way[i])]
        if both:
            turns[i] = Turn(*np.mean(both, axis=0).tolist()).by_chance(chance)
    return turns


def marked(
    time_s: Array,
    turns: Mapping[MarkerPlace, list[Turn | None]],
    near: Mask,
    leg: Array,
    cutoff_hz: float,
) -> Marked:
    """What the markers tell for the working ``leg``; ``near`` (n,): whether it is the nearer."""
    thigh, table = np.full((2, time_s.size), NAN), np.full((6, time_s.size), NAN)
    for i in range(time_s.size):
        here = {place: each for place, many in turns.items() if (each := many[i])}
        on_thigh = here.get(MarkerPlace.THIGH)
        if on_thigh and near[i]:
            thigh[:, i] = on_thigh.sagittal_deg, on_thigh.sagittal_sd_deg
        of = pelvis_of(here, near=bool(near[i]))
        table[:, i] = [*of.tilt, *of.twist, *of.oblique]
    for angle in (thigh[:1], table[::2]):
        angle[:] = [zero_phase(time_s, each, cutoff_hz) for each in angle]
    names = (f"{angle}{unit}_deg" for angle in _TOLD for unit in ("", "_sd"))
    return Marked(time_s, cutoff_hz, leg, thigh[0], thigh[1], dict(zip(names, table, strict=True)))


def sources(tilt_deg: Array, by_marker: Array) -> list[PelvisSource | None]:
    """What each tilt was told by."""
    told = zip(np.isfinite(tilt_deg).tolist(), np.isfinite(by_marker).tolist(), strict=True)
    return [
        None if not known else PelvisSource.MARKER if marker else PelvisSource.ESTIMATE
        for known, marker in told
    ]
