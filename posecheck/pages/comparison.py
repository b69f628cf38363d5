"""Left against right, before against after: differences beside what the measurement can tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from posecheck.pages.chart import Chart, Line, time_ticks
from posecheck.pages.results_folder import Results

Z95 = 1.96
SIDES = ("left", "right")


def sides(summary: dict[str, Any]) -> dict[str, Any] | None:
    """The hip flexion of both legs of one clip as bars, with the difference in words; None with
    fewer than two legs.
    """
    bars = [_bar(side, leg) for side, leg in summary["legs"].items() if leg["reps"]]
    told = [bar for bar in bars if bar]
    if len(told) < 2:
        return None
    left, right = sorted(told, key=lambda bar: SIDES.index(str(bar["side"])))
    return {"bars": [left, right], "words": f"Left less right: {difference(right, left)}"}


def compared(all_results: Sequence[Results]) -> dict[str, Any]:
    """Several clips: a row for each leg of each, what changed, and all in one chart."""
    rows = [
        {"name": results.name, "when": results.summary.get("recorded_at"), "side": side, "leg": leg}
        | {"bar": _bar(side, leg)}
        for results in all_results
        for side, leg in results.summary["legs"].items()
    ]
    changes = []
    for side in SIDES:
        bars = [row["bar"] for row in rows if row["side"] == side and row["bar"]]
        if len(bars) > 1:
            changes.append(f"{side.capitalize()}, last less first: {difference(bars[0], bars[-1])}")
    lasts = {row["side"]: row["bar"] for row in rows if row["bar"]}
    if len(lasts) == len(SIDES):
        words = difference(lasts["right"], lasts["left"])
        changes.append(f"Left less right: {words}")
    return {
        "rows": rows,
        "bars": [
            row["bar"] | {"label": f"{row['name']}, {row['side']}"} for row in rows if row["bar"]
        ],
        "changes": changes,
        "chart": _over_each_other(all_results).draw(),
    }


def difference(first: dict[str, Any], second: dict[str, Any]) -> str:
    """How much more the second is, in words, with its 95 % interval."""
    by_deg = second["deg"] - first["deg"]
    half_deg = math.hypot(first["half_deg"], second["half_deg"])
    told = f"{by_deg:+z.0f}° ±{half_deg:.0f}°"
    if abs(by_deg) <= half_deg:
        return f"{told}, within what the measurement can tell"
    return f"{told}, more than the measurement's own error"


def _bar(side: str, leg: dict[str, Any]) -> dict[str, Any] | None:
    """The clean range of a leg or else its hip flexion at the top, None where neither is known."""
    for what, name in (("clean range", "clean_hip_flexion"), ("top", "peak_hip_flexion")):
        deg, sd_deg = leg[f"{name}_deg"], leg[f"{name}_sd_deg"]
        if deg is not None and sd_deg is not None:
            return {"side": side, "what": what, "deg": deg, "half_deg": Z95 * sd_deg, "label": ""}
    return None


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
            rows = [i for i, t in enumerate(time_s) if start_s <= t <= end_s]
            told = math.isfinite(best["peak_hip_flexion_deg"])
            values = results.angles["hip_flexion_deg" if told else "thigh_angle_deg"]
            yield Line(
                f"{results.name}, {side}{'' if told else ' (thigh)'}",
                f"series{number % 6}",
                [time_s[i] - start_s for i in rows],
                [values[i] for i in rows],
            )
