"""Spares the import of pyplot, which mediapipe wants for drawing and nobody here draws with.

It takes as long as all else that must be there before the first picture is looked at.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

NAMES = "matplotlib", "matplotlib.pyplot"


class _Later(ModuleType):
    """Stands in for a module until something of it is wanted."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked for by the import itself
            raise AttributeError(name)
        _make_way()
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def pyplot_later() -> Iterator[None]:
    """Who imports pyplot meanwhile gets it when they first use it, all others as ever."""
    if not any(name in sys.modules for name in NAMES):
        package, pyplot = (_Later(name) for name in NAMES)
        package.pyplot = pyplot  # type: ignore[attr-defined]
        sys.modules.update(zip(NAMES, (package, pyplot), strict=True))
    try:
        yield
    finally:
        _make_way()


def _make_way() -> None:
    """From now on the modules themselves are imported."""
    for name in NAMES:
        if isinstance(sys.modules.get(name), _Later):
            del sys.modules[name]
