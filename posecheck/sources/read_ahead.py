"""Decode on one thread while another thread thinks."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from typing import Any, TypeVar

from posecheck.cores import cores

T = TypeVar("T")


def read_ahead(iterable: Iterable[T], depth: int = 4) -> Generator[T]:
    """The same items in the same order, up to ``depth`` of them fetched in advance by a thread.

    An exception of ``iterable`` is raised here, at its place in the order. When the reader stops
    early, the thread ends with the item it is at, and ``iterable`` is closed if it is a generator.
    On a single core there is no thread, for handing over from one to another only costs.
    """
    if cores() < 2:
        with closing(iterable) if isinstance(iterable, Generator) else nullcontext():
            yield from iterable
        return
    end: Any = object()
    iterator = iter(iterable)
    with ThreadPoolExecutor(1, "read-ahead") as thread:
        try:
            fetching = deque(thread.submit(next, iterator, end) for _ in range(max(1, depth)))
            while (item := fetching.popleft().result()) is not end:
                fetching.append(thread.submit(next, iterator, end))
                yield item
        finally:
            thread.shutdown(cancel_futures=True)
            if isinstance(iterator, Generator):
                iterator.close()
