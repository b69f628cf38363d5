"""Settings of an analysis: read once, at the edge, and checked there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from posecheck.core.records import Side
from posecheck.errors import UsageError


class Settings(BaseModel):
    """What a person may choose. ``side`` None: found from the movement."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: Side | None = None
    model: str = "full"
    video: bool = True
    plot: bool = True
    fps: float | None = Field(default=None, gt=0, le=1000, allow_inf_nan=False)
    cutoff_hz: float = Field(default=6.0, ge=0.5, le=50, allow_inf_nan=False)


def load_settings(file: Path | None, **given: Any) -> Settings:
    """Settings from a TOML file, if there is one, and over them those ``given`` (not None)."""
    values: dict[str, Any] = {}
    if file is not None:
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: not valid TOML ({error})") from error
    values |= {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**values)
    except ValidationError as error:
        raise UsageError(_one_line(error, file)) from error


def _one_line(error: ValidationError, file: Path | None) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    where = f"{file}: " if file is not None else ""
    known = ", ".join(Settings.model_fields)
    if first["type"] == "extra_forbidden":
        return f"{where}there is no setting {name!r}; the settings are {known}"
    return f"{where}{name} = {first['input']!r} will not do: {first['msg'].lower()}"
