"""Estimates beside the truth, and how far they are off."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from posecheck.core.records import Array
from posecheck.figures.canvas import FINE_INK, INK, LEG_COLOURS, Picture, dress, paper

_FINE_PRINT = (
    "Right: estimate less truth; the line is its mean, dashed the 95 % limits of agreement."
)
_ESTIMATE_COLOUR = next(iter(LEG_COLOURS.values()))
_ROW_IN = 2.6


def accuracy_figure(
    title: str, time_s: Array, estimate_deg: Mapping[str, Array], truth_deg: Mapping[str, Array]
) -> Picture:
    """A row for each angle of ``truth_deg``: both over time, and their difference over the truth.

    All arrays (n,), one entry a frame, NaN not measured or unknown.
    """
    figure = paper(11.0, 1.2 + _ROW_IN * len(truth_deg), title, _FINE_PRINT)
    rows = figure.subplots(len(truth_deg), 2, width_ratios=(3, 2), squeeze=False)
    for (over_time, over_truth), (name, truth) in zip(rows, truth_deg.items(), strict=True):
        said = name.removesuffix("_deg").replace("_", " ")
        over_time.plot(time_s, truth, color=INK, linewidth=2.4, alpha=0.35, label="truth")
        over_time.plot(
            time_s, estimate_deg[name], color=_ESTIMATE_COLOUR, linewidth=1.5, label="estimate"
        )
        dress(over_time, f"{said} (°)")
        _draw_error(over_truth, truth, estimate_deg[name] - truth)
        over_truth.set_xlabel(f"true {said} (°)", fontsize=10, color=INK)
    rows[0, 0].legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, fontsize=9.5, ncols=2
    )
    rows[-1, 0].set_xlabel("time (s)", fontsize=10, color=INK)
    figure.align_ylabels()
    return figure


def _draw_error(axes: Axes, truth: Array, error: Array) -> None:
    axes.plot(truth, error, ".", color=_ESTIMATE_COLOUR, markersize=3, alpha=0.5)
    dress(axes, "error (°)")
    known = error[np.isfinite(error)]
    if known.size > 1:
        bias, sd = known.mean(), known.std(ddof=1)
        axes.axhline(bias, color=FINE_INK, linewidth=1.2)
        for limit in (bias - 1.96 * sd, bias + 1.96 * sd):
            axes.axhline(limit, color=FINE_INK, linewidth=1.0, linestyle="--")
