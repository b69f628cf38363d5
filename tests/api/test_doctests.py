"""The examples in the docstrings of what programs call are true."""

from __future__ import annotations

import doctest
from importlib import import_module
from pkgutil import iter_modules

import pytest

import posecheck
from posecheck import api
from tests.acting import poses
from tests.api.conftest import LiveActs

MODULES = [import_module(f"posecheck.api.{each.name}") for each in iter_modules(api.__path__)]
FINDER = doctest.DocTestFinder(exclude_empty=True)
EXAMPLES = [
    test
    for module in MODULES
    for test in FINDER.find(module, extraglobs={"posecheck": posecheck})
    if test.examples
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda test: test.name)
@pytest.mark.usefixtures("played", "history")
def test_an_example_is_true(
    example: doctest.DocTest, live: LiveActs, capsys: pytest.CaptureFixture[str]
) -> None:
    live(poses())
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(example)
    assert runner.failures == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", ["Analysis", "Session", "analyze", "compare", "read_results"])
def test_what_one_begins_with_has_an_example(name: str) -> None:
    assert any(test.name.endswith(f".{name}") for test in EXAMPLES)
