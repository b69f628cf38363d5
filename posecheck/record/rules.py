"""The rules of the programme, read from programme.toml: dose, progression, when to leave it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("programme.toml")
SECTIONS = ("control", "soreness", "check_in", "back_off", "long_break", "memory", "pair")
"""The rules that stand alone, by their names in the file."""


@dataclass(frozen=True, slots=True)
class Stage:
    """How often: at most ``most_a_week`` days within seven, ``days_apart`` from one to the next.

    It is left for the next after ``weeks`` and ``fine_days`` days of stretching in a row that were
    fine the day after.
    """

    name: str
    title: str
    most_a_week: int
    days_apart: int
    weeks: int
    fine_days: int
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Level:
    """What is done. ``plan``: its name; left for the next after ``fine_days`` fine days with it.

    ``optional``: only for who has control, see `Control`, and never in the way of anything.
    """

    plan: str
    title: str
    legs: tuple[str, ...]
    contractions: tuple[str, ...]
    fine_days: int
    source: str
    why: str
    optional: bool = False
    task: str = "stretch"


@dataclass(frozen=True, slots=True)
class Control:
    """Of the last ``sessions``, on each side: repetitions told, and the share of them clean."""

    sessions: int
    told_reps: int
    clean_share: float
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Soreness:
    """The day after, 0 to 10: up to ``fine`` fine, up to ``rest`` wait, above back off."""

    fine: int
    rest: int
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Asking:
    """A session is to be answered for ``days_after``."""

    days_after: int
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class BackOff:
    """What sends one back, how far, and after how long unsettled a professional should look."""

    stages_down: int
    levels_down: int
    pinch: bool
    feelings: tuple[str, ...]
    sensations: tuple[str, ...]
    unsettled_days: int
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class LongBreak:
    """So many days without a session begin the programme anew."""

    days: int
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Memory:
    """How far back the log is read: ``days`` of it, and at most so many ``sessions``."""

    days: int
    sessions: int
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Pair:
    """The stretches that go with it; urged when the resting leg lifted in ``lifts_in`` sessions."""

    plan: str
    items: tuple[str, ...]
    lifts_in: int
    of_sessions: int
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A sign that belongs to a professional, ``soon``: the same day."""

    name: str
    says: str
    soon: bool
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All of them."""

    stages: tuple[Stage, ...]
    levels: tuple[Level, ...]
    control: Control
    soreness: Soreness
    check_in: Asking
    back_off: BackOff
    long_break: LongBreak
    memory: Memory
    pair: Pair
    red_flags: tuple[RedFlag, ...]

    def red_flag(self, name: str) -> RedFlag | None:
        """The red flag called ``name``; None for one that this version does not know."""
        return next((each for each in self.red_flags if each.name == name), None)


@cache
def load_rules() -> Rules:
    """The rules that come with posecheck."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Rules(
        stages=tuple(Stage(**each) for each in table["stages"]),
        levels=tuple(Level(**_frozen(each)) for each in table["levels"]),
        control=Control(**table["control"]),
        soreness=Soreness(**table["soreness"]),
        check_in=Asking(**table["check_in"]),
        back_off=BackOff(**_frozen(table["back_off"])),
        long_break=LongBreak(**table["long_break"]),
        memory=Memory(**table["memory"]),
        pair=Pair(**_frozen(table["pair"])),
        red_flags=tuple(RedFlag(**each) for each in table["red_flags"]),
    )


def _frozen(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(each) if isinstance(each, list) else each for key, each in table.items()}
