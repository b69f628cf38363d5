from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from posecheck.sources.read_ahead import read_ahead
from posecheck.sources.video import VideoSource
from tests.clips import grey_steps, step_of, write_clip


def running() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("read-ahead")]


@pytest.mark.parametrize("depth", [1, 3, 50])
def test_same_items_same_order(depth: int) -> None:
    assert list(read_ahead(range(20), depth)) == list(range(20))
    assert running() == []


def test_on_one_core_there_is_no_thread_and_an_early_end_closes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("posecheck.sources.read_ahead.cores", lambda: 1)
    closed = []

    def counting() -> Iterator[int]:
        try:
            yield from range(5)
        finally:
            closed.append(True)

    items = read_ahead(counting())
    assert next(items) == 0
    assert running() == []
    items.close()
    assert closed == [True]
    assert list(read_ahead([1, 2])) == [1, 2]


def test_nothing_to_read() -> None:
    assert list(read_ahead([])) == []


def test_exception_comes_at_its_place() -> None:
    def failing() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("broken")

    items = read_ahead(failing(), 8)
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="broken"):
        next(items)
    assert running() == []


def test_never_further_ahead_than_asked() -> None:
    made = 0

    def counting() -> Iterator[int]:
        nonlocal made
        while True:
            made += 1
            yield made

    items = read_ahead(counting(), 4)
    for taken in range(1, 30):
        next(items)
        assert made <= taken + 4
    items.close()


def test_reader_that_stops_early_ends_thread_and_source() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed.set()

    for _ in (items := read_ahead(endless(), 4)):
        break
    items.close()
    assert closed.is_set()
    assert running() == []


def test_with_a_clip(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "clip.mp4", grey_steps(12)))
    assert [step_of(frame.rgb) for frame in read_ahead(source)] == list(range(12))
