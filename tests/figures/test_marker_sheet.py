"""The sheet of markers as a printer would put it on paper: found, told apart, at true size."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import dataclass

import cv2
import matplotlib
import numpy as np
import pypdfium2
import pytest

from posecheck.core.records import MarkerPlace
from posecheck.errors import UsageError
from posecheck.figures.marker_sheet import (
    DICTIONARY,
    PAPERS_MM,
    RULER_MM,
    SMALLEST_MM,
    largest_mm,
    lay_out,
    marker_pdf,
)

PX_MM = 300 / 25.4
TOLERANCE = 0.005
SHEETS = [("a4", 70.0), ("letter", 70.0), ("a4", 40.0), ("letter", 100.0), ("a4", largest_mm("a4"))]


@dataclass(frozen=True)
class Printed:
    """Pages at 300 dots an inch, and each marker's page and corners in the order of the print."""

    paper: str
    size_mm: float
    pages: list[np.ndarray]
    found: list[tuple[int, int, np.ndarray]]


def rasterised(pdf: bytes) -> list[np.ndarray]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=300 / 72, grayscale=True).to_numpy() for page in document]
    document.close()
    return [page.reshape(page.shape[:2]) for page in pages]


@pytest.fixture(scope="module", params=SHEETS, ids=lambda sheet: f"{sheet[0]}-{sheet[1]:g}")
def printed(request: pytest.FixtureRequest) -> Printed:
    paper, size_mm = request.param
    pages = rasterised(marker_pdf(paper, size_mm))
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    finder = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(DICTIONARY), parameters)
    found = []
    for number, page in enumerate(pages):
        corners, identities, _ = finder.detectMarkers(page)
        if identities is not None:
            for each, identity in zip(corners, identities.ravel(), strict=True):
                found.append((number, int(identity), each.reshape(4, 2)))
    return Printed(paper, size_mm, pages, found)


def test_the_paper_is_the_one_asked_for(printed: Printed) -> None:
    for page in printed.pages:
        size_mm = np.array(page.shape[::-1]) / PX_MM
        assert size_mm == pytest.approx(PAPERS_MM[printed.paper], abs=0.2)


def test_each_marker_is_found_once_under_its_number(printed: Printed) -> None:
    assert sorted(identity for _, identity, _ in printed.found) == sorted(MarkerPlace)


def test_squares_are_at_true_size(printed: Printed) -> None:
    for _, _, corners in printed.found:
        sides_mm = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1) / PX_MM
        assert sides_mm == pytest.approx([printed.size_mm] * 4, rel=TOLERANCE)


def test_the_top_of_the_print_is_the_top_of_the_page(printed: Printed) -> None:
    for _, _, (left_top, right_top, right_bottom, left_bottom) in printed.found:
        assert left_top[0] < right_top[0]
        assert left_top[1] < left_bottom[1]
        assert left_top[1] == pytest.approx(right_top[1], abs=1.5)
        assert right_bottom[1] == pytest.approx(left_bottom[1], abs=1.5)


def test_a_white_cell_all_round_then_arrows_at_the_top_that_point_up(printed: Printed) -> None:
    cell = printed.size_mm / 6 * PX_MM
    for number, _, corners in printed.found:
        page = printed.pages[number]
        left, top = np.round(corners.min(axis=0)).astype(int)
        right, bottom = np.round(corners.max(axis=0)).astype(int)
        near = round(0.95 * cell)
        for margin in (
            page[top - near : top - 3, left - near : right + near],
            page[bottom + 3 : bottom + near, left - near : right + near],
            page[top - near : bottom + near, left - near : left - 3],
            page[top - near : bottom + near, right + 3 : right + near],
        ):
            assert margin.size
            assert margin.min() > 250
        strip = page[top - round(1.95 * cell) : top - round(1.05 * cell), left - near : left + 1]
        rows = np.nonzero((strip < 128).any(axis=1))[0]
        widths = (strip < 128).sum(axis=1)[rows]
        half = len(widths) // 2
        assert widths[:half].max() > 2.5 * widths[half + len(widths) // 8 :].max()
        assert (np.diff(widths[: int(0.8 * half)]) >= 0).all()


def test_the_ruler_is_right_on_every_page_of_markers(printed: Printed) -> None:
    for number in {number for number, _, _ in printed.found}:
        ink = 255.0 - printed.pages[number][round(27 * PX_MM)][: round(120 * PX_MM)]
        columns = np.nonzero(ink > 40)[0]
        ticks = np.split(columns, np.nonzero(np.diff(columns) > 1)[0] + 1)
        middles_mm = np.array([np.average(each, weights=ink[each]) for each in ticks]) / PX_MM
        assert len(middles_mm) == RULER_MM + 1
        assert middles_mm[-1] - middles_mm[0] == pytest.approx(RULER_MM, rel=TOLERANCE)
        assert np.diff(middles_mm) == pytest.approx(np.ones(RULER_MM), abs=0.06)


@pytest.mark.parametrize("paper", PAPERS_MM)
@pytest.mark.parametrize("size_mm", [40.0, 41.5, 70.0, 90.0, 120.0])
def test_pieces_lie_apart_and_on_the_paper(paper: str, size_mm: float) -> None:
    width_mm, height_mm = PAPERS_MM[paper]
    for pieces in lay_out(paper, size_mm):
        for piece in pieces:
            assert piece.x_mm >= 8
            assert piece.y_mm >= 7.999
            assert piece.x_mm + piece.width_mm <= width_mm - 7.999
            assert piece.y_mm + piece.height_mm <= height_mm - 40
        for one in pieces:
            for other in pieces:
                apart_x = abs(one.x_mm - other.x_mm) >= one.width_mm
                apart_y = abs(one.y_mm - other.y_mm) >= one.height_mm
                assert one is other or apart_x or apart_y


@pytest.mark.parametrize("paper", PAPERS_MM)
def test_sizes_outside_are_refused_and_the_limits_are_not(paper: str) -> None:
    largest = largest_mm(paper)
    for size_mm in (SMALLEST_MM, largest):
        assert sum(len(page) for page in lay_out(paper, size_mm)) == len(MarkerPlace)
    for size_mm in (SMALLEST_MM - 0.1, largest + 0.1, float("nan"), float("inf"), -70.0):
        with pytest.raises(UsageError, match=rf"{paper} paper; choose 40 to {largest:g} mm"):
            lay_out(paper, size_mm)


def test_programs_that_print_are_asked_not_to_scale() -> None:
    document = pypdfium2.PdfDocument(marker_pdf())
    assert not pypdfium2.raw.FPDF_VIEWERREF_GetPrintScaling(document)
    document.close()


def test_the_same_bytes_in_another_process_whatever_the_settings_of_matplotlib() -> None:
    program = (
        "import hashlib; from posecheck.figures.marker_sheet import marker_pdf;"
        "print(hashlib.sha256(marker_pdf()).hexdigest())"
    )
    with matplotlib.rc_context({"savefig.bbox": "tight", "font.size": 30, "pdf.fonttype": 42}):
        here = hashlib.sha256(marker_pdf()).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here
    assert b"CreationDate" not in marker_pdf()
