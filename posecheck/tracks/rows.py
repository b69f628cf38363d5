"""Rows of numbers on disk, so that memory does not grow with the length of a clip."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from tempfile import SpooledTemporaryFile, gettempdir

import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Numbers
from posecheck.sinks.files import output_error

IN_MEMORY = 4 << 20
"""So many bytes are no file yet."""


class RowsOnDisk:
    """`posecheck.core.rows.Rows` in a nameless file, which is gone with them."""

    def __init__(self, width: int) -> None:
        self._width, self._count = width, 0
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 (see below)
        weakref.finalize(self, self._file.close)

    def __len__(self) -> int:
        return self._count

    def add(self, row: Numbers) -> None:
        """Take the next one, (width,). Raises `OutputError` where the disk is full."""
        try:
            self._file.seek(0, os.SEEK_END)
            self._file.write(row.astype(np.float32).tobytes())
        except OSError as error:
            raise output_error(Path(gettempdir()), error) from error
        self._count += 1

    def read(self, first: int, last: int) -> NDArray[np.float32]:
        """Those from ``first`` up to ``last``, (k, width), a copy."""
        row_bytes = 4 * self._width
        self._file.seek(first * row_bytes)
        data = bytearray(self._file.read(max(0, last - first) * row_bytes))
        return np.frombuffer(data, dtype=np.float32).reshape(-1, self._width)
