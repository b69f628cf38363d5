"""What a recording keeps of each frame: a few numbers, that also fit into a file as they come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from posecheck.core.events import Event, Kind, Mark, Sensation
from posecheck.core.geometry import ROW
from posecheck.core.judge import Observation
from posecheck.core.markers import ROW as SQUARE
from posecheck.core.markers import Square
from posecheck.core.neutral import Neutral
from posecheck.core.pelvis import moved
from posecheck.core.posture import Posture
from posecheck.core.records import NAN, Array, Side
from posecheck.core.view import yaw_deg_of

FACTS = 7
MARKED = SQUARE + 1
"""So many numbers are kept of each marker in a frame: see `Square.to_row`, and the camera's yaw."""
_CODES = 3
_NO_MARKERS: Array = np.empty((0, MARKED))
_POSTURES = list(Posture)
_SIDES = [None, *Side]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One frame. ``facts`` (7,): index, time s, confidence of the left and the right leg, live
    thigh angle deg, whether it is sure which leg is which, whether their names are exchanged.

    ``lines`` (ROW,): see `BodyLines.to_row`, NaN without a body. ``surface``: when it was first
    seen, s, and what its patches did since (p, 3), or None. ``markers`` (m, MARKED).
    """

    facts: Array
    lines: Array
    near: Side | None
    posture: Posture
    surface: tuple[float, NDArray[np.float32]] | None
    markers: Array = field(default_factory=lambda: _NO_MARKERS)

    def to_bytes(self) -> bytes:
        """All of it, exactly."""
        start_s, patches = self.surface or (NAN, np.empty((0, 3), dtype=np.float32))
        codes = _POSTURES.index(self.posture), _SIDES.index(self.near), len(patches)
        numbers = np.concatenate([self.facts, self.lines, [start_s, *codes]])
        kept = numbers.astype("<f8"), patches.astype("<f4"), self.markers.astype("<f8")
        return b"".join(each.tobytes() for each in kept)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What `to_bytes` made. Raises ValueError where it is something else."""
        count = FACTS + ROW + 1 + _CODES
        numbers = np.frombuffer(data, dtype="<f8", count=count).astype(float)
        start_s = float(numbers[-1 - _CODES])
        posture, near, patches = (int(code) for code in numbers[-_CODES:])
        surface = np.frombuffer(data, dtype="<f4", count=3 * patches, offset=8 * count)
        # Journals written before there were markers end here.
        markers = np.frombuffer(data, dtype="<f8", offset=8 * count + 12 * patches)
        return cls(
            facts=numbers[:FACTS],
            lines=numbers[FACTS : FACTS + ROW],
            near=_SIDES[near],
            posture=_POSTURES[posture],
            surface=None if math.isnan(start_s) else (start_s, surface.reshape(patches, 3)),
            markers=markers.astype(float).reshape(-1, MARKED),
        )


def evidence_of(observation: Observation) -> Evidence:
    """What a recording keeps of this frame."""
    lines, surface = observation.lines, observation.surface
    facts = [
        observation.frame.index,
        observation.frame.time_s,
        *observation.confidence,
        observation.measurement.thigh_angle_deg,
        observation.legs_sure,
        observation.legs_exchanged,
    ]
    return Evidence(
        facts=np.array(facts, dtype=float),
        lines=np.full(ROW, NAN) if lines is None else np.array(lines.to_row(), dtype=float),
        near=observation.stance.near_side,
        posture=observation.stance.posture,
        surface=None if surface is None else (surface.start_s, moved(surface).astype(np.float32)),
        markers=_marked(observation),
    )


def _marked(observation: Observation) -> Array:
    """What is kept of the markers, (m, MARKED); nothing unless somebody lies on the back."""
    pose, lines, frame = observation.pose, observation.lines, observation.frame
    if not observation.markers or pose is None or lines is None:
        return _NO_MARKERS
    yaw_deg = yaw_deg_of(pose, lines.head_sign)
    squares = (Square.of(each, frame.width_px, frame.height_px) for each in observation.markers)
    return np.array([[*square.to_row(), yaw_deg] for square in squares])


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What changes seldom: the last word counts. Fields as in `Observation`."""

    neutral: Neutral | None = None
    name_changes_s: tuple[float, ...] = ()

    def plain(self) -> dict[str, Any]:
        """All of it as numbers and lists."""
        neutral = None
        if self.neutral is not None:
            of = ((f.name, getattr(self.neutral, f.name)) for f in fields(Neutral))
            neutral = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in of}
        return {"neutral": neutral, "name_changes_s": list(self.name_changes_s)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """What `plain` made. Raises KeyError, TypeError."""
        found = plain["neutral"]
        neutral = None if found is None else Neutral(**{**found, **_arrays(found)})
        return cls(neutral, tuple(plain["name_changes_s"]))


def _arrays(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: np.array(value) for name, value in plain.items() if isinstance(value, list)}


def event_of(plain: Mapping[str, Any]) -> Event:
    """What `dataclasses.asdict` made of an event. Raises KeyError, TypeError, ValueError."""
    return Event(**{**plain, "kind": Kind(plain["kind"]), "side": Side(plain["side"])})


def mark_of(plain: Mapping[str, Any]) -> Mark:
    """What `dataclasses.asdict` made of a mark. Raises KeyError, TypeError, ValueError."""
    side = plain["side"] and Side(plain["side"])
    return Mark(**{**plain, "sensation": Sensation(plain["sensation"]), "side": side})
