"""A chart as numbers for a page: what stretches with the page in shares of it, words beside it.

matplotlib is for pictures. Here its import alone would take longer than a page may, and what it
draws follows neither the width of a phone nor the colours of a dark page, nor answers a pointer.
Standard library only, so that pages of the history come at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

UNITS = 1000
"""Breadth and height of the drawing, in its own units."""
MOST_POINTS = 1500
"""A longer line is drawn by the lowest and highest value of each stretch."""
NICE = (1.0, 2.0, 5.0, 10.0)
NICE_DEG = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 45.0, 90.0)
NICE_TIMES_S = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
MINUTES_FROM_S = 300.0
LEAST_BREADTH = 0.2
"""Percent of the chart: a moment is to be seen, too."""

Numbers = Sequence[float]
Tick = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A value over x, NaN where there is none. ``colour``: a name that the style sheet knows.

    ``half``: half of the 95 % interval of each value, drawn as a band.
    """

    name: str
    colour: str
    x: Numbers
    y: Numbers
    half: Numbers | None = None
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """One value with half of its 95 % interval, NaN without one."""

    x: float
    y: float
    colour: str
    label: str = ""
    half: float = math.nan


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of x that is shaded; a ``low`` one only at the foot of the chart."""

    start: float
    end: float
    colour: str
    label: str = ""
    low: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A stretch of y that is shaded over all of x, such as the noise of a measurement."""

    low: float
    high: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn, in the units of what is measured.

    ``x``: first and last value shown. ``y``: the same, or None for what the values ask for, with at
    least ``least_y`` between them. ``x_ticks``: where x is marked and how. ``shape``: ``tall``,
    ``flat`` or ``small``. Charts of one ``group`` share the pointer. With ``dates``, x is days
    since 1970.
    """

    title: str
    x: tuple[float, float]
    x_ticks: Sequence[Tick]
    lines: Sequence[Line] = ()
    dots: Sequence[Dot] = ()
    spans: Sequence[Span] = ()
    levels: Sequence[Level] = ()
    y: tuple[float, float] | None = None
    least_y: float = 20.0
    unit: str = "°"
    shape: str = "flat"
    group: str = ""
    note: str = ""
    dates: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        known = any(math.isfinite(y) for line in self.lines for y in line.y)
        return not (known or self.dots)

    def draw(self) -> Drawing:
        """All of it in shares of the chart."""
        lines = [_thinned(line) for line in self.lines]
        low, high = self.y or self._y_range(lines)
        frame = _Frame(self.x[0], max(self.x[1], self.x[0] + 1e-9), low, high)
        return Drawing(
            chart=self,
            bands=[(line.colour, path) for line in lines if (path := frame.band(line))],
            strokes=[(line.colour, line.faint, frame.path(line.x, line.y)) for line in lines],
            dots=[frame.dot(dot) for dot in self.dots],
            spans=[frame.span(span) for span in self.spans if frame.shows(span)],
            levels=[frame.level(level) for level in self.levels],
            x_ticks=[(frame.left(x), label) for x, label in self.x_ticks],
            y_ticks=[(frame.bottom(y), f"{y:zg}{self.unit}") for y in ticks(low, high, 5)],
            zero=frame.bottom(0.0) if low < 0 < high else None,
            data={
                "from": frame.x0,
                "to": frame.x1,
                "unit": self.unit,
                "dates": self.dates,
                "lines": [_hovered(line) for line in lines],
            },
        )

    def _y_range(self, lines: Sequence[Line]) -> tuple[float, float]:
        """What the values need, some room above them, and zero."""
        shown = [0.0, *(y for line in lines for y in _reach(line))]
        shown += [dot.y + s * h for dot in self.dots for h in [_or_zero(dot.half)] for s in (-1, 1)]
        shown += [edge for level in self.levels for edge in (level.low, level.high)]
        low, high = min(shown), max(shown)
        high = max(high, low + self.least_y)
        room = 0.06 * (high - low)
        return (low - room if low < 0 else low - room / 2), high + 2 * room


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart for the template: paths in `UNITS`, places in percent of breadth and height."""

    chart: Chart
    bands: list[tuple[str, str]]
    strokes: list[tuple[str, bool, str]]
    dots: list[dict[str, Any]]
    spans: list[dict[str, Any]]
    levels: list[dict[str, Any]]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    zero: float | None
    data: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The values at the edges of the chart."""

    x0: float
    x1: float
    y0: float
    y1: float

    def left(self, x: float) -> float:
        """Percent of the breadth, from the left."""
        return round(100 * (x - self.x0) / (self.x1 - self.x0), 2)

    def bottom(self, y: float) -> float:
        """Percent of the height, from the foot."""
        return round(100 * (y - self.y0) / (self.y1 - self.y0), 2)

    def path(self, x: Numbers, y: Numbers) -> str:
        """An SVG path with a gap at every NaN; a value alone becomes a point."""
        steps = []
        for run in _runs(y):
            points = [f"{self._px(x[i])} {self._py(y[i])}" for i in run]
            steps.append(f"M{'L'.join(points)}" + ("h0" if len(points) == 1 else ""))
        return "".join(steps)

    def band(self, line: Line) -> str:
        """The outline of the 95 % interval, empty without one."""
        if line.half is None:
            return ""
        steps = []
        for run in _runs([y + h for y, h in zip(line.y, line.half, strict=True)]):
            above = [f"{self._px(line.x[i])} {self._py(line.y[i] + line.half[i])}" for i in run]
            below = [f"{self._px(line.x[i])} {self._py(line.y[i] - line.half[i])}" for i in run]
            steps.append(f"M{'L'.join([*above, *reversed(below)])}Z")
        return "".join(steps)

    def dot(self, dot: Dot) -> dict[str, Any]:
        half = _or_zero(dot.half)
        foot, top = self._within(dot.y - half), self._within(dot.y + half)
        place = {"left": self.left(dot.x), "bottom": self.bottom(dot.y), "label": dot.label}
        return {"colour": dot.colour, "foot": foot, "reach": round(top - foot, 2), **place}

    def shows(self, span: Span) -> bool:
        return span.end >= self.x0 and span.start <= self.x1

    def span(self, span: Span) -> dict[str, Any]:
        left = min(max(self.left(span.start), 0.0), 100.0 - LEAST_BREADTH)
        breadth = round(min(self.left(span.end), 100.0) - left, 2)
        words = {"colour": span.colour, "label": span.label, "low": span.low}
        return {"left": left, "breadth": max(breadth, LEAST_BREADTH), **words}

    def level(self, level: Level) -> dict[str, Any]:
        foot, top = self._within(level.low), self._within(level.high)
        return {"foot": foot, "height": round(top - foot, 2), "label": level.label}

    def _within(self, y: float) -> float:
        return min(max(self.bottom(y), 0.0), 100.0)

    def _px(self, x: float) -> str:
        return f"{UNITS * (x - self.x0) / (self.x1 - self.x0):.1f}"

    def _py(self, y: float) -> str:
        return f"{UNITS * (self.y1 - y) / (self.y1 - self.y0):.1f}"


def ticks(low: float, high: float, most: int, nice: Sequence[float] = NICE_DEG) -> list[float]:
    """At most ``most`` round values between ``low`` and ``high``, evenly apart."""
    if not high > low:
        return [low]
    for step in _steps((high - low) / most, nice):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [step * n for n in range(first, last + 1)]
    return []


def _steps(least: float, nice: Sequence[float]) -> Iterator[float]:
    """Round steps from about ``least`` on, ever larger; those of a decade hold in every decade."""
    decade = nice[-1] == 10 * nice[0] or least < nice[0]
    scale = 10.0 ** math.floor(math.log10(least)) if decade else 1.0
    step = scale * nice[-1]
    yield from (scale * each for each in nice if scale * each >= least * (1 - 1e-9))
    while step < math.inf:
        step *= 2
        if step >= least:
            yield step


def time_ticks(start_s: float, end_s: float, most: int = 6) -> list[Tick]:
    """Round times, s, with their names: seconds, or minutes and seconds of a long clip."""
    minutes = end_s - start_s > MINUTES_FROM_S
    found = ticks(start_s, end_s, most, NICE_TIMES_S if minutes else NICE)
    return [(t, f"{t // 60:.0f}:{t % 60:02.0f}" if minutes else f"{t:g} s") for t in found]


def _runs(values: Numbers) -> Iterator[range]:
    """The unbroken stretches of finite values."""
    start = None
    for i, value in enumerate([*values, math.nan]):
        if math.isfinite(value):
            start = i if start is None else start
        elif start is not None:
            yield range(start, i)
            start = None


def _thinned(line: Line) -> Line:
    """No more points than can be told apart, the extremes and gaps of each stretch among them."""
    count = len(line.x)
    if count <= MOST_POINTS:
        return line
    kept: set[int] = set()
    edges = [round(i * count / (MOST_POINTS // 3)) for i in range(MOST_POINTS // 3 + 1)]
    for start, end in pairwise(edges):
        known = [i for i in range(start, end) if math.isfinite(line.y[i])]
        gap = next((i for i in range(start, end) if not math.isfinite(line.y[i])), None)
        kept |= (
            {min(known, key=line.y.__getitem__), max(known, key=line.y.__getitem__)}
            if known
            else set()
        )
        kept |= {gap} if gap is not None else set()
    rows = sorted(kept)
    x, y = [line.x[i] for i in rows], [line.y[i] for i in rows]
    half = None if line.half is None else [line.half[i] for i in rows]
    return Line(line.name, line.colour, x, y, half, line.faint)


def _reach(line: Line) -> Iterator[float]:
    """Everything of a line that should be seen."""
    for i, y in enumerate(line.y):
        if math.isfinite(y):
            half = _or_zero(line.half[i]) if line.half else 0.0
            yield y - half
            yield y + half


def _hovered(line: Line) -> dict[str, Any]:
    """What is said of a line under the pointer; None where not measured."""
    told: dict[str, Any] = {"name": line.name, "colour": line.colour}
    told["x"] = [round(x, 3) for x in line.x]
    told["y"] = [_rounded(y) for y in line.y]
    if line.half is not None:
        told["half"] = [_rounded(half) for half in line.half]
    return told


def _rounded(value: float) -> float | None:
    return round(value, 1) if math.isfinite(value) else None


def _or_zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0
