"""The errors as pictures (PNG)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from posecheck.core.records import Array
from posecheck.sinks.files import atomic_path
from posecheck.validation.figures import by_label
from posecheck.validation.known import THIGH
from posecheck.validation.metrics import agreement
from posecheck.validation.scoring import Score

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"  # Okabe and Ito's palette
_MOST_POINTS = 20_000
_BIN_DEG = 10.0
_LEAST_IN_BIN = 10


def save_plots(folder: Path, scores: Sequence[Score]) -> list[Path]:
    """Draw every plot into ``folder``, which exists; their paths. Raises `OutputError`."""
    draw: dict[str, Callable[..., None]] = {
        "bland_altman": _bland_altman,
        "error_by_thigh_angle": _by_thigh_angle,
        "error_by_yaw": lambda axes, scores: _by_camera(axes, scores, "yaw"),
        "error_by_elevation": lambda axes, scores: _by_camera(axes, scores, "elevation"),
        "error_by_label": _by_label,
    }
    return [
        save_plot(folder / f"{name}.png", partial(one, scores=scores)) for name, one in draw.items()
    ]


def save_plot(path: Path, draw: Callable[[Axes], None]) -> Path:
    """Draw one plot and save it. Raises `OutputError`."""
    figure = Figure(figsize=(9, 5.6), dpi=120, layout=ConstrainedLayoutEngine(), facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.grid(color="#DDDDDD", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    draw(axes)
    with atomic_path(path) as aside:
        figure.savefig(aside, format="png")
    return path


def _thigh(scores: Sequence[Score]) -> tuple[Array, Array]:
    """True thigh angle and its error, of all measured frames."""
    truth = np.concatenate([s.thigh_deg for s in scores] or [np.empty(0)])
    error = np.concatenate([s.error_deg[THIGH] for s in scores] or [np.empty(0)])
    known = np.isfinite(error)
    return truth[known], error[known]


def _bland_altman(axes: Axes, scores: Sequence[Score]) -> None:
    truth, error = _thigh(scores)
    shown = slice(None, None, max(1, error.size // _MOST_POINTS))
    axes.plot((truth + error / 2)[shown], error[shown], ".", color=BLUE, alpha=0.15, markersize=3)
    found = agreement(error)
    lines = (found.bias_deg, "bias", "-"), (found.low_deg, "−1.96 sd", "--"), (
        found.high_deg, "+1.96 sd", "--")  # fmt: skip
    for value, name, style in lines:
        if np.isfinite(value):
            label = f"{name} {value:+.1f}°"
            axes.axhline(value, color=ORANGE, linestyle=style, linewidth=1.3, label=label)
            axes.legend(loc="upper right", fontsize=9)
    axes.set(
        title="Thigh angle against truth (Bland–Altman), all measured frames",
        xlabel="mean of estimate and truth (°)",
        ylabel="estimate − truth (°)",
    )


def _by_thigh_angle(axes: Axes, scores: Sequence[Score]) -> None:
    truth, error = _thigh(scores)
    bins = np.floor(truth / _BIN_DEG)
    full = [b for b in np.unique(bins) if (bins == b).sum() >= _LEAST_IN_BIN]
    if full:
        middle = (np.array(full) + 0.5) * _BIN_DEG
        low, q1, mid, q3, high = np.array(
            [np.percentile(error[bins == b], [5, 25, 50, 75, 95]) for b in full]
        ).T
        axes.fill_between(middle, low, high, color=BLUE, alpha=0.15, label="90 % of frames")
        axes.fill_between(middle, q1, q3, color=BLUE, alpha=0.3, label="half of the frames")
        axes.plot(middle, mid, "o-", color=BLUE, label="median")
        axes.legend(fontsize=9)
    axes.axhline(0, color=GREY, linewidth=0.9)
    axes.set(
        title="Error of the thigh angle by the true angle",
        xlabel="true thigh angle (°)",
        ylabel="estimate − truth (°)",
    )


def _by_camera(axes: Axes, scores: Sequence[Score], which: str) -> None:
    at = np.array([getattr(s.setting, f"{which}_deg") for s in scores])
    found = [agreement(s.error_deg[THIGH][s.raised]) for s in scores]
    for name, colour, marker in (("mae_deg", BLUE, "o"), ("bias_deg", ORANGE, "x")):
        label = {"mae_deg": "mean absolute error", "bias_deg": "bias"}[name]
        values = [getattr(f, name) for f in found]
        axes.plot(at, values, marker, color=colour, alpha=0.8, label=label)
    axes.axhline(0, color=GREY, linewidth=0.9)
    axes.legend(fontsize=9)
    axes.set(
        title=f"Error of the raised thigh by the camera's {which}, a point for each clip",
        xlabel=f"{which} (°)",
        ylabel="thigh angle error (°)",
    )


def _by_label(axes: Axes, scores: Sequence[Score]) -> None:
    rows = [
        (f"{key}: {value} ({row['clips']})", row["raised_mae_deg"], row["raised_bias_deg"], number)
        for number, (key, groups) in enumerate(by_label(scores).items())
        for value, row in groups.items()
    ]
    axes.set(
        title="Error of the raised thigh by label (number of clips)",
        xlabel="mean absolute error (bar) and bias (cross), °",
    )
    if not rows:
        return
    names, mae, bias, group = zip(*rows, strict=True)
    places = np.arange(len(rows)) + 0.6 * np.array(group)  # a gap between labels
    colours = [BLUE if number % 2 else "#56B4E9" for number in group]
    axes.barh(places, np.nan_to_num(mae), color=colours, height=0.8)
    axes.plot(bias, places, "x", color=ORANGE)
    axes.set_yticks(places, names, fontsize=8)
    axes.invert_yaxis()
    figure = axes.get_figure()
    if isinstance(figure, Figure):
        figure.set_figheight(max(5.6, 1.5 + 0.24 * (places[-1] + 1)))
