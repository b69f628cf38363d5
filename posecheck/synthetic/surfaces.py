"""Pictures of floors and walls, uint8 (size, size, 3), drawn from a generator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Array
from posecheck.synthetic.dress import Rgb


def _tint(colour: Rgb, shade: Array) -> NDArray[np.uint8]:
    return np.clip(np.asarray(colour) * shade[..., None], 0, 255).astype(np.uint8)


def planks(colour: Rgb, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A floor of boards, each of its own shade, with grain and dark joints."""
    boards, size = 48, 1536
    row = np.arange(size) * boards // size
    shade = rng.normal(1.0, 0.06, boards)[row][:, None] * np.ones((1, size))
    shade *= 1.0 + 0.03 * np.repeat(rng.normal(size=(size, size // 32)), 32, axis=1)
    shade[np.flatnonzero(np.diff(row))] *= 0.7
    return _tint(colour, shade)


def carpet(colour: Rgb, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A short pile: fine speckle, a little coarser wear."""
    size = 1536
    wear = np.kron(rng.normal(size=(96, 96)), np.ones((16, 16)))
    return _tint(colour, 1.0 + 0.09 * rng.normal(size=(size, size)) + 0.03 * wear)


def plain(colour: Rgb, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Linoleum or screed: hardly anything to see."""
    return _tint(colour, 1.0 + 0.01 * rng.normal(size=(256, 256)))


def plaster(colour: Rgb, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A painted wall: slow stains and a little roughness."""
    size = 512
    slow = np.kron(rng.normal(size=(8, 8)), np.ones((64, 64)))
    kernel = np.hanning(129) / np.hanning(129).sum()
    for axis in (0, 1):
        slow = np.apply_along_axis(np.convolve, axis, slow, kernel, mode="same")
    return _tint(colour, 1.0 + 0.03 * slow + 0.012 * rng.normal(size=(size, size)))


GROUNDS = {"planks": planks, "carpet": carpet, "plain": plain}
"""How to draw each kind of floor."""
