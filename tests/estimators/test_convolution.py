"""Convolutions of small pictures in plain numpy."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.signal import correlate

from posecheck.estimators.convolution import convolved, kernel_of, packed, unpacked


@pytest.mark.parametrize("step", [1, 2])
def test_convolution_is_that_of_scipy(step: int) -> None:
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(3, 7, 9)).astype(np.float32)
    weights = rng.normal(size=(4, 3, 5, 5)).astype(np.float32)
    bias = rng.normal(size=4).astype(np.float32)
    found = convolved(maps, kernel_of([weights.tolist(), bias.tolist()]), step)
    for k in range(4):
        whole = sum(correlate(maps[c], weights[k, c], "same") for c in range(3)) + bias[k]
        wanted = np.maximum(whole, 0)[::step, ::step]
        np.testing.assert_allclose(found[k], wanted, rtol=1e-4, atol=1e-4)


def test_packed_numbers_come_back_nearly_as_they_were() -> None:
    values = np.random.default_rng(1).normal(size=(4, 3, 5))
    text = json.loads(json.dumps(packed(values)))
    np.testing.assert_allclose(unpacked(text), values, rtol=1e-3, atol=1e-6)
    for broken in ({}, text | {"shape": [7]}, text | {"float16": "?"}):
        with pytest.raises((ValueError, KeyError)):
            unpacked(broken)
