"""Convolutions of small pictures in plain numpy, for networks too small to need more."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float32]
Kernel = tuple[Grid, Grid]
"""Weights (out, in, k, k) and bias (out,)."""


def kernel_of(stored: Any) -> Kernel:
    """From nested lists. Raises ValueError or TypeError where they are something else."""
    weights, bias = stored
    return np.array(weights, np.float32), np.array(bias, np.float32)


def packed(values: NDArray[Any]) -> dict[str, Any]:
    """Numbers as text, half as exact and a quarter as long as in digits; see `unpacked`."""
    data = base64.b64encode(values.astype("<f2").tobytes()).decode("ascii")
    return {"shape": list(values.shape), "float16": data}


def unpacked(stored: Mapping[str, Any]) -> Grid:
    """What `packed` made. Raises ValueError, KeyError or TypeError where it is something else."""
    data = base64.b64decode(stored["float16"], validate=True)
    return np.frombuffer(data, "<f2").reshape(stored["shape"]).astype(np.float32)


def summed(maps: Grid, weights: Grid, step: int = 1) -> Grid:
    """Convolution of maps (c, h, w) with weights (out, c, k, k), zeros around them."""
    size = weights.shape[-1]
    around = size // 2
    channels, height, width = maps.shape
    padded = np.zeros((channels, height + 2 * around, width + 2 * around), np.float32)
    padded[:, around : around + height, around : around + width] = maps
    rows, columns = -(-height // step), -(-width // step)
    # What each output rests on, side by side: one multiplication is then all.
    seen = np.empty((channels, size, size, rows, columns), np.float32)
    for down, right in product(range(size), repeat=2):
        seen[:, down, right] = padded[:, down : down + height : step, right : right + width : step]
    found: Grid = weights.reshape(len(weights), -1) @ seen.reshape(-1, rows * columns)
    return found.reshape(-1, rows, columns)


def convolved(maps: Grid, kernel: Kernel, step: int = 1) -> Grid:
    """Convolution of maps (c, h, w), zeros around them, what is negative cut off."""
    weights, bias = kernel
    found = summed(maps, weights, step)
    return np.asarray(np.maximum(found + bias[:, None, None], np.float32(0)))
