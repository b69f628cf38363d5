"""Settings of an analysis: read once, at the edge, and checked there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from posecheck.core.events import Task
from posecheck.core.records import Side
from posecheck.core.thresholds import Sensitivity
from posecheck.errors import UsageError


def _unless_auto(value: Any) -> Any:
    return None if value == "auto" else value


class Settings(BaseModel):
    """What a person may choose. ``side`` None, or "auto": found from the movement.

    ``keep``: in the history of the ``profile``, if there is one. ``plot`` None: with the report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: Annotated[Side | None, BeforeValidator(_unless_auto)] = None
    sensitivity: Sensitivity = Sensitivity.STANDARD
    task: Task = Task.STRETCH
    profile: str | None = None
    learn: bool = False
    keep: bool = True
    model: str = "full"
    video: bool = True
    plot: bool | None = None
    report: bool = True
    pdf: bool = False
    fps: float | None = Field(default=None, gt=0, le=1000, allow_inf_nan=False)
    cutoff_hz: float = Field(default=6.0, ge=0.5, le=50, allow_inf_nan=False)

    @property
    def plotted(self) -> bool:
        """Whether the angles are plotted over time."""
        return self.report if self.plot is None else self.plot


def load_settings(file: Path | None, **given: Any) -> Settings:
    """Settings from a TOML file, if there is one, and over them those ``given`` (not None)."""
    values: dict[str, Any] = {}
    if file is not None:
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: not valid TOML ({error})") from error
    given = {name: value for name, value in given.items() if value is not None}
    values |= given
    try:
        return Settings(**values)
    except ValidationError as error:
        raise UsageError(_one_line(error, file, given)) from error


def _one_line(error: ValidationError, file: Path | None, given: dict[str, Any]) -> str:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    where = "" if file is None or name in given else f"{file}: "
    known = ", ".join(Settings.model_fields)
    if first["type"] == "extra_forbidden":
        return f"{where}there is no setting {name!r}; the settings are {known}"
    return f"{where}{name} = {first['input']!r} will not do: {first['msg'].lower()}"
