"""The angles over time as one picture."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from posecheck.core.events import Event, Kind
from posecheck.core.records import Array, Side
from posecheck.sinks.files import atomic_path

# Okabe and Ito's palette, told apart by every kind of colour vision.
_LEG_COLOURS = {Side.LEFT: "#0072B2", Side.RIGHT: "#D55E00"}
_HOLD_COLOUR = "#009E73"
_UNKNOWN_COLOUR = "#777777"
_BAND_COLOUR = "#F3D9A4"
_REP_COLOUR = "#EEF0F2"
_EVENT_COLOUR = "#CC79A7"
_EVENT_INK = "#7A2F58"
_INK = "#222222"
_FINE_PRINT = (
    "Thigh angle is apparent hip flexion: hip and pelvis together. "
    "Band: the tilt's 95 % interval. Gaps: not measured. "
    "An estimate from one camera, not a medical measurement."
)
_MINUTES_FROM_S = 300.0
_TITLE_LENGTH = 80


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


def save_plot(
    path: str | Path,
    *,
    title: str,
    time_s: Array,
    side: Sequence[str | None],
    thigh_angle_deg: Array,
    knee_flexion_deg: Array,
    resting_thigh_deg: Array,
    pelvic_tilt_deg: Array,
    pelvic_tilt_sd_deg: Array,
    reps: Sequence[RepLike] = (),
    holds_s: Sequence[tuple[float, float]] = (),
    events: Sequence[Event] = (),
) -> None:
    """Draw thigh, pelvis, knee and resting thigh over time as a PNG, whole or not at all.

    All series have one value a frame, shape (frames,), NaN where not measured. ``side`` names the
    moving leg of each frame (``left``, ``right``, else unknown); the resting thigh is drawn in
    the colour of the other leg, the pelvis with its 95 % interval. ``holds_s`` are start and end
    of each hold; ``events`` are shaded beside the angle they are about. Raises `OutputError`.
    """
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.08)
    figure = Figure(figsize=(11, 8.8), dpi=140, layout=layout, facecolor="white")
    FigureCanvasAgg(figure)
    thigh, pelvis, knee, resting = figure.subplots(
        4, 1, sharex=True, height_ratios=(3.2, 1.7, 1.5, 1.3)
    )
    half_deg = 1.96 * pelvic_tilt_sd_deg
    pelvis.fill_between(
        time_s,
        pelvic_tilt_deg - half_deg,
        pelvic_tilt_deg + half_deg,
        color=_BAND_COLOUR,
        linewidth=0,
        zorder=2,
    )
    moving = [Side(leg) if leg in set(Side) else None for leg in side]
    other = [leg.other if leg else None for leg in moving]
    for axes, values, legs, label in (
        (thigh, thigh_angle_deg, moving, "thigh angle (°)"),
        (pelvis, pelvic_tilt_deg, moving, "pelvic tilt (°)"),
        (knee, knee_flexion_deg, moving, "knee flexion (°)"),
        (resting, resting_thigh_deg, other, "resting thigh (°)"),
    ):
        _draw_legs(axes, time_s, values, legs)
        _dress(axes, label, reps)
    _label_peaks(thigh, reps)
    for start_s, end_s in holds_s:
        thigh.axvspan(start_s, end_s, ymax=0.025, color=_HOLD_COLOUR, linewidth=0, zorder=2)
    _draw_events(
        {
            Kind.PELVIC_TILT: pelvis,
            Kind.LOW_BACK_TWIST: pelvis,
            Kind.INTENDED_TWIST: pelvis,
            Kind.RESTING_LEG_LIFT: resting,
            Kind.TOO_FAST: thigh,
        },
        events,
    )
    _label_time(resting, time_s)
    shown = title if len(title) <= _TITLE_LENGTH else f"{title[: _TITLE_LENGTH - 1]}…"
    figure.suptitle(
        shown, x=0.012, ha="left", fontsize=14, fontweight="bold", color=_INK, parse_math=False
    )
    thigh.legend(
        handles=_legend(moving, other, thigh_angle_deg, reps=bool(reps), holds=bool(holds_s)),
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=5,
        frameon=False,
        fontsize=9.5,
        borderpad=0.2,
        borderaxespad=0.2,
    )
    figure.align_ylabels()
    figure.supxlabel(_FINE_PRINT, fontsize=8, color="#666666")
    # A clip named in a script that the font lacks shows boxes; that is no reason to complain.
    with warnings.catch_warnings(), atomic_path(path) as aside:
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(aside, format="png")


def _draw_legs(axes: Axes, time_s: Array, values: Array, legs: Sequence[Side | None]) -> None:
    if not np.isfinite(values).any():
        axes.text(
            *(0.5, 0.5, "not measured"),
            transform=axes.transAxes,
            ha="center",
            va="center",
            color=_UNKNOWN_COLOUR,
            backgroundcolor="white",
        )
    for leg in (None, Side.LEFT, Side.RIGHT):
        mask = np.array([shown is leg for shown in legs], dtype=bool)
        colour = _LEG_COLOURS[leg] if leg else _UNKNOWN_COLOUR
        shown = np.where(mask, values, np.nan)
        axes.plot(time_s, shown, color=colour, linewidth=1.7, solid_joinstyle="round", zorder=3)
        known = np.pad(np.isfinite(shown), 1)
        alone = known[1:-1] & ~known[:-2] & ~known[2:]  # a line would not show these
        axes.plot(time_s[alone], shown[alone], ".", color=colour, markersize=3, zorder=3)


def _dress(axes: Axes, label: str, reps: Sequence[RepLike]) -> None:
    axes.set_ylabel(label, fontsize=11, color=_INK)
    axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 1.5, 3, 5, 10], integer=True))
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.8, zorder=0)
    axes.axhline(0, color="#999999", linewidth=0.9, zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color("#999999")
    axes.tick_params(colors="#444444", labelsize=10)
    axes.margins(y=0.08)
    low, high = axes.get_ylim()
    axes.set_ylim(low, max(high, low + 20))
    for rep in reps:
        axes.axvspan(rep.start_s, rep.end_s, color=_REP_COLOUR, linewidth=0, zorder=0)


def _draw_events(places: Mapping[Kind, Axes], events: Sequence[Event]) -> None:
    for event in events:
        axes = places[event.kind]
        axes.axvspan(
            event.start_s, event.end_s, color=_EVENT_COLOUR, alpha=0.3, linewidth=0, zorder=1
        )
        axes.annotate(
            event.kind.value.replace("_", " "),
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
        colour = _LEG_COLOURS[Side(rep.side)] if rep.side in set(Side) else _UNKNOWN_COLOUR
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
        axes.set_xlabel("time (min:s)", fontsize=11, color=_INK)
    else:
        axes.set_xlabel("time (s)", fontsize=11, color=_INK)


def _legend(
    moving: Sequence[Side | None],
    other: Sequence[Side | None],
    values: Array,
    *,
    reps: bool,
    holds: bool,
) -> list[Line2D | Patch]:
    shown = {*moving, *other}
    unknown = any(leg is None and np.isfinite(v) for leg, v in zip(moving, values, strict=True))
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=colour, linewidth=2.5, label=f"{leg} leg")
        for leg, colour in _LEG_COLOURS.items()
        if leg in shown
    ]
    if unknown:
        handles.append(Line2D([], [], color=_UNKNOWN_COLOUR, linewidth=2.5, label="leg not known"))
    if reps:
        handles.append(Patch(facecolor="#DFE3E7", label="repetition"))
    if holds:
        handles.append(Patch(facecolor=_HOLD_COLOUR, label="hold"))
    return handles
