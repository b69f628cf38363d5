"""Memory that is no longer needed, given back to the computer."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress


def give_memory_back() -> None:
    """Give back what lies in pieces where the pose model was.

    Else on Linux a worker grows from clip to clip, to 740 MB after 16, and what a long recording
    needs at its end comes on top of the models.
    """
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library has no such call
            ctypes.CDLL(None).malloc_trim(0)
