"""How cloth and skin over the near side of the trunk move: small patches, known by their texture.

Landmarks hardly see the pelvis; its surface shows it. Features on a few patches are looked for in
every picture where they were last seen, but compared with the picture of the start, turned as the
body has turned: nothing adds up, and a patch found again after a hand has passed reads what it
should. Pictures end here: what goes on is a few numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.core.landmarks import LIMBS, Landmark
from posecheck.core.posture import Posture, Stance, stance_of
from posecheck.core.records import NAN, Array, Mask, Pose, Side, SurfaceMotion

COLUMNS = (-0.04, 0.09, 0.22, 0.36, 0.52)
"""Middle of each patch, from the near hip (0) towards the near shoulder (1)."""
ROWS = (0.15, 0.0, -0.14)
"""Middle of each patch, anterior of that line, in trunk lengths."""
PATCHES = tuple((column, row) for column in COLUMNS for row in ROWS)
HALF_LENGTH, HALF_HEIGHT = 0.09, 0.08
"""Of a patch, along and across the trunk, trunk lengths."""
TRUNK_PX = 170.0
"""The picture is scaled to this trunk length."""
MOST_FEATURES, LEAST_FEATURES, LEAST_SHARE = 16, 5, 0.3
"""On a patch; fewer than the second, or than this share of them, found again: it is not seen."""
APART_PX = 4
THERE_AND_BACK_PX = 0.7
"""A feature followed there and back must come home this near."""
OFF_PX = 1.3
"""A feature further than this from where its patch carries it is not part of the patch."""
ARM_TRUNKS = 0.07
"""Half the breadth of an arm: what lies this near to its bones is hidden by it."""
MOST_TURN_DEG, MOST_SHIFT_TRUNKS, MOST_SCALE = 45.0, 0.3, 1.3
"""Beyond these it is not the same patch."""
TRIED_DEG = (0.0, 7.0, 14.0, 21.0)
"""Turns about `PIVOT` tried one after another, a picture each, while no patch is seen."""
PIVOT = (0.35, 0.0)
"""About where the low back bends, in the terms of `PATCHES`."""
GONE_S = 0.5
"""Without the person for so long, everything begins anew."""

_UNTIL = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 0.02)
Grey = NDArray[np.uint8]
Points = NDArray[np.float32]


@dataclass(slots=True, eq=False)
class _Patch:
    """Where it and its features were at the start, (4, 2) and (n, 2) px of the scaled window.

    ``turn`` (2, 3) carries them to where they are now; ``seen``: on how many features it rests.
    """

    corners: Points
    features: Points
    turn: Array = field(default_factory=lambda: np.eye(2, 3))
    seen: int = 0

    def carried(self) -> Points:
        return _carry(self.features, self.turn)

    def settle(self, now: Points, found: Mask) -> None:
        """Take up where the features found are now; what goes another way is left out."""
        self.seen = 0
        if found.sum() < max(LEAST_FEATURES, LEAST_SHARE * found.size):
            return
        turn, mine = cv2.estimateAffinePartial2D(
            self.features[found], now[found],
            method=cv2.RANSAC, ransacReprojThreshold=OFF_PX, maxIters=100,
        )  # fmt: skip
        count = 0 if turn is None else int(np.count_nonzero(mine))
        if count >= LEAST_FEATURES and self._likely(np.asarray(turn, float)):
            self.turn, self.seen = np.asarray(turn, float), count

    def _likely(self, turn: Array) -> bool:
        scale, angle = np.hypot(turn[0, 0], turn[1, 0]), np.arctan2(turn[1, 0], turn[0, 0])
        middle = self.corners.mean(axis=0, keepdims=True)
        shift = float(np.abs(_carry(middle, turn) - middle).max()) / TRUNK_PX
        alike = 1 / MOST_SCALE < scale < MOST_SCALE
        return bool(alike and abs(np.degrees(angle)) < MOST_TURN_DEG and shift < MOST_SHIFT_TRUNKS)


@dataclass(slots=True)
class SurfaceTracker:
    """Follows the near side of whoever lies on the back; feed it every picture in order."""

    _patches: list[_Patch] = field(default_factory=list, init=False)
    _start: Grey | None = field(default=None, init=False)
    _window: tuple[int, int, int, int] = field(default=(0, 0, 0, 0), init=False)
    _scale: float = field(default=1.0, init=False)
    _head_sign: int = field(default=0, init=False)
    _seen_s: float = field(default=-np.inf, init=False)
    _start_s: float = field(default=NAN, init=False)
    _pivot: tuple[float, float] = field(default=(0.0, 0.0), init=False)
    _tried: int = field(default=0, init=False)

    def step(
        self, time_s: float, rgb: NDArray[np.uint8], pose: Pose | None
    ) -> SurfaceMotion | None:
        """What the patches have done since the start; None while nobody lies on the back."""
        stance = stance_of(pose)
        if pose is None or stance.posture is not Posture.SUPINE:
            return None
        new = time_s - self._seen_s > GONE_S or stance.head_sign != self._head_sign
        self._seen_s = time_s
        if self._start is None or new:
            self._start_s = time_s
            self._begin(rgb, pose, stance)
        else:
            self._find(self._grey(rgb), pose)
        return self._motion()

    def _begin(self, rgb: NDArray[np.uint8], pose: Pose, stance: Stance) -> None:
        """Lay the patches out along the near side of the trunk and choose their features."""
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
        along = trunk / length
        up = np.array([along[1], -along[0]]) * np.sign(along[0])
        box = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (HALF_LENGTH, HALF_HEIGHT) * length
        pivot = self._inside(hip + PIVOT[0] * trunk + PIVOT[1] * length * up)
        self._pivot = (float(pivot[0]), float(pivot[1]))
        self._patches = []
        for column, row in PATCHES:
            corners = hip + column * trunk + row * length * up + box @ np.stack([along, up])
            self._patches.append(self._patch(self._inside(corners), pose))

    def _patch(self, corners: Points, pose: Pose) -> _Patch:
        assert self._start is not None
        mask = np.zeros_like(self._start)
        cv2.fillConvexPoly(mask, corners.round().astype(np.int32), 255)
        found = cv2.goodFeaturesToTrack(
            self._start, MOST_FEATURES, 0.02, APART_PX, mask=mask, blockSize=5
        )
        features = np.asarray([] if found is None else found, np.float32).reshape(-1, 2)
        return _Patch(corners, features[~self._behind_arm(features, pose)])

    def _inside(self, points_px: Array) -> Points:
        """Points of the picture as points of the scaled window."""
        return np.asarray((points_px - self._window[:2]) * self._scale, np.float32)

    def _grey(self, rgb: NDArray[np.uint8]) -> Grey:
        left, top, right, bottom = self._window
        grey = cv2.cvtColor(rgb[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
        if self._scale < 1:
            size = (round(grey.shape[1] * self._scale), round(grey.shape[0] * self._scale))
            grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
        return np.asarray(grey, np.uint8)

    def _find(self, grey: Grey, pose: Pose) -> None:
        """Look for every feature, by the picture of the start turned as the body last was."""
        assert self._start is not None
        counts = [patch.features.shape[0] for patch in self._patches]
        if not sum(counts):
            return
        turn = self._usual_turn()
        size = (grey.shape[1], grey.shape[0])
        turned = np.asarray(
            cv2.warpAffine(self._start, turn, size, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
        before = _carry(np.concatenate([patch.features for patch in self._patches]), turn)
        guess = np.concatenate(
            [p.carried() if p.seen else _carry(p.features, turn) for p in self._patches]
        )
        now, there = _followed(turned, grey, before, guess)
        home, back = _followed(grey, turned, now, before)
        near = np.abs(home - before).max(axis=1) < THERE_AND_BACK_PX
        found = near & there & back & ~self._behind_arm(now, pose)
        for patch, stop, count in zip(self._patches, np.cumsum(counts), counts, strict=True):
            patch.settle(now[stop - count : stop], found[stop - count : stop])

    def _usual_turn(self) -> Array:
        """How the patches seen have turned on the whole, (2, 3)."""
        seen = [patch for patch in self._patches if patch.seen]
        if not seen:
            self._tried = (self._tried + 1) % len(TRIED_DEG)
            turn_deg = -TRIED_DEG[self._tried] * self._head_sign
            return np.asarray(cv2.getRotationMatrix2D(self._pivot, turn_deg, 1.0))
        before = np.concatenate([patch.corners for patch in seen])
        now = np.concatenate([_carry(patch.corners, patch.turn) for patch in seen])
        turn, _ = cv2.estimateAffinePartial2D(before, now, method=cv2.LMEDS)
        return np.eye(2, 3) if turn is None else np.asarray(turn, float)

    def _behind_arm(self, points: Points, pose: Pose) -> Mask:
        """Which of ``points`` (n, 2) of the window the near arm hides."""
        near = "LEFT" if self._head_sign > 0 else "RIGHT"
        bones = [Landmark[f"{near}_{part}"] for part in ("SHOULDER", "ELBOW", "WRIST", "INDEX")]
        arm = self._inside(pose.xy_px[bones])
        hidden = np.zeros(points.shape[0], dtype=bool)
        for a, b in pairwise(arm):
            bone = b - a
            place = np.clip((points - a) @ bone / max(float(bone @ bone), 1e-6), 0, 1)
            off = points - (a + place[:, None] * bone)
            hidden |= np.hypot(off[:, 0], off[:, 1]) < ARM_TRUNKS * TRUNK_PX
        return hidden

    def _motion(self) -> SurfaceMotion:
        """Rotation, shift and number of features of every patch, NaN where it is not seen."""
        seen = np.array([patch.seen for patch in self._patches], dtype=float)
        middles = np.array([patch.corners.mean(axis=0) for patch in self._patches], np.float32)
        turns = [patch.turn for patch in self._patches]
        moved = np.array([_carry(m[None], t)[0] for m, t in zip(middles, turns, strict=True)])
        turned_deg = np.degrees([np.arctan2(turn[1, 0], turn[0, 0]) for turn in turns])
        unseen = seen == 0
        return SurfaceMotion(
            # Posterior tilt turns the front of the pelvis to the head.
            rotation_deg=np.where(unseen, NAN, turned_deg * self._head_sign),
            shift_trunks=np.where(
                unseen[:, None], NAN, (moved - middles) * (self._head_sign, -1) / TRUNK_PX
            ),
            features=seen,
            start_s=self._start_s,
        )


def _followed(from_: Grey, to: Grey, points: Points, guess: Points) -> tuple[Points, Mask]:
    """Where ``points`` (n, 2) of one picture are in another, and whether they were found, (n,)."""
    now, found, _ = cv2.calcOpticalFlowPyrLK(
        from_, to, points, guess.copy(),
        winSize=(15, 15), maxLevel=2, criteria=_UNTIL, flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )  # fmt: skip
    return np.asarray(now, np.float32), np.asarray(found)[:, 0] > 0


def _carry(points: Points, turn: Array) -> Points:
    """``points`` (n, 2) moved by an affine ``turn`` (2, 3)."""
    return np.asarray(points @ turn[:, :2].T + turn[:, 2], np.float32)
