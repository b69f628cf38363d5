"""Memory that is no longer needed, given back to the computer."""

from __future__ import annotations

import atexit
import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SELDOM = 20_000
"""So many more objects must have been made than let go before Python looks for rings of them."""


@contextmanager
def seldom_tidied() -> Iterator[None]:
    """While it holds, Python seldom looks for rings of objects, and not among those there are.

    Every result of the pose model is some hundred small objects, so that it would look at all that
    was ever imported again and again: a twentieth of the time, and all threads wait meanwhile.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def give_memory_back() -> None:
    """Give back what lies in pieces where the pose model was.

    Else on Linux a worker grows from clip to clip, to 740 MB after 16, and what a long recording
    needs at its end comes on top of the models.
    """
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library has no such call
            ctypes.CDLL(None).malloc_trim(0)


def end_untidied() -> None:
    """Let the process end without a last look for rings: 0.3 s once all is loaded."""
    atexit.register(gc.freeze)
