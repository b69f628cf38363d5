"""One leg over weeks, beside what the measurement can tell."""

from __future__ import annotations

import numpy as np

from posecheck.figures.canvas import FINE_INK, Picture, dress, leg_colour, paper
from posecheck.record.trends import Trend, Verdict

_Z95 = 1.96
_FINE_PRINT = (
    "Hip flexion before any compensation, with its 95 % interval; estimates from one camera. "
    "Band: around the first sessions; no change can be told in it."
)
_BAND_COLOUR = "#ECEFF1"


def trend_figure(trend: Trend) -> Picture:
    """The clean range of one leg, a point for each session or week."""
    figure = paper(9.0, 4.6, f"Clean range, {trend.side} leg", _FINE_PRINT)
    axes = figure.subplots()
    points, change, noise = trend.clean_range_deg, trend.change, trend.noise
    if change.verdict is not Verdict.TOO_FEW:
        low, high = change.first_deg - noise.mdc_deg, change.first_deg + noise.mdc_deg
        axes.axhspan(low, high, color=_BAND_COLOUR, zorder=0)
        axes.axhline(change.first_deg, color=FINE_INK, linewidth=1.0, linestyle="--")
    dress(axes, "clean range (°)")
    axes.errorbar(
        # By the clock of the place, so that a date is the date there.
        np.array([point.at.replace(tzinfo=None) for point in points], dtype="datetime64[s]"),
        [point.value for point in points],
        yerr=[_Z95 * point.sd for point in points],
        fmt="o-",
        color=leg_colour(trend.side),
        linewidth=1.2,
        capsize=4,
    )
    axes.tick_params(axis="x", labelsize=9)
    if len(points) == 1:  # else its day would stand amid years
        axes.set_xlim(*(np.datetime64(points[0].at.date()) + np.array([-3, 4])))
    axes.set_ylim(bottom=0)
    return figure
