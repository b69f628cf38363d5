"""How small patches of a surface move, from single points found on it: plain numbers, no pictures.

Places in a picture are complex numbers, x + i y, px (y down): turning and scaling are one
multiplication. Every patch takes from all points near it, the nearer the more, so that it is still
known when only a few of them are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import NAN, Array, Mask

Places = NDArray[np.complex128]

REACH = 0.07
"""Spread of the weight with which a patch takes from points, trunk lengths."""
LEAST_WEIGHT, LEAST_SHARE = 2.5, 0.2
"""With less weight of points than this, or than this share of all, a patch is not seen."""
LEAST_WEIGHT_TO_TURN, LEAST_BREADTH = 4.0, 0.03
"""From less weight, or points nearer together (trunk lengths), no rotation is told."""
ASIDE = 0.06
"""A patch whose points lie all this far to one side of it is not seen, trunk lengths."""
STIFF = 60.0
"""Weight, px², of the rotation of the whole in that of each patch."""
OFF_PX = 4.0, 4.0, 2.0, 2.0
"""A point this far from where its patch carries it counts a quarter; round after round."""
MOST_TURN_DEG, MOST_SHIFT, MOST_SCALE = 45.0, 0.3, 1.3
"""Beyond these it is not the same patch; the shift in trunk lengths."""
BEND = 0.12
"""A patch not seen goes along with those seen about so near to it, trunk lengths."""


@dataclass(slots=True, eq=False)
class Patches:
    """``middles`` (p,) of the patches and ``points`` (n,) on the surface, at the start.

    ``trunk_px``: length of the trunk. ``at`` (p,): where the middles are now; ``turn`` (p,): by
    what each has turned and grown; ``seen`` (p,): the weight of the points it rests on, 0 unseen;
    ``turned`` (p,): its rotation alone, deg, clockwise positive, NaN where that is not told.
    """

    middles: Places
    points: Places
    trunk_px: float
    at: Places = field(init=False)
    turn: Places = field(init=False)
    seen: Array = field(init=False)
    turned: Array = field(init=False)
    _from: Places = field(init=False)
    _weight: Array = field(init=False)
    _share: Array = field(init=False)

    def __post_init__(self) -> None:
        self.at, self.turn = self.middles.copy(), np.ones_like(self.middles)
        self._from = self.points - self.middles[:, None]
        far = np.abs(self._from) / (REACH * self.trunk_px)
        self._weight = np.where(far < 2, np.exp(-0.5 * far**2), 0.0)
        share = np.exp(-0.5 * (far / 1.5) ** 2) + 1e-9
        self._share = share / share.sum(axis=0)
        self.settle(self.points, np.ones(self.points.size, dtype=bool))

    def move(self, by: Callable[[Places], Places], turn: complex) -> None:
        """Take every patch to be where ``by`` carries it, turned by ``turn``."""
        self.at, self.turn = by(self.middles), np.full_like(self.middles, turn)

    def whole(self) -> tuple[complex, complex]:
        """Turn and shift that carry the patches, on the whole, from the start to now."""
        off = self.middles - self.middles.mean()
        turn = complex(np.vdot(off, self.at) / np.vdot(off, off))
        return turn, complex(self.at.mean() - turn * self.middles.mean())

    def expected(self) -> Places:
        """Where the points (n,) should be now."""
        return np.asarray(
            (self._share * (self.turn[:, None] * self._from + self.at[:, None])).sum(axis=0)
        )

    def settle(self, now: Places, found: Mask) -> None:
        """Take up where the points found (n,) are ``now`` (n,); stray ones hardly count."""
        to, from_ = now[found], self._from[:, found]
        whole, _ = self.whole()
        off = np.abs(to - self.expected()[found])
        for off_px in OFF_PX:
            weight = self._weight[:, found] / (1 + (off / off_px) ** 2) ** 2
            total = weight.sum(axis=1) + 1e-9
            middle, goal = (weight * from_).sum(axis=1) / total, (weight @ to) / total
            aside = from_ - middle[:, None]
            spread = (weight * np.abs(aside) ** 2).sum(axis=1)
            turning = (weight * aside.conj() * (to - goal[:, None])).sum(axis=1)
            turn = (turning + STIFF * whole) / (spread + STIFF)
            at = goal - turn * middle
            off = np.abs(to - (turn[:, None] * from_ + at[:, None]))
        seen = (total >= LEAST_WEIGHT) & (total >= LEAST_SHARE * self._weight.sum(axis=1))
        seen &= (np.abs(middle) < ASIDE * self.trunk_px) & self._likely(at, turn)
        firm = (total >= LEAST_WEIGHT_TO_TURN) & (
            spread > total * (LEAST_BREADTH * self.trunk_px) ** 2
        )
        self.seen = np.where(seen, total, 0.0)
        self.turned = np.where(seen & firm, np.degrees(np.angle(turning)), NAN)
        if seen.any():
            self._bend(at, turn, seen)

    def _bend(self, at: Places, turn: Places, seen: Mask) -> None:
        """Patches not seen go along with those seen."""
        apart = self.middles[:, None] - self.middles[seen]
        share = np.exp(-0.5 * (np.abs(apart) / (BEND * self.trunk_px)) ** 2) + 1e-6
        share /= share.sum(axis=1, keepdims=True)
        self.at = np.where(seen, at, (share * (turn[seen] * apart + at[seen])).sum(axis=1))
        self.turn = np.where(seen, turn, share @ turn[seen])

    def _likely(self, at: Places, turn: Places) -> Mask:
        scale, turned_deg = np.abs(turn), np.degrees(np.abs(np.angle(turn)))
        near = np.abs(at - self.middles) < MOST_SHIFT * self.trunk_px
        alike = (scale > 1 / MOST_SCALE) & (scale < MOST_SCALE)
        return np.asarray(near & alike & (turned_deg < MOST_TURN_DEG))
