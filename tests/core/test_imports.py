"""The floors of the building: an import only ever points down, and the core stands on nothing."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path

import pytest

import posecheck

PACKAGE = Path(posecheck.__file__).parent
FLOORS = {
    "core": 1,
    "record": 1,
    "coach": 2,
    "config": 2,
    "sources": 2,
    "estimators": 2,
    "figures": 2,
    "sinks": 2,
    "pages": 2,
    "tracks": 2,
    "exports": 2,
    "batch": 3,
    "fits": 3,
    "eyes": 3,
    "observing": 3,
    "session": 3,
    "live": 3,
    "live_session": 3,
    "doctor": 3,
    "profiles": 3,
    "api": 4,
    "stored": 3,
    "cli": 4,
    "commands": 4,
    "console": 4,
    "synthetic": 4,
    "validation": 4,
    "__main__": 5,
}
FREE = {"cores", "desktop", "errors", "memory", "quiet", "shipped", "system_libraries"}
IMPURE = {
    "asyncio", "datetime", "io", "logging", "multiprocessing", "os", "pathlib", "random", "shutil",
    "socket", "subprocess", "sys", "tempfile", "threading", "time", "urllib",
}  # fmt: skip


def module_name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def imports_of(name: str) -> Iterator[str]:
    """Every module that ``name`` imports, inside functions too; submodules by their full name."""
    file = MODULES[name]
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                yield whole if whole in MODULES else source


def unit(module: str) -> str:
    """The part of the package a module belongs to: ``posecheck.sinks.video`` -> ``sinks``."""
    return module.split(".")[1] if "." in module else ""


def within_the_package(name: str) -> set[str]:
    return {unit(each) for each in imports_of(name) if each.split(".")[0] == "posecheck"} - {""}


def test_the_walk_sees_the_package() -> None:
    assert {"posecheck.core.judge", "posecheck.cli", "posecheck.sinks.overlay"} <= set(MODULES)
    assert "posecheck.core.geometry" in set(imports_of("posecheck.core.judge"))
    assert "core" in within_the_package("posecheck.session")


@pytest.mark.parametrize("name", [name for name in MODULES if unit(name) == "core"])
def test_the_core_needs_only_python_numpy_scipy_and_itself(name: str) -> None:
    for imported in imports_of(name):
        root = imported.split(".")[0]
        if root == "posecheck":
            assert unit(imported) == "core", imported
        else:
            assert root in {"numpy", "scipy"} or root in sys.stdlib_module_names, imported
            assert root not in IMPURE, imported


@pytest.mark.parametrize("name", [name for name in MODULES if unit(name) == "core"])
def test_the_core_prints_and_opens_nothing(name: str) -> None:
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {func.id for func in calls if isinstance(func, ast.Name)}
    assert not named & {"print", "open", "input", "exec", "eval"}


@pytest.mark.parametrize("name", [name for name in MODULES if unit(name)])
def test_imports_point_down(name: str) -> None:
    if unit(name) in FREE:
        assert within_the_package(name) <= FREE
        return
    for imported in within_the_package(name) - FREE:
        assert FLOORS[imported] <= FLOORS[unit(name)], imported


def test_parts_on_one_floor_do_not_need_each_other_in_a_circle() -> None:
    needs: dict[str, set[str]] = {}
    for name in MODULES:
        needs.setdefault(unit(name), set()).update(within_the_package(name) - {unit(name)})
    TopologicalSorter(needs).prepare()


def test_one_module_imports_mediapipe() -> None:
    users = [
        name
        for name in MODULES
        if any(each.split(".")[0] == "mediapipe" for each in imports_of(name))
    ]
    assert users == ["posecheck.estimators.mediapipe_pose"]
