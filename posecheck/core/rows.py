"""Rows of numbers kept as they come, in single precision."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Numbers


class Rows(Protocol):
    """Where rows of one width are kept."""

    def __len__(self) -> int: ...

    def add(self, row: Numbers) -> None:
        """Take the next one, (width,)."""
        ...

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Those from ``first`` up to ``last``, (k, width), a copy."""
        ...


Keeping = Callable[[int], Rows]
"""Makes rows of a width."""


class RowsInMemory:
    """`Rows` that take four bytes a number."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._numbers = array("f")

    def __len__(self) -> int:
        return len(self._numbers) // self._width

    def add(self, row: Numbers) -> None:
        """Take the next one, (width,)."""
        self._numbers.frombytes(row.astype(np.float32).tobytes())

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Those from ``first`` up to ``last``, (k, width), a copy."""
        numbers = self._numbers[first * self._width : last * self._width]
        return np.array(numbers, dtype=np.float32).reshape(-1, self._width)
