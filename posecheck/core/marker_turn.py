"""How a worn square has turned since rest: about the body's axes, each with how sure it is.

How it leans is weighed over all leanings within reach, from picture to picture (a Bayes filter on
a grid), for what a single picture says of that is weak and two-fold; how it is turned about its own
normal follows for each of them. Seen as from infinity, the whole body and its mirror image in depth
look alike for ever: they agree on the rotation in the sagittal plane and differ in the sign of
twist and obliquity. Which it is, where the camera stands and perspective tell, little by little.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from posecheck.core.geometry import wrap_deg
from posecheck.core.markers import Shape, Square, leaning, rotations, shape_of, turn_about
from posecheck.core.records import NAN, Array, MarkerPlace

CELLS = 31
"""The grid of leanings has so many cells each way."""
REACH_DEG = {MarkerPlace.PELVIS: 30.0, MarkerPlace.THIGH: 45.0, MarkerPlace.RIBCAGE: 30.0}
"""It reaches so far either way: a pelvis twists, a thigh also swings out."""
LEANS_SD_DEG = {MarkerPlace.PELVIS: 8.0, MarkerPlace.THIGH: 15.0, MarkerPlace.RIBCAGE: 8.0}
"""How far it usually leans from rest, one standard deviation."""
BACK_S = 2.0
"""Out of sight, what is known of the leaning is forgotten within so long."""
WANDERS_DEG = 6.0
"""How far the leaning wanders in a second."""
ABOVE_DEG, ABOVE_SD_DEG = 12.0, 14.0
"""How far the camera looks down on a marker at rest: from the floor up to 30 deg, and the side of a
body is not quite upright."""
YAW_SD_DEG = 9.0
"""How far the landmarks' yaw of the camera is from that of a marker at rest: 5 deg by the first
(`posecheck.core.view`), the rest by how it is taped on."""
TO_HEAD_DEG = {MarkerPlace.PELVIS: 10.0, MarkerPlace.THIGH: 0.0, MarkerPlace.RIBCAGE: 0.0}
"""So far the face of a marker at rest usually leans to the head, for the waist is narrower than the
hips: pelvis 10 (sd 4) on twelve rendered people, thigh 1 (8) and ribcage -2 (3) on six."""
TRUNK_LEANS_DEG = 5.0
"""So far the line of the landmarks from hip to shoulder sinks, of someone who lies level (sd 2)."""
BY_LANDMARKS = 0.35
"""Weight of the landmarks' yaw against the marker's own for where the lateral axis points: the two
are about 7 and 5 deg off on those people."""
LEANS_BIAS = 0.001
"""The part of the error of `Shape.leans` that does not average out, in widths of the square: of
28 px, 0.03 px."""
AXES_SD_DEG = 4.0, 9.0, 5.0
"""How far the body's axes are off as a marker tells them, about the axis from front to back, the
long one, and the lateral one (the people of the practice list): so much of a turn about one of the
two others is told as one about the other."""
LEAST_SD_DEG = 0.3
SKIN_SHARE = 0.06
"""Skin and cloth do not follow the bone all the way: what that adds to the sd, a share of the
turn."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How a marker has turned since rest, deg, each with one standard deviation.

    ``sagittal_deg``: in the sagittal plane, positive as posterior tilt and as a thigh to the chest.
    ``twist_deg``: about the long axis, positive where the marker's side rises; ``oblique_deg``:
    about the axis from front to back, positive where its side goes to the head.
    """

    sagittal_deg: float
    sagittal_sd_deg: float
    twist_deg: float
    twist_sd_deg: float
    oblique_deg: float
    oblique_sd_deg: float

    def by_chance(self, chance: float) -> Turn:
        """The same if all that depends on the depth is mirrored but by this chance, 0 to 1."""
        twist = _either_way(self.twist_deg, self.twist_sd_deg, chance)
        oblique = _either_way(self.oblique_deg, self.oblique_sd_deg, chance)
        return Turn(self.sagittal_deg, self.sagittal_sd_deg, *twist, *oblique)


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """A marker at rest, and all ways in which it may lean from there.

    ``rotation`` (3, 3): print to camera. ``axes`` (3, 3): of the body in those of the camera, as
    rows: lateral on the marker's side, cranial, anterior. ``odds``: log of how much more likely the
    rotation is than its mirror image. ``leanings`` (c, 3, 3): turns without one about the normal;
    ``prints`` (3, 2 c): the print's x of each, then its y, in the camera's axes; ``usual`` (c,):
    how likely each is.
    """

    place: MarkerPlace
    rotation: Array
    axes: Array
    odds: float
    leanings: Array
    prints: Array
    usual: Array


def rest_of(square: Square, cranial: Array, yaw_deg: float, head_sign: int) -> Rest:
    """What a square seen at rest tells.

    ``cranial`` (2,): the trunk line in the picture, hips to shoulders; ``yaw_deg``: of the camera,
    towards the feet, NaN unknown; ``head_sign`` as in `sagittal_direction_deg`.
    """
    place, shape = square.place, shape_of(square)
    likely, mirrored = rotations(shape.seen)
    up = np.asarray(cranial, dtype=float) / np.linalg.norm(cranial)
    odds = _odds(likely, up, yaw_deg)
    if odds < 0:
        likely, odds = mirrored, -odds
    rotation = shape.view @ likely
    axes = _axes(likely, up, yaw_deg, head_sign, TO_HEAD_DEG[place]) @ shape.view.T
    leanings, usual = _leanings(place, axes)
    prints = np.concatenate([(leanings @ rotation[:, i]).T for i in (0, 1)], axis=1)
    return Rest(place, rotation, axes, odds, leanings, prints, usual)


def _odds(rotation: Array, up: Array, yaw_deg: float) -> float:
    """Log odds that the print leans so, and not the other way, by where cameras stand."""
    towards = np.degrees(rotation[:2, 2])
    odds = 2.0 * towards[1] * ABOVE_DEG / ABOVE_SD_DEG**2
    if math.isfinite(yaw_deg):
        odds += 2.0 * float(towards @ up) * yaw_deg / YAW_SD_DEG**2
    return float(odds)


def _axes(rotation: Array, up: Array, yaw_deg: float, head_sign: int, to_head_deg: float) -> Array:
    """The body's axes along the line of sight, as in `Rest`.

    The normal is lateral but for how it usually leans, ``to_head_deg``, and for what the landmarks
    say of the yaw; the trunk line is cranial.
    """
    normal = rotation[:, 2]
    cranial = np.append(up, -(normal[:2] @ up) / normal[2])
    cranial /= np.linalg.norm(cranial)
    anterior = head_sign * np.cross(normal, cranial)
    lean_deg = math.degrees(math.asin(float(normal[:2] @ up)))
    off_deg = to_head_deg
    if math.isfinite(yaw_deg):
        off_deg += BY_LANDMARKS * (lean_deg - to_head_deg - yaw_deg)
    # About the anterior axis, so that the lateral one turns away from the head.
    turn = turn_about(head_sign * anterior, np.array(math.radians(-off_deg)))
    lateral, cranial = turn @ normal, turn @ cranial
    rise = turn_about(head_sign * lateral, np.array(math.radians(TRUNK_LEANS_DEG)))
    return np.stack([lateral, rise @ cranial, rise @ anterior])


def _leanings(place: MarkerPlace, axes: Array) -> tuple[Array, Array]:
    steps = np.linspace(-REACH_DEG[place], REACH_DEG[place], CELLS)
    about = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    angle = np.linalg.norm(about, axis=1)
    axis = about @ axes[1:] / np.maximum(angle, 1e-9)[:, None]
    usual = np.exp(-0.5 * (angle / LEANS_SD_DEG[place]) ** 2)
    return turn_about(axis, np.radians(angle)), usual / usual.sum()


@dataclass(slots=True)
class TurnFilter:
    """Causal: the turn of one marker since rest; feed it the frames in which it is seen."""

    rest: Rest
    _weights: Array = field(init=False)
    _time_s: float = field(default=NAN, init=False)
    _perspective: _Perspective = field(default_factory=lambda: _Perspective(), init=False)

    def __post_init__(self) -> None:
        self._weights = self.rest.usual

    def step(self, time_s: float, square: Square) -> Turn | None:
        """The turn at ``time_s`` (s, rising or falling), if the rest is not mirrored.

        None where the corners make no square.
        """
        shape = shape_of(square)
        if shape.crooked:
            return None
        elapsed_s = abs(time_s - self._time_s)
        self._weights = self._later(elapsed_s) if elapsed_s < BACK_S else self.rest.usual
        self._time_s = time_s
        rest, towards = self.rest, shape.view.T
        # How the print's x and y would lie, (4, c): those of the line of sight's x, then of its y.
        flat = (towards[:2] @ rest.prints).reshape(4, -1)
        (xx, xy), (yx, yy) = shape.seen
        about = np.array([-xy, xx, -yy, yx]) @ flat
        along = np.array([xx, xy, yx, yy]) @ flat
        extent = (flat**2).sum(axis=0)
        size = np.hypot(about, along) / extent
        off = (shape.seen**2).sum() - size**2 * extent
        weights = self._weights * np.exp((off.min() - off) / (2 * self._spread(shape) ** 2))
        self._weights = weights / weights.sum()
        found = self._turn(np.arctan2(about, along), shape.sd / np.sqrt(size**2 * extent))
        best = int(np.argmax(self._weights))
        spun = turn_about(np.array([0.0, 0.0, 1.0]), np.arctan2(about[best], along[best]))
        rotation = towards @ rest.leanings[best] @ rest.rotation @ spun
        expected = leaning(shape, rotation, float(size[best]))
        self._perspective.look(shape, expected, float(size[best]))
        return found

    @property
    def chance(self) -> float:
        """How likely the rest is not the mirror image of what it is taken for, 0 to 1."""
        odds = self.rest.odds + self._perspective.odds
        return 0.5 + 0.5 * math.tanh(odds / 2)

    def _later(self, elapsed_s: float) -> Array:
        """The weights after a while: spread out, and drawn to what is usual."""
        place, grid = self.rest.place, self._weights.reshape(CELLS, CELLS).copy()
        step_deg = 2 * REACH_DEG[place] / (CELLS - 1)
        share = WANDERS_DEG**2 * elapsed_s / step_deg**2
        rounds = max(1, math.ceil(share / 0.5))
        side = share / rounds / 2
        for _ in range(rounds):
            for along in (grid, grid.T):
                flow = side * (along[1:] - along[:-1])
                along[:-1] += flow
                along[1:] -= flow
        drawn = grid.ravel() * self.rest.usual ** (elapsed_s / BACK_S)
        return np.asarray(drawn / drawn.sum())

    def _spread(self, shape: Shape) -> float:
        """One standard deviation of a number in ``seen``: of the corners, and of a cell's width."""
        large, small = shape.sizes
        lean = math.sqrt(max(0.0, 1.0 - (small / large) ** 2))
        step = math.radians(2 * REACH_DEG[self.rest.place] / (CELLS - 1))
        return math.hypot(shape.sd, large * lean * step / math.sqrt(12.0))

    def _turn(self, about_rad: Array, about_sd_rad: Array) -> Turn:
        likely = np.flatnonzero(self._weights > 1e-4 * self._weights.max())
        weights = self._weights[likely] / self._weights[likely].sum()
        rest = self.rest
        spun = turn_about(rest.rotation[:, 2], about_rad[likely])
        turned = rest.axes @ rest.leanings[likely] @ spun @ rest.axes.T
        lateral, cranial = turned[:, :, 0], turned[:, :, 1]
        told = [
            wrap_deg(-np.degrees(np.arctan2(cranial[:, 2], cranial[:, 1]))),
            np.degrees(np.arctan2(lateral[:, 2], lateral[:, 0])),
            np.degrees(np.arcsin(np.clip(lateral[:, 1], -1.0, 1.0))),
        ]
        mean = [float(weights @ each) for each in told]
        sd = [math.sqrt(weights @ (each - m) ** 2) for each, m in zip(told, mean, strict=True)]
        own_sd = math.degrees(float(weights @ about_sd_rad[likely]))
        fixed = [_of_axes_deg(mean, i) for i in range(3)]
        sds = [math.hypot(each, own, LEAST_SD_DEG) for each, own in zip(sd, fixed, strict=True)]
        sds[0] = math.hypot(sds[0], own_sd, SKIN_SHARE * mean[0])
        return Turn(mean[0], sds[0], mean[1], sds[1], mean[2], sds[2])


def _of_axes_deg(turn_deg: Sequence[float], which: int) -> float:
    """What axes that are a little off make of a turn about the others, one sd."""
    front, long, lateral = np.radians(AXES_SD_DEG).tolist()
    sagittal, twist, oblique = turn_deg
    return (
        math.hypot(front * twist, long * oblique),
        math.hypot(front * sagittal, lateral * oblique),
        math.hypot(long * sagittal, lateral * twist),
    )[which]


def _either_way(angle_deg: float, sd_deg: float, chance: float) -> tuple[float, float]:
    """Mean and sd of an angle whose sign is right by this chance."""
    mean = (2 * chance - 1) * angle_deg
    return mean, math.sqrt(sd_deg**2 + angle_deg**2 - mean**2)


@dataclass(slots=True)
class _Perspective:
    """What perspective says over time of a marker against its mirror image."""

    _frames: int = 0
    _alike: float = 0.0
    _expected: float = 0.0
    _noise: float = 0.0
    _bias: float = 0.0

    def look(self, shape: Shape, expected: Array, size: float) -> None:
        """One more frame: what was left of its ``shape``, and what was ``expected``."""
        self._frames += 1
        self._alike += float(shape.leans @ expected)
        self._expected += float(expected @ expected)
        self._noise += shape.sd**2 / 4
        self._bias += (LEANS_BIAS * size) ** 2

    @property
    def odds(self) -> float:
        """Log odds for it: what is seen over what is expected is about 1, of its image -1."""
        if self._expected == 0.0:
            return 0.0
        variance = (self._noise / self._frames + self._bias) / self._expected
        return 2.0 * self._alike / self._expected / variance
