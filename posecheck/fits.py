"""The fits that travel with posecheck: how angles follow from landmarks, and from the surface."""

from __future__ import annotations

import functools
from dataclasses import replace

from posecheck.core.outline_fit import OutlineFit
from posecheck.core.pelvis import PelvisFit
from posecheck.core.pelvis_picture import PictureFit
from posecheck.core.thigh_fit import ThighFit
from posecheck.shipped import shipped_fit


@functools.cache
def thigh_fit() -> ThighFit:
    """How the thigh angle follows from the landmarks, as shipped. Raises `PosecheckError`."""
    fit = shipped_fit("models/thigh_fit.json", ThighFit.of)
    return replace(fit, outline=shipped_fit("models/outline_fit.json", OutlineFit.of))


@functools.cache
def pelvis_fit() -> PelvisFit:
    """How the pelvis follows from surface and picture, as shipped. Raises `PosecheckError`."""
    return replace(patches_fit(), picture=shipped_fit("models/pelvis_picture.json", PictureFit.of))


@functools.cache
def patches_fit() -> PelvisFit:
    """How the pelvis follows from the surface alone, as shipped. Raises `PosecheckError`."""
    return shipped_fit("models/pelvis_fit.json", PelvisFit.of)
