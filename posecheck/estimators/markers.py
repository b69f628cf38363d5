"""Printed markers in a picture: which, and where their corners are to a tenth of a pixel.

OpenCV finds and reads the squares; at 20 to 35 px its own refinements leave the corners half a
pixel off, so that here a line is laid through each edge of the square instead: of every profile
across it, the place at which the paper's white has become the ink's black.
"""

from __future__ import annotations

import math
from collections.abc import Collection

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Array, Marker, MarkerPlace

Picture = NDArray[np.uint8]

CELLS = 6
"""Of a marker's black square along each side, the black frame of one cell included."""
LEAST_SIDE_PX = 12.0
"""A square with a shorter side is not read."""
LOOK_ROUND_S, LOOK_ROUND_SEEN_S = 1.0, 0.25
"""So often the whole picture is searched: while no marker was ever seen, and while one that was
seen is missing."""
AROUND_SIDES = 1.0
"""How far about its last place a marker is looked for, sides of it."""
ENLARGED_BELOW_PX = 160
"""A part of the picture smaller than this is searched at twice its size: small squares are then
found turned further away."""
PROFILES, STEPS, ROUNDS, ROUNDS_FOLLOWED = 16, 21, 3, 2
"""Profiles across each edge, places along each of them, and how often they are laid anew, the last
where the square was seen a picture ago."""
REACH_CELLS, REACH_PX = 0.75, (1.75, 4.0)
"""How far a profile reaches to both sides of its edge, and within which bounds."""
FAINT = 0.12
"""Of the steepest rise of a profile: what rises less is noise."""
TOGETHER = 1.4
"""Profiles side by side err together: the sd that they tell is too small by this."""
SMALL_SD_PX = 1.5
"""One sd of a corner that edges cannot tell, times the side in px: cells run into each other."""
WORST_SD_PX = 0.6
"""Corners less sure than this are not told: such a square is covered in part, or blurred."""
LEAST_CONTRAST = 18.0
"""Grey levels between ink and paper."""
COVERED, MOST_COVERED = 0.6, 0.15
"""A profile with less contrast than this part of the usual one does not end on paper: something
lies over it. The most of an edge for which that may hold: a covered edge draws the square awry."""


class MarkerFinder:
    """Looks for the markers in the frames of one source, near where they were.

    Now and then the whole picture is searched. Only `MarkerPlace` is looked for, each once.
    """

    def __init__(self) -> None:
        dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
        self._near = cv2.aruco.ArucoDetector(dictionary, _parameters(windows_px=(5, 13, 21)))
        self._wide = cv2.aruco.ArucoDetector(dictionary, _parameters(windows_px=(7, 19)))
        self._patterns = {
            place: dictionary.generateImageMarker(place, CELLS) > 0 for place in MarkerPlace
        }
        self._last: dict[MarkerPlace, Array] = {}
        self._step: dict[MarkerPlace, Array] = {}
        self._seen: set[MarkerPlace] = set()
        self._looked_round_s = -math.inf

    def step(self, time_s: float, rgb: Picture) -> tuple[Marker, ...]:
        """The markers in an upright picture (h, w, 3), in its own resolution; times must rise."""
        found: dict[MarkerPlace, Marker] = {}
        for place, corners_px in self._last.items():
            if place not in found:
                found |= self._near_by(place, corners_px + self._step.get(place, 0.0), rgb)
        if self._must_look_round(time_s, found):
            self._looked_round_s = time_s
            grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
            found = _read(self._wide, np.asarray(grey, np.uint8), (0, 0)) | found
        self._step = {
            place: marker.corners_px.mean(axis=0) - self._last[place].mean(axis=0)
            for place, marker in found.items()
            if place in self._last and place in self._seen
        }
        self._seen = set(found)
        self._last |= {place: marker.corners_px for place, marker in found.items()}
        return tuple(found[place] for place in sorted(found))

    def _must_look_round(self, time_s: float, found: Collection[MarkerPlace]) -> bool:
        if len(found) == len(MarkerPlace):
            return False
        missing = set(self._last) - set(found)
        every_s = LOOK_ROUND_SEEN_S if missing else LOOK_ROUND_S
        return not time_s - self._looked_round_s < every_s  # a photograph has no time

    def _near_by(
        self, place: MarkerPlace, corners_px: Array, rgb: Picture
    ) -> dict[MarkerPlace, Marker]:
        """The marker last seen with these corners, and what else is found in looking for it."""
        rows, columns = _about(corners_px, rgb.shape)
        cut = rgb[rows, columns]
        if min(cut.shape[:2]) < LEAST_SIDE_PX:
            return {}
        grey = np.asarray(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), np.uint8)
        offset_px = columns.start, rows.start
        # As a rule it goes on as it went, to less than its edges are looked for.
        followed = refined_corners(grey, corners_px - offset_px, ROUNDS_FOLLOWED)
        if followed is not None and self._is(place, grey, followed[0]):
            return {place: Marker(place, followed[0] + offset_px, followed[1])}
        times = 2 if max(cut.shape) < ENLARGED_BELOW_PX else 1
        return _read(self._near, grey, offset_px, times)

    def _is(self, place: MarkerPlace, grey: Picture, corners: Array) -> bool:
        """Whether the cells of a square are those of this marker, the right way round."""
        seen = _cells(grey, corners)
        wanted = self._patterns[place]
        middle = (seen[wanted].mean() + seen[~wanted].mean()) / 2
        return bool(((seen > middle) == wanted).all())


def _parameters(windows_px: tuple[int, ...]) -> cv2.aruco.DetectorParameters:
    """For squares of 16 px and more; ``windows_px``: of the thresholds that are tried."""
    chosen = cv2.aruco.DetectorParameters()
    chosen.adaptiveThreshWinSizeMin = windows_px[0]
    chosen.adaptiveThreshWinSizeMax = windows_px[-1]
    chosen.adaptiveThreshWinSizeStep = windows_px[1] - windows_px[0]
    chosen.minMarkerPerimeterRate = 0.02
    chosen.minCornerDistanceRate = 0.08
    chosen.minDistanceToBorder = 2
    chosen.polygonalApproxAccuracyRate = 0.06
    chosen.perspectiveRemovePixelPerCell = 8
    chosen.perspectiveRemoveIgnoredMarginPerCell = 0.25
    chosen.minOtsuStdDev = 3.0
    chosen.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_NONE
    return chosen


def _about(corners_px: Array, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns about a marker."""
    reach = AROUND_SIDES * float(np.ptp(corners_px, axis=0).max())
    left, top = np.maximum(corners_px.min(axis=0) - reach, 0.0).astype(int).tolist()
    right, bottom = np.ceil(corners_px.max(axis=0) + reach).astype(int).tolist()
    return slice(top, min(max(bottom, 0), shape[0])), slice(left, min(max(right, 0), shape[1]))


def _read(
    detector: cv2.aruco.ArucoDetector, grey: Picture, offset_px: tuple[int, int], times: int = 1
) -> dict[MarkerPlace, Marker]:
    """Every marker of ours that is seen once; ``offset_px``: where ``grey`` begins.

    ``times``: enlarged by this for the search.
    """
    large = grey
    if times > 1:
        large = np.asarray(
            cv2.resize(grey, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC), np.uint8
        )
    quads, numbers, _ = detector.detectMarkers(large)
    known = [] if numbers is None else numbers.ravel().tolist()
    found = {}
    for number, quad in zip(known, quads, strict=False):
        if number not in list(MarkerPlace) or known.count(number) > 1:
            continue
        rough_px = (np.asarray(quad, float).reshape(4, 2) + 0.5) / times - 0.5
        refined = refined_corners(grey, rough_px)
        if refined is not None:
            corners_px, sd_px = refined
            place = MarkerPlace(int(number))
            found[place] = Marker(place, corners_px + offset_px, sd_px)
    return found


def _cells(grey: Picture, corners: Array) -> Array:
    """Grey level in the middle of each cell of a square, (CELLS, CELLS)."""
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    to_picture = cv2.getPerspectiveTransform(square, corners.astype(np.float32))
    middles = (np.arange(CELLS, dtype=np.float32) + 0.5) / CELLS
    places = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 1, 2)
    at = cv2.perspectiveTransform(places, to_picture).reshape(CELLS, CELLS, 2)
    return np.asarray(cv2.remap(grey, at[..., 0], at[..., 1], cv2.INTER_LINEAR), float)


def refined_corners(
    grey: Picture, rough_px: Array, rounds: int = ROUNDS
) -> tuple[Array, float] | None:
    """Corners (4, 2) px of a black square on white paper, and one standard deviation of each.

    ``rough_px`` (4, 2): about where they are, in their order; ``rounds`` improve on that. None
    where the edges are not those of a whole square on paper.
    """
    corners, sd_px = rough_px, math.inf
    for _ in range(rounds):  # each lays the profiles square to the edges of the one before
        fitted = _edges(grey, corners)
        if fitted is None:
            return None
        points, directions, sd_px = fitted
        corners = _crossings(points, directions)
        if not np.abs(corners - rough_px).max() < 0.25 * _side_px(rough_px):
            return None
    return (corners, sd_px) if plausible(corners) and sd_px <= WORST_SD_PX else None


def _edges(grey: Picture, corners: Array) -> tuple[Array, Array, float] | None:
    """A line through each edge, from corner k to the next: a point and its direction (4, 2) each.

    And one standard deviation of a coordinate of the corners in which they meet, px.
    """
    along = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*along.T)
    if not lengths.min() > LEAST_SIDE_PX / 2:
        return None
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1) / lengths[:, None]
    reach = float(np.clip(REACH_CELLS * lengths.mean() / CELLS, *REACH_PX))
    across = np.linspace(-reach, reach, STEPS)
    places = corners[:, None] + np.linspace(0.07, 0.93, PROFILES)[:, None] * along[:, None]
    points = (places[:, :, None] + across[:, None] * outward[:, None, None]).astype(np.float32)
    at = points.reshape(4 * PROFILES, STEPS, 2)
    levels = cv2.remap(
        grey, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    ).reshape(4, PROFILES, STEPS)
    # Only what gets lighter outwards: the code's own cells inside get darker.
    rise = np.maximum(np.diff(levels.astype(float), axis=2), 0.0)
    contrast = rise.sum(axis=2)
    usual = np.median(contrast, axis=1)
    covered = contrast < COVERED * float(np.median(usual))
    if not usual.min() > LEAST_CONTRAST or covered.mean(axis=1).max() > MOST_COVERED:
        return None
    rise *= rise > FAINT * rise.max(axis=2, keepdims=True)
    middles = (across[1:] + across[:-1]) / 2
    off = (rise @ middles) / np.maximum(rise.sum(axis=2), 1e-9)
    base, slope, sd = _lines(np.linspace(-1, 1, PROFILES), off)
    middle = places.mean(axis=1) + base[:, None] * outward
    direction = along / lengths[:, None] + (slope / (0.43 * lengths))[:, None] * outward
    small = SMALL_SD_PX / float(lengths.mean())
    return middle, direction, math.hypot(small, float(np.sqrt((sd**2).mean())))


def _lines(at: Array, off: Array) -> tuple[Array, Array, Array]:
    """Straight lines through off (4, n) over at (n,): base, slope, and one sd at their ends, (4,).

    Points far off count little.
    """
    weight = np.ones(off.shape)
    for _ in range(3):
        total = weight.sum(axis=1)
        mean_at, mean_off = (weight @ at) / total, (weight * off).sum(axis=1) / total
        apart = at - mean_at[:, None]
        spread_at = (weight * apart**2).sum(axis=1)
        slope = (weight * apart * off).sum(axis=1) / spread_at
        left = off - mean_off[:, None] - slope[:, None] * apart
        usual = np.maximum(1.5 * np.median(np.abs(left), axis=1), 0.03)
        weight = 1.0 / (1.0 + (left / (2.0 * usual[:, None])) ** 2) ** 2
    variance = (weight * left**2).sum(axis=1) / np.maximum(total - 2.0, 1.0)
    sd = np.sqrt(variance * (1 / total + (1 - mean_at**2) / spread_at))
    return mean_off - slope * mean_at, slope, TOGETHER * sd


def _crossings(points: Array, directions: Array) -> Array:
    """Where each line crosses the one before it, (4, 2) px; far away if all but parallel."""
    p, u, q, v = np.roll(points, 1, axis=0), np.roll(directions, 1, axis=0), points, directions
    turn = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    away = q - p
    with np.errstate(divide="ignore", invalid="ignore"):
        way = (away[:, 0] * v[:, 1] - away[:, 1] * v[:, 0]) / turn
        return np.asarray(p + way[:, None] * u)


def _side_px(corners: Array) -> float:
    return float(np.hypot(*(np.roll(corners, -1, axis=0) - corners).T).mean())


def plausible(corners: Array) -> bool:
    """Whether corners (4, 2) px may be those of a square seen from somewhere in front of it."""
    if not np.isfinite(corners).all():
        return False
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*sides.T)
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    if not (turns > 0).all() or lengths.min() < LEAST_SIDE_PX / 2:
        return False
    opposite = np.maximum(lengths[:2] / lengths[2:], lengths[2:] / lengths[:2])
    return bool(opposite.max() < 1.35 and lengths.max() / lengths.min() < 4.0)
