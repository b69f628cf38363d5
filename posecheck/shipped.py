"""Finds the small files that travel with posecheck, from an installed wheel or from a clone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from posecheck.errors import PosecheckError

F = TypeVar("F")

_PACKAGE = Path(__file__).parent
_PLACES = (_PACKAGE / "_shipped", _PACKAGE.parent)


def shipped_file(name: str) -> Path:
    """Return the path of a shipped file such as ``models/checksums.toml``.

    Raises `PosecheckError` where the installation lacks it.
    """
    for place in _PLACES:
        if (path := place / name).is_file():
            return path
    raise PosecheckError(
        f"{name}: missing from this installation of posecheck ({_PACKAGE}); install it anew"
    )


def shipped_fit(name: str, of: Callable[[Any], F]) -> F:
    """What ``of`` makes of a shipped JSON file such as ``models/pelvis_fit.json``.

    Raises `PosecheckError` where the installation lacks it, or it is damaged.
    """
    file = shipped_file(name)
    try:
        return of(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PosecheckError(f"{file}: damaged ({error}); install posecheck anew") from error
