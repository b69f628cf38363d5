"""The fits that travel with posecheck: how angles follow from landmarks, and from the surface."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from posecheck.core.outline_fit import OutlineFit
from posecheck.core.pelvis import PelvisFit
from posecheck.core.pelvis_picture import PictureFit
from posecheck.core.thigh_fit import ThighFit
from posecheck.errors import PosecheckError
from posecheck.shipped import shipped_file

F = TypeVar("F")


@functools.cache
def thigh_fit() -> ThighFit:
    """How the thigh angle follows from the landmarks, as shipped. Raises `PosecheckError`."""
    fit = _shipped("models/thigh_fit.json", ThighFit.of)
    return replace(fit, outline=_shipped("models/outline_fit.json", OutlineFit.of))


@functools.cache
def pelvis_fit() -> PelvisFit:
    """How the pelvis follows from surface and picture, as shipped. Raises `PosecheckError`."""
    return replace(patches_fit(), picture=_shipped("models/pelvis_picture.json", PictureFit.of))


@functools.cache
def patches_fit() -> PelvisFit:
    """How the pelvis follows from the surface alone, as shipped. Raises `PosecheckError`."""
    return _shipped("models/pelvis_fit.json", PelvisFit.of)


def _shipped(name: str, of: Callable[[Any], F]) -> F:
    file = shipped_file(name)
    try:
        return of(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PosecheckError(f"{file}: damaged ({error}); install posecheck anew") from error
