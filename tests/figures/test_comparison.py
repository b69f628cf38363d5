"""Legs side by side: what is drawn, told by the numbers of its marks."""

from __future__ import annotations

import numpy as np
import pytest

from posecheck.figures.canvas import LEG_COLOURS
from posecheck.figures.comparison import Compared, comparison_figure

TOLD = Compared("left_week_1.mp4", "left", 90.0, 12.0, True, 100.0)
UNTOLD = Compared("$x_1$.mp4", "right", np.nan, np.nan, False, 95.0)


def test_each_has_its_place_its_interval_and_its_colour() -> None:
    figure = comparison_figure([TOLD, Compared("b", "right", 80.0, 10.0, False, 99.0)])
    left, right = figure.axes[0].containers
    assert left.lines[0].get_xydata().tolist() == [[0, 90]]
    assert right.lines[0].get_xydata().tolist() == [[1, 80]]
    assert [each.lines[0].get_color() for each in (left, right)] == list(LEG_COLOURS.values())
    segment = left.lines[2][0].get_segments()[0]
    assert segment[:, 1].tolist() == [78, 102]


@pytest.mark.parametrize(("clean", "face"), [(True, LEG_COLOURS["left"]), (False, "white")])
def test_only_a_clean_range_is_filled(clean: bool, face: str) -> None:
    (drawn,) = comparison_figure([Compared("a", "left", 90.0, 5.0, clean, 99.0)]).axes[0].containers
    assert drawn.lines[0].get_markerfacecolor() == face


def test_a_hip_that_was_not_told_leaves_the_thigh() -> None:
    figure = comparison_figure([TOLD, UNTOLD])
    dashes = [line.get_ydata()[0] for line in figure.axes[0].lines if line.get_marker() == "_"]
    assert 95.0 in dashes
    assert figure._repr_png_()


def test_names_are_clips_without_their_suffix() -> None:
    names = [each.get_text() for each in comparison_figure([TOLD]).axes[0].get_xticklabels()]
    assert names == ["left_week_1"]
