"""How many cores a process takes for its own."""

import os
import sys
import threading

import cv2
import pytest
from threadpoolctl import threadpool_info

from posecheck import cores


def test_all_that_the_system_lets_it_have(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "linux":
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {3, 5, 6})
    else:
        monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert cores.cores() == 3


def test_a_share_holds_until_it_is_taken_back() -> None:
    before = cores.cores()
    cores.keep_to(1)
    try:
        assert cores.cores() == 1
    finally:
        cores.keep_to(cores.ALL)
    assert cores.cores() == before


def test_algebra_keeps_to_one_thread_while_it_is_asked_to() -> None:
    def threads() -> list[int]:
        pools = threadpool_info()
        return [pool["num_threads"] for pool in pools if pool["user_api"] == "blas"]

    before = threads()
    with cores.unthreaded_algebra():
        assert threads() == [1] * len(before)
    assert threads() == before
    assert before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a thread choose its cores")
def test_threads_stay_on_their_cores_while_asked_to() -> None:
    allowed = sorted(os.sched_getaffinity(0))
    found: list[set[int]] = []
    for first in range(len(allowed) + 1):
        with cores.on_cores(first):
            thread = threading.Thread(target=lambda: found.append(os.sched_getaffinity(0)))
            thread.start()
            thread.join()
            assert cores.cores() == 1
        assert sorted(os.sched_getaffinity(0)) == allowed
    assert found == [{each} for each in (*allowed, allowed[0])]


def test_several_cores_and_never_more_than_there_are() -> None:
    before = cores.cores()
    with cores.on_cores(1, 64):
        assert cores.cores() == before


def test_one_thread_each_while_it_holds() -> None:
    before = cv2.getNumThreads()
    with cores.one_thread_each():
        assert cv2.getNumThreads() == 1
        assert {p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"} == {1}
    assert cv2.getNumThreads() == before
