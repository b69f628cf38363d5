"""Markers of a whole recording, looked at again with hindsight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np

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
from posecheck.core.records import NAN, Array, MarkerPlace, Mask, PelvisSource
from posecheck.core.smoothing import zero_phase

_TOLD = ("pelvic_tilt", "low_back_twist", "pelvic_obliquity")


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """What the markers of a recording tell, (n,) each, NaN not told.

    ``pelvis``: under the names of the columns of `Measurement`. ``leg`` (n,): which leg is at work,
    in numbers: nothing is carried from one to the other.
    """

    time_s: Array
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
        return value, sd


def turns_of(
    time_s: Array,
    rows: Mapping[int, Array],
    flat: Mask,
    heads: Array,
    neutral_points: Array,
) -> dict[MarkerPlace, list[Turn | None]]:
    """The turn of each marker in every frame, None not seen.

    ``rows``: of each frame that counts, (m, MARKED) as `Evidence` keeps them; ``flat`` (n,): both thighs at
    rest; ``heads`` (n,): `BodyLines.head_sign`; ``neutral_points``: see `Neutral`.
    """
    found = {}
    for place in MarkerPlace:
        seen = [
            (i, Square.from_row(row[:-1]), float(row[-1]))
            for i, many in rows.items()
            for row in many
            if int(row[0]) == place
        ]
        still = [each for each in seen if flat[each[0]]]
        if len(still) < LEAST_AT_REST:
            continue
        head_sign = int(np.sign(np.median(heads[[i for i, _, _ in still]])) or 1)
        yaw_deg = float(np.median([yaw for _, _, yaw in still]))
        lying = Lying(cranial_of(neutral_points, head_sign), yaw_deg, head_sign)
        rest = resting([square for _, square, _ in still], lying)
        found[place] = _both_ways(time_s, [(i, square) for i, square, _ in seen], rest)
    return found


def _both_ways(
    time_s: Array, seen: list[tuple[int, Square]], rest: Rest
) -> list[Turn | None]:
    """The turn in every frame: the mean of filters that run forwards and backwards in time."""
    ways, chance = [], 0.5
    for order in (seen, seen[::-1]):
        turning = TurnFilter(rest)
        ways.append({i: turning.step(float(time_s[i]), square) for i, square in order})
        chance = turning.chance
    turns: list[Turn | None] = [None] * time_s.size
    for i, _ in seen:
        both = np.array([astuple(way[i]) for way in ways])
        turns[i] = Turn(*both.mean(axis=0).tolist()).by_chance(chance)
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
    return Marked(time_s, leg, thigh[0], thigh[1], dict(zip(names, table, strict=True)))


def sources(tilt_deg: Array, by_marker: Array) -> list[PelvisSource | None]:
    """What each tilt was told by."""
    told = zip(np.isfinite(tilt_deg).tolist(), np.isfinite(by_marker).tolist(), strict=True)
    return [
        None if not known else PelvisSource.MARKER if marker else PelvisSource.ESTIMATE
        for known, marker in told
    ]
