"""The page of trends: each leg over weeks, beside what the measurement can tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from posecheck.pages.chart import Chart, Dot, Level, Line, Tick, ticks
from posecheck.pages.page import write_page
from posecheck.record.trends import ENDS, LEAST_PAIRS, Z95, Point, Trend, Verdict

EPOCH = datetime(1970, 1, 1)
MOST_DOTS = 100
"""More points than this are a line with a band."""
LEAST_DEG = 30.0
"""No chart of angles shows less from foot to top, so that noise does not look like mountains."""
_STEPS_DAYS = 1.0, 2.0, 7.0, 14.0, 28.0
_MOST_TICKS = 6


def write_trends(person: str, trends: Sequence[Trend], path: Path) -> Path:
    """Write the page about ``person``; return ``path``. Raises `OutputError`."""
    parts = [_part(trend) for trend in trends]
    write_page(path, "trends.html.j2", title=f"Trends of {person}", parts=parts, ends=ENDS)
    return path


def told(trend: Trend) -> str:
    """What can be said of one leg's clean range, in a sentence."""
    change, noise = trend.change, trend.noise
    if change.verdict is Verdict.TOO_FEW:
        count = sum(point.sessions for point in trend.clean_range_deg)
        if count >= 2 * ENDS:
            return f"{trend.side} leg: {change.verdict} to tell how much chance makes up"
        return (
            f"{trend.side} leg: {change.verdict} to tell a change: {2 * ENDS} with a clean range"
            f" are needed, so far there are {count}"
        )
    words = {
        Verdict.MORE: f"more, beyond what the measurement makes up (±{noise.mdc_deg:.0f}°)",
        Verdict.LESS: f"less, beyond what the measurement makes up (±{noise.mdc_deg:.0f}°)",
        Verdict.WITHIN: f"{Verdict.WITHIN} (±{noise.mdc_deg:.0f}°)",
    }
    return (
        f"{trend.side} leg: clean range {change.first_deg:.0f}° at first,"
        f" {change.last_deg:.0f}° of late, {change.by_deg:+z.0f}°: {words[change.verdict]}"
    )


def date_ticks(first: date, last: date, most: int = _MOST_TICKS) -> list[Tick]:
    """At most ``most`` dates with their names: days, then months, then years, days since 1970."""
    days = (last - first).days
    if days <= _STEPS_DAYS[-1] * most:
        step = next(step for step in _STEPS_DAYS if days / step <= most - 1 or step == 28)
        found = [first + timedelta(days=step * n) for n in range(most)]
        return [(_day(at), f"{at.day} {at:%b}") for at in found if at <= last]
    months = (last.year - first.year) * 12 + last.month - first.month
    if months <= 12 * 3:
        step = next(step for step in (2, 3, 6) if months / step <= most)
        starts = range(first.year * 12 + first.month, last.year * 12 + last.month)
        found = [date(n // 12, n % 12 + 1, 1) for n in starts if n % step == 0]
        return [(_day(at), f"{at:%b %Y}") for at in found]
    years = ticks(first.year + 1, last.year, most, (1.0, 2.0, 5.0, 10.0))
    return [(_day(date(round(year), 1, 1)), f"{year:.0f}") for year in years]


def _part(trend: Trend) -> dict[str, Any]:
    noise, change = trend.noise, trend.change
    return {
        "side": trend.side,
        "sessions": trend.sessions,
        "weekly": trend.weekly,
        "told": told(trend),
        "good": change.verdict is Verdict.MORE,
        "number": _last(trend),
        "stated_deg": _known(Z95 * noise.stated_deg),
        "own_deg": _known(Z95 * noise.own_deg),
        "mdc_deg": _known(noise.mdc_deg),
        "least_pairs": LEAST_PAIRS,
        "charts": [chart.draw() for chart in _charts(trend)],
    }


def _last(trend: Trend) -> dict[str, Any] | None:
    """The newest clean range, as a large number."""
    if not trend.clean_range_deg:
        return None
    last = trend.clean_range_deg[-1]
    what = "last week" if trend.weekly else "last session"
    return {"deg": last.value, "half_deg": _known(Z95 * last.sd), "what": what}


def _charts(trend: Trend) -> Iterator[Chart]:
    series = (
        trend.clean_range_deg,
        trend.peak_hip_flexion_deg,
        trend.peak_thigh_angle_deg,
        trend.compensation,
    )
    times = [_day(point.at) for points in series for point in points]
    if not times:
        return
    x = min(times) - 0.5, max(times) + 0.5
    frame: dict[str, Any] = {
        "x": x,
        "x_ticks": [
            tick
            for tick in date_ticks(_date(min(times)), _date(max(times)))
            if x[0] <= tick[0] <= x[1]
        ],
        "dates": True,
        "group": trend.side,
    }
    yield _clean_range(trend, frame)
    hip, thigh = trend.peak_hip_flexion_deg, trend.peak_thigh_angle_deg
    yield Chart(
        f"Deepest, {trend.side} leg",
        lines=[_line("hip flexion", "hip", hip), _line("thigh angle", "thigh", thigh)],
        y=_range([*_reach(hip), *_reach(thigh)]),
        note="With whatever compensation there was; the thigh angle is hip and pelvis together.",
        **frame,
    )
    share = [Point(point.at, 100 * point.value) for point in trend.compensation]
    yield Chart(
        f"Repetitions with compensation, {trend.side} leg",
        lines=[_line("of those told", "event", share)],
        y=(-3.0, 105.0),
        unit="\N{NO-BREAK SPACE}%",
        note="Of the repetitions in which the pelvis was told.",
        **frame,
    )


def _clean_range(trend: Trend, frame: dict[str, Any]) -> Chart:
    points, change, levels = trend.clean_range_deg, trend.change, []
    if change.verdict is not Verdict.TOO_FEW:
        low, high = (change.first_deg + s * trend.noise.mdc_deg for s in (-1, 1))
        levels = [Level(low, high, "no change can be told in here")]
    edges = [edge for level in levels for edge in (level.low, level.high)]
    many = len(points) > MOST_DOTS
    return Chart(
        f"Clean range, {trend.side} leg",
        lines=[_line("clean range", trend.side, points, band=many)],
        dots=[] if many else [_dot(point, trend.side) for point in points],
        levels=levels,
        y=_range([*_reach(points), *edges]),
        shape="tall",
        note="Hip flexion before any compensation, estimate, with its 95 % interval.",
        **frame,
    )


def _line(name: str, colour: str, points: Sequence[Point], *, band: bool = False) -> Line:
    half = [Z95 * point.sd for point in points] if band else None
    return Line(
        name,
        colour,
        [_day(point.at) for point in points],
        [point.value for point in points],
        half,
        faint=True,
    )


def _dot(point: Point, colour: str) -> Dot:
    half = "" if math.isnan(point.sd) else f" ±{Z95 * point.sd:.0f}°"
    label = f"{point.at:%Y-%m-%d}: {point.value:.0f}°{half}"
    return Dot(_day(point.at), point.value, colour, label, Z95 * point.sd)


def _reach(points: Sequence[Point]) -> Iterator[float]:
    """The ends of the interval of every point."""
    for point in points:
        half = 0.0 if math.isnan(point.sd) else Z95 * point.sd
        yield from (point.value - half, point.value + half)


def _range(values: Sequence[float]) -> tuple[float, float] | None:
    if not values:
        return None
    low, high = min(values), max(values)
    room = max(0.05 * (high - low), (LEAST_DEG - (high - low)) / 2)
    return low - room, high + room


def _day(at: date) -> float:
    """Days since 1970 on the clock of the place, so that a date is the date there."""
    if isinstance(at, datetime):
        return (at.replace(tzinfo=None) - EPOCH) / timedelta(days=1)
    return float((at - EPOCH.date()).days)


def _date(day: float) -> date:
    return (EPOCH + timedelta(days=day)).date()


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
