"""What a session consists of: a plan is a small TOML file that can be read and changed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from posecheck.core.events import Task
from posecheck.core.records import Side
from posecheck.errors import UsageError

FOLDER = Path(__file__).parent / "plans"
FREE = "free"
PAIR = "pair"

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


class Stretch(StrEnum):
    """What is guided by voice alone, beside the camera's reach."""

    HIP_FLEXOR = "hip_flexor"
    """Half kneeling on the knee of the side, the pelvis tucked under."""
    QUAD = "quad"
    """Lying on the other side, the heel drawn towards the seat."""


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


class Guided(_Checked):
    """A stretch told and timed, not measured: ``settle_s`` to get into it, then ``hold_s``."""

    guided: Stretch
    side: Side
    settle_s: Seconds = 15.0
    hold_s: Seconds = 30.0
    rest_s: Seconds = 5.0


def _kind(step: Any) -> str:
    return GUIDED if isinstance(step, Guided) or "guided" in step else MEASURED


MEASURED, GUIDED = "a measured step", "a guided step"
AnyStep = Annotated[
    Annotated[Step, Tag(MEASURED)] | Annotated[Guided, Tag(GUIDED)], Discriminator(_kind)
]


class Plan(_Checked):
    """A session. Without steps it is free: whatever the person does is watched and counted.

    ``task`` twist: a slight turn of the pelvis is what is asked for, and praised. ``pair``: it ends
    with the steps of the plan of that name.
    """

    title: str = Field(min_length=1, max_length=60)
    about: str = ""
    task: Task = Task.STRETCH
    pair: bool = False
    steps: tuple[AnyStep, ...] = ()

    @property
    def measured(self) -> tuple[Step, ...]:
        """The steps that the camera watches."""
        return tuple(step for step in self.steps if isinstance(step, Step))

    @property
    def guided(self) -> tuple[Guided, ...]:
        """The steps that are told and timed."""
        return tuple(step for step in self.steps if isinstance(step, Guided))

    @property
    def watched(self) -> bool:
        """Whether the camera has anything to watch."""
        return not self.steps or bool(self.measured)

    @property
    def repetitions(self) -> int:
        """Of all steps that are measured."""
        return sum(step.repetitions for step in self.measured)


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
        plan = Plan(**tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise UsageError(f"{file}: not valid TOML ({error})") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in (MEASURED, GUIDED))
        raise UsageError(f"{file}: {where} will not do: {first['msg'].lower()}") from error
    if not plan.pair:
        return plan
    return plan.model_copy(update={"steps": plan.steps + _read(FOLDER / f"{PAIR}.toml").steps})
