"""One leg over weeks: what is drawn, told by the numbers of its lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from matplotlib.patches import Rectangle

from posecheck.figures.canvas import Picture
from posecheck.figures.trend import trend_figure
from posecheck.record.entries import Leg, Session
from posecheck.record.trends import Trend, trends_of

FIRST = datetime(2026, 1, 5, 18, tzinfo=UTC)


def trend(*clean_deg: float) -> Trend:
    """A session each week."""
    sessions = [
        Session(
            key=str(week),
            recorded_at=FIRST + week * timedelta(days=7),
            kind="clip",
            name="a",
            folder="a",
            plan=None,
            task="stretch",
            duration_s=10.0,
            measured_share=1.0,
            calibration="neutral",
            thigh_sd_deg=6.0,
            version="1",
            legs=(Leg("left", 2, 2, 2, clean_hip_flexion_deg=deg, clean_hip_flexion_sd_deg=2.0),),
        )
        for week, deg in enumerate(clean_deg)
    ]
    return trends_of(sessions)[0]


def bands(figure: Picture) -> list[tuple[float, float]]:
    """Foot and top of what is shaded across."""
    return [
        (patch.get_y(), patch.get_y() + patch.get_height())
        for patch in figure.axes[0].patches
        if isinstance(patch, Rectangle)
    ]


def test_a_point_for_each_session() -> None:
    figure = trend_figure(trend(80, 82, 81))
    (drawn,) = figure.axes[0].containers
    assert drawn.lines[0].get_ydata().tolist() == [80, 82, 81]
    assert bands(figure) == []  # too few to tell a change


def test_the_band_is_what_cannot_be_told() -> None:
    shown = trend(80, 82, 81, 84, 90, 91, 92)
    ((low, high),) = bands(trend_figure(shown))
    assert (low + high) / 2 == pytest.approx(81)
    assert (high - low) / 2 == pytest.approx(shown.noise.mdc_deg)


def test_a_single_session_stands_among_days() -> None:
    left, right = trend_figure(trend(80)).axes[0].get_xlim()
    assert right - left < 10


def test_none_in_which_the_hip_was_told() -> None:
    assert trend_figure(trend(float("nan")))._repr_png_()
