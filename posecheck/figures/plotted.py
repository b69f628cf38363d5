"""What a plot of the angles over time is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from posecheck.core.records import Array, Side


class RepLike(Protocol):
    """One repetition: its moving leg, times (s) and peak thigh angle (degrees)."""

    @property
    def side(self) -> str:
        """The moving leg."""
        ...

    @property
    def start_s(self) -> float:
        """When the knee starts towards the chest."""
        ...

    @property
    def peak_s(self) -> float:
        """When the thigh angle is greatest."""
        ...

    @property
    def end_s(self) -> float:
        """When the leg is down again."""
        ...

    @property
    def peak_thigh_angle_deg(self) -> float:
        """The greatest thigh angle."""
        ...


class EventLike(Protocol):
    """Something that went on from ``start_s`` to ``end_s``."""

    @property
    def kind(self) -> str:
        """The name of a `Kind`, or another, which is not drawn."""
        ...

    @property
    def start_s(self) -> float:
        """When it began."""
        ...

    @property
    def end_s(self) -> float:
        """When it ended."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Plotted:
    """What is drawn. All series have one value a frame, shape (n,), NaN where not measured.

    ``side`` names the moving leg of each frame (``left``, ``right``, else unknown); the resting
    thigh is drawn in the colour of the other leg, the pelvis with its 95 % interval.
    ``angles_deg``: by the names of angles.csv. ``holds_s``: start and end of each hold; ``events``
    are shaded beside the angle they are about.
    """

    title: str
    time_s: Array
    side: Sequence[str | None]
    angles_deg: Mapping[str, Array]
    reps: Sequence[RepLike] = ()
    holds_s: Sequence[tuple[float, float]] = ()
    events: Sequence[EventLike] = ()
    moving: list[Side | None] = field(init=False)

    def __post_init__(self) -> None:
        legs = [Side(leg) if leg in set(Side) else None for leg in self.side]
        object.__setattr__(self, "moving", legs)

    @property
    def other(self) -> list[Side | None]:
        """The leg that rests, of each frame."""
        return [leg.other if leg else None for leg in self.moving]
