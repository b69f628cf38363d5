"""Keeps native libraries from talking to the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

_ONE_AT_A_TIME = RLock()


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Drop what C++ libraries write to stderr meanwhile, which Python's own redirects cannot.

    Stderr belongs to the whole process, so threads wait for each other: the one that came second
    would otherwise restore the silence of the first. Within one thread it may be nested.
    """
    with _ONE_AT_A_TIME:
        sys.stderr.flush()
        kept = os.dup(2)
        try:
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
