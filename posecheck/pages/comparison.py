"""Left against right, before against after: differences beside what the measurement can tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from posecheck.pages.chart import Chart, Line, time_ticks
from posecheck.pages.results_folder import Results
from posecheck.pages.time_charts import rows_between

Z95 = 1.96
SIDES = ("left", "right")
MEASURES = (("clean range", "clean_hip_flexion"), ("top", "peak_hip_flexion"))
LONGEST_DEG = 160.0
"""A bar of full length."""


def sides(summary: dict[str, Any]) -> dict[str, Any] | None:
    """The hip flexion of both legs of one clip as bars, with the difference in words; None with
    fewer than two legs.
    """
    legs = [(side, summary["legs"].get(side)) for side in SIDES]
    bars = _alike([(side, leg) for side, leg in legs if leg and leg["reps"]])
    if len(bars) < len(SIDES):
        return None
    left, right = bars
    return {"bars": bars, "words": f"Left less right: {difference(right, left)}"}


def compared(all_results: Sequence[Results]) -> dict[str, Any]:
    """Several clips: a row for each leg of each, what changed, and all in one chart."""
    rows = [
        {"name": results.name, "when": results.when, "side": side, "leg": leg}
        | {"bar": _bar(side, leg)}
        for results in all_results
        for side, leg in results.summary["legs"].items()
    ]
    return {
        "rows": rows,
        "bars": [
            row["bar"] | {"label": f"{row['name']}, {row['side']}"} for row in rows if row["bar"]
        ],
        "changes": list(_changes(rows)),
        "chart": _over_each_other(all_results).draw(),
    }


def _changes(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What changed on each side from the first to the last, and the sides as they were last."""
    known = [(row["side"], row["leg"]) for row in rows if row["bar"]]
    for side in SIDES:
        mine = [each for each in known if each[0] == side]
        if len(mine) > 1 and (bars := _alike([mine[0], mine[-1]])):
            yield f"{side.capitalize()}, last less first: {difference(*bars)}"
    last = dict(known)
    if len(last) == len(SIDES) and (bars := _alike([(side, last[side]) for side in SIDES])):
        left, right = bars
        yield f"Left less right: {difference(right, left)}"


def difference(first: dict[str, Any], second: dict[str, Any]) -> str:
    """How much more the second is, in words, with its 95 % interval."""
    by_deg = second["deg"] - first["deg"]
    half_deg = math.hypot(first["half_deg"], second["half_deg"])
    told = f"{by_deg:+z.0f}° ±{half_deg:.0f}°"
    if abs(by_deg) <= half_deg:
        return f"{told}, within what the measurement can tell"
    return f"{told}, more than the measurement's own error"


def _alike(legs: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """A bar for each leg, by the first of `MEASURES` that is known of all; none without one.

    A clean range is never set against a top.
    """
    for what, name in MEASURES:
        bars = [bar for side, leg in legs if (bar := _bar_of(side, leg, what, name))]
        if len(bars) == len(legs):
            return bars
    return []


def _bar(side: str, leg: dict[str, Any]) -> dict[str, Any] | None:
    """The clean range of a leg or else its hip flexion at the top, None where neither is known."""
    return next(iter(_alike([(side, leg)])), None)


def _bar_of(side: str, leg: dict[str, Any], what: str, name: str) -> dict[str, Any] | None:
    """A value, deg, with half of its 95 % interval and both in percent of the bar's length."""
    deg, sd_deg = leg[f"{name}_deg"], leg[f"{name}_sd_deg"]
    if deg is None or sd_deg is None:
        return None
    half_deg = Z95 * sd_deg
    foot, top = _percent(deg - half_deg), _percent(deg + half_deg)
    drawn = {"fill": _percent(deg), "foot": foot, "reach": round(top - foot, 1)}
    return {"side": side, "what": what, "deg": deg, "half_deg": half_deg, "label": ""} | drawn


def _percent(deg: float) -> float:
    return round(min(max(100 * deg / LONGEST_DEG, 0.0), 100.0), 1)


def _over_each_other(all_results: Sequence[Results]) -> Chart:
    lines = list(_best_reps(all_results))
    longest_s = max((line.x[-1] for line in lines if line.x), default=1.0)
    return Chart(
        "The best repetition of each, from its start",
        (0.0, longest_s),
        time_ticks(0.0, longest_s),
        lines=lines,
        shape="tall",
        group="compared",
        note="Hip flexion where the pelvis was told, else the thigh angle.",
    )


def _best_reps(all_results: Sequence[Results]) -> Iterator[Line]:
    for number, results in enumerate(all_results):
        for side in SIDES:
            reps = [rep for rep in results.reps if rep["side"] == side]
            if not reps:
                continue
            best = max(reps, key=lambda rep: rep["peak_thigh_angle_deg"])
            time_s = results.angles["time_s"]
            start_s = best["start_s"] if math.isfinite(best["start_s"]) else time_s[0]
            end_s = best["end_s"] if math.isfinite(best["end_s"]) else time_s[-1]
            rows = rows_between(time_s, start_s, end_s)
            told = math.isfinite(best["peak_hip_flexion_deg"])
            values = results.angles["hip_flexion_deg" if told else "thigh_angle_deg"]
            yield Line(
                f"{results.name}, {side}{'' if told else ' (thigh)'}",
                f"series{number % 6}",
                [time_s[i] - start_s for i in rows],
                [values[i] for i in rows],
            )
