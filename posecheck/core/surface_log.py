"""What the surface of the trunk did in a recording: kept as it comes, and told since rest."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from posecheck.core.blocks import blocks, thinned
from posecheck.core.pelvis import MEDIAN_S, READ, median, since
from posecheck.core.records import NAN, Array, Mask, Numbers


@dataclass(slots=True)
class SurfaceLog:
    """The patches of every frame, about 260 bytes each. ``patches``: how many, 0 before any."""

    patches: int = 0
    _start_s: array[float] = field(default_factory=lambda: array("d"), init=False)
    _numbers: array[float] = field(default_factory=lambda: array("f"), init=False)

    def add(self, surface: tuple[float, NDArray[np.float32]] | None) -> None:
        """Take the next frame's, as in `Evidence`."""
        start_s, readings = surface or (NAN, np.empty(0, dtype=np.float32))
        self._start_s.append(start_s)
        if surface is not None:
            self.patches = len(readings)
            self._numbers.frombytes(readings.astype(np.float32).tobytes())

    @property
    def seen(self) -> Mask:
        """In which frames there was any, (n,)."""
        seen: Mask = np.isfinite(np.array(self._start_s))
        return seen

    def since_rest(self, time_s: Array, flat: Mask) -> Numbers:
        """See `since_rest`; NaN in the other frames. ``flat`` (n,): both legs at rest."""
        start_s, seen = np.array(self._start_s), np.flatnonzero(self.seen)
        found = np.full((time_s.size, self.patches, 3), NAN, dtype=np.float32)
        readings = np.frombuffer(self._numbers, dtype=np.float32).reshape(-1, self.patches, 3)
        anew = np.flatnonzero(np.diff(start_s[seen])) + 1
        for first, last in pairwise([0, *anew.tolist(), seen.size]):
            mine = seen[first:last]
            found[mine] = since_rest(time_s[mine], readings[first:last], flat[mine])
        return found


def evenly(time_s: Array, read: Numbers) -> Numbers:
    """What is read off the picture, (n, READ, 3), going evenly from each reading to the next.

    As it comes, it stays as it is until then: in quick movement several degrees behind.
    """
    told = read[..., :2].reshape(len(read), -1)
    known = np.asarray(np.isfinite(told).all(axis=1))
    held = np.zeros(len(read), dtype=bool)
    held[1:] = known[1:] & (told[1:] == told[:-1]).all(axis=1)
    found = read.copy()
    for one, following in pairwise(np.flatnonzero(known & ~held).tolist()):
        lasted_s = time_s[following] - time_s[one]
        if following - one > 1 and lasted_s < MEDIAN_S and known[one:following].all():
            share = (time_s[one:following] - time_s[one]) / lasted_s
            found[one:following] += share[:, None, None] * (read[following] - read[one])
    return found


def since_rest(time_s: Array, readings: Numbers, flat: Mask) -> Numbers:
    """What the patches have done since rest in a whole recording, (n, p, 3).

    ``readings`` (n, p, 3) since the surface was first seen; ``flat`` (n,): both legs at rest. The
    median of `MEDIAN_S` about each frame; NaN where `flat` never shows a patch.
    """
    found = np.full(readings.shape, NAN, dtype=np.float32)
    at_rest = thinned(np.flatnonzero(flat))
    if not at_rest.size:
        return found
    rest = median(readings[at_rest].astype(float))
    step_s = float(np.median(np.diff(time_s))) if time_s.size > 1 else MEDIAN_S
    reach = max(0, round(MEDIAN_S / 2 / max(step_s, 1e-3)))
    read = evenly(time_s, readings[:, -READ:])
    for some in blocks(np.arange(time_s.size)):
        first, last = max(some[0] - reach, 0), min(some[-1] + reach + 1, time_s.size)
        around = readings[first:last].copy()
        around[:, -READ:] = read[first:last]
        found[some] = since(_centred(around, reach)[some - first], rest)
    return found


def _centred(readings: Numbers, reach: int) -> Array:
    """The median of each (n, p, 3) and up to ``reach`` on both sides of it, NaN where it is."""
    around = np.full((2 * reach + 1, *readings.shape), NAN)
    count = len(readings)
    for offset in range(-reach, reach + 1):
        to, of = max(0, offset), max(0, -offset)
        around[offset + reach, to : count - of] = readings[of : count - to]
    return np.where(np.isnan(readings), NAN, median(around))
