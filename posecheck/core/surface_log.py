"""What the surface of the trunk did in a recording: kept as it comes, and told since rest."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from posecheck.core.blocks import Places, blocks, thinned
from posecheck.core.pelvis import MEDIAN_S, READ, median, since
from posecheck.core.records import NAN, Array, Mask, Numbers
from posecheck.core.rows import Keeping, Rows, RowsInMemory


@dataclass(slots=True)
class SurfaceLog:
    """The patches of every frame, kept by ``keeping``. ``patches``: how many, 0 before any."""

    keeping: Keeping = RowsInMemory
    patches: int = field(default=0, init=False)
    _start_s: array[float] = field(default_factory=lambda: array("d"), init=False)
    _rows: Rows | None = field(default=None, init=False)

    def add(self, surface: tuple[float, NDArray[np.float32]] | None) -> None:
        """Take the next frame's, as in `Evidence`."""
        if surface is None:
            self._start_s.append(NAN)
            return
        start_s, readings = surface
        if self._rows is None:
            self.patches = len(readings)
            self._rows = self.keeping(readings.size)
        self._start_s.append(start_s)
        self._rows.add(readings.ravel())

    @property
    def seen(self) -> Mask:
        """In which frames there was any, (n,)."""
        seen: Mask = np.isfinite(np.array(self._start_s))
        return seen

    def since_rest(self, time_s: Array, flat: Mask) -> Numbers:
        """See `since_rest`; NaN in the other frames. ``flat`` (n,): both legs at rest."""
        start_s, seen = np.array(self._start_s), np.flatnonzero(self.seen)
        found = np.full((time_s.size, self.patches, 3), NAN, dtype=np.float32)
        anew = np.flatnonzero(np.diff(start_s[seen])) + 1
        for first, last in pairwise([0, *anew.tolist(), seen.size]):
            mine = seen[first:last]
            if self._rows is not None and mine.size:
                readings = self._rows.read(first, last).reshape(-1, self.patches, 3)
                for some, shown in since_rest(time_s[mine], readings, flat[mine]):
                    found[mine[some]] = shown
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


def since_rest(
    time_s: Array, readings: Numbers, flat: Mask
) -> Iterator[tuple[Places, NDArray[np.float32]]]:
    """What the patches have done since rest in a whole recording, in blocks of k frames.

    ``readings`` (n, p, 3) since the surface was first seen; ``flat`` (n,): both legs at rest. Gives
    which frames, (k,), and for them the median of `MEDIAN_S` about each, (k, p, 3); nothing where
    `flat` never shows a patch.
    """
    at_rest = thinned(np.flatnonzero(flat))
    if not at_rest.size:
        return
    rest = median(readings[at_rest].astype(float))
    step_s = float(np.median(np.diff(time_s))) if time_s.size > 1 else MEDIAN_S
    reach = max(0, round(MEDIAN_S / 2 / max(step_s, 1e-3)))
    read = evenly(time_s, readings[:, -READ:])
    for some in blocks(np.arange(time_s.size)):
        first, last = max(some[0] - reach, 0), min(some[-1] + reach + 1, time_s.size)
        around = readings[first:last].copy()
        around[:, -READ:] = read[first:last]
        yield some, since(_centred(around, reach)[some - first], rest).astype(np.float32)


def _centred(readings: Numbers, reach: int) -> Array:
    """The median of each (n, p, 3) and up to ``reach`` on both sides of it, NaN where it is."""
    around = np.full((2 * reach + 1, *readings.shape), NAN)
    count = len(readings)
    for offset in range(-reach, reach + 1):
        to, of = max(0, offset), max(0, -offset)
        around[offset + reach, to : count - of] = readings[of : count - to]
    return np.where(np.isnan(readings), NAN, median(around))
