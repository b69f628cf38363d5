"""How cloth and skin over the near side of the trunk move: small patches, known by their texture.

Landmarks hardly see the pelvis; its surface shows it. Points of the surface are looked for in every
picture near where the patches about them should be by now, but compared with the picture of the
start, turned as the body has turned: nothing adds up, and a patch found again after a hand has
passed reads what it should. Pictures end here: what goes on is a few numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise, product

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.core.landmarks import LIMBS, Landmark
from posecheck.core.patches import Patches, Places
from posecheck.core.posture import Posture, Stance, stance_of
from posecheck.core.records import NAN, Array, Mask, Pose, Side, SurfaceMotion
from posecheck.estimators.pelvis_picture import PelvisPicture, pelvis_reader

COLUMNS = (-0.06, 0.05, 0.16, 0.27, 0.38, 0.49, 0.62)
"""Middle of each patch, from the near hip (0) towards the near shoulder (1)."""
ROWS = (0.17, 0.06, -0.06)
"""Middle of each patch, anterior of that line, in trunk lengths."""
PATCHES = tuple(product(COLUMNS, ROWS))
CELL, MOST_POINTS = 0.11, 5
"""Points are chosen in square cells this wide, trunk lengths: no more than so many in each."""
CELLS = tuple(product(np.arange(-0.12, 0.7, CELL), np.arange(-0.17, 0.25, CELL)))
"""Middle of each cell, as of the patches."""
TRUNK_PX = 120.0
"""The picture is scaled to this trunk length."""
APART_PX = 4
NEAR_PX, FAR_PX = 4.0, 12.0
"""No point is believed further from where it should be; the second while no patch is seen."""
ALIKE, ALIKE_GREY = 1.0, 3.0
"""A point found must differ from itself at the start by less than this share of its contrast, and
the second, grey levels, on the mean over `LOOK_PX`."""
LOOK_PX = 15
"""Side of what is compared about each point."""
ARM_TRUNKS = 0.07
"""Half the breadth of an arm: what lies this near to its bones is hidden by it."""
TRIED_DEG = (0.0, 7.0, 14.0, 21.0)
"""Turns about `PIVOT` tried one after another, a picture each, while no patch is seen."""
PIVOT = (0.35, 0.0)
"""About where the low back bends, in the terms of `PATCHES`."""
GONE_S = 0.5
"""Without the person for so long, everything begins anew."""
EVERY_S = 0.045
"""Pictures sooner than this after the last one looked at tell hardly more than it."""

_UNTIL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03)
Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class _Ahead:
    """Where in ``rgb`` every point is ``now`` (n, 2) and which were ``found`` (n,)."""

    rgb: NDArray[np.uint8]
    now: Array
    found: Mask


@dataclass(slots=True)
class SurfaceTracker:
    """Follows the near side of whoever lies on the back; feed it every picture in order."""

    picture: PelvisPicture = field(default_factory=lambda: PelvisPicture(pelvis_reader()))
    _patches: Patches | None = field(default=None, init=False)
    _start: Grey = field(default_factory=lambda: np.zeros((1, 1), np.uint8), init=False)
    _contrast: Array = field(default_factory=lambda: np.zeros(0), init=False)
    _window: tuple[int, int, int, int] = field(default=(0, 0, 0, 0), init=False)
    _scale: float = field(default=1.0, init=False)
    _head_sign: int = field(default=0, init=False)
    _seen_s: float = field(default=-np.inf, init=False)
    _start_s: float = field(default=NAN, init=False)
    _pivot: complex = field(default=0j, init=False)
    _tried: int = field(default=0, init=False)
    _looked_s: float = field(default=-np.inf, init=False)
    _ahead: _Ahead | None = field(default=None, init=False)

    def prepare(self, time_s: float, rgb: NDArray[np.uint8]) -> None:
        """Do what the next `step` does not want the pose for; another thread may do it."""
        if self._patches is None or not self._patches.points.size:
            return
        if time_s - self._looked_s >= EVERY_S:
            self._looked_s = time_s
            self._ahead = self._look(self._patches, rgb)

    def step(
        self, time_s: float, rgb: NDArray[np.uint8], pose: Pose | None
    ) -> SurfaceMotion | None:
        """What the patches have done since the start; None while nobody lies on the back."""
        if self._ahead is None or self._ahead.rgb is not rgb:
            self.prepare(time_s, rgb)
        ahead, self._ahead = self._ahead, None
        stance = stance_of(pose)
        if pose is None or stance.posture is not Posture.SUPINE:
            return None
        new = time_s - self._seen_s > GONE_S or stance.head_sign != self._head_sign
        self._seen_s = time_s
        if self._patches is None or new:
            self._start_s = self._looked_s = time_s
            self.picture.forget()
            self._patches = self._begin(rgb, pose, stance)
        elif ahead is not None:
            hidden = self._behind_arm(ahead.now, pose)
            self._patches.settle(_places(ahead.now), ahead.found & ~hidden)
        return self._motion(self._patches, self.picture.step(time_s, rgb, pose, stance))

    def _begin(self, rgb: NDArray[np.uint8], pose: Pose, stance: Stance) -> Patches:
        """Lay the patches out along the near side of the trunk and choose points on them."""
        limb = LIMBS[stance.near_side or Side.LEFT]
        hip, shoulder = pose.xy_px[[limb.hip, limb.shoulder]]
        trunk = shoulder - hip
        length = max(float(np.hypot(*trunk)), 1.0)
        self._head_sign, self._scale = stance.head_sign, min(1.0, TRUNK_PX / length)
        middle, reach = hip + 0.3 * trunk, 0.75 * length
        left, top = (max(0, int(value - reach)) for value in middle)
        height, width = rgb.shape[:2]
        right, bottom = min(int(middle[0] + reach), width), min(int(middle[1] + reach), height)
        self._window = (left, top, right, bottom)
        self._start = self._grey(rgb)
        up = np.array([trunk[1], -trunk[0]]) * np.sign(trunk[0])
        axes = np.stack([trunk, up])
        middles, cells, pivot = (
            self._inside(hip + np.array(places) @ axes) for places in (PATCHES, CELLS, [PIVOT])
        )
        self._pivot = complex(_places(pivot)[0])
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) @ axes * CELL / 2 * self._scale
        points = self._chosen([cell + corners for cell in cells])
        points = points[~self._behind_arm(points, pose)]
        self._contrast = self._contrast_at(points)
        return Patches(_places(middles), _places(points), self._scale * length)

    def _chosen(self, cells: list[Array]) -> Array:
        """Points (n, 2) of the start that will be known again, apart from each other."""
        free = np.full_like(self._start, 255)
        chosen = [np.zeros((0, 2))]
        for corners in cells:
            mask = np.zeros_like(free)
            cv2.fillConvexPoly(mask, corners.round().astype(np.int32), 255)
            found = cv2.goodFeaturesToTrack(
                self._start, MOST_POINTS, 0.02, APART_PX, mask=mask & free, blockSize=5
            )
            if found is not None:
                chosen.append(np.asarray(found, float).reshape(-1, 2))
                for x, y in chosen[-1]:
                    cv2.circle(free, (round(x), round(y)), APART_PX - 1, 0, cv2.FILLED)
        return np.concatenate(chosen)

    def _contrast_at(self, points: Array) -> Array:
        """How much the grey of the start varies about each point."""
        grey, size = self._start.astype(np.float32), (LOOK_PX, LOOK_PX)
        contrast = cv2.blur(np.abs(grey - cv2.blur(grey, size)), size)
        most = np.array(grey.shape[::-1]) - 1
        x, y = np.clip(points.round().astype(int), 0, most).T
        return np.asarray(contrast[y, x], float)

    def _inside(self, points_px: Array) -> Array:
        """Points of the picture as points of the scaled window."""
        return np.asarray((points_px - self._window[:2]) * self._scale)

    def _grey(self, rgb: NDArray[np.uint8]) -> Grey:
        left, top, right, bottom = self._window
        grey = cv2.cvtColor(rgb[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
        if self._scale < 1:
            size = (round(grey.shape[1] * self._scale), round(grey.shape[0] * self._scale))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        return np.asarray(grey, np.uint8)

    def _look(self, patches: Patches, rgb: NDArray[np.uint8]) -> _Ahead:
        """Look for every point, by the picture of the start turned as the body last was."""
        grey = self._grey(rgb)
        lost = not patches.seen.any()
        if lost:
            self._try_another_turn(patches)
        turn, shift = patches.whole()
        (a, b), (x, y) = ((each.real, each.imag) for each in (turn, shift))
        size = (grey.shape[1], grey.shape[0])
        turned = cv2.warpAffine(
            self._start, np.array([(a, -b, x), (b, a, y)]), size, borderMode=cv2.BORDER_REPLICATE
        )
        expected = _pairs(patches.expected())
        found_px, there, unlike = cv2.calcOpticalFlowPyrLK(
            turned, grey, _pairs(turn * patches.points + shift), expected.copy(),
            winSize=(LOOK_PX, LOOK_PX), maxLevel=1, criteria=_UNTIL,
            flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        )  # fmt: skip
        found = there[:, 0] > 0
        # What OpenCV gives for a point that it did not find may be any bits at all.
        now = np.where(found[:, None], found_px, expected).astype(float)
        unlike = np.where(found, unlike[:, 0], np.float32(np.inf))
        found &= unlike < ALIKE * self._contrast + ALIKE_GREY
        found &= np.abs(now - expected).max(axis=1) < (FAR_PX if lost else NEAR_PX)
        return _Ahead(rgb, now, found)

    def _try_another_turn(self, patches: Patches) -> None:
        self._tried = (self._tried + 1) % len(TRIED_DEG)
        turn = complex(np.exp(1j * np.radians(TRIED_DEG[self._tried] * self._head_sign)))
        patches.move(lambda places: self._pivot + turn * (places - self._pivot), turn)

    def _behind_arm(self, points: Array, pose: Pose) -> Mask:
        """Which of ``points`` (n, 2) of the window the near arm hides."""
        near = "LEFT" if self._head_sign > 0 else "RIGHT"
        bones = [Landmark[f"{near}_{part}"] for part in ("SHOULDER", "ELBOW", "WRIST", "INDEX")]
        places, arm = _places(points), _places(self._inside(pose.xy_px[bones]))
        hidden = np.zeros(places.size, dtype=bool)
        for a, b in pairwise(arm):
            along = ((places - a) * (b - a).conjugate()).real / max(abs(b - a) ** 2, 1e-6)
            off = np.abs(places - a - np.clip(along, 0, 1) * (b - a))
            hidden |= off < ARM_TRUNKS * TRUNK_PX
        return hidden

    def _motion(self, patches: Patches, read_deg: Array) -> SurfaceMotion:
        """Rotation, shift and weight of every patch, NaN where it is not seen."""
        shift = _pairs(patches.at - patches.middles) * (self._head_sign, -1) / patches.trunk_px
        return SurfaceMotion(
            # Posterior tilt turns the front of the pelvis to the head.
            rotation_deg=patches.turned * self._head_sign,
            shift_trunks=np.where(patches.seen[:, None] > 0, shift, NAN),
            features=patches.seen,
            start_s=self._start_s,
            read_deg=read_deg,
        )


def _places(points: Array) -> Places:
    """Points (n, 2) as complex numbers (n,)."""
    return np.asarray(points[:, 0] + 1j * points[:, 1], np.complex128)


def _pairs(places: Places) -> NDArray[np.float32]:
    """Complex numbers (n,) as points (n, 2)."""
    return np.column_stack([places.real, places.imag]).astype(np.float32)
