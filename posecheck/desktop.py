"""Whether somebody can see a window here."""

from __future__ import annotations

import os
import sys


def has_desktop() -> bool:
    """Whether a window can be seen where this runs."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
