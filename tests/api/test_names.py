"""The names that programs may rely on, and what it costs to ask for them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from importlib.resources import files

import pytest

import posecheck
from posecheck.api.calls import Choices
from posecheck.config import Settings
from posecheck.errors import PosecheckError


def test_the_public_names_are_these() -> None:
    """A name is taken away only with a new major version."""
    assert posecheck.__all__ == [
        "Accuracy",
        "Analysis",
        "Comparison",
        "Event",
        "ModelError",
        "NothingMeasured",
        "Observation",
        "OutputError",
        "PosecheckError",
        "Session",
        "Settings",
        "SourceError",
        "UsageError",
        "__version__",
        "analyze",
        "compare",
        "read_results",
    ]


@pytest.mark.parametrize("name", posecheck.__all__)
def test_each_name_is_there_and_listed(name: str) -> None:
    assert getattr(posecheck, name) is getattr(posecheck, name)
    assert name in dir(posecheck)


@pytest.mark.parametrize("name", posecheck.__all__)
def test_each_name_is_documented(name: str) -> None:
    if name != "__version__":
        assert (getattr(posecheck, name).__doc__ or "").strip()


def test_no_other_name() -> None:
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        _ = posecheck.analyse


def test_the_version_is_that_of_the_package() -> None:
    assert posecheck.__version__ == version("posecheck")


def test_every_error_is_a_posecheck_error() -> None:
    names = ("ModelError", "NothingMeasured", "OutputError", "SourceError", "UsageError")
    assert all(issubclass(getattr(posecheck, name), PosecheckError) for name in names)


def test_importing_loads_nothing_heavy() -> None:
    script = (
        "import sys; before = set(sys.modules); import posecheck; posecheck.PosecheckError;"
        "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "posecheck" in loaded
    assert not loaded & {"numpy", "pydantic", "cv2", "matplotlib", "pandas", "mediapipe"}


def test_the_keywords_are_the_settings() -> None:
    assert set(Choices.__annotations__) == set(Settings.model_fields) - {"model"}


def test_type_checkers_are_told_that_there_are_types() -> None:
    assert (files("posecheck") / "py.typed").is_file()
