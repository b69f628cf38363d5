"""The charts of one clip: angles over time, and each repetition beside the others."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from posecheck.coach.texts import load_texts
from posecheck.pages.chart import Chart, Line, Numbers, Span, time_ticks
from posecheck.pages.results_folder import Results, Row

Z95 = 1.96
ROUND_A_REP_S = 1.0
"""So much of the clip is shown before and after a repetition."""
LEAST_HOLD_S = 0.3
SENSATIONS = ("glute_stretch", "front_pinch", "numb_or_sharp")
PLACES = {
    "thigh": ("too_fast",),
    "pelvis": ("pelvic_tilt", "low_back_twist", "intended_twist"),
    "resting": ("resting_leg_lift",),
}


def time_charts(results: Results, group: str = "time") -> Iterator[Chart]:
    """Thigh and hip, pelvis, resting thigh, knee; nothing for photographs, which have no time.

    ``group``: of the charts that share the pointer.
    """
    time_s = results.angles.get("time_s", [])
    if results.still or not time_s:
        return
    x, ticks = (time_s[0], time_s[-1]), time_ticks(time_s[0], time_s[-1])
    reps = [_rep_span(rep, x) for rep in results.reps]
    yield Chart(
        "Thigh angle and hip flexion",
        x,
        ticks,
        lines=_thigh_and_hip(results, time_s),
        spans=[*reps, *_holds(results), *_happened(results, "thigh")],
        shape="tall",
        group=group,
        note="Thigh: what a phone would show, hip and pelvis together. Hip: thigh less pelvis.",
    )
    plain = [Span(span.start, span.end, span.colour) for span in reps]
    yield Chart(
        "Pelvis",
        x,
        ticks,
        lines=_pelvis(results, time_s),
        spans=[*plain, *_happened(results, "pelvis")],
        group=group,
        note="Posterior tilt with its 95 % interval, and twist. Estimates; gaps: not told.",
    )
    for title, name, colour in (
        ("Resting thigh", "resting_thigh_deg", "other"),
        ("Knee flexion", "knee_flexion_deg", "other"),
    ):
        place = title.split()[0].lower()
        yield Chart(
            title,
            x,
            ticks,
            lines=[Line(title.lower(), colour, time_s, results.angles[name])],
            spans=[*plain, *_happened(results, place)],
            group=group,
            shape="small",
        )


def rep_charts(results: Results) -> Iterator[Chart]:
    """Every repetition from its start on, all to the same scale."""
    spans = [_rep_times_s(rep, results) for rep in results.reps]
    longest_s = max((end - start for start, end in spans), default=0.0)
    highest = max(
        (y for y in results.angles.get("thigh_angle_deg", []) if math.isfinite(y)), default=0.0
    )
    for rep, (start_s, end_s) in zip(results.reps, spans, strict=True):
        rows = rows_between(results.angles["time_s"], start_s, end_s)
        since_s = [results.angles["time_s"][i] - start_s for i in rows]
        yield Chart(
            f"{rep['rep']:.0f}. {rep['side']}, {_top(rep)}",
            (0.0, longest_s),
            time_ticks(0.0, longest_s, 4),
            lines=_thigh_and_hip(results, since_s, rows),
            y=(-5.0, 1.1 * highest),
            shape="small",
            note=_clean(rep),
        )


def rows_between(time_s: Numbers, start_s: float, end_s: float) -> range:
    """The rows from one time to another, both included, of times in order."""
    return range(bisect_left(time_s, start_s), bisect_right(time_s, end_s))


def _thigh_and_hip(results: Results, time_s: Numbers, rows: range | None = None) -> list[Line]:
    def column(name: str) -> Numbers:
        values: Numbers = results.angles[name]
        return values if rows is None else values[rows.start : rows.stop]

    return [
        Line("thigh", "thigh", time_s, column("thigh_angle_deg"), faint=True),
        Line("hip flexion", "hip", time_s, column("hip_flexion_deg")),
    ]


def _pelvis(results: Results, time_s: Numbers) -> list[Line]:
    half = [Z95 * sd for sd in results.angles["pelvic_tilt_sd_deg"]]
    tilt = Line("pelvic tilt", "pelvis", time_s, results.angles["pelvic_tilt_deg"], half)
    twist_deg = results.angles["low_back_twist_deg"]
    twist = Line("low back twist", "other", time_s, twist_deg, faint=True)
    return [tilt, twist] if any(map(math.isfinite, twist_deg)) else [tilt]


def _rep_span(rep: Row, x: tuple[float, float]) -> Span:
    start, end = _known(rep["start_s"], x[0]), _known(rep["end_s"], x[1])
    return Span(start, end, "rep", f"{rep['rep']:.0f} {rep['side']}")


def _rep_times_s(rep: Row, results: Results) -> tuple[float, float]:
    """From a little before it to a little after, where the clip has that much."""
    time_s = results.angles["time_s"]
    start, end = _known(rep["start_s"], time_s[0]), _known(rep["end_s"], time_s[-1])
    return max(start - ROUND_A_REP_S, time_s[0]), min(end + ROUND_A_REP_S, time_s[-1])


def _holds(results: Results) -> Iterator[Span]:
    """Every unbroken stretch of the phase ``holding``, but the shortest."""
    phases, time_s = results.angles["phase"], results.angles["time_s"]
    start = None
    for i, phase in enumerate([*phases, ""]):
        if phase == "holding":
            start = i if start is None else start
        elif start is not None:
            if time_s[i - 1] - time_s[start] >= LEAST_HOLD_S:
                yield Span(time_s[start], time_s[i - 1], "hold", low=True)
            start = None


def _happened(results: Results, place: str) -> Iterator[Span]:
    texts = load_texts()
    for event in results.events:
        if event["kind"] in PLACES.get(place, ()):
            words = texts(f"short.{event['kind']}")
            yield Span(event["start_s"], event["end_s"], "event", words)
        elif place == "thigh" and event["kind"] in SENSATIONS:
            words = texts(f"short.{event['kind']}")
            yield Span(event["start_s"], event["start_s"], "event", words)


def _top(rep: Row) -> str:
    if math.isfinite(rep["peak_hip_flexion_deg"]):
        return f"hip {rep['peak_hip_flexion_deg']:.0f}°"
    return f"thigh {rep['peak_thigh_angle_deg']:.0f}°"


def _clean(rep: Row) -> str:
    hold = f"held {rep['hold_s']:.1f} s" if math.isfinite(rep["hold_s"]) else "not held"
    clean = {True: "clean", False: "compensated", None: "pelvis not seen enough to judge"}
    return f"{hold}; {clean[rep['clean']]}"


def _known(value: float, otherwise: float) -> float:
    return value if math.isfinite(value) else otherwise
