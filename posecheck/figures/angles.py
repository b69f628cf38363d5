"""The angles over time as one figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from posecheck.core.events import Kind
from posecheck.core.records import Array, Side
from posecheck.figures.canvas import (
    BAND_COLOUR,
    INK,
    LEG_COLOURS,
    UNKNOWN_COLOUR,
    Picture,
    dress,
    leg_colour,
    paper,
)
from posecheck.figures.plotted import EventLike, Plotted, RepLike

_HOLD_COLOUR = "#009E73"
_REP_COLOUR = "#EEF0F2"
_SHARE_COLOUR = "#E3D3EA"
_EVENT_COLOUR = "#CC79A7"
_EVENT_INK = "#7A2F58"
_FINE_PRINT = (
    "Thigh angle is apparent hip flexion: hip and pelvis together. "
    "Band: the tilt's 95 % interval. Gaps: not measured. "
    "An estimate from one camera, not a medical measurement."
)
_MINUTES_FROM_S = 300.0
_WIDTH_IN, _AROUND_IN = 11.0, 1.1

PANELS = {"thigh": 3.2, "hip": 3.2, "pelvis": 1.7, "knee": 1.5, "resting": 1.3}
"""What can be drawn, each on axes of its own of so many inches."""
USUAL_PANELS = ("thigh", "pelvis", "knee", "resting")
_BESIDE = {
    Kind.PELVIC_TILT: ("pelvis", "hip", "thigh"),
    Kind.LOW_BACK_TWIST: ("pelvis", "hip", "thigh"),
    Kind.INTENDED_TWIST: ("pelvis", "hip", "thigh"),
    Kind.RESTING_LEG_LIFT: ("resting",),
    Kind.TOO_FAST: ("thigh", "hip"),
}
"""Where an event is shaded: in the first of these panels that there is."""


def angles_figure(plotted: Plotted, panels: Sequence[str] = USUAL_PANELS) -> Picture:
    """Draw the angles of ``panels``, each one of `PANELS`, below each other over time."""
    heights = [PANELS[name] for name in panels]
    figure = paper(_WIDTH_IN, _AROUND_IN + sum(heights), plotted.title, _fine_print(panels))
    rows = figure.subplots(len(panels), 1, sharex=True, height_ratios=heights, squeeze=False)
    shown = dict(zip(panels, rows[:, 0], strict=True))
    for name, axes in shown.items():
        _DRAW[name](axes, plotted)
    _draw_events(shown, plotted.events)
    _label_time(rows[-1, 0], plotted.time_s)
    rows[0, 0].legend(
        handles=_legend(plotted, panels),
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=7,
        frameon=False,
        fontsize=9.5,
        borderpad=0.2,
        borderaxespad=0.2,
    )
    figure.align_ylabels()
    return figure


def _thigh(axes: Axes, plotted: Plotted) -> None:
    _draw_legs(axes, plotted, "thigh_angle_deg", plotted.moving)
    _dress(axes, "thigh angle (°)", plotted)
    _label_peaks(axes, plotted.reps)
    _draw_holds(axes, plotted)


def _hip(axes: Axes, plotted: Plotted) -> None:
    thigh, hip = (plotted.angles_deg[f"{name}_deg"] for name in ("thigh_angle", "hip_flexion"))
    axes.fill_between(plotted.time_s, hip, thigh, color=_SHARE_COLOUR, linewidth=0, zorder=2)
    axes.plot(plotted.time_s, thigh, "--", color=UNKNOWN_COLOUR, linewidth=1.0, zorder=2)
    _draw_legs(axes, plotted, "hip_flexion_deg", plotted.moving)
    _dress(axes, "hip flexion (°)", plotted)
    _draw_holds(axes, plotted)


def _pelvis(axes: Axes, plotted: Plotted) -> None:
    tilt = plotted.angles_deg["pelvic_tilt_deg"]
    half_deg = 1.96 * plotted.angles_deg["pelvic_tilt_sd_deg"]
    band = (plotted.time_s, tilt - half_deg, tilt + half_deg)
    axes.fill_between(*band, color=BAND_COLOUR, linewidth=0, zorder=2)
    _draw_legs(axes, plotted, "pelvic_tilt_deg", plotted.moving)
    _dress(axes, "pelvic tilt (°)", plotted)


def _knee(axes: Axes, plotted: Plotted) -> None:
    _draw_legs(axes, plotted, "knee_flexion_deg", plotted.moving)
    _dress(axes, "knee flexion (°)", plotted)


def _resting(axes: Axes, plotted: Plotted) -> None:
    _draw_legs(axes, plotted, "resting_thigh_deg", plotted.other)
    _dress(axes, "resting thigh (°)", plotted)


_DRAW: dict[str, Callable[[Axes, Plotted], None]] = {
    "thigh": _thigh,
    "hip": _hip,
    "pelvis": _pelvis,
    "knee": _knee,
    "resting": _resting,
}


def _fine_print(panels: Sequence[str]) -> str:
    thigh, band, rest = _FINE_PRINT.partition("Band: the tilt's 95 % interval. ")
    said = [thigh] if {"thigh", "hip"} & set(panels) else []
    return "".join([*said, band if "pelvis" in panels else "", rest])


def _draw_legs(axes: Axes, plotted: Plotted, name: str, legs: Sequence[Side | None]) -> None:
    time_s, values = plotted.time_s, plotted.angles_deg[name]
    if not np.isfinite(values).any():
        axes.text(
            *(0.5, 0.5, "not measured"),
            transform=axes.transAxes,
            ha="center",
            va="center",
            color=UNKNOWN_COLOUR,
            backgroundcolor="white",
        )
    for leg in (None, Side.LEFT, Side.RIGHT):
        mask = np.array([shown is leg for shown in legs], dtype=bool)
        colour = leg_colour(leg)
        shown = np.where(mask, values, np.nan)
        axes.plot(time_s, shown, color=colour, linewidth=1.7, solid_joinstyle="round", zorder=3)
        known = np.pad(np.isfinite(shown), 1)
        alone = known[1:-1] & ~known[:-2] & ~known[2:]  # a line would not show these
        axes.plot(time_s[alone], shown[alone], ".", color=colour, markersize=3, zorder=3)


def _dress(axes: Axes, label: str, plotted: Plotted) -> None:
    dress(axes, label)
    axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 1.5, 3, 5, 10], integer=True))
    axes.margins(y=0.08)
    low, high = axes.get_ylim()
    axes.set_ylim(low, max(high, low + 20))
    for rep in plotted.reps:
        axes.axvspan(rep.start_s, rep.end_s, color=_REP_COLOUR, linewidth=0, zorder=0)


def _draw_holds(axes: Axes, plotted: Plotted) -> None:
    for start_s, end_s in plotted.holds_s:
        axes.axvspan(start_s, end_s, ymax=0.025, color=_HOLD_COLOUR, linewidth=0, zorder=2)


def _draw_events(shown: Mapping[str, Axes], events: Sequence[EventLike]) -> None:
    for event in events:
        places = _BESIDE[Kind(event.kind)] if event.kind in set(Kind) else ()
        axes = next((shown[name] for name in places if name in shown), None)
        if axes is None:
            continue
        axes.axvspan(
            event.start_s, event.end_s, color=_EVENT_COLOUR, alpha=0.3, linewidth=0, zorder=1
        )
        axes.annotate(
            str(event.kind).replace("_", " "),
            (event.start_s, 0.97),
            xycoords=axes.get_xaxis_transform(),
            xytext=(2, 0),
            textcoords="offset points",
            va="top",
            fontsize=8,
            color=_EVENT_INK,
            bbox={
                "boxstyle": "square,pad=0.1",
                "facecolor": "white",
                "alpha": 0.75,
                "linewidth": 0,
            },
            zorder=5,
        )


def _label_peaks(axes: Axes, reps: Sequence[RepLike]) -> None:
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.1 * (high - low))
    for rep in reps:
        if not np.isfinite(rep.peak_thigh_angle_deg):
            continue
        colour = leg_colour(rep.side)
        peak = (rep.peak_s, rep.peak_thigh_angle_deg)
        axes.plot(*peak, "o", color=colour, markersize=6, markeredgecolor="white", zorder=4)
        axes.annotate(
            f"{rep.peak_thigh_angle_deg:.0f}°",
            peak,
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            va="bottom",
            rotation=90 if len(reps) > 20 else 0,
            fontsize=11 if len(reps) <= 12 else 8,
            fontweight="bold",
            color=colour,
            zorder=5,
        )


def _label_time(axes: Axes, time_s: Array) -> None:
    known = time_s[np.isfinite(time_s)]
    start_s, end_s = (known.min(), known.max()) if known.size else (0.0, 1.0)
    axes.set_xlim(start_s, max(end_s, start_s + 1.0))
    if end_s - start_s > _MINUTES_FROM_S:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=10, steps=[1, 1.5, 3, 6, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda t, _: f"{t // 60:.0f}:{t % 60:02.0f}"))
        axes.set_xlabel("time (min:s)", fontsize=11, color=INK)
    else:
        axes.set_xlabel("time (s)", fontsize=11, color=INK)


def _legend(plotted: Plotted, panels: Sequence[str]) -> list[Line2D | Patch]:
    shown = {*plotted.moving, *(plotted.other if "resting" in panels else ())}
    measured = np.isfinite(plotted.angles_deg["thigh_angle_deg"])
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=colour, linewidth=2.5, label=f"{leg} leg")
        for leg, colour in LEG_COLOURS.items()
        if leg in shown
    ]
    if any(leg is None and known for leg, known in zip(plotted.moving, measured, strict=True)):
        handles.append(Line2D([], [], color=UNKNOWN_COLOUR, linewidth=2.5, label="leg not known"))
    if "hip" in panels:
        handles.append(Line2D([], [], color=UNKNOWN_COLOUR, linestyle="--", label="thigh angle"))
        handles.append(Patch(facecolor=_SHARE_COLOUR, label="the pelvis's share"))
    if plotted.reps:
        handles.append(Patch(facecolor="#DFE3E7", label="repetition"))
    if plotted.holds_s and {"thigh", "hip"} & set(panels):
        handles.append(Patch(facecolor=_HOLD_COLOUR, label="hold"))
    return handles
