"""Hours of a recording in parts that fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.integer[Any]]
"""Which frames, (k,)."""

BLOCK, MOST = 4096, 20_000


def blocks(places: Places) -> Iterator[Places]:
    """The same in order, at most `BLOCK` at a time."""
    for start in range(0, places.size, BLOCK):
        yield places[start : start + BLOCK]


def thinned(places: Places) -> Places:
    """All of them, or `MOST` at the most, evenly spread."""
    return places[:: max(1, -(-places.size // MOST))]
