"""How many cores a process takes for its own."""

import os
import sys

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
    cores.keep_to(1)
    try:
        assert (cores.cores(), cores.share()) == (1, 1)
    finally:
        cores.keep_to(cores.ALL)
    assert cores.share() == cores.ALL


def test_algebra_keeps_to_one_thread_while_it_is_asked_to() -> None:
    def threads() -> list[int]:
        pools = threadpool_info()
        return [pool["num_threads"] for pool in pools if pool["user_api"] == "blas"]

    before = threads()
    with cores.unthreaded_algebra():
        assert threads() == [1] * len(before)
    assert threads() == before
    assert before
