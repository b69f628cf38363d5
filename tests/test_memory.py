"""What a long analysis does with memory that is no longer needed."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from posecheck.memory import SELDOM, give_memory_back, seldom_tidied


def test_rings_are_looked_for_seldom_while_it_holds() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with seldom_tidied():
        assert gc.get_threshold()[0] == SELDOM
        assert gc.get_freeze_count() > frozen
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_also_after_an_error() -> None:
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom_tidied():
        _ = 1 / 0
    assert gc.get_threshold() == before


def test_rings_are_let_go() -> None:
    class Ring:
        def __init__(self) -> None:
            self.own = self
            alive.append(1)

        def __del__(self) -> None:
            alive.pop()

    alive: list[int] = []
    Ring()
    assert alive
    give_memory_back()
    assert not alive


def test_nobody_looks_for_rings_at_the_end_of_the_process() -> None:
    """What is registered first is called last: it finds everything put aside."""
    program = """
import atexit, gc
from posecheck.memory import end_untidied
atexit.register(lambda: print(gc.get_freeze_count() > 1000))
print(gc.get_freeze_count())
end_untidied()
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert said[0] == "0"
    assert said[-1] == "True"
