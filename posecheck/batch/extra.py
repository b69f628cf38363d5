"""What several workers, and addresses, need beyond posecheck's own packages."""

from __future__ import annotations

import importlib.util

from posecheck.errors import UsageError


def require(package: str, what: str) -> None:
    """Raise `UsageError` unless ``package``, of the extra ``cluster``, is installed."""
    if importlib.util.find_spec(package) is None:
        raise UsageError(
            f"{what} needs the extra cluster ({package} is missing): uv sync --extra cluster"
        )
