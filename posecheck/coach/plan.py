"""What a session consists of: a plan is a small TOML file that can be read and changed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from posecheck.core.events import Task
from posecheck.core.records import Side
from posecheck.errors import UsageError

FOLDER = Path(__file__).parent / "plans"
FREE = "free"

Seconds = Annotated[float, Field(ge=0, le=300, allow_inf_nan=False)]


class Effort(StrEnum):
    """Which way the person pushes while the leg stays where it is, against their own hands."""

    PUSH = "push"
    """The leg down into the hands: glutes and hamstrings."""
    PULL = "pull"
    """The knee towards the face: hip flexors."""
    ALONG = "along"
    """Along the femur, into the hip."""
    FLOOR = "floor"
    """The knee towards the floor."""
    ROTATE = "rotate"
    """Turning the thigh."""


class LegPosition(StrEnum):
    """Where the knee goes, from the easiest on."""

    SIDE = "side"
    MIDLINE = "midline"
    PAST = "past"


class _Checked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Contraction(_Checked):
    """Push, relax, go a little deeper, so many times."""

    effort: Effort
    push_s: float = Field(default=4.0, ge=3, le=5)
    relax_s: Seconds = 3.0
    deeper_s: Seconds = 5.0
    times: int = Field(default=1, ge=1, le=10)


class Step(_Checked):
    """Repetitions of one leg, each held, pushed against and let down."""

    side: Side
    leg: LegPosition = LegPosition.MIDLINE
    repetitions: int = Field(default=1, ge=1, le=50)
    hold_s: Seconds = 10.0
    rest_s: Seconds = 5.0
    contractions: tuple[Contraction, ...] = ()

    @property
    def cycles(self) -> list[Contraction]:
        """Every contraction of one repetition, in order."""
        return [each for each in self.contractions for _ in range(each.times)]


class Plan(_Checked):
    """A session. Without steps it is free: whatever the person does is watched and counted.

    ``task`` twist: a slight turn of the pelvis is what is asked for, and praised.
    """

    title: str = Field(min_length=1, max_length=60)
    about: str = ""
    task: Task = Task.STRETCH
    steps: tuple[Step, ...] = ()

    @property
    def repetitions(self) -> int:
        """Of all steps."""
        return sum(step.repetitions for step in self.steps)


def plans() -> Iterator[tuple[str, Plan]]:
    """The plans that come with posecheck, by name."""
    for file in sorted(FOLDER.glob("*.toml")):
        yield file.stem, _read(file)


def load_plan(name: str) -> Plan:
    """One of the plans that come with posecheck, by name, or a file. Raises `UsageError`."""
    if (shipped := FOLDER / f"{name}.toml").is_file() and Path(name).name == name:
        return _read(shipped)
    if Path(name).suffix == ".toml":
        return _read(Path(name))
    known = ", ".join(known for known, _ in plans())
    raise UsageError(f"there is no plan {name!r}; there are {known}, or name a .toml file")


def _read(file: Path) -> Plan:
    try:
        return Plan(**tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise UsageError(f"{file}: not valid TOML ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{file}: {where} will not do: {first['msg'].lower()}") from error
