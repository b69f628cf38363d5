"""Finds the small files that travel with posecheck, from an installed wheel or from a clone."""

from __future__ import annotations

from pathlib import Path

from posecheck.errors import PosecheckError

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
