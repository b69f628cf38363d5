"""The records that flow through posecheck, one direction: Frame -> Pose -> Observation.

Angles are degrees, times seconds, image positions pixels (x right, y down). NaN means
"not measured"; it never raises a flag and is written as an empty cell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = NDArray[np.floating[Any]]
"""Of either precision: what is kept for hours is kept in single."""
Mask = NDArray[np.bool_]

NAN = math.nan

OUTLINE = 24
"""So many numbers tell the outline of a person."""


def no_outline() -> Array:
    """An outline that was not looked at, (OUTLINE,)."""
    return np.full(OUTLINE, NAN)


class Side(StrEnum):
    """The person's own left or right, never the picture's."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


@dataclass(frozen=True, slots=True)
class FrameRef:
    """Which picture of the source, without the picture.

    ``index`` counts frames from 0. ``time_s`` is the source's own timestamp (s), NaN for a still
    picture. ``width_px`` and ``height_px`` are those of the upright picture.
    """

    index: int
    time_s: float
    width_px: int
    height_px: int
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One person's 33 BlazePose landmarks in one picture.

    ``xy_px`` (33, 2): image position, px. ``z_px`` (33,): depth against the middle of the hips,
    on the scale of x, smaller is nearer to the camera. ``world_m`` (33, 3): metres, origin
    between the hips (x right, y down, z away from the camera). ``visibility`` (33,): chance that
    the landmark is in view and not hidden; ``presence`` (33,): chance that it lies in the
    picture; both 0 to 1. ``outline`` (OUTLINE,): what the estimator made of the person's outline,
    NaN not looked at.
    """

    xy_px: Array
    z_px: Array
    world_m: Array
    visibility: Array
    presence: Array
    outline: Array = field(default_factory=no_outline)


class PelvisSource(StrEnum):
    """What the pelvic tilt was told by."""

    MARKER = "marker"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class Measurement:
    """The angles of one frame, degrees, NaN where not measured; signs as in docs/angles.md.

    ``side`` is the working leg, None while it is not known. ``confidence``, 0 to 1, is the least
    chance that a landmark behind the thigh angle is in view and not hidden, lowered where the two
    legs may have been taken for each other. ``pelvis_source`` is None where there is no tilt.
    ``pelvic_obliquity_deg`` is told by a marker alone.
    """

    side: Side | None = None
    thigh_angle_deg: float = NAN
    hip_flexion_deg: float = NAN
    pelvic_tilt_deg: float = NAN
    pelvic_tilt_sd_deg: float = NAN
    low_back_twist_deg: float = NAN
    low_back_twist_sd_deg: float = NAN
    resting_thigh_deg: float = NAN
    knee_flexion_deg: float = NAN
    knee_line_deg: float = NAN
    confidence: float = NAN
    pelvic_obliquity_deg: float = NAN
    pelvis_source: PelvisSource | None = None


def unread() -> Array:
    """Nothing read off the picture, (4, 2)."""
    return np.full((4, 2), NAN)


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceMotion:
    """How the surface over the near side of the trunk has moved since it was first seen.

    One entry for each patch p, from the near hip towards the near shoulder. ``rotation_deg`` (p,):
    in the picture, positive as in posterior pelvic tilt. ``shift_trunks`` (p, 2): of the patch's
    middle, trunk lengths, cranial and anterior. ``features`` (p,): on about how many points it
    rests, 0 not seen. ``start_s``: when it was first seen, s; another one means that everything
    began anew. ``read_deg`` (4, 2): tilt, twist positive when the near side rises, and rotation of
    the near and the far thigh, each with its sd, as a network reads them off the picture; NaN not
    read.
    """

    rotation_deg: Array
    shift_trunks: Array
    features: Array
    start_s: float
    read_deg: Array = field(default_factory=unread)


class MarkerPlace(IntEnum):
    """Where a paper marker is worn; the value is its number in the dictionary of markers."""

    PELVIS = 0
    THIGH = 1
    RIBCAGE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Marker:
    """A printed square seen in one picture.

    ``corners_px`` (4, 2): its black square's corners, px of the upright picture, in the order of
    the print: top left, top right, bottom right, bottom left. ``corner_sd_px``: about how far off,
    one standard deviation, each coordinate of a corner is.
    """

    place: MarkerPlace
    corners_px: Array
    corner_sd_px: float


@dataclass(frozen=True, slots=True)
class Scene:
    """What a picture tells beyond the pose of the person on the mat.

    ``brightness``: mean level of the picture, 0 black to 255 white, NaN not measured. ``people``:
    how many were seen when it was last counted, None not counted.
    """

    brightness: float = NAN
    people: int | None = None
