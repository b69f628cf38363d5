"""What some formats need beyond posecheck's own packages."""

from __future__ import annotations

import importlib.util

from posecheck.errors import UsageError


def require(package: str, format_name: str) -> None:
    """Raise `UsageError` unless ``package``, of the extra ``exports``, is installed."""
    if importlib.util.find_spec(package) is None:
        raise UsageError(
            f"{format_name} needs the extra exports ({package} is missing): uv sync --extra exports"
        )
