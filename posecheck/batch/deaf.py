"""Loaded by every local worker: Ctrl-C, which a terminal sends to all, is the batch's own."""

from __future__ import annotations

import signal


def dask_setup(_worker: object) -> None:
    """Called by Dask as the worker begins."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
