"""Rows on disk and in memory: the same, whatever is asked of them."""

from __future__ import annotations

import errno
import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posecheck.core.rows import Keeping, RowsInMemory
from posecheck.errors import OutputError
from posecheck.tracks.rows import RowsOnDisk

both = pytest.mark.parametrize("keeping", [RowsInMemory, RowsOnDisk])


@both
@given(
    count=st.integers(0, 40),
    width=st.integers(1, 9),
    first=st.integers(0, 45),
    length=st.integers(0, 45),
    in_memory=st.sampled_from([1, 64, 1 << 20]),
)
def test_what_was_kept_comes_back(
    keeping: Keeping, count: int, width: int, first: int, length: int, in_memory: int
) -> None:
    kept = np.random.default_rng(count).normal(size=(count, width))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("posecheck.tracks.rows.IN_MEMORY", in_memory)
        rows = keeping(width)
        for number, row in enumerate(kept):
            rows.add(row)
            assert len(rows) == number + 1
            np.testing.assert_array_equal(rows.read(0, 1), kept[:1].astype(np.float32))
    back = rows.read(first, first + length)
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, kept[first : first + length].astype(np.float32))


@both
def test_what_is_read_is_the_readers_own(keeping: Keeping) -> None:
    rows = keeping(3)
    rows.add(np.array([1.0, np.nan, 3.0]))
    rows.read(0, 1)[:] = 7.0
    np.testing.assert_array_equal(rows.read(0, 1), [[1.0, np.nan, 3.0]])


def test_many_lie_on_disk_and_are_gone_with_their_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posecheck.tracks.rows.IN_MEMORY", 2000)
    rows = RowsOnDisk(100)
    file = rows._file
    for number in range(10):
        assert file._rolled == (number > 5)  # type: ignore[attr-defined]
        rows.add(np.zeros(100))
    del rows
    gc.collect()
    assert file.closed


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = RowsOnDisk(4)

    def full(_: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(rows._file, "write", full)
    with pytest.raises(OutputError, match="the disk is full; free some space"):
        rows.add(np.zeros(4))
    assert len(rows) == 0
