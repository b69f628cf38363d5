"""What every figure shares: its paper, its colours, and how it is shown."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from posecheck.core.records import Side

# Okabe and Ito's palette, told apart by every kind of colour vision.
LEG_COLOURS = {Side.LEFT: "#0072B2", Side.RIGHT: "#D55E00"}
UNKNOWN_COLOUR = "#777777"
BAND_COLOUR = "#F3D9A4"
INK, AXIS_INK, FINE_INK = "#222222", "#444444", "#666666"
GRID_COLOUR, ZERO_COLOUR = "#DDDDDD", "#999999"

TITLE_LENGTH = 80
_SAVED_DPI, _SHOWN_DPI = 140, 80


class Picture(Figure):
    """A matplotlib figure that a notebook shows by itself, without pyplot."""

    def _repr_png_(self) -> bytes:
        return png(self, _SHOWN_DPI)


def paper(width_in: float, height_in: float, title: str, fine_print: str) -> Picture:
    """An empty white figure under its title."""
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.08)
    figure = Picture(
        figsize=(width_in, height_in), dpi=_SAVED_DPI, layout=layout, facecolor="white"
    )
    FigureCanvasAgg(figure)
    shown = title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
    figure.suptitle(
        shown, x=0.012, ha="left", fontsize=14, fontweight="bold", color=INK, parse_math=False
    )
    figure.supxlabel(fine_print, fontsize=8, color=FINE_INK)
    return figure


def dress(axes: Axes, label: str) -> None:
    """Quiet axes with a grid to read values by; ``label``: of the vertical one."""
    axes.set_ylabel(label, fontsize=11, color=INK)
    axes.grid(axis="y", color=GRID_COLOUR, linewidth=0.8, zorder=0)
    axes.axhline(0, color=ZERO_COLOUR, linewidth=0.9, zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(ZERO_COLOUR)
    axes.tick_params(colors=AXIS_INK, labelsize=10)


def leg_colour(side: str | None) -> str:
    """The colour of a leg, grey where it is not known."""
    return LEG_COLOURS[Side(side)] if side in set(Side) else UNKNOWN_COLOUR


def png(figure: Figure, dpi: int = _SAVED_DPI) -> bytes:
    """``figure`` as the bytes of a PNG file."""
    drawn = io.BytesIO()
    with _any_name():
        figure.savefig(drawn, format="png", dpi=dpi)
    return drawn.getvalue()


@contextmanager
def _any_name() -> Iterator[None]:
    """A clip named in a script that the font lacks shows boxes; that is no reason to complain."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield
