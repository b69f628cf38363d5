"""The sheet of paper markers at true size, a PDF to print, cut out and tape on.

Lengths are millimetres of the paper, from its lower left corner.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from posecheck.core.records import MarkerPlace
from posecheck.errors import UsageError
from posecheck.figures.canvas import AXIS_INK, FINE_INK, INK
from posecheck.figures.lying_person import draw_knee_raised, draw_lying_flat

PAPERS_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height of each paper, upright."""
SMALLEST_MM = 40.0
"""A smaller square has cells too small for a camera two metres away."""
RULER_MM = 100
DICTIONARY = cv2.aruco.DICT_4X4_50

_CELLS = 6  # across a square: four of pattern, a black one on either side
_MARGIN_CELLS, _STRIP_CELLS = 1, 1  # white all round; above it the strip with the arrow
_EDGE_MM, _GAP_MM, _HEAD_MM = 8.0, 3.0, 37.0  # what printers leave white; between pieces; heading
_MM_PT = 72 / 25.4
_STEPS = (
    ("Print", "at 100 % (“actual size”), not “fit to page”. The ruler must measure 100 mm."),
    ("Cut", "along the dashed lines. The white margin belongs to the marker: keep it."),
    ("Tape", "each one flat, on the side of the body that the camera sees, its arrow towards"),
    ("", "the head while you lie flat. Tight clothes, or skin-friendly tape on the skin."),
    ("Begin", "every clip lying flat, both legs straight, still for one second."),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One marker to cut out: whose it is, and the lower left corner and size of its cut line."""

    place: MarkerPlace
    x_mm: float
    y_mm: float
    size_mm: float

    @property
    def cell_mm(self) -> float:
        """The side of a cell of the pattern."""
        return self.size_mm / _CELLS

    @property
    def width_mm(self) -> float:
        """From cut line to cut line."""
        return _width_mm(self.size_mm)

    @property
    def height_mm(self) -> float:
        """From cut line to cut line."""
        return _height_mm(self.size_mm)


def marker_pdf(paper: str = "a4", size_mm: float = 70.0) -> bytes:
    """The sheet as a PDF: the markers with a ruler on each page, then where they go.

    ``paper``: a key of `PAPERS_MM`. ``size_mm``: the side of the black squares. The same bytes
    each time. Raises `UsageError` where a marker would be too small or does not fit the paper.
    """
    width_mm, height_mm = PAPERS_MM[paper]
    pages = lay_out(paper, size_mm)
    drawn = io.BytesIO()
    metadata = {"Title": "Paper markers", "Creator": "posecheck", "CreationDate": None}
    # A person's own matplotlib settings could trim the page, and then nothing is at true size.
    with style.context("default"), PdfPages(drawn, metadata=metadata) as pdf:
        for number, pieces in enumerate(pages, start=1):
            axes = _page(width_mm, height_mm)
            _draw_heading(axes, height_mm, f"Paper markers, page {number} of {len(pages) + 1}")
            for piece in pieces:
                _draw_piece(axes, piece)
            pdf.savefig(axes.figure)
        axes = _page(width_mm, height_mm)
        _draw_help(axes, width_mm, height_mm)
        pdf.savefig(axes.figure)
    return _printed_unscaled(drawn.getvalue())


def largest_mm(paper: str) -> float:
    """The largest square of which one fits a page, whole mm."""
    width_mm, height_mm = _room_mm(paper)
    return float(np.floor(min(width_mm / _width_mm(1.0), height_mm / _height_mm(1.0))))


def lay_out(paper: str, size_mm: float) -> list[list[Piece]]:
    """The pieces page by page, as many on each as fit; raises `UsageError` as `marker_pdf`."""
    if not SMALLEST_MM <= size_mm <= largest_mm(paper):
        raise UsageError(
            f"markers of {size_mm:g} mm cannot be printed on {paper} paper;"
            f" choose {SMALLEST_MM:g} to {largest_mm(paper):g} mm"
        )
    spots = list(_spots(paper, size_mm))
    places = iter(MarkerPlace)
    pages = []
    while page := list(islice(places, len(spots))):
        pages.append(
            [Piece(place, *spot, size_mm) for place, spot in zip(page, spots, strict=False)]
        )
    return pages


def _spots(paper: str, size_mm: float) -> Iterator[tuple[float, float]]:
    """Lower left corners of the pieces of a page, row by row from the top."""
    room_x, room_y = _room_mm(paper)
    step_x, step_y = _width_mm(size_mm) + _GAP_MM, _height_mm(size_mm) + _GAP_MM
    columns, rows = int((room_x + _GAP_MM) // step_x), int((room_y + _GAP_MM) // step_y)
    for row in range(rows):
        for column in range(columns):
            yield _EDGE_MM + column * step_x, _EDGE_MM + room_y - row * step_y - step_y + _GAP_MM


def _room_mm(paper: str) -> tuple[float, float]:
    width_mm, height_mm = PAPERS_MM[paper]
    return width_mm - 2 * _EDGE_MM, height_mm - 2 * _EDGE_MM - _HEAD_MM


def _width_mm(size_mm: float) -> float:
    return size_mm * (1 + 2 * _MARGIN_CELLS / _CELLS)


def _height_mm(size_mm: float) -> float:
    return size_mm * (1 + (2 * _MARGIN_CELLS + _STRIP_CELLS) / _CELLS)


def _page(width_mm: float, height_mm: float) -> Axes:
    """An empty page, measured in mm."""
    figure = Figure(figsize=(width_mm / 25.4, height_mm / 25.4), facecolor="white")
    FigureCanvasPdf(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width_mm), ylim=(0, height_mm))
    axes.set_axis_off()
    return axes


def _draw_heading(axes: Axes, height_mm: float, title: str) -> None:
    top = height_mm - _EDGE_MM
    _write(axes, _EDGE_MM, top - 5, title, 5.0, weight="bold")
    _write(axes, _EDGE_MM, top - 11, " ".join(_STEPS[0]), 3.4)
    _draw_ruler(axes, _EDGE_MM + 4, top - 18)
    told = ("Does it not? Choose “actual size”", "where the printer is set, and", "print again.")
    for line, text in enumerate(told):
        _write(axes, _EDGE_MM + 4 + RULER_MM + 10, top - 19 - 4.2 * line, text, 3.0, color=FINE_INK)


def _draw_ruler(axes: Axes, x: float, y: float) -> None:
    """Ticks every mm, hanging from ``y``; the first and the last are 100 mm apart."""
    lengths = [7.0 if mm % 10 == 0 else 5.0 if mm % 5 == 0 else 3.0 for mm in range(RULER_MM + 1)]
    ticks = [((x + mm, y), (x + mm, y - length)) for mm, length in enumerate(lengths)]
    axes.add_collection(LineCollection(ticks, colors=INK, linewidths=0.2 * _MM_PT), autolim=False)
    for mm in range(0, RULER_MM + 1, 10):
        unit = " mm" if mm == RULER_MM else ""
        _write(axes, x + mm, y - 10.2, f"{mm}{unit}", 2.8, ha="center")


def _draw_piece(axes: Axes, piece: Piece) -> None:
    """Cut line, square, and above the square's white margin the arrow and the name."""
    cell = piece.cell_mm
    corner = (piece.x_mm, piece.y_mm)
    axes.add_patch(
        Rectangle(
            corner, piece.width_mm, piece.height_mm, fill=False, edgecolor="#888888",
            linewidth=0.2 * _MM_PT, linestyle=(0, (8, 6)),
        )
    )  # fmt: skip
    axes.add_patch(PathPatch(_square(piece), facecolor="black", edgecolor="none"))
    strip = piece.y_mm + piece.height_mm - _STRIP_CELLS * cell
    middle = piece.x_mm + piece.width_mm / 2
    text = f"{piece.place.name.lower()}: towards the head"
    _write(axes, middle, strip + 0.38 * cell, text, 0.4 * cell, ha="center")
    for x in (piece.x_mm + 0.65 * cell, piece.x_mm + piece.width_mm - 0.65 * cell):
        axes.add_patch(Polygon(_arrow(x, strip, cell), facecolor=AXIS_INK, edgecolor="none"))


def _square(piece: Piece) -> Path:
    """The black cells as one path: drawn one by one, screens show hairlines between them."""
    cell = piece.cell_mm
    left = piece.x_mm + _MARGIN_CELLS * cell
    top = piece.y_mm + (_MARGIN_CELLS + _CELLS) * cell
    cells = [
        Path.unit_rectangle().transformed(
            Affine2D().scale(cell).translate(left + column * cell, top - (row + 1) * cell)
        )
        for row, column in np.argwhere(_pattern(piece.place) == 0)
    ]
    return Path.make_compound_path(*cells)


def _pattern(place: MarkerPlace) -> np.ndarray:
    """(6, 6) as printed, first row at the top; 0 black, 255 white."""
    dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARY)
    return cv2.aruco.generateImageMarker(dictionary, int(place), _CELLS)


def _arrow(x: float, y: float, cell: float) -> list[tuple[float, float]]:
    """An arrow that points up, ``x`` its middle, within a strip one cell high from ``y``."""
    outline = (
        (0, 0.9),
        (0.32, 0.5),
        (0.11, 0.5),
        (0.11, 0.2),
        (-0.11, 0.2),
        (-0.11, 0.5),
        (-0.32, 0.5),
    )
    return [(x + cell * right, y + cell * up) for right, up in outline]


def _draw_help(axes: Axes, width_mm: float, height_mm: float) -> None:
    """What to do, and two drawings of where the markers go."""
    top = height_mm - _EDGE_MM
    _write(axes, _EDGE_MM, top - 5, "Where the markers go", 5.0, weight="bold")
    for line, (first, rest) in enumerate(_STEPS):
        _write(axes, _EDGE_MM, top - 14 - 6 * line, first, 3.4, weight="bold")
        _write(axes, _EDGE_MM + 14, top - 14 - 6 * line, rest, 3.4)
    left = (width_mm - 185) / 2
    draw_lying_flat(axes, left, top - 103)
    draw_knee_raised(axes, left, top - 208)
    told = (
        "The markers are optional: without them posecheck estimates as ever. One is enough to",
        "begin with: the pelvis. Take them off if they pull, itch or get in the way.",
    )
    for line, text in enumerate(told):
        _write(axes, _EDGE_MM, top - 228 - 5 * line, text, 3.2, color=FINE_INK)


def _write(
    axes: Axes, x: float, y: float, text: str, height_mm: float, *, weight: str = "normal",
    ha: str = "left", color: str = INK,
) -> None:  # fmt: skip
    axes.text(
        x, y, text, fontsize=height_mm * _MM_PT, fontweight=weight, ha=ha, color=color,
        parse_math=False,
    )  # fmt: skip


def _printed_unscaled(pdf: bytes) -> bytes:
    """The PDF with a wish appended that its pages be printed at their own size.

    An incremental update as the format provides: a new catalogue, and a cross-reference to it.
    Programs for printing that know the wish then offer 100 % first.
    """
    trailer = pdf[pdf.rindex(b"trailer") :]
    root, size, before = (
        int(re.findall(pattern, trailer)[0])
        for pattern in (rb"/Root (\d+) 0 R", rb"/Size (\d+)", rb"startxref\s+(\d+)")
    )
    (catalogue,) = re.findall(rb"(?s)\n%d 0 obj\s*<<(.*?)>>\s*endobj" % root, pdf)
    wish = b"/ViewerPreferences << /PrintScaling /None >>"
    update = b"%d 0 obj\n<<%b %b >>\nendobj\n" % (root, catalogue, wish)
    return b"".join((
        pdf, update,
        b"xref\n%d 1\n%010d 00000 n \n" % (root, len(pdf)),
        b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (size, root, before),
        b"startxref\n%d\n%%%%EOF\n" % (len(pdf) + len(update)),
    ))  # fmt: skip
