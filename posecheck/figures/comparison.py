"""Legs and days side by side, each with what the measurement can tell."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from matplotlib.lines import Line2D

from posecheck.core.records import Side
from posecheck.figures.canvas import LEG_COLOURS, UNKNOWN_COLOUR, Picture, dress, leg_colour, paper

_FINE_PRINT = (
    "Hip flexion with its 95 % interval; estimates from one camera, not medical measurements."
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One leg of one clip. ``hip_flexion_deg``: its clean range where ``clean``, else at the top.

    ``half_deg``: half of its 95 % interval. NaN not told.
    """

    name: str
    side: str
    hip_flexion_deg: float
    half_deg: float
    clean: bool
    thigh_angle_deg: float


def comparison_figure(legs: Sequence[Compared]) -> Picture:
    """A place for each leg, in the order given: thigh at the top, and what of it is hip."""
    figure = paper(max(6.0, 1.5 + 1.25 * len(legs)), 5.0, "Hip flexion side by side", _FINE_PRINT)
    axes = figure.subplots()
    for place, leg in enumerate(legs):
        colour = leg_colour(leg.side)
        axes.plot(place, leg.thigh_angle_deg, "_", color=UNKNOWN_COLOUR, markersize=22)
        axes.errorbar(
            place,
            leg.hip_flexion_deg,
            yerr=leg.half_deg,
            fmt="o",
            color=colour,
            markerfacecolor=colour if leg.clean else "white",
            markersize=8,
            capsize=5,
        )
    dress(axes, "angle (°)")
    axes.set_ylim(bottom=0)
    axes.set_xlim(-0.6, max(len(legs) - 0.4, 0.6))
    names = ["\n".join(textwrap.wrap(PurePath(leg.name).stem, 18)[:3]) for leg in legs]
    axes.set_xticks(range(len(legs)), names, fontsize=9, parse_math=False)
    axes.legend(handles=_legend(legs), loc="lower left", frameon=False, fontsize=9.5, ncols=2)
    return figure


def _legend(legs: Sequence[Compared]) -> list[Line2D]:
    shown = {leg.side for leg in legs}
    return [
        *(
            Line2D([], [], color=LEG_COLOURS[side], linewidth=3, label=f"{side} hip")
            for side in Side
            if side in shown
        ),
        _mark("o", "black", "clean range"),
        _mark("o", "white", "at the top, clean or not"),
        _mark("_", UNKNOWN_COLOUR, "thigh: hip and pelvis together"),
    ]


def _mark(marker: str, face: str, label: str) -> Line2D:
    ink = UNKNOWN_COLOUR if marker == "_" else "black"
    return Line2D(
        [], [], marker=marker, linestyle="", color=ink, markerfacecolor=face, markersize=8,
        label=label,
    )  # fmt: skip
