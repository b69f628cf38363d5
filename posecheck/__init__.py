"""Measures a lying hip-flexion stretch from one ordinary webcam or clip.

Four calls to begin with: `analyze` a clip, `read_results` of a folder, `compare` what they give,
and `Session` for live use. What is named in `__all__` stays; it is loaded when first asked for, so
that ``import posecheck`` takes no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posecheck.api.accuracy import Accuracy as Accuracy
    from posecheck.api.analysis import Analysis as Analysis
    from posecheck.api.calls import analyze as analyze
    from posecheck.api.calls import compare as compare
    from posecheck.api.calls import read_results as read_results
    from posecheck.api.comparison import Comparison as Comparison
    from posecheck.api.watching import Session as Session
    from posecheck.config import Settings as Settings
    from posecheck.core.events import Event as Event
    from posecheck.core.judge import Observation as Observation
    from posecheck.errors import ModelError as ModelError
    from posecheck.errors import OutputError as OutputError
    from posecheck.errors import PosecheckError as PosecheckError
    from posecheck.errors import SourceError as SourceError
    from posecheck.errors import UsageError as UsageError
    from posecheck.session import NothingMeasured as NothingMeasured

    __version__: str

_HOMES = {
    "Accuracy": "api.accuracy",
    "Analysis": "api.analysis",
    "Comparison": "api.comparison",
    "Event": "core.events",
    "ModelError": "errors",
    "NothingMeasured": "session",
    "Observation": "core.judge",
    "OutputError": "errors",
    "PosecheckError": "errors",
    "Session": "api.watching",
    "Settings": "config",
    "SourceError": "errors",
    "UsageError": "errors",
    "analyze": "api.calls",
    "compare": "api.calls",
    "read_results": "api.calls",
}

__all__ = [
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


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = import_module("importlib.metadata").version("posecheck")
    elif name in _HOMES:
        value = getattr(import_module(f"posecheck.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module 'posecheck' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
