"""How the pelvis goes along with the thigh, beside how it usually does."""

from __future__ import annotations

from itertools import cycle

import numpy as np
from matplotlib.axes import Axes

from posecheck.core.events import Kind
from posecheck.core.rhythm import HEALTHY_TILT_DEG, USUAL_SPREAD, usual_tilt_deg
from posecheck.figures.canvas import FINE_INK, INK, Picture, dress, leg_colour, paper
from posecheck.figures.plotted import Plotted

_FINE_PRINT = (
    "Usual: lying on the back, knee drawn up by somebody else, by MRI; "
    "band: about 95 people of 100. Tilt is an estimate from one camera."
)
_USUAL_COLOUR = "#D9E8DF"
_STYLES = "-", "--", "-.", ":"


def rhythm_figure(plotted: Plotted) -> Picture:
    """Pelvic tilt against the thigh angle, a line for the rise of each repetition.

    A dot marks where a tilt beyond the usual was flagged to begin.
    """
    figure = paper(8.0, 5.6, plotted.title, _FINE_PRINT)
    axes = figure.subplots()
    _draw_usual(axes)
    for number, (rep, style) in enumerate(zip(plotted.reps, cycle(_STYLES), strict=False), start=1):
        from_s = rep.start_s if np.isfinite(rep.start_s) else -np.inf
        rising = (plotted.time_s >= from_s) & (plotted.time_s <= rep.peak_s)
        thigh, tilt = (
            np.where(rising, plotted.angles_deg[name], np.nan)
            for name in ("thigh_angle_deg", "pelvic_tilt_deg")
        )
        label = f"repetition {number}, {rep.side} leg"
        if not np.isfinite(tilt[rising]).any():
            label += ": pelvis not told"
        axes.plot(thigh, tilt, style, color=leg_colour(rep.side), linewidth=1.8, label=label)
    _draw_flagged(axes, plotted)
    dress(axes, "pelvic tilt (°)")
    axes.set_xlabel("thigh angle (°)", fontsize=11, color=INK)
    axes.set_xlim(0, HEALTHY_TILT_DEG[-1][0])
    axes.legend(loc="upper left", frameon=False, fontsize=9.5)
    return figure


def _draw_usual(axes: Axes) -> None:
    thigh = np.linspace(0, HEALTHY_TILT_DEG[-1][0], 129)
    usual = usual_tilt_deg(thigh)
    low, high = ((1 + sign * 1.96 * USUAL_SPREAD) * usual for sign in (-1, 1))
    axes.fill_between(thigh, low, high, color=_USUAL_COLOUR, linewidth=0)
    axes.plot(thigh, usual, color=FINE_INK, linewidth=1.2, label="usual in healthy people")


def _draw_flagged(axes: Axes, plotted: Plotted) -> None:
    label = "flagged from here"
    for event in plotted.events:
        if event.kind != Kind.PELVIC_TILT:
            continue
        at = int(np.argmin(np.abs(plotted.time_s - event.start_s)))
        where = plotted.angles_deg["thigh_angle_deg"][at], plotted.angles_deg["pelvic_tilt_deg"][at]
        axes.plot(*where, "o", color=INK, markersize=8, markerfacecolor="none", label=label)
        label = "_"
